// The serial master with EasyDMA (SPIM) of the nRF52 and nRF53 series.
//
// Reference: SVD files; nRF52840 Product Specification v1.7, SPIM and EasyDMA; devices.md 2.
//
// Modelled: START, STOP, SUSPEND, RESUME; events STARTED, ENDTX, ENDRX, END, STOPPED at the times
// that the clock of SCK gives them; SHORTS END_START; PTR and MAXCNT latched at START (double
// buffering), AMOUNT, ORC; bit order; FREQUENCY up to what the instance can do; 8- or 16-bit
// MAXCNT; a hardware chip select where the instance has one; DMA that reaches Data RAM only;
// anomalies 58, 109 and 198 as rules that can be switched.
// The register work-around of anomaly 198 is in models/ram_activity.hpp.
// Not modelled: interrupts (INTEN is stored), array lists (LIST is stored), DCX, RXDELAY, CSNDUR,
// STALLSTAT beyond its reset value, where pins lead (PSEL: connected or not, and whether they are
// the dedicated ones), the delay from START to the first clock.
//
// The transfer is carried out when somebody can see it: at a register access, or an edge of chip
// select. Until then the buffers in RAM are what the firmware makes of them.
#pragma once

#include <models/bus.hpp>
#include <models/spi_wire.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace brownout::models {

namespace spim_register {
constexpr std::uint32_t kTasksStart = 0x010;    // W  1: start
constexpr std::uint32_t kTasksStop = 0x014;     // W  1: stop after the byte on the wire
constexpr std::uint32_t kTasksSuspend = 0x01C;  // W  1: pause after the byte on the wire
constexpr std::uint32_t kTasksResume = 0x020;   // W  1: go on
constexpr std::uint32_t kEventsStopped = 0x104;
constexpr std::uint32_t kEventsEndRx = 0x110;
constexpr std::uint32_t kEventsEnd = 0x118;
constexpr std::uint32_t kEventsEndTx = 0x120;
constexpr std::uint32_t kEventsStarted = 0x14C;
constexpr std::uint32_t kShorts = 0x200;  // RW bit 17: END starts again
constexpr std::uint32_t kIntenSet = 0x304;
constexpr std::uint32_t kIntenClr = 0x308;
constexpr std::uint32_t kStallStat = 0x400;
constexpr std::uint32_t kEnable = 0x500;  // RW 7: enabled
constexpr std::uint32_t kPselSck = 0x508;
constexpr std::uint32_t kPselMosi = 0x50C;
constexpr std::uint32_t kPselMiso = 0x510;
constexpr std::uint32_t kPselCsn = 0x514;
constexpr std::uint32_t kFrequency = 0x524;
constexpr std::uint32_t kRxdPtr = 0x534;
constexpr std::uint32_t kRxdMaxCnt = 0x538;
constexpr std::uint32_t kRxdAmount = 0x53C;
constexpr std::uint32_t kRxdList = 0x540;
constexpr std::uint32_t kTxdPtr = 0x544;
constexpr std::uint32_t kTxdMaxCnt = 0x548;
constexpr std::uint32_t kTxdAmount = 0x54C;
constexpr std::uint32_t kTxdList = 0x550;
constexpr std::uint32_t kConfig = 0x554;  // RW bit 0: LSB first, bit 1: CPHA, bit 2: CPOL
constexpr std::uint32_t kIfTimingRxDelay = 0x560;
constexpr std::uint32_t kIfTimingCsnDur = 0x564;
constexpr std::uint32_t kCsnPol = 0x568;
constexpr std::uint32_t kPselDcx = 0x56C;
constexpr std::uint32_t kDcxCnt = 0x570;
constexpr std::uint32_t kOrc = 0x5C0;  // RW byte sent when TX is shorter than RX
constexpr std::uint32_t kBlockBytes = 0x1000;
constexpr std::uint32_t kShortEndStart = 1u << 17;
constexpr std::uint32_t kEnabled = 7;
constexpr std::uint32_t kPselDisconnected = 0xFFFF'FFFF;  // reset value; bit 31 decides
}  // namespace spim_register

// SCK in Hz for a FREQUENCY code; 0: no such code.
constexpr std::uint32_t spim_frequency_hz(std::uint32_t code)
{
    switch (code) {
    case 0x0200'0000:
        return 125'000;
    case 0x0400'0000:
        return 250'000;
    case 0x0800'0000:
        return 500'000;
    case 0x1000'0000:
        return 1'000'000;
    case 0x2000'0000:
        return 2'000'000;
    case 0x4000'0000:
        return 4'000'000;
    case 0x8000'0000:
        return 8'000'000;
    case 0x0A00'0000:
        return 16'000'000;
    case 0x1400'0000:
        return 32'000'000;
    default:
        return 0;
    }
}

// What other bus masters (CPU, radio) do to RAM while DMA runs: the condition of anomaly 198.
class RamActivity {
public:
    // The probability, 0 to 1, that an access to the RAM slave of [address, address + byte_count)
    // falls together with a DMA fetch from it between the two times and spoils it. Fitted, not
    // derived: field reports give a rate of bad pages, the manual gives none.
    virtual double collision_probability(std::uint32_t address, std::uint32_t byte_count,
                                         Duration from, Duration until) noexcept = 0;

protected:
    ~RamActivity() = default;
};

// Silicon errata, each on or off. Effects as devices.md 2.4 and ncs.md case C have them.
struct SpimAnomalies {
    // nRF52832 (all), nRF52840 (variant 0): RXD.MAXCNT = 1 with TXD.MAXCNT <= 1 clocks one byte
    // more.
    bool anomaly_58 = false;
    // nRF52832 rev 2 on: the first byte fetched by a transfer that starts while the DMA is idle may
    // be wrong (here 0x00), with `anomaly_109_probability`. A transfer of length zero right before
    // wakes the DMA. The condition is inferred from the workaround.
    bool anomaly_109 = false;
    double anomaly_109_probability = 1.0;
    // nRF52840 SPIM3: TX data are wrong when another master uses the RAM slave of the buffer. The
    // activity source gives the probability per transfer.
    bool anomaly_198 = false;
    enum class Shape : std::uint8_t {
        kFirstByteReplaced,  // by the last byte of the transfer before (kzeise.com 2023)
        kShifted,            // that byte comes first, the last one is lost (DZ-118134)
        kByteZeroed          // one byte, anywhere, reads 0x00 (DZ-48645)
    };
    Shape anomaly_198_shape = Shape::kFirstByteReplaced;
    // Spoils this transfer of a run (counted from 0, TX not empty) whatever the activity; -1: none.
    std::int64_t anomaly_198_transfer = -1;
    std::uint64_t seed = 0;
};

// What distinguishes one SPIM from another. Defaults: SPIM0 of the nRF52840.
struct SpimData {
    std::string name = "spim0";
    std::uint32_t register_base = 0x4000'3000;  // SVD
    std::uint32_t frequency_max_hz = 8'000'000;
    unsigned maxcnt_bits = 16;
    bool has_chip_select = false;  // CSN, with DCX and RXDELAY
    // nRF5340 SPIM4: 32 MHz only with SCK on P0.08, MOSI on P0.09 and MISO on P0.10 (vendor's
    // driver and fix-ups, devices.md 2.1).
    bool has_dedicated_pins = false;
    std::uint32_t hfclk_hz = 64'000'000;  // what SCK is made from; off, so is SCK
    SpimAnomalies anomalies;
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz: an assumption
};

class Spim {
public:
    explicit Spim(const SpimData& data);
    ~Spim();
    Spim(const Spim&) = delete;
    Spim& operator=(const Spim&) = delete;

    void map(Bus& bus);
    BusTarget& registers();  // kBlockBytes long

    // Wires of this controller (not owned); those that are selected get what is clocked.
    void connect(SpiWire& wire);
    // The wire whose CS# the hardware drives, when PSEL.CSN is connected.
    void connect_hardware_chip_select(SpiWire& wire);
    void set_ram_activity(RamActivity* activity);  // not owned; nullptr: nobody else
    // Of everything that anomalies draw from the next reset on.
    void set_seed(std::uint64_t seed);
    // Has a number been drawn since the last reset whose outcome was open?
    bool has_drawn() const;

    // Registers to their reset values, nothing in flight. Wires and parts have their own resets.
    void reset();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
