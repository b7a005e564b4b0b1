#include "firmware/fault_trap.hpp"

#include "firmware/firmware_execution.hpp"
#include "firmware/interrupted_context.hpp"

#include <models/assert.hpp>

#include <sys/mman.h>

#include <array>
#include <csignal>
#include <mutex>

namespace brownout::sim {
namespace {

constexpr std::array<int, 6> kFaultSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
constexpr std::size_t kAlternateStackBytes = 64 * 1024;

struct sigaction previous_actions[kFaultSignals.size()];

const struct sigaction& previous_action(int signal)
{
    std::size_t index = 0;
    while (kFaultSignals[index] != signal) {
        ++index;
    }
    return previous_actions[index];
}

// A stack for handlers: the interrupted one may be the reason for the signal. Threads that had one
// (sanitizers give them one) get it back.
class AlternateStack {
public:
    AlternateStack()
    {
        memory_ = mmap(nullptr, kAlternateStackBytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        BROWNOUT_ASSERT(memory_ != MAP_FAILED);
        stack_t stack{};
        stack.ss_sp = memory_;
        stack.ss_size = kAlternateStackBytes;
        BROWNOUT_ASSERT(sigaltstack(&stack, &previous_) == 0);
    }

    ~AlternateStack()
    {
        sigaltstack(&previous_, nullptr);
        munmap(memory_, kAlternateStackBytes);
    }

    AlternateStack(const AlternateStack&) = delete;
    AlternateStack& operator=(const AlternateStack&) = delete;

private:
    void* memory_ = nullptr;
    stack_t previous_{};
};

void pass_on(int signal, siginfo_t* info, void* context)
{
    const struct sigaction& previous = previous_action(signal);
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
        struct sigaction fallback {};
        fallback.sa_handler = SIG_DFL;
        sigaction(signal, &fallback, nullptr);
        raise(signal);  // delivered on return, with the state of the fault
    } else {
        previous.sa_handler(signal);
    }
}

bool is_fault_of(const FirmwareExecution* execution, const siginfo_t* info,
                 const InterruptedContext& interrupted)
{
    if (execution == nullptr || execution->in_platform.load(std::memory_order_relaxed) ||
        execution->is_over.load(std::memory_order_relaxed)) {
        return false;
    }
    // Sent by a program and not by the kernel: the firmware's only if it made the system call.
    const bool was_sent = info->si_code <= 0;
    return !was_sent || execution->memory->holds_code(interrupted.instruction());
}

void on_fault_signal(int signal, siginfo_t* info, void* context)
{
    FirmwareExecution* execution = running_firmware();
    InterruptedContext interrupted(context);
    if (!is_fault_of(execution, info, interrupted)) {
        pass_on(signal, info, context);
        return;
    }
    const FirmwareMemory& memory = *execution->memory;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const bool is_memory_fault = signal == SIGSEGV || signal == SIGBUS;

    FaultRecord& fault = execution->fault;
    fault = FaultRecord{};
    fault.signal = signal;
    fault.instruction = interrupted.instruction();
    fault.called_from =
        memory.holds_code(fault.instruction) ? 0 : find_caller(memory, interrupted.stack_pointer());
    if (is_memory_fault && info->si_code != SI_KERNEL) {
        fault.has_address = true;
        fault.address = address;
        fault.access = interrupted.access(address);
    }
    execution->event = fault.has_address && memory.stack().guard.holds(address)
                           ? FiberEvent::kStackOverflow
                           : FiberEvent::kFault;
    execution->is_over.store(true, std::memory_order_relaxed);
    interrupted.divert(execution->leave, execution, memory.stack().stack.end);
}

void install_handlers()
{
    struct sigaction action {};
    action.sa_sigaction = on_fault_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGVTALRM);  // the watchdog waits
    for (std::size_t i = 0; i < kFaultSignals.size(); ++i) {
        BROWNOUT_ASSERT(sigaction(kFaultSignals[i], &action, &previous_actions[i]) == 0);
    }
}

}  // namespace

void catch_firmware_faults()
{
    static std::once_flag installed;
    std::call_once(installed, install_handlers);
    static thread_local AlternateStack alternate_stack;
    static_cast<void>(alternate_stack);
}

}  // namespace brownout::sim
