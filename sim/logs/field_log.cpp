#include "scenario/yaml_tree.hpp"

#include <sim/log_release.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace brownout::sim {

namespace {

constexpr std::size_t kFieldLogBytesMax = 4u * 1024 * 1024;
constexpr std::string_view kFirstLine = "Starting bootloader";
// Behind these the bootloader is done; what follows is somebody else's, until the next first line.
constexpr std::string_view kLastLines[] = {"Bootloader chainload address offset",
                                           "Unable to find bootable image"};

bool ends_a_boot(const FieldLogLine& line)
{
    return std::any_of(std::begin(kLastLines), std::end(kLastLines),
                       [&](std::string_view last) { return line.text.starts_with(last); });
}

std::optional<io_log_level> level_of(std::string_view word)
{
    static constexpr std::pair<std::string_view, io_log_level> kWords[] = {
        {"E", IO_LOG_ERROR},    {"W", IO_LOG_WARNING},   {"I", IO_LOG_INFO},
        {"D", IO_LOG_DEBUG},    {"<err>", IO_LOG_ERROR}, {"<wrn>", IO_LOG_WARNING},
        {"<inf>", IO_LOG_INFO}, {"<dbg>", IO_LOG_DEBUG}};
    for (const auto& [known, level] : kWords) {
        if (word == known) {
            return level;
        }
    }
    return std::nullopt;
}

bool take_number(std::string_view& text, std::size_t digits, char end, std::int64_t& value)
{
    if (text.size() <= digits || text[digits] != end) {
        return false;
    }
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits + 1);
    return true;
}

// "[00:00:22.608,764] <err> mcuboot: text"
std::optional<FieldLogLine> with_timestamp(std::string_view text)
{
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t seconds = 0;
    std::int64_t milli = 0;
    std::int64_t micro = 0;
    text.remove_prefix(1);
    if (!take_number(text, 2, ':', hours) || !take_number(text, 2, ':', minutes) ||
        !take_number(text, 2, '.', seconds) || !take_number(text, 3, ',', milli) ||
        !take_number(text, 3, ']', micro) || text.size() < 7 || text[0] != ' ') {
        return std::nullopt;
    }
    const auto level = level_of(text.substr(1, 5));
    text.remove_prefix(6);
    constexpr std::string_view kModule = " mcuboot: ";
    if (!level || !text.starts_with(kModule)) {
        return std::nullopt;
    }
    FieldLogLine line;
    line.level = *level;
    line.text = text.substr(kModule.size());
    line.time = models::microseconds(((hours * 60 + minutes) * 60 + seconds) * 1'000'000 +
                                     milli * 1000 + micro);
    return line;
}

std::optional<FieldLogLine> parse_line(std::string_view text)
{
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    if (text.starts_with('[')) {
        return with_timestamp(text);
    }
    const auto level =
        text.size() > 3 && text.substr(1, 2) == ": " ? level_of(text.substr(0, 1)) : std::nullopt;
    if (!level) {
        return std::nullopt;
    }
    FieldLogLine line;
    line.level = *level;
    line.text = text.substr(3);
    return line;
}

char letter_of(io_log_level level)
{
    return level == IO_LOG_ERROR     ? 'E'
           : level == IO_LOG_WARNING ? 'W'
           : level == IO_LOG_INFO    ? 'I'
                                     : 'D';
}

template <class Line>
std::string shown(const Line& line)
{
    return fmt::format("'{}: {}'", letter_of(line.level), line.text);
}

// One boot of the field against one of the run.
class BootComparison {
public:
    BootComparison(const FieldLogComparison& how, std::size_t boot) : how_(how), boot_(boot) {}

    std::optional<std::string> difference(const std::vector<FieldLogLine>& field,
                                          const std::vector<LogLine>& run) const
    {
        std::vector<const FieldLogLine*> lines;
        for (const FieldLogLine& line : field) {
            if (!is_ignored(line)) {
                lines.push_back(&line);
            }
        }
        const std::size_t count = std::max(lines.size(), run.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (i >= run.size()) {
                return at(lines[i]->line) + fmt::format("the field log has {}, boot {} of the run "
                                                        "ends before it",
                                                        shown(*lines[i]), boot_);
            }
            if (i >= lines.size() && (field.empty() || !ends_a_boot(field.back()))) {
                return std::nullopt;  // cut off when it was posted: compared as far as it goes
            }
            if (i >= lines.size()) {
                return at(lines.empty() ? 0 : lines.back()->line) +
                       fmt::format("boot {} ends here in the field log, the run goes on with {}",
                                   boot_, shown(run[i]));
            }
            if (auto found = line_difference(*lines[0], *lines[i], run[0], run[i])) {
                return found;
            }
        }
        return std::nullopt;
    }

private:
    std::string at(int line) const { return to_string(Place{how_.file, line}) + ": "; }

    bool is_ignored(const FieldLogLine& line) const
    {
        return std::any_of(how_.ignore.begin(), how_.ignore.end(), [&](const std::string& part) {
            return line.text.find(part) != std::string::npos;
        });
    }

    std::optional<std::string> line_difference(const FieldLogLine& first, const FieldLogLine& field,
                                               const LogLine& run_first, const LogLine& run) const
    {
        if (field.level != run.level || field.text != run.text) {
            return at(field.line) + fmt::format("the field log has {}, boot {} of the run has {}",
                                                shown(field), boot_, shown(run));
        }
        if (!how_.tolerance || !field.time || !first.time) {
            return std::nullopt;
        }
        const double expected = models::seconds(*field.time - *first.time);
        const double happened = models::seconds(run.time - run_first.time);
        if (std::abs(expected - happened) <= models::seconds(*how_.tolerance)) {
            return std::nullopt;
        }
        return at(field.line) +
               fmt::format("{} comes {:.3f} s after the first line in the field, {:.3f} s in boot "
                           "{} of the run (tolerance {:.3f} s)",
                           shown(field), expected, happened, boot_,
                           models::seconds(*how_.tolerance));
    }

    const FieldLogComparison& how_;
    const std::size_t boot_;
};

}  // namespace

std::vector<std::vector<FieldLogLine>> parse_field_log(std::string_view text,
                                                       const std::string& file)
{
    std::vector<std::vector<FieldLogLine>> boots;
    bool is_open = false;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        auto line = parse_line(text.substr(0, end));
        const bool is_banner = text.starts_with("*** Booting");
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line) {
            is_open = is_open && !is_banner;
            continue;
        }
        line->line = number;
        if (line->text == kFirstLine) {
            boots.emplace_back();
            is_open = true;
        }
        if (is_open) {
            is_open = !ends_a_boot(*line);
            boots.back().push_back(std::move(*line));
        }
    }
    if (boots.empty()) {
        throw InputError(Place{file},
                         "holds no line 'I: Starting bootloader' or '<inf> mcuboot: Starting "
                         "bootloader', with which a boot begins");
    }
    return boots;
}

std::vector<std::vector<FieldLogLine>> read_field_log(const std::string& file)
{
    return parse_field_log(read_text_file(file, kFieldLogBytesMax), file);
}

std::optional<std::string> field_log_difference(const std::vector<std::vector<FieldLogLine>>& field,
                                                const std::vector<std::vector<LogLine>>& run,
                                                const FieldLogComparison& how)
{
    if (field.size() != run.size()) {
        return fmt::format("{}: the field log has {} boots, the run {}", how.file, field.size(),
                           run.size());
    }
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (auto found = BootComparison(how, i + 1).difference(field[i], run[i])) {
            return found;
        }
    }
    return std::nullopt;
}

}  // namespace brownout::sim
