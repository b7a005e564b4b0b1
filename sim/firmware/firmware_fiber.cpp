// FirmwareFiber over Boost.Context's low-level switches: no signal mask, nothing unwound, some
// 20 ns each way. All switches are in this file.
#include "firmware/fault_trap.hpp"
#include "firmware/firmware_execution.hpp"
#include "firmware/firmware_watchdog.hpp"
#include "firmware/loaded_firmware.hpp"
#include "firmware/sanitizer_fiber.hpp"

#include <models/assert.hpp>

#include <boost/context/detail/fcontext.hpp>

namespace brownout::sim {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

class HostFiber final : public FirmwareFiber {
public:
    explicit HostFiber(LoadedFirmware& firmware) : firmware_(firmware)
    {
        execution_.memory = &firmware.memory();
        execution_.fiber = this;
        execution_.leave = &HostFiber::leave;
    }

    ~HostFiber() override
    {
        if (firmware_.current_run == this) {
            firmware_.current_run = nullptr;
        }
    }

    void start(const boot_platform& platform, std::uint64_t noise_seed) override;
    FiberEvent resume() override;
    void suspend() noexcept override;

    void mark_progress() noexcept override
    {
        auto& progress = execution_.progress;
        progress.store(progress.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }

    void enter_platform() noexcept override;
    void leave_platform() noexcept override
    {
        execution_.in_platform.store(false, std::memory_order_relaxed);
    }

    int return_value() const noexcept override { return return_value_; }
    std::string fault_text() const override;

private:
    enum class Phase { kNotStarted, kRunnable, kRunning, kOver };

    static void main(transfer_t transfer);
    static void leave(FirmwareExecution* execution) noexcept;
    [[noreturn]] void leave_with(FiberEvent event) noexcept;

    LoadedFirmware& firmware_;
    FirmwareExecution execution_;
    Phase phase_ = Phase::kNotStarted;
    const boot_platform* platform_ = nullptr;
    int return_value_ = 0;

    fcontext_t inside_ = nullptr;   // where the firmware goes on
    fcontext_t outside_ = nullptr;  // where resume() goes on
    void* fake_stack_ = nullptr;    // the rest is for sanitizers
    const void* outside_bottom_ = nullptr;
    std::size_t outside_bytes_ = 0;
};

void HostFiber::start(const boot_platform& platform, std::uint64_t noise_seed)
{
    BROWNOUT_ASSERT(phase_ != Phase::kRunning);
    FirmwareMemory& memory = firmware_.memory();
    memory.restore_segments();
    memory.fill_no_init(noise_seed);
    firmware_.current_run = this;

    const AddressRange usable = memory.stack().usable();
    inside_ =
        make_fcontext(reinterpret_cast<void*>(usable.end), usable.size_bytes(), &HostFiber::main);
    platform_ = &platform;
    return_value_ = 0;
    fake_stack_ = nullptr;
    execution_.in_platform.store(false, std::memory_order_relaxed);
    execution_.is_over.store(false, std::memory_order_relaxed);
    execution_.fault = FaultRecord{};
    phase_ = Phase::kRunnable;
}

FiberEvent HostFiber::resume()
{
    BROWNOUT_ASSERT(phase_ == Phase::kRunnable && firmware_.current_run == this);
    catch_firmware_faults();
    mark_progress();
    phase_ = Phase::kRunning;
    FirmwareExecution* const interrupted = running_firmware();
    set_running_firmware(&execution_);
    watch_running_firmware();

    const AddressRange usable = execution_.memory->stack().usable();
    void* own_fake_stack = nullptr;
    start_switch(&own_fake_stack, reinterpret_cast<void*>(usable.begin), usable.size_bytes());
    const transfer_t transfer = jump_fcontext(inside_, this);
    finish_switch(own_fake_stack, nullptr, nullptr);

    set_running_firmware(interrupted);
    inside_ = transfer.fctx;
    const FiberEvent event = execution_.event;
    phase_ = event == FiberEvent::kSuspended ? Phase::kRunnable : Phase::kOver;
    return event;
}

void HostFiber::suspend() noexcept
{
    BROWNOUT_ASSERT(phase_ == Phase::kRunning && running_firmware() == &execution_);
    mark_progress();
    execution_.event = FiberEvent::kSuspended;
    start_switch(&fake_stack_, outside_bottom_, outside_bytes_);
    const transfer_t transfer = jump_fcontext(outside_, nullptr);
    finish_switch(fake_stack_, &outside_bottom_, &outside_bytes_);
    outside_ = transfer.fctx;
}

void HostFiber::enter_platform() noexcept
{
    mark_progress();
    execution_.in_platform.store(true, std::memory_order_relaxed);
    const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (frame < execution_.memory->stack().stack.begin) {
        execution_.fault = FaultRecord{};
        execution_.fault.called_from = find_caller(*execution_.memory, frame);
        leave_with(FiberEvent::kStackOverflow);
    }
}

void HostFiber::main(transfer_t transfer)
{
    auto* self = static_cast<HostFiber*>(transfer.data);
    finish_switch(nullptr, &self->outside_bottom_, &self->outside_bytes_);
    self->outside_ = transfer.fctx;
    self->return_value_ =
        self->firmware_.table().entry(self->platform_, self->firmware_.memory().state());
    self->leave_with(FiberEvent::kReturned);
}

void HostFiber::leave_with(FiberEvent event) noexcept
{
    execution_.event = event;
    leave(&execution_);
    __builtin_unreachable();
}

void HostFiber::leave(FirmwareExecution* execution) noexcept
{
    auto* self = static_cast<HostFiber*>(execution->fiber);
    execution->is_over.store(true, std::memory_order_relaxed);
    start_switch(nullptr, self->outside_bottom_, self->outside_bytes_);
    jump_fcontext(self->outside_, nullptr);
    BROWNOUT_ASSERT(!"a run that is over was resumed");
}

std::string HostFiber::fault_text() const
{
    BROWNOUT_ASSERT(phase_ == Phase::kOver);
    return describe_fault(execution_, firmware_.table().stack_bytes, firmware_hang_limit_s());
}

}  // namespace

std::unique_ptr<FirmwareFiber> FirmwareFiber::create(Firmware& firmware)
{
    auto* loaded = dynamic_cast<LoadedFirmware*>(&firmware);
    BROWNOUT_ASSERT(loaded != nullptr);
    return std::make_unique<HostFiber>(*loaded);
}

}  // namespace brownout::sim
