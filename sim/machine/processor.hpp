// A core of a machine: one firmware on its own fiber, with its own clock and its own view of the
// bus. Fills the io table of boot/io.h; every function of the table runs on the firmware's stack.
#pragma once

#include "run_recorder.hpp"

#include <models/bus.hpp>
#include <models/uarte.hpp>
#include <sim/firmware.hpp>

#include <cstdarg>
#include <functional>
#include <optional>
#include <string>

namespace brownout::sim {

struct ProcessorCosts {
    std::uint32_t cpu_hz = 64'000'000;
    std::uint32_t mem_read_cycles_per_word = 2;
    CoreId core = CoreId::kApplication;
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

    // A receiver whose DMA goes on while the firmware does other things; nullptr: none. Not owned.
    void set_receiver(models::Uarte* receiver) { receiver_ = receiver; }

    // Prepares a run of `firmware` from reset at time `options.start`. Everything given must
    // outlive the run.
    void reset(Firmware& firmware, FirmwareFiber& fiber, const boot_platform& platform,
               RunRecorder& recorder, const RunOptions& options);

    // Lets the firmware act until its clock passes `horizon` (another processor is due), or it is
    // done. True: it wants to go on later.
    bool run_until(models::Duration horizon);

    // Set when the firmware stopped for good; the power loss of the machine is not among them.
    const std::optional<Outcome>& outcome() const { return outcome_; }

    // Tells when something in the machine next changes without an access; nullopt: never. Lets
    // repeated scripts jump over repeats that cannot differ from the last.
    using NextChange = std::function<std::optional<models::Duration>(models::Duration now)>;
    void on_quiet(NextChange next_change) { next_change_ = std::move(next_change); }

    // Appends to the sentence about an address that nothing answers; "": there is nothing to say.
    using Explanation = std::function<std::string(std::uint32_t address)>;
    void explain_faults(Explanation explain) { explain_ = std::move(explain); }

    // Lets others act at the next call of the firmware: something changed for them.
    void yield() noexcept { horizon_ = now_ - models::Duration{1}; }

    // Around every call of the firmware to its platform that is not in the io table. `caller` is
    // the firmware's return address, for reports; `frame` the frame of the function it called.
    void enter(const void* caller, const void* frame = nullptr) noexcept;
    void leave_platform() noexcept;

    // CPU cycles of this core, as charge_cycles() of the io table.
    void charge(std::uint64_t cycles) noexcept;
    // The firmware symbol behind a host or device address; "" if there is none.
    std::string symbol_of_address(std::uint64_t device_address) const;
    std::string caller_symbol() const;
    // The functions that the firmware is in, innermost first: "a <- b <- c". "" where its code
    // keeps no frame pointers.
    std::string call_chain() const;

    // Leaves the firmware for good. Returns at once when called from outside of it.
    void leave() noexcept;

private:
    friend struct ProcessorIo;
    friend struct ProcessorScripts;

    // Brackets a platform call: while it lasts, our code runs on the firmware's stack. Holds
    // nothing, so a run that is abandoned inside loses nothing.
    class PlatformCall {
    public:
        PlatformCall(Processor& core, const void* caller, const void* frame = nullptr) noexcept
            : core_(core)
        {
            core.enter(caller, frame);
        }
        ~PlatformCall() { core_.leave_platform(); }
        PlatformCall(const PlatformCall&) = delete;
        PlatformCall& operator=(const PlatformCall&) = delete;

    private:
        Processor& core_;
    };

    // Single accesses, as the functions of the io table without their brackets.
    std::uint32_t read_register(std::uint32_t address) noexcept;
    void write_register(std::uint32_t address, std::uint32_t value) noexcept;
    bool poll_register(std::uint32_t address, std::uint32_t mask, std::uint32_t expected,
                       std::uint32_t timeout_us) noexcept;
    void install_scripts();  // the functions of processor_scripts.cpp

    // Lets processors whose clocks are behind act first.
    void take_turn() noexcept;
    // Ends the run; leave() then goes.
    void end(OutcomeKind kind, std::string text) noexcept;
    void advanced() noexcept;  // after now_ moved
    void bus_fault(const char* access, std::uint32_t address) noexcept;
    void refused(const char* access, std::uint32_t address, std::string_view why) noexcept;
    models::AccessContext access() noexcept;
    models::Duration cycles(std::uint64_t count) const noexcept;

    std::string name_;
    ProcessorCosts costs_;
    models::Bus bus_;
    boot_io io_{};
    Firmware* firmware_ = nullptr;
    FirmwareFiber* fiber_ = nullptr;
    RunRecorder* recorder_ = nullptr;
    models::Uarte* receiver_ = nullptr;
    const void* caller_ = nullptr;
    const void* frame_ = nullptr;  // of the platform call; nullptr: not known
    bool on_fiber_ = false;
    models::Duration now_{};
    models::Duration horizon_{};
    models::Duration deadline_{};
    models::Duration advanced_to_{};  // by the access before the current one
    std::optional<Outcome> outcome_;
    NextChange next_change_ = [](models::Duration) { return std::nullopt; };
    Explanation explain_ = [](std::uint32_t) { return std::string(); };
    models::Duration jump_max_{};  // over polls; short where somebody watches the time
};

}  // namespace brownout::sim
