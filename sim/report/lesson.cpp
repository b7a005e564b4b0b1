// The steps of a run as a lesson, from its recording.
#include <sim/lesson.hpp>

#include "memory_frames.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace brownout::sim {

namespace {

constexpr std::size_t kCallsShown = 6;  // of a phase

std::string duration_words(models::Duration time)
{
    const double microseconds = static_cast<double>(time.count()) * 1e-6;
    if (microseconds >= 1e6) {
        return fmt::format("{:.2f} s", microseconds * 1e-6);
    }
    return microseconds >= 1000 ? fmt::format("{:.1f} ms", microseconds * 1e-3)
                                : fmt::format("{:.1f} us", microseconds);
}

std::string size_words(std::uint64_t bytes)
{
    return bytes >= 1024 && bytes % 1024 == 0 ? fmt::format("{} KiB", bytes / 1024)
                                              : fmt::format("{} bytes", bytes);
}

const char* idea_of(boot_strategy strategy)
{
    switch (strategy) {
    case BOOT_SWAP_MOVE:
        return "Two images change places without a third place to put one: the old image first "
               "moves up by one sector, from its last sector down. That frees sector 0. Then, "
               "sector by sector, the new image comes into the primary slot and the old one goes "
               "where it came from.";
    case BOOT_SWAP_OFFSET:
        return "The new image was stored one sector further up than it will run. So each old "
               "sector "
               "has a free one to go to, and the new one can take its place: nothing has to be "
               "moved up first.";
    case BOOT_SWAP_SCRATCH:
        return "Sectors change places through a scratch partition: the new ones go to scratch, the "
               "old ones to the secondary slot, then those in scratch to the primary slot; group "
               "after group, from the end of the images.";
    case BOOT_OVERWRITE_ONLY:
    case BOOT_OVERWRITE_ONLY_FAST:
        return "The new image is copied over the old one. A cut copy begins again from the start; "
               "there is no way back to the old image.";
    case BOOT_DIRECT_XIP:
    case BOOT_DIRECT_XIP_REVERT:
        return "Images run where they lie. The bootloader only chooses a slot: nothing is copied.";
    case BOOT_RAM_LOAD:
    case BOOT_RAM_LOAD_REVERT:
        return "The chosen image is copied to RAM and runs there; flash is not rewritten.";
    case BOOT_SINGLE_SLOT:
        return "There is one slot; its image is checked and started.";
    default:
        return "";
    }
}

class LessonWriter {
public:
    LessonWriter(const ScenarioMachine& machine, const Recording& recording)
        : machine_(machine), recording_(recording), memory_(recording)
    {
    }

    std::string text()
    {
        text_ = fmt::format("{}\n{}, {}, as {}\n", recording_.scenario, recording_.board,
                            recording_.strategy, recording_.release);
        describe_memory();
        heading("The idea of " + recording_.strategy);
        paragraph(idea_of(machine_.scenario().boot.strategy));
        if (has_status()) {
            paragraph(
                "After each step a status entry is written into a trailer. Whenever the power "
                "fails, the next boot reads how far it got and goes on there.");
        }
        for (const RecordedStep& step : recording_.steps) {
            if (step.run != kNone32) {
                describe_run(step, recording_.runs[step.run]);
            }
        }
        describe_cost();
        text_ +=
            "\nWords: brownout explain WORD. To watch it: brownout run FILE --map. Every power "
            "cut: brownout explore FILE.\n";
        return text_;
    }

private:
    void heading(const std::string& title) { text_ += fmt::format("\n{}  {}\n", ++number_, title); }

    void line(const std::string& words) { text_ += "   " + words + "\n"; }

    void paragraph(std::string words)
    {
        constexpr std::size_t kColumns = 96;
        while (words.size() > kColumns) {
            const std::size_t end = words.rfind(' ', kColumns);
            line(words.substr(0, end));
            words.erase(0, end + 1);
        }
        line(words);
    }

    bool has_status() const
    {
        return std::any_of(recording_.trailers.begin(), recording_.trailers.end(),
                           [](const RecordedTrailer& t) { return t.entries_written > 0; });
    }

    // Measured in this run: the device knows it best.
    std::string time_words(std::uint32_t device) const
    {
        std::map<models::OperationKind, const RecordedOp*> seen;
        for (const RecordedOp& op : recording_.ops) {
            if (op.device == device && !op.torn && op.end > op.start) {
                seen.emplace(op.kind, &op);
            }
        }
        std::string words;
        for (const auto& [kind, op] : seen) {
            const bool erases = kind == models::OperationKind::kEraseSector;
            const bool programs = kind == models::OperationKind::kProgramWord ||
                                  kind == models::OperationKind::kProgramPage;
            if (erases || programs) {
                words += fmt::format("; {} {} takes {}", erases ? "erasing" : "programming",
                                     size_words(op->unit_bytes),
                                     duration_words((op->end - op->start) / op->count));
            }
        }
        return words;
    }

    void describe_memory()
    {
        heading("The memory");
        for (std::uint32_t i = 0; i < recording_.devices.size(); ++i) {
            const RecordedDevice& device = recording_.devices[i];
            std::string sectors;
            for (const SectorRun& run : device.sectors) {
                sectors += fmt::format("{}{} sectors of {}", sectors.empty() ? "" : " and ",
                                       run.count, size_words(run.size_bytes));
            }
            paragraph(fmt::format("{}: {}{}", device.name, sectors, time_words(i)));
        }
        for (std::uint32_t i = 0; i < recording_.areas.size(); ++i) {
            const RecordedArea& area = recording_.areas[i];
            line(fmt::format("{:<20} 0x{:08X} of {}, {} in {} sectors; {}", area.name,
                             area.offset_bytes, recording_.devices[area.device].name,
                             size_words(area.size_bytes), area.sector_bytes.size(),
                             content_words(i)));
        }
    }

    // "holds 1.0.0 (v1) in 6 sectors", "erased".
    std::string content_words(std::uint32_t index) const
    {
        const RecordedArea& area = recording_.areas[index];
        std::map<std::int16_t, std::size_t> images;
        bool other = false;
        for (std::uint32_t i = 0; i < area.sector_bytes.size(); ++i) {
            const HeldContent& held = memory_.held(area.device, area.first_sector + i);
            if (held.kind == HeldKind::kImage) {
                ++images[held.image];
            }
            other = other || (held.kind != HeldKind::kErased && held.kind != HeldKind::kImage);
        }
        std::string words;
        for (const auto& [image, count] : images) {
            words += fmt::format("{}{} in {} sector{}", words.empty() ? "holds " : " and ",
                                 image_words(recording_.images[static_cast<std::size_t>(image)]),
                                 count, count == 1 ? "" : "s");
        }
        return !words.empty() ? words : other ? "holds no image" : "erased";
    }

    void describe_run(const RecordedStep& step, const RecordedRun& run)
    {
        heading(fmt::format("{:.3f} s: {}", models::seconds(run.start), step.words));
        if (run.kind == RecordedRunKind::kBoot) {
            describe_boot(run);
        } else {
            show_calls(run.first_call, run.first_call + run.call_count);
        }
        for (std::uint32_t i = 0; i < run.op_count; ++i) {
            memory_.apply(recording_.ops[run.first_op + i]);
        }
        if (run.cut) {
            describe_cut(*run.cut);
        } else if (run.kind == RecordedRunKind::kBoot) {
            paragraph(fmt::format("After {}: {}.", duration_words(run.end - run.start),
                                  run.outcome_text));
        } else if (run.outcome != OutcomeKind::kCommandDone || run.code != 0) {
            paragraph(run.outcome_text + ".");
        }
        if (run.call_count > 0) {
            for (const RecordedArea& area : recording_.areas) {
                if (area.role != FLASH_OTHER) {
                    describe_area(area);
                }
            }
        }
    }

    void describe_area(const RecordedArea& area)
    {
        const auto index = static_cast<std::uint32_t>(&area - recording_.areas.data());
        const RecordedTrailer* const trailer = memory_.trailer(index);
        const std::string words = trailer != nullptr ? trailer_words(*trailer) : std::string();
        line(fmt::format("= {} {}{}", area.name, content_words(index),
                         words.empty() ? "" : "; trailer: " + words));
    }

    void describe_boot(const RecordedRun& run)
    {
        for (std::uint32_t i = 0; i < run.log_count; ++i) {
            const std::string& words = recording_.log[run.first_log + i].text;
            if (words.find("Swap type") != std::string::npos) {
                line(fmt::format("The trailers are read; the log says: {}", words));
            }
        }
        models::Duration at = run.start;
        std::uint32_t call = run.first_call;
        const std::uint32_t last = run.first_call + run.call_count;
        for (const RunPhase& phase : run.phases) {
            at += phase.duration;
            line(fmt::format("- {}: {}{}", phase.name, duration_words(phase.duration),
                             work_words(phase)));
            std::uint32_t end = call;
            while (end < last && recording_.calls[end].start < at) {
                ++end;
            }
            show_calls(call, end);
            call = end;
        }
        if (run.call_count > 0) {
            paragraph(
                fmt::format("The power can fail before each of these {} calls and inside them "
                            "before each of their {} ops.",
                            run.call_count, run.operations));
        }
    }

    static std::string work_words(const RunPhase& phase)
    {
        std::string words;
        if (phase.erases > 0) {
            words += fmt::format(", {} erase{}", phase.erases, phase.erases == 1 ? "" : "s");
        }
        if (phase.bytes_written > 0) {
            words += fmt::format(", {} written", size_words(phase.bytes_written));
        }
        return words;
    }

    // Sectors are written in parts: the first of them says what all do.
    static bool is_later_part(const std::string& explanation)
    {
        const std::size_t part = explanation.find("(part ");
        return part != std::string::npos && explanation.compare(part, 8, "(part 1 ") != 0;
    }

    void show_calls(std::uint32_t first, std::uint32_t end)
    {
        std::size_t shown = 0;
        std::uint32_t call = first;
        for (; call < end && shown < kCallsShown; ++call) {
            const RecordedCall& made = recording_.calls[call];
            if (made.explanation.empty() || is_later_part(made.explanation)) {
                continue;
            }
            line(made.kind == RecordedCallKind::kStore
                     ? made.explanation
                     : fmt::format("  call {:<4} {}", made.index, made.explanation));
            ++shown;
        }
        while (call < end && is_later_part(recording_.calls[call].explanation)) {
            ++call;
        }
        if (call < end) {
            line(fmt::format("  ...       and so on: {} more calls", end - call));
        }
    }

    void describe_cut(const RecordedCut& cut)
    {
        paragraph(fmt::format(
            "Here the {}, after {} calls and {} ops{}.",
            cut.kind == models::ResetKind::kSystemReset ? "MCU is reset" : "power fails", cut.call,
            cut.operation, cut.leaves.empty() ? "" : "; the op in flight leaves " + cut.leaves));
    }

    void describe_cost()
    {
        struct Cost {
            std::map<std::uint64_t, std::uint32_t> erases;  // by place
            std::uint64_t erase_count = 0;
            std::uint64_t bytes = 0;
        };
        std::map<std::uint32_t, Cost> costs;  // by device
        for (const RecordedOp& op : recording_.ops) {
            Cost& cost = costs[op.device];
            if (op.kind == models::OperationKind::kEraseSector && op.end > op.start) {
                for (std::uint32_t i = 0; i < op.count; ++i) {
                    ++cost.erases[op.offset_bytes + std::uint64_t{op.unit_bytes} * i];
                    ++cost.erase_count;
                }
            } else if (op.end > op.start) {
                cost.bytes += std::uint64_t{op.unit_bytes} * op.count;
            }
        }
        heading("What it cost");
        for (const auto& [index, cost] : costs) {
            const RecordedDevice& device = recording_.devices[index];
            if (cost.erases.empty()) {
                line(fmt::format("{}: {} bytes programmed, nothing erased", device.name,
                                 cost.bytes));
                continue;
            }
            const auto most =
                std::max_element(cost.erases.begin(), cost.erases.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
            std::string words = fmt::format(
                "{}: {} erases of {} sectors, {} bytes programmed; the sector at 0x{:08X} was "
                "erased most often, {} time{}",
                device.name, cost.erase_count, cost.erases.size(), cost.bytes, most->first,
                most->second, most->second == 1 ? "" : "s");
            if (device.erase_cycles_max > 0) {
                words +=
                    fmt::format(": {} such runs until its {} erase cycles are used up",
                                device.erase_cycles_max / most->second, device.erase_cycles_max);
            }
            paragraph(words);
        }
    }

    const ScenarioMachine& machine_;
    const Recording& recording_;
    MemoryReplay memory_;
    std::string text_;
    unsigned number_ = 0;
};

}  // namespace

std::string lesson_text(const ScenarioMachine& machine, const Recording& recording)
{
    return LessonWriter(machine, recording).text();
}

}  // namespace brownout::sim
