// Registers of a SoC that boot code reads or sets beside its flash: FICR, UICR, reset reasons, the
// power-fail comparator, the network core's hold.
//
// Reference: devices.md 1.1, 1.7; SVD files. Bits of RESETREAS and offsets in FICR are quoted from
// memory (unchecked).
// Modelled: FICR as constants (CODEPAGESIZE, CODESIZE, DEVICEID, INFO); the address of UICR, which
// is behind the NVMC (models/nvmc.hpp; boards without one read it erased); RESETREAS (cleared by
// writing ones, nothing after a power-on); POFCON and EVENTS_POFWARN; NETWORK.FORCEOFF as a
// register that reads as written (1 after reset).
// Not modelled: APPROTECT taking effect, GPREGRET, RAM power, regulators, and everything else in
// these blocks (reads as zero).
#pragma once

#include <models/bus.hpp>
#include <models/part_state.hpp>
#include <models/power_fail.hpp>
#include <models/soc.hpp>

#include <functional>
#include <memory>

namespace brownout::models {

namespace soc_register {
// From power_address (but POFCON), a block of kPowerBytes. Above it are test registers.
constexpr std::uint32_t kEventsPofWarn = 0x108;    // RW 1: supply is below POFCON.THRESHOLD
constexpr std::uint32_t kResetReas = 0x400;        // RW ones clear
constexpr std::uint32_t kNetworkForceOff = 0x614;  // RW bit 0: 1 network core held in reset
constexpr std::uint32_t kPowerBytes = 0x700;
constexpr std::uint32_t kRegulatorBytes = 0x600;  // the block of POFCON, where it is another one
constexpr std::uint32_t kInformationBytes = 0x1000;
}  // namespace soc_register

class SocRegisters {
public:
    SocRegisters(const Soc& soc, Duration register_access_time);
    ~SocRegisters();
    SocRegisters(const SocRegisters&) = delete;
    SocRegisters& operator=(const SocRegisters&) = delete;

    // Before map(): what answers for UICR; not owned.
    void set_uicr(BusTarget& uicr);
    void map(Bus& bus);
    // Registers to their reset values but POFCON, which start-up code is taken to have set.
    void reset(ResetKind kind);

    PowerFailComparator& comparator();
    bool holds_network_core() const;
    void release_network_core();
    // Called when NETWORK.FORCEOFF changes.
    void on_network_hold(std::function<void()> changed);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The ranges that map() takes, for checking a board before it is built. Empty ones are left out.
std::vector<BusRange> soc_register_ranges(const Soc& soc);

}  // namespace brownout::models
