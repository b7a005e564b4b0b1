// Bootloader log lines in the wording of a release, so that a pasted field log can be compared.
//
// The core is one: what it does is MCUboot's as it names it. A release changes the words of its
// lines, leaves lines out that it did not have yet, and (for the nRF Connect SDK) adds those that
// its main function prints. What the release is known to do otherwise is listed, never simulated.
#pragma once

#include <sim/machine.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

// The wording of the core itself.
inline constexpr std::string_view kCoreLogRelease = "mcuboot-2.4";

struct LogRelease {
    std::string_view name;     // in scenarios: "ncs-1.7"
    std::string_view title;    // "nRF Connect SDK 1.7"
    std::string_view mcuboot;  // tag of its bootloader
    int number = 0;            // major * 100 + minor of the SDK
};

std::span<const LogRelease> log_releases();
// nullptr for a name that is none of them, and for kCoreLogRelease.
const LogRelease* log_release(std::string_view name);

// The log of one boot, as the release words it.
std::vector<LogLine> worded_boot_log(const RunReport& report, const LogRelease& release);
// The same for an application's command: no lines of the bootloader's main function.
std::vector<LogLine> worded_log(const std::vector<LogLine>& log, const LogRelease& release);

// Sentences: what that release is known to do otherwise than the modelled core.
std::vector<std::string> known_differences(const LogRelease& release);

// ---- logs from the field ------------------------------------------------------------------------

struct FieldLogLine {
    int line = 0;  // in the file
    io_log_level level = IO_LOG_INFO;
    std::string text;
    std::optional<models::Duration> time;
};

// The bootloader's lines, boot by boot: "I: text" or "[00:00:00.253,631] <inf> mcuboot: text".
// Other lines, and what runs between boots, are passed over. InputError if there is no boot.
std::vector<std::vector<FieldLogLine>> parse_field_log(std::string_view text,
                                                       const std::string& file);
std::vector<std::vector<FieldLogLine>> read_field_log(const std::string& file);

struct FieldLogComparison {
    std::string file;                           // as messages call it
    std::vector<std::string> ignore;            // lines with these parts were added in the field
    std::optional<models::Duration> tolerance;  // of times since the first line; else not compared
};

// A boot of the field that lacks its last line was cut off and is compared as far as it goes. The
// first difference in a sentence; nullopt: none. `run` are the logs of as many boots.
std::optional<std::string> field_log_difference(const std::vector<std::vector<FieldLogLine>>& field,
                                                const std::vector<std::vector<LogLine>>& run,
                                                const FieldLogComparison& how);

}  // namespace brownout::sim
