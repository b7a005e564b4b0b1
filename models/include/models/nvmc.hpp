// The non-volatile memory controller (NVMC) of the nRF52840.
//
// Reference: nRF52840 Product Specification v1.7, section 4.3 (registers from the SVD file).
//
// Modelled: READY, READYNEXT (as READY: one word in flight, as the driver of the vendor uses it
// because of anomaly 233), CONFIG.WEN, ERASEPAGE, ERASEALL, ERASEPAGEPARTIAL with its duration
// register, ICACHECNF (stored), IHIT and IMISS (zero); word programming as AND; the rules on WEN,
// word stores, page addresses and writes per word; the stall of a core that touches flash while
// the controller is busy.
// Not modelled: UICR (ERASEUICR takes the time of a page erase and changes nothing), the buffered
// second word of READYNEXT, the cache and its counters, partial-erase time across a reset or when
// another page is begun, anomaly 242 (POFWARN), ACL protection, the clock's tolerance, and what an
// operation in flight leaves when power fails (see the tear models).
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>

#include <cstdint>
#include <memory>

namespace brownout::models {

// Registers, as offsets from the base. R: read, W: write.
namespace nvmc_register {
constexpr std::uint32_t kReady = 0x400;                // R  bit 0: 1 ready, 0 busy
constexpr std::uint32_t kReadyNext = 0x408;            // R  bit 0: 1 the next word may be stored
constexpr std::uint32_t kConfig = 0x504;               // RW bits 1:0: 0 Ren, 1 Wen, 2 Een
constexpr std::uint32_t kErasePage = 0x508;            // W  address of the page
constexpr std::uint32_t kEraseAll = 0x50C;             // W  1: start
constexpr std::uint32_t kEraseUicr = 0x514;            // W  1: start
constexpr std::uint32_t kErasePagePartial = 0x518;     // W  address of the page
constexpr std::uint32_t kErasePagePartialCfg = 0x51C;  // RW bits 6:0: milliseconds, reset 10
constexpr std::uint32_t kICacheCnf = 0x540;            // RW bit 0 enable, bit 8 profiling
constexpr std::uint32_t kIHit = 0x548;                 // R
constexpr std::uint32_t kIMiss = 0x54C;                // R
constexpr std::uint32_t kBlockBytes = 0x1000;
}  // namespace nvmc_register

// What distinguishes one NVMC from another. Defaults: nRF52840; the source of each value behind it.
struct NvmcData {
    std::uint32_t register_base = 0x4001E000;      // SVD
    std::uint32_t flash_address = 0;               // MDK memory header
    std::uint32_t flash_size_bytes = 1024 * 1024;  // MDK memory header
    std::uint32_t page_bytes = 4096;               // PS v1.7, 4.3
    std::uint8_t writes_per_word_max = 2;          // nWRITE, PS v1.7, 4.3.1
    std::uint32_t erase_cycles_max = 10'000;       // nENDURANCE; checked by nobody here
    Duration word_write_time = microseconds(41);   // tWRITE, from memory of the PS (unchecked)
    Duration page_erase_time = milliseconds(85);   // tERASEPAGE, vendor's slice count
    Duration all_erase_time = milliseconds(169);   // tERASEALL, from memory (unchecked)
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz: an assumption
    Duration store_time = picoseconds(31'250);            // a store to flash, likewise
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

    // Registers to their reset values, nothing in flight.
    void power_on_reset();

    // Registers at data.register_base, kBlockBytes long.
    BusTarget& registers();
    // Flash at data.flash_address. Reads cost no time here beyond waiting for the controller (the
    // copy loop belongs to the core); stores are word stores.
    BusTarget& memory();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
