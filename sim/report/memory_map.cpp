// A run as text: one letter for each sector.
#include <sim/pictures.hpp>

#include "memory_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace brownout::sim {

namespace {

constexpr std::size_t kNameColumns = 20;

// What is left out at the right end of a line that is too long ends in "...".
std::string cut_to(const std::string& text, std::size_t columns)
{
    return text.size() <= columns ? text : text.substr(0, columns > 3 ? columns - 3 : 0) + "...";
}

// Names come from files: what would move the cursor is not printed as it is.
std::string printable(const std::string& text)
{
    std::string safe = text;
    std::replace_if(
        safe.begin(), safe.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return safe;
}

// Backgrounds of 256-colour terminals that colour-blind people tell apart; black letters.
const char* colour_of(const HeldContent& held)
{
    static constexpr const char* kImages[] = {"\x1b[30;48;5;117m", "\x1b[30;48;5;214m",
                                              "\x1b[30;48;5;43m", "\x1b[30;48;5;176m"};
    switch (held.kind) {
    case HeldKind::kImage:
    case HeldKind::kPartial:
        return kImages[held.image % 4];
    case HeldKind::kTorn:
        return "\x1b[97;48;5;160m";
    case HeldKind::kMixed:
        return "\x1b[97;48;5;92m";
    case HeldKind::kTrailer:
        return "\x1b[97;48;5;240m";
    case HeldKind::kUnknown:
        return "\x1b[30;48;5;250m";
    case HeldKind::kErased:
        break;
    }
    return "";
}

class MapPrinter {
public:
    MapPrinter(const Recording& recording, const MapStyle& style, std::ostream& out,
               const std::function<void()>& pause)
        : recording_(recording), style_(style), out_(out), pause_(pause), memory_(recording),
          columns_(memory_columns(recording, memory_frames(recording)))
    {
        const std::size_t gap_columns = columns_.gap_count() * gap_text(999).size();
        const std::size_t cells = columns_.columns.size() - columns_.gap_count();
        const std::size_t taken = kNameColumns + 1 + gap_columns;
        const std::size_t room = style.columns > taken + 1 ? style.columns - taken - 1 : 1;
        per_letter_ = std::max<std::size_t>(1, (cells + room - 1) / room);
    }

    void print()
    {
        legend();
        out_ << '\n';
        if (!style_.moves) {
            frame("");
        }
        for (const RecordedStep& step : recording_.steps) {
            print_step(step);
        }
        out_.flush();
    }

private:
    static char letter_of(const HeldContent& held)
    {
        switch (held.kind) {
        case HeldKind::kImage:
            return static_cast<char>('A' + held.image % 26);
        case HeldKind::kPartial:
            return static_cast<char>('a' + held.image % 26);
        case HeldKind::kTrailer:
            return '#';
        case HeldKind::kTorn:
            return '!';
        case HeldKind::kMixed:
            return '%';
        case HeldKind::kUnknown:
            return '?';
        case HeldKind::kErased:
            break;
        }
        return '.';
    }

    static std::string gap_text(std::uint64_t sectors) { return fmt::format("({:^5})", sectors); }

    void legend()
    {
        std::string words;
        for (std::size_t i = 0; i < recording_.images.size(); ++i) {
            HeldContent held;
            held.kind = HeldKind::kImage;
            held.image = static_cast<std::int16_t>(i);
            words += fmt::format("{} {}  ", letter_of(held), image_words(recording_.images[i]));
        }
        words += "small letter: part of a sector  # trailer  . erased  (n) n erased  ! torn  "
                 "% mixed  ? other";
        std::string line;
        for (std::size_t at = 0; at < words.size();) {  // broken between two entries
            std::size_t end = std::min(words.find("  ", at), words.size());
            const std::string entry = printable(words.substr(at, end - at));
            if (!line.empty() && line.size() + 2 + entry.size() > style_.columns) {
                out_ << line << '\n';
                line.clear();
            }
            line += (line.empty() ? "" : "  ") + entry;
            at = end + 2;
        }
        out_ << line << '\n';
        if (per_letter_ > 1) {
            out_ << fmt::format("a letter stands for up to {} sectors: the most telling one\n",
                                per_letter_);
        }
    }

    // The order of the enumerators but for erased flash, which tells least.
    static int how_telling(const HeldContent& held)
    {
        switch (held.kind) {
        case HeldKind::kErased:
            return 0;
        case HeldKind::kImage:
            return 1;
        case HeldKind::kPartial:
            return 2;
        default:
            return static_cast<int>(held.kind) + 2;
        }
    }

    void put_letter(std::string& line, const HeldContent& held) const
    {
        if (held.kind == HeldKind::kErased && style_.utf8) {
            line += "\u00B7";
            return;
        }
        const std::string colour = style_.colours ? colour_of(held) : "";
        line += colour + letter_of(held) + (colour.empty() ? "" : "\x1b[0m");
    }

    std::string strip(const RecordedArea& area) const
    {
        std::string line;
        for (std::size_t i = 0; i < columns_.columns.size();) {
            const MemoryColumns::Column& column = columns_.columns[i];
            if (column.first * columns_.unit_bytes >= area.size_bytes) {
                break;
            }
            if (column.count > 1) {
                line += gap_text(column.count);
                ++i;
                continue;
            }
            HeldContent shown;
            for (std::size_t n = 0; n < per_letter_ && i < columns_.columns.size(); ++n, ++i) {
                if (columns_.columns[i].count > 1) {
                    break;
                }
                const ColumnSector sector =
                    sector_in_column(area, columns_.unit_bytes, columns_.columns[i].first);
                if (sector.sector == kNone32) {
                    continue;
                }
                const HeldContent& held = memory_.held(area.device, sector.sector);
                shown = how_telling(held) > how_telling(shown) ? held : shown;
            }
            put_letter(line, shown);
        }
        return line;
    }

    void put_line(const std::string& line)
    {
        out_ << line << (style_.moves ? "\x1b[K\n" : "\n");
        ++lines_drawn_;
    }

    void frame(const std::string& sentence)
    {
        lines_drawn_ = 0;
        for (const std::uint32_t index : columns_.areas) {
            const RecordedArea& area = recording_.areas[index];
            put_line(
                fmt::format("{:<{}} ", cut_to(printable(area.name), kNameColumns), kNameColumns) +
                strip(area));
            const RecordedTrailer* const trailer = memory_.trailer(index);
            const std::string words = trailer != nullptr ? trailer_words(*trailer) : std::string();
            if (style_.moves || !words.empty()) {
                put_line(cut_to(fmt::format("{:<{}} {}", "", kNameColumns, words), style_.columns));
            }
        }
        if (style_.moves) {
            put_line(cut_to(printable(sentence), style_.columns));
        }
    }

    void print_step(const RecordedStep& step)
    {
        out_ << fmt::format("{:10.3f} s  {}", models::seconds(step.start), printable(step.words));
        if (step.kind == StepKind::kExpect) {
            out_ << (step.failures.empty() ? ": holds\n" : ": FAILS\n");
            for (const std::string& failure : step.failures) {
                out_ << "              " << printable(failure) << '\n';
            }
            return;
        }
        out_ << '\n';
        if (step.run != kNone32) {
            print_run(recording_.runs[step.run]);
        }
    }

    void print_run(const RecordedRun& run)
    {
        for (std::uint32_t i = 0; i < run.log_count; ++i) {
            const RecordedLogLine& line = recording_.log[run.first_log + i];
            const char letter = line.level == IO_LOG_ERROR     ? 'E'
                                : line.level == IO_LOG_WARNING ? 'W'
                                : line.level == IO_LOG_INFO    ? 'I'
                                                               : 'D';
            out_ << "              " << letter << ": " << printable(line.text) << '\n';
        }
        const bool changed = show_changes(run);
        const bool done = run.outcome == OutcomeKind::kCommandDone && run.code == 0;
        if (run.kind != RecordedRunKind::kProgrammer && !done) {
            out_ << fmt::format("{:10.3f} s  {}\n", models::seconds(run.end),
                                printable(run.outcome_text));
        }
        if (changed && !style_.moves) {
            frame("");
        }
    }

    bool show_changes(const RecordedRun& run)
    {
        bool changed = false;
        for (std::uint32_t i = 0; i < run.op_count; ++i) {
            const RecordedOp& op = recording_.ops[run.first_op + i];
            memory_.apply(op);
            if (op.change_count == 0 && op.trailer_count == 0) {
                continue;
            }
            if (style_.moves) {
                if (changed) {  // in the place of the frame before
                    out_ << fmt::format("\x1b[{}A\r", lines_drawn_);
                }
                frame(op.call == kNone32 ? "" : recording_.calls[op.call].explanation);
                pause_();
            }
            changed = true;
        }
        return changed;
    }

    const Recording& recording_;
    const MapStyle& style_;
    std::ostream& out_;
    const std::function<void()>& pause_;
    MemoryReplay memory_;
    MemoryColumns columns_;
    std::size_t per_letter_ = 1;
    std::size_t lines_drawn_ = 0;
};

}  // namespace

void show_map(const Recording& recording, const MapStyle& style, std::ostream& out,
              const std::function<void()>& pause)
{
    MapPrinter(recording, style, out, pause).print();
}

std::size_t map_frame_count(const Recording& recording)
{
    return static_cast<std::size_t>(
        std::count_if(recording.ops.begin(), recording.ops.end(), [](const RecordedOp& op) {
            return op.change_count > 0 || op.trailer_count > 0;
        }));
}

}  // namespace brownout::sim
