// The quad serial peripheral interface (QSPI) of nRF52840 and nRF5340.
//
// Reference: devices.md section 3 (SVD files, the vendor's driver and HAL, threads); nRF52840 and
// nRF5340 product specifications, QSPI. What the reference leaves open and is taken from memory
// (unchecked): that READ, WRITE and ERASE wait for WIP by themselves and send WREN, the number of
// dummy clocks, long frames of custom instructions.
//
// Modelled: ACTIVATE, READSTART, WRITESTART, ERASESTART, DEACTIVATE; READY at the time that the
// clock of SCK and the part give it, not after DEACTIVATE; one transfer queued behind another of
// the same direction; word rules of addresses, lengths and RAM pointers; DMA that reaches Data RAM
// only; read modes FASTREAD to READ4IO, write modes PP to PP4IO, pages of 256 or 512 bytes; erase
// of 4 KiB, 64 KiB or all (there is no 32 KiB erase); custom instructions with WREN, WIPWAIT and
// long frames, with the levels of IO2 and IO3 (WP# and HOLD# of a part without QE) meanwhile;
// STATUS with the status register read last; deep power-down by IFCONFIG1.DPMEN; the XIP window
// with XIPOFFSET and, on nRF5340, XIPEN; anomalies as rules that can be switched. Not modelled:
// interrupts, PSEL beyond being stored, 32-bit addresses, encryption (XIP_ENC, DMA_ENC), sampling
// delay, the XIP cache. Polls of the status register by the peripheral appear on the wire as the
// first and the last of their row.
//
// A transfer is carried out when its task starts, with the times that it has on the wire: buffers
// must not change while it runs, as on the chip.
#pragma once

#include <models/bus.hpp>
#include <models/spi_wire.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace brownout::models {

namespace qspi_register {
constexpr std::uint32_t kTasksActivate = 0x000;
constexpr std::uint32_t kTasksReadStart = 0x004;
constexpr std::uint32_t kTasksWriteStart = 0x008;
constexpr std::uint32_t kTasksEraseStart = 0x00C;
constexpr std::uint32_t kTasksDeactivate = 0x010;
constexpr std::uint32_t kEventsReady = 0x100;
constexpr std::uint32_t kEnable = 0x500;  // RW bit 0
constexpr std::uint32_t kReadSrc = 0x504;
constexpr std::uint32_t kReadDst = 0x508;
constexpr std::uint32_t kReadCnt = 0x50C;
constexpr std::uint32_t kWriteDst = 0x510;
constexpr std::uint32_t kWriteSrc = 0x514;
constexpr std::uint32_t kWriteCnt = 0x518;
constexpr std::uint32_t kErasePtr = 0x51C;
constexpr std::uint32_t kEraseLen = 0x520;  // RW 0: 4 KiB, 1: 64 KiB, 2: all
constexpr std::uint32_t kPselFirst = 0x524;
constexpr std::uint32_t kXipOffset = 0x540;
constexpr std::uint32_t kIfConfig0 = 0x544;  // RW 2:0 READOC, 5:3 WRITEOC, 7 DPMENABLE, 12 PPSIZE
constexpr std::uint32_t kXipEn = 0x54C;      // RW bit 0 (nRF5340)
constexpr std::uint32_t kIfConfig1 = 0x600;  // RW 24 DPMEN, 25 SPIMODE, 31:28 SCKFREQ
constexpr std::uint32_t kStatus = 0x604;     // R  2 DPM, 3 READY, 31:24 SREG
constexpr std::uint32_t kDpmDur = 0x614;     // RW 15:0 ENTER, 31:16 EXIT, in units of 16 us
constexpr std::uint32_t kAddrConf = 0x624;
constexpr std::uint32_t kCinstrConf = 0x634;
constexpr std::uint32_t kCinstrDat0 = 0x638;
constexpr std::uint32_t kCinstrDat1 = 0x63C;
constexpr std::uint32_t kIfTiming = 0x640;  // RW 10:8 RXDELAY
constexpr std::uint32_t kBlockBytes = 0x1000;

constexpr std::uint32_t kIfConfig0DpmEnable = 1u << 7;
constexpr std::uint32_t kIfConfig0PpSize512 = 1u << 12;
constexpr std::uint32_t kIfConfig1DpmEn = 1u << 24;
constexpr std::uint32_t kStatusDpm = 1u << 2;
constexpr std::uint32_t kStatusReady = 1u << 3;
constexpr unsigned kCinstrUpperIoShift = 12;  // LIO2, LIO3
constexpr std::uint32_t kCinstrWipWait = 1u << 14;
constexpr std::uint32_t kCinstrWren = 1u << 15;
constexpr std::uint32_t kCinstrLongFrame = 1u << 16;
constexpr std::uint32_t kCinstrLongFrameStop = 1u << 17;
}  // namespace qspi_register

// Silicon errata, each on or off. Effects as devices.md 3.4 and 2.4 have them.
struct QspiAnomalies {
    // nRF52840-215 = nRF5340-43: touching a register from 0x600 on after an XIP access may halt the
    // CPU; here it does, unless ACTIVATE came in between (the vendor's workaround).
    bool registers_after_xip = false;
    // nRF52840-216: data read through XIP can be wrong. Its text was not found; here an access that
    // is not of whole words gets the bytes of the word below (after a field report, unverified).
    bool unaligned_xip_reads = false;
    // nRF52840-244: data on the wire are wrong while the source of HFCLK changes; see
    // set_clock_switch(). Here the highest bit of every data byte is inverted; opcodes, addresses
    // and the peripheral's own status reads get through.
    bool clock_switch = false;
    // nRF5340-121: IFCONFIG0 bits 16 and 17 must suit the frequency and RXDELAY must be 6, or data
    // that come in are wrong.
    bool interface_timing = false;
    // nRF5340-159: works only with the CPU at 64 MHz; else nothing that is started ends.
    bool needs_64_mhz_cpu = false;
};

// What distinguishes one QSPI from another. Defaults: nRF52840; values of the SVD file, others with
// their source.
struct QspiData {
    std::string name = "qspi";
    std::string_view source = "nRF52840 PS, QSPI (devices.md 3)";
    std::uint32_t register_base = 0x4002'9000;
    std::uint32_t xip_address = 0x1200'0000;    // memory header
    std::uint32_t xip_size_bytes = 128u << 20;  // memory header
    std::uint32_t base_clock_hz = 32'000'000;   // SCK = this / (SCKFREQ + 1); vendor's HAL
    std::uint32_t count_mask = 0x3'FFFF;        // of READ.CNT and WRITE.CNT
    std::uint32_t rx_delay_reset = 2;           // of IFTIMING.RXDELAY
    bool has_xip_enable = false;                // XIPEN
    std::uint32_t cpu_hz = 64'000'000;          // what the CPU is clocked with
    QspiAnomalies anomalies;
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz: an assumption
};

class Qspi {
public:
    // `part` hangs on the wire and must outlive this.
    Qspi(const QspiData& data, SpiPart& part);
    ~Qspi();
    Qspi(const Qspi&) = delete;
    Qspi& operator=(const Qspi&) = delete;

    BusTarget& registers();  // kBlockBytes long
    BusTarget& xip();        // the window, at data.xip_address
    SpiWire& wire();         // for waves
    // Where IO2 and IO3 lead (not owned): high but for custom instructions, which set them by LIO2
    // and LIO3 (an assumption: the manual gives the levels of those alone).
    void connect_io(PinListener& io2, PinListener& io3);

    // The source of HFCLK changes between these times (anomaly 244), counted from the first access
    // to a register after reset().
    void set_clock_switch(Duration from, Duration until);

    // Registers to their reset values, nothing in flight. The part has its own reset.
    void reset();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
