// What signal handlers need to know about the firmware that a thread is running.
#pragma once

#include "firmware/firmware_memory.hpp"

#include <sim/firmware.hpp>

#include <atomic>
#include <cstdint>

namespace brownout::sim {

enum class FaultAccess { kUnknown, kRead, kWrite, kFetch };

// How firmware was stopped. Addresses are host addresses.
struct FaultRecord {
    int signal = 0;
    bool has_address = false;  // the kernel told which address was touched
    FaultAccess access = FaultAccess::kUnknown;
    std::uintptr_t address = 0;
    std::uintptr_t instruction = 0;
    std::uintptr_t called_from = 0;  // nearest return address into the firmware, if outside of it
};

// One run, as seen from a signal handler of its own thread. Written by the run and by the
// handlers; atomics order the two, there is no second thread.
struct FirmwareExecution {
    const FirmwareMemory* memory = nullptr;

    std::atomic<std::uint64_t> progress{0};  // changes with every call to the platform
    std::atomic<bool> in_platform{false};    // our code runs on the firmware's stack
    std::atomic<bool> is_over{false};        // an event is being delivered

    FiberEvent event = FiberEvent::kSuspended;
    FaultRecord fault;

    // Leaves the firmware for good. Runs on the firmware's stack, does not return.
    void (*leave)(FirmwareExecution*) noexcept = nullptr;
    void* fiber = nullptr;  // for leave()
};

// The run that this thread executes, or nullptr. Signal handlers read it.
FirmwareExecution* running_firmware() noexcept;
void set_running_firmware(FirmwareExecution* execution) noexcept;

// The nearest word at or above `stack_pointer` that can be a return address into the firmware;
// 0 if there is none nearby.
std::uintptr_t find_caller(const FirmwareMemory& memory, std::uintptr_t stack_pointer) noexcept;

// The sentence of FirmwareFiber::fault_text().
std::string describe_fault(const FirmwareExecution& execution, std::uint32_t stack_bytes,
                           double hang_limit_s);

}  // namespace brownout::sim
