#include "firmware/firmware_execution.hpp"

#include "firmware/sanitizer_fiber.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace brownout::sim {
namespace {

constinit thread_local FirmwareExecution* running = nullptr;

const char* signal_name(int signal)
{
    switch (signal) {
    case SIGSEGV:
        return "SIGSEGV";
    case SIGBUS:
        return "SIGBUS";
    case SIGILL:
        return "SIGILL, illegal instruction or trap";
    case SIGFPE:
        return "SIGFPE, division by zero or overflow";
    case SIGABRT:
        return "SIGABRT";
    case SIGTRAP:
        return "SIGTRAP, breakpoint";
    default:
        return "signal";
    }
}

const char* access_verb(FaultAccess access)
{
    switch (access) {
    case FaultAccess::kRead:
        return "reading";
    case FaultAccess::kWrite:
        return "writing";
    case FaultAccess::kFetch:
        return "jumping to";
    case FaultAccess::kUnknown:
        break;
    }
    return "accessing";
}

// Firmware calls nothing but its platform and mem* functions, so foreign code is one of those.
std::string describe_place(const FirmwareExecution& execution)
{
    const FirmwareMemory& memory = *execution.memory;
    const FaultRecord& fault = execution.fault;
    if (const auto symbol = memory.symbol_at(fault.instruction)) {
        return "in " + *symbol;
    }
    const auto caller =
        fault.called_from == 0 ? std::nullopt : memory.symbol_at(fault.called_from - 1);
    if (!caller) {
        return "outside of the firmware";
    }
    return fault.access == FaultAccess::kFetch || fault.signal == 0
               ? "called from " + *caller
               : "in a function called from " + *caller;
}

// An address of the firmware is named as the device sees it: a host address differs in each run.
std::string describe_target(const FirmwareExecution& execution)
{
    const std::uintptr_t address = execution.fault.address;
    const auto device_address = execution.memory->device_address(address);
    if (!device_address) {
        return fmt::format("0x{:016x}", address);
    }
    return fmt::format("0x{:08X}, {},", *device_address,
                       execution.memory->symbol_at(address).value_or("unnamed"));
}

}  // namespace

FirmwareExecution* running_firmware() noexcept
{
    return running;
}

void set_running_firmware(FirmwareExecution* execution) noexcept
{
    running = execution;
}

__attribute__((no_sanitize("address"))) std::uintptr_t
find_caller(const FirmwareMemory& memory, std::uintptr_t stack_pointer) noexcept
{
    constexpr std::size_t kWordsSearched = kUnderAsan ? 1024 : 256;
    const AddressRange usable = memory.stack().usable();
    constexpr std::uintptr_t kWordBytes = sizeof(std::uintptr_t);
    std::uintptr_t at = std::max(stack_pointer, usable.begin);
    at = (at + kWordBytes - 1) / kWordBytes * kWordBytes;
    for (std::size_t i = 0; i < kWordsSearched && at + kWordBytes <= usable.end; ++i) {
        const auto word = *reinterpret_cast<const volatile std::uintptr_t*>(at);
        if (memory.holds_code(word)) {
            return word;
        }
        at += kWordBytes;
    }
    return 0;
}

std::string describe_fault(const FirmwareExecution& execution, std::uint32_t stack_bytes,
                           double hang_limit_s)
{
    const std::string place = describe_place(execution);
    const FaultRecord& fault = execution.fault;
    switch (execution.event) {
    case FiberEvent::kStackOverflow:
        return fmt::format("more than the {} bytes of stack are in use {}", stack_bytes, place);
    case FiberEvent::kHang:
        return fmt::format("no call to the platform for {} s of CPU time {}", hang_limit_s, place);
    case FiberEvent::kFault:
        if (fault.signal != SIGSEGV && fault.signal != SIGBUS) {
            return fmt::format("{} {}", signal_name(fault.signal), place);
        }
        return fault.has_address
                   ? fmt::format("{} {} {} {}", signal_name(fault.signal),
                                 access_verb(fault.access), describe_target(execution), place)
                   : fmt::format("{} at an address that cannot exist {}", signal_name(fault.signal),
                                 place);
    case FiberEvent::kSuspended:
    case FiberEvent::kReturned:
        break;
    }
    return {};
}

}  // namespace brownout::sim
