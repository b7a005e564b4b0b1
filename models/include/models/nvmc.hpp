// The non-volatile memory controller (NVMC) of the nRF52 and nRF53 series.
//
// Reference: devices.md section 1, that is the product specifications of nRF52832, nRF52833,
// nRF52840 and nRF5340 (NVMC chapter), their SVD files, and the vendor's driver. What differs
// between chips is in NvmcData; the values of each chip are in models/soc/.
//
// Modelled: READY, READYNEXT (with one buffered word where the vendor's driver uses it), CONFIG.WEN
// with PEen, CONFIGNS for non-secure pages, ERASEPAGE and its aliases, erase by storing all ones
// (nRF5340), ERASEALL, partial erase with its duration register, ICACHECNF (stored), IHIT and IMISS
// (zero); word programming as AND; UICR: word writes, ERASEUICR, erased with ERASEALL, never by
// page (nRF5340: by ERASEALL alone); the rules on WEN, word stores, page addresses, writes per word
// or per block, endurance, and accesses to a partly erased page; the stall of a core that touches
// flash while the controller is busy, or of any core (nRF52832); the power-fail comparator and
// anomaly 242; a clock that is off (at_clock()).
// Not modelled: what UICR configures, writes per UICR word and tears of UICR, the cache and its
// counters, WRITEUICRNS, partial-erase time across a reset or when another page is begun,
// protection (flash_protection.hpp), disturbed bits after too many writes, and what an operation in
// flight leaves when power fails (see the tear models).
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace brownout::models {

// Registers, as offsets from the base. R: read, W: write. Not every chip has every one.
namespace nvmc_register {
constexpr std::uint32_t kReady = 0x400;                // R  bit 0: 1 ready, 0 busy
constexpr std::uint32_t kReadyNext = 0x408;            // R  bit 0: 1 the next word may be stored
constexpr std::uint32_t kConfig = 0x504;               // RW bits 2:0: 0 Ren, 1 Wen, 2 Een, 4 PEen
constexpr std::uint32_t kErasePage = 0x508;            // W  address of the page
constexpr std::uint32_t kEraseAll = 0x50C;             // W  1: start
constexpr std::uint32_t kErasePcr0 = 0x510;            // W  deprecated name of ERASEPAGE
constexpr std::uint32_t kEraseUicr = 0x514;            // W  1: start
constexpr std::uint32_t kErasePagePartial = 0x518;     // W  address of the page
constexpr std::uint32_t kErasePagePartialCfg = 0x51C;  // RW bits 6:0: milliseconds, reset 10
constexpr std::uint32_t kICacheCnf = 0x540;            // RW bit 0 enable, bit 8 profiling
constexpr std::uint32_t kIHit = 0x548;                 // R
constexpr std::uint32_t kIMiss = 0x54C;                // R
constexpr std::uint32_t kConfigNs = 0x584;             // RW bits 1:0: CONFIG of non-secure pages
constexpr std::uint32_t kBlockBytes = 0x1000;
constexpr std::uint32_t kUicrBytes = 0x1000;  // of memory, at NvmcData::uicr_address
}  // namespace nvmc_register

// CONFIG.WEN.
namespace nvmc_mode {
constexpr std::uint32_t kRen = 0;   // read only
constexpr std::uint32_t kWen = 1;   // word writes
constexpr std::uint32_t kEen = 2;   // erases
constexpr std::uint32_t kPEen = 4;  // partial erases (nRF5340)
}  // namespace nvmc_mode

// What distinguishes one NVMC from another. Defaults: nRF52840; the source of each value behind it.
struct NvmcData {
    std::string_view write_source = "nRF52840 PS v1.7, 4.3.1 Writing to flash";
    std::string_view erase_source = "nRF52840 PS v1.7, 4.3.2 Erasing a page in flash";

    std::uint32_t register_base = 0x4001E000;      // SVD
    std::uint32_t flash_address = 0;               // MDK memory header
    std::uint32_t flash_size_bytes = 1024 * 1024;  // MDK memory header
    std::uint32_t page_bytes = 4096;               // PS v1.7, 4.3
    std::uint32_t uicr_address = 0x10001000;       // MDK memory header

    bool has_ready_next = true;     // READYNEXT
    bool has_erase_page = true;     // ERASEPAGE, ERASEUICR; false: erase by storing 0xFFFFFFFF
    bool has_erase_pcr0 = false;    // dropped from the SVD of this chip
    bool has_partial_erase = true;  // by ERASEPAGEPARTIAL, or by CONFIG.PEen and a store
    bool has_icache = true;         // ICACHECNF, IHIT, IMISS
    bool has_config_ns = false;     // CONFIGNS (nRF5340 application core)
    // READYNEXT says when a second word may be stored while the first is in flight. False: it reads
    // as READY, and a second store waits (anomaly 233; the vendor's driver polls READY).
    bool buffers_next_word = false;
    bool halts_cpu = false;  // during writes and erases, wherever the code is

    std::uint8_t writes_per_word_max = 2;     // nWRITE, PS v1.7, 4.3.1; 0: no limit
    std::uint8_t writes_per_block_max = 0;    // nWRITE,BLOCK; 0: no such limit
    std::uint32_t write_block_bytes = 512;    // what that limit counts for
    std::uint32_t erase_cycles_max = 10'000;  // nENDURANCE; 0: not checked

    Duration word_write_time = microseconds(41);    // tWRITE, from memory of the PS (unchecked)
    Duration page_erase_time = milliseconds(85);    // tERASEPAGE, vendor's slice count
    Duration all_erase_time = milliseconds(169);    // tERASEALL, from memory (unchecked)
    Duration partial_erase_sum = milliseconds(85);  // of slices; vendor's count
    Duration partial_erase_unit = milliseconds(1);  // of ERASEPAGEPARTIALCFG.DURATION, SVD
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz: an assumption
    Duration store_time = picoseconds(31'250);            // a store to flash, likewise

    bool has_anomaly_242 = true;  // an operation during POFWARN hangs the CPU (errata list)
};

// The same NVMC where what should be the 64 MHz clock runs at `hfclk_hz`: the times that it makes
// from it are longer or shorter. devices.md 1.4: they vary with the accuracy of HFINT.
NvmcData at_clock(NvmcData data, std::uint32_t hfclk_hz);

struct PartState;
struct PowerFailComparator;

// Says which flash is non-secure: there CONFIGNS stands for CONFIG (nRF5340 PS, NVMC, "Erasing a
// non-secure page").
class FlashSecurity {
public:
    virtual bool is_secure(std::uint32_t flash_offset) const noexcept = 0;
    virtual bool all_secure() const noexcept = 0;

protected:
    ~FlashSecurity() = default;
};

class Nvmc {
public:
    // `device_index`: which device of the board its operations name.
    Nvmc(const NvmcData& data, std::uint32_t device_index);
    ~Nvmc();
    Nvmc(const Nvmc&) = delete;
    Nvmc& operator=(const Nvmc&) = delete;

    // The geometry that attach() needs, cells erased.
    static FlashGeometry geometry(const NvmcData& data);

    // The cells to work on; not owned, of geometry(data).
    void attach(FlashArray& cells);
    // What UICR holds: PartState::kept, kUicrBytes of it or none (erased). Not owned; without one
    // UICR reads erased and takes nothing.
    void attach_uicr(PartState& part);
    // Not owned; nullptr: all flash is secure, as after reset.
    void set_security(const FlashSecurity* security);
    // The comparator that holds off operations; not owned, nullptr: none.
    void watch(const PowerFailComparator* comparator);

    // Registers to their reset values, nothing in flight.
    void power_on_reset();

    // Registers at data.register_base, kBlockBytes long.
    BusTarget& registers();
    // Flash at data.flash_address. Reads cost no time here beyond waiting for the controller (the
    // copy loop belongs to the core); stores are word stores.
    BusTarget& memory();
    // UICR at data.uicr_address, kUicrBytes long.
    BusTarget& uicr();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
