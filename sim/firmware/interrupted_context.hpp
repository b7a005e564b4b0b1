// The registers of interrupted code, as far as a fault needs them, for each host machine.
#pragma once

#include "firmware/firmware_execution.hpp"

#include <ucontext.h>

#include <cstdint>

namespace brownout::sim {

class InterruptedContext {
public:
    explicit InterruptedContext(void* context) : registers_(static_cast<ucontext_t*>(context)) {}

    std::uintptr_t instruction() const
    {
#if defined(__x86_64__)
        return static_cast<std::uintptr_t>(registers_->uc_mcontext.gregs[REG_RIP]);
#else
        return registers_->uc_mcontext.pc;
#endif
    }

    std::uintptr_t stack_pointer() const
    {
#if defined(__x86_64__)
        return static_cast<std::uintptr_t>(registers_->uc_mcontext.gregs[REG_RSP]);
#else
        return registers_->uc_mcontext.sp;
#endif
    }

    // Of a memory fault at `address`.
    FaultAccess access(std::uintptr_t address) const
    {
        if (address == instruction()) {
            return FaultAccess::kFetch;
        }
#if defined(__x86_64__)
        // Page-fault error code: bit 1 write, bit 4 instruction fetch.
        const auto code = registers_->uc_mcontext.gregs[REG_ERR];
        return (code & 0x10) != 0  ? FaultAccess::kFetch
               : (code & 0x2) != 0 ? FaultAccess::kWrite
                                   : FaultAccess::kRead;
#else
        return FaultAccess::kUnknown;
#endif
    }

    // When the handler returns, `function(argument)` runs on the stack that ends at `stack_end`.
    void divert(void (*function)(FirmwareExecution*) noexcept, FirmwareExecution* argument,
                std::uintptr_t stack_end)
    {
        auto& machine = registers_->uc_mcontext;
#if defined(__x86_64__)
        constexpr greg_t kDirectionFlag = 0x400;
        // As after a call: the stack pointer is 8 below a multiple of 16.
        machine.gregs[REG_RSP] = static_cast<greg_t>(stack_end - 8);
        machine.gregs[REG_RIP] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(function));
        machine.gregs[REG_RDI] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(argument));
        machine.gregs[REG_EFL] &= ~kDirectionFlag;
#else
        machine.sp = stack_end;
        machine.pc = reinterpret_cast<std::uintptr_t>(function);
        machine.regs[0] = reinterpret_cast<std::uintptr_t>(argument);
#endif
    }

private:
    ucontext_t* registers_;
};

}  // namespace brownout::sim
