#include "firmware/firmware_watchdog.hpp"

#include "firmware/firmware_execution.hpp"
#include "firmware/interrupted_context.hpp"

#include <models/assert.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>

#ifndef sigev_notify_thread_id
#    define sigev_notify_thread_id _sigev_un._tid
#endif

namespace brownout::sim {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kLookEveryMax = 100'000'000;
constexpr std::int64_t kLookEveryMin = 1'000'000;

std::atomic<std::int64_t> hang_limit_ns{2 * kNanosecondsPerSecond};

// Of one thread. Used by the signal handler too, so there is nothing to construct.
struct Watchdog {
    timer_t timer;
    volatile bool has_timer;
    volatile bool is_armed;

    const FirmwareExecution* last_execution;
    std::uint64_t last_progress;
    std::int64_t last_change_ns;  // CPU time of the thread
};

constinit thread_local Watchdog watchdog{};

std::int64_t thread_cpu_time_ns()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

void arm(Watchdog& dog)
{
    const std::int64_t limit = hang_limit_ns.load(std::memory_order_relaxed);
    const std::int64_t delay = std::clamp(limit / 10, kLookEveryMin, kLookEveryMax);
    itimerspec once{};
    once.it_value.tv_nsec = delay;
    dog.is_armed = timer_settime(dog.timer, 0, &once, nullptr) == 0;
}

bool is_hanging(Watchdog& dog, const FirmwareExecution& execution)
{
    const std::uint64_t progress = execution.progress.load(std::memory_order_relaxed);
    const std::int64_t now_ns = thread_cpu_time_ns();
    const bool is_busy_elsewhere = execution.in_platform.load(std::memory_order_relaxed) ||
                                   execution.is_over.load(std::memory_order_relaxed);
    if (dog.last_execution != &execution || dog.last_progress != progress || is_busy_elsewhere) {
        dog.last_execution = &execution;
        dog.last_progress = progress;
        dog.last_change_ns = now_ns;
        return false;
    }
    return now_ns - dog.last_change_ns >= hang_limit_ns.load(std::memory_order_relaxed);
}

void on_tick(int, siginfo_t*, void* context)
{
    const int saved_errno = errno;
    Watchdog& dog = watchdog;
    FirmwareExecution* execution = running_firmware();
    dog.is_armed = false;
    if (execution != nullptr) {
        InterruptedContext interrupted(context);
        const StackLayout& stack = execution->memory->stack();
        // Between the two stacks, switching, is neither here nor there: look again later.
        if (is_hanging(dog, *execution) && stack.usable().holds(interrupted.stack_pointer())) {
            FaultRecord& fault = execution->fault;
            fault = FaultRecord{};
            fault.instruction = interrupted.instruction();
            fault.called_from = execution->memory->holds_code(fault.instruction)
                                    ? 0
                                    : find_caller(*execution->memory, interrupted.stack_pointer());
            execution->event = FiberEvent::kHang;
            execution->is_over.store(true, std::memory_order_relaxed);
            interrupted.divert(execution->leave, execution, stack.stack.end);
        }
        arm(dog);
    }
    errno = saved_errno;
}

void create_timer(Watchdog& dog)
{
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGVTALRM;
    event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
    BROWNOUT_ASSERT(timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &dog.timer) == 0);
    dog.has_timer = true;
}

// The forking thread is the child's only one, and timers stay with the parent.
void forget_timer_in_child()
{
    watchdog.has_timer = false;
    watchdog.is_armed = false;
    if (running_firmware() != nullptr) {
        watch_running_firmware();
    }
}

void install_handler()
{
    struct sigaction action {};
    action.sa_sigaction = on_tick;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigemptyset(&action.sa_mask);
    BROWNOUT_ASSERT(sigaction(SIGVTALRM, &action, nullptr) == 0);
    BROWNOUT_ASSERT(pthread_atfork(nullptr, nullptr, forget_timer_in_child) == 0);
}

// Deletes the timer with its thread.
struct TimerOwner {
    ~TimerOwner()
    {
        if (watchdog.has_timer) {
            timer_delete(watchdog.timer);
            watchdog.has_timer = false;
        }
    }
};

}  // namespace

void watch_running_firmware()
{
    Watchdog& dog = watchdog;
    if (dog.is_armed) {
        return;
    }
    if (!dog.has_timer) {
        static std::once_flag installed;
        std::call_once(installed, install_handler);
        static thread_local TimerOwner owner;
        static_cast<void>(owner);
        create_timer(dog);
    }
    arm(dog);
}

double firmware_hang_limit_s() noexcept
{
    return static_cast<double>(hang_limit_ns.load(std::memory_order_relaxed)) / 1e9;
}

void set_firmware_hang_limit(double cpu_seconds)
{
    BROWNOUT_ASSERT(cpu_seconds > 0 && cpu_seconds < 1e6);
    hang_limit_ns.store(static_cast<std::int64_t>(cpu_seconds * 1e9), std::memory_order_relaxed);
}

}  // namespace brownout::sim
