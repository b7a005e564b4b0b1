// Scripts of register accesses, and notes of drivers: the youngest part of the io table.
#include "processor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

struct ProcessorScripts {
    static Processor& self(void* context) { return *static_cast<Processor*>(context); }

    static void run_steps(Processor& core, const io_step* steps, std::uint32_t step_count) noexcept
    {
        for (const io_step* step = steps; step != steps + step_count; ++step) {
            switch (step->kind) {
            case IO_STEP_WRITE:
                core.write_register(step->address, step->value);
                break;
            case IO_STEP_POLL:
                core.poll_register(step->address, step->mask, step->value, 0);
                break;
            case IO_STEP_WAIT:
                core.now_ += models::microseconds(step->value);
                core.advanced();
                break;
            }
        }
    }

    static void run_script(void* context, const io_step* steps, std::uint32_t step_count) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0),
                                           __builtin_frame_address(0));
        run_steps(core, steps, step_count);
    }

    // How many further repeats like the last, which lasted `duration`, end before `change`. One
    // less: the last of them may begin before the change and see it.
    static std::uint32_t idle_repeats(const Processor& core, models::Duration duration,
                                      std::optional<models::Duration> change,
                                      std::uint32_t repeats_left) noexcept
    {
        const bool alone = core.horizon_ == models::Duration::max();
        if (!alone || duration.count() <= 0) {
            return 0;
        }
        const std::int64_t whole = change ? (*change - core.now_) / duration : repeats_left;
        const std::int64_t most =
            std::min<std::int64_t>(std::max(repeats_left, 1u) - 1, core.jump_max_ / duration);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole - 1, 0, most));
    }

    static bool repeat_script(void* context, const io_step* steps, std::uint32_t step_count,
                              const std::uint8_t* observed, std::uint8_t mask,
                              std::uint8_t expected, std::uint32_t repeats_max) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0),
                                           __builtin_frame_address(0));
        std::uint32_t repeats_left = repeats_max == 0 ? UINT32_MAX : repeats_max;
        for (;;) {
            const models::Duration start = core.now_;
            const auto change = core.next_change_(start);
            const std::uint64_t rules_met = core.recorder_->rules_met();
            run_steps(core, steps, step_count);
            --repeats_left;
            if ((*observed & mask) == expected) {
                return true;
            }
            if (repeats_max != 0 && repeats_left == 0) {
                return false;
            }
            if (repeats_max == 0 && !change && !core.next_change_(core.now_)) {
                core.end(OutcomeKind::kHang,
                         fmt::format("endless wait for a part that will not change in {}",
                                     core.caller_symbol()));
                core.leave();
                return false;
            }
            if (core.recorder_->rules_met() == rules_met &&
                (change || !core.next_change_(core.now_))) {
                const std::uint32_t idle =
                    idle_repeats(core, core.now_ - start, change, repeats_left);
                core.now_ += (core.now_ - start) * std::int64_t{idle};
                repeats_left -= idle;
                core.advanced();
            }
        }
    }

    static void note_rule(void* context, const io_rule_note* note) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0),
                                           __builtin_frame_address(0));
        const auto address =
            note->buffer == nullptr ? std::nullopt : core.bus_.address_of(note->buffer);
        core.recorder_->noted(*note, address);
    }
};

void Processor::install_scripts()
{
    io_.run_script = ProcessorScripts::run_script;
    io_.repeat_script = ProcessorScripts::repeat_script;
    io_.note_rule = ProcessorScripts::note_rule;
}

}  // namespace brownout::sim
