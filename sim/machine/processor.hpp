// A core of a machine: one firmware on its own fiber, with its own clock and its own view of the
// bus. Fills the io table of boot/io.h; every function of the table runs on the firmware's stack.
#pragma once

#include "run_recorder.hpp"

#include <models/bus.hpp>
#include <sim/firmware.hpp>

#include <cstdarg>
#include <optional>
#include <string>

namespace brownout::sim {

struct ProcessorCosts {
    std::uint32_t cpu_hz = 64'000'000;
    std::uint32_t mem_read_cycles_per_word = 2;
};

class Processor {
public:
    Processor(std::string name, ProcessorCosts costs);
    Processor(const Processor&) = delete;
    Processor& operator=(const Processor&) = delete;

    const std::string& name() const { return name_; }
    models::Bus& bus() { return bus_; }
    const boot_io* io() const { return &io_; }
    models::Duration now() const { return now_; }

    // Prepares a run of `firmware` from reset at time `options.start`. Everything given must
    // outlive the run.
    void reset(Firmware& firmware, FirmwareFiber& fiber, const boot_platform& platform,
               RunRecorder& recorder, const RunOptions& options);

    // Lets the firmware act until its clock passes `horizon` (another processor is due), or it is
    // done. True: it wants to go on later.
    bool run_until(models::Duration horizon);

    // Set when the firmware stopped for good; the power loss of the machine is not among them.
    const std::optional<Outcome>& outcome() const { return outcome_; }

    // Around every call of the firmware to its platform that is not in the io table. `caller` is
    // the firmware's return address, for reports.
    void enter(const void* caller) noexcept;
    void leave_platform() noexcept;

    // CPU cycles of this core, as charge_cycles() of the io table.
    void charge(std::uint64_t cycles) noexcept;
    // The firmware symbol behind a host or device address; "" if there is none.
    std::string symbol_of_address(std::uint64_t device_address) const;
    std::string caller_symbol() const;

    // Leaves the firmware for good. Returns at once when called from outside of it.
    void leave() noexcept;

private:
    friend struct ProcessorIo;
    class PlatformCall;

    // Lets processors whose clocks are behind act first.
    void take_turn() noexcept;
    // Ends the run; leave() then goes.
    void end(OutcomeKind kind, std::string text) noexcept;
    void advanced() noexcept;  // after now_ moved
    void bus_fault(const char* access, std::uint32_t address) noexcept;
    models::AccessContext access() noexcept;
    models::Duration cycles(std::uint64_t count) const noexcept;

    std::string name_;
    ProcessorCosts costs_;
    models::Bus bus_;
    boot_io io_{};
    Firmware* firmware_ = nullptr;
    FirmwareFiber* fiber_ = nullptr;
    RunRecorder* recorder_ = nullptr;
    const void* caller_ = nullptr;
    bool on_fiber_ = false;
    models::Duration now_{};
    models::Duration horizon_{};
    models::Duration deadline_{};
    std::optional<Outcome> outcome_;
};

}  // namespace brownout::sim
