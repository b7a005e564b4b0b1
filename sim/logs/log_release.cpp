// Sources: facts about the releases of the nRF Connect SDK, log lines by version; checked against
// the logs posted from 1.4, 1.7 and 2.9.1 (tests/sim/logs).
#include <sim/log_release.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace brownout::sim {

namespace {

constexpr std::array<LogRelease, 10> kReleases = {{
    {"ncs-1.4", "nRF Connect SDK 1.4", "v1.6.99-ncs1", 104},
    {"ncs-1.5", "nRF Connect SDK 1.5", "v1.7.99-ncs1", 105},
    {"ncs-1.7", "nRF Connect SDK 1.7", "v1.7.99-ncs3", 107},
    {"ncs-1.8", "nRF Connect SDK 1.8", "v1.7.99-ncs4", 108},
    {"ncs-2.0", "nRF Connect SDK 2.0", "v1.9.99-ncs1", 200},
    {"ncs-2.4", "nRF Connect SDK 2.4", "v1.10.0-ncs1", 204},
    {"ncs-2.5", "nRF Connect SDK 2.5", "v1.10.99-ncs1", 205},
    {"ncs-2.9", "nRF Connect SDK 2.9", "v2.1.0-ncs3", 209},
    {"ncs-3.0", "nRF Connect SDK 3.0", "v2.1.0-ncs5", 300},
    {"ncs-3.2", "nRF Connect SDK 3.2", "ncs-v3.2.0", 302},
}};

// A line of the core that a release before `since` does not print.
struct LineSince {
    std::string_view prefix;
    int since;
};
constexpr std::array<LineSince, 3> kLinesSince = {{
    {"Secondary image: ", 105},     // with pull request 855
    {"Starting swap using ", 200},  // move, scratch
    {"required ", 200},             // after "Not enough free space to run swap upgrade"
}};

// Before this release the image number was not printed: "Swap type: test".
constexpr int kImageIndexSince = 205;
constexpr std::string_view kImageIndex = "Image index: ";

struct LogDifference {
    int before;  // releases before this one
    std::string_view sentence;
};
constexpr std::array<LogDifference, 6> kDifferences = {{
    {105, "a reset between erasing the trailers and the first status entry loses the request "
          "(mcuboot pull request 855)"},
    {200, "the magic of a request is handed to the driver straight from flash: SPIM and QSPI "
          "cannot send it without a bounce buffer"},
    {201, "a power cut right after the last sector was moved up looks for the header in the wrong "
          "sector (mcuboot issue 1588)"},
    {300, "a torn magic in a revert is handled otherwise (mcuboot pull request 2100); when it was "
          "taken over is not established"},
    {301, "an invalid slot is erased in one request, before the line about it is printed"},
    {302, "the default strategy is swap-move, from 3.2 on it is swap-offset"},
}};

std::optional<LogLine> worded_line(const LogLine& line, const LogRelease& release)
{
    for (const LineSince& rule : kLinesSince) {
        if (release.number < rule.since && line.text.starts_with(rule.prefix)) {
            return std::nullopt;
        }
    }
    LogLine result = line;
    if (release.number < kImageIndexSince && line.text.starts_with(kImageIndex)) {
        const std::size_t comma = line.text.find(", ");
        result.text = comma == std::string::npos ? line.text : line.text.substr(comma + 2);
    }
    return result;
}

}  // namespace

std::span<const LogRelease> log_releases()
{
    return kReleases;
}

const LogRelease* log_release(std::string_view name)
{
    const auto found = std::find_if(kReleases.begin(), kReleases.end(),
                                    [&](const LogRelease& one) { return one.name == name; });
    return found == kReleases.end() ? nullptr : &*found;
}

std::vector<LogLine> worded_log(const std::vector<LogLine>& log, const LogRelease& release)
{
    std::vector<LogLine> result;
    for (const LogLine& line : log) {
        if (auto worded = worded_line(line, release)) {
            result.push_back(std::move(*worded));
        }
    }
    return result;
}

std::vector<LogLine> worded_boot_log(const RunReport& report, const LogRelease& release)
{
    std::vector<LogLine> log = worded_log(report.log, release);
    log.insert(log.begin(), {IO_LOG_INFO, "Starting bootloader", report.start});
    if (report.outcome.kind == OutcomeKind::kHandedOver) {
        log.push_back({IO_LOG_INFO,
                       fmt::format("Bootloader chainload address offset: 0x{:x}",
                                   report.outcome.response.device_offset_bytes),
                       report.end});
    } else if (report.outcome.kind == OutcomeKind::kNoImage) {
        log.push_back({IO_LOG_ERROR, "Unable to find bootable image", report.end});
    }
    return log;
}

std::vector<std::string> known_differences(const LogRelease& release)
{
    std::vector<std::string> sentences;
    for (const LogDifference& difference : kDifferences) {
        if (release.number < difference.before) {
            sentences.emplace_back(difference.sentence);
        }
    }
    return sentences;
}

}  // namespace brownout::sim
