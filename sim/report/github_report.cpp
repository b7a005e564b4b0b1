// What GitHub shows: workflow commands that annotate the scenario, and a Markdown job summary.
#include "report_json.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

// In the message of a workflow command; a property of one also must not hold ':' and ','.
std::string message_text(std::string text)
{
    text = replaced(std::move(text), "%", "%25");
    text = replaced(std::move(text), "\r", "%0D");
    return replaced(std::move(text), "\n", "%0A");
}

std::string property_text(const std::string& text)
{
    return replaced(replaced(message_text(text), ":", "%3A"), ",", "%2C");
}

std::string command(const char* level, const Json& entry, const std::string& title,
                    const std::string& message)
{
    return fmt::format("::{} file={},line={},title={}::{}\n", level,
                       property_text(entry["file"].get<std::string>()), entry["line"].get<int>(),
                       property_text(title), message_text(message));
}

std::string cuts_text(const Json& violation)
{
    const int cuts = violation["cuts"];
    return fmt::format("after {} cut{}", cuts, cuts == 1 ? "" : "s");
}

std::string cell(const std::string& text)
{
    return replaced(replaced(text, "|", "\\|"), "\n", " ");
}

std::string verdict_cell(const Json& exploration)
{
    switch (verdict_of(exploration)) {
    case Verdict::kHolds:
        return "holds";
    case Verdict::kIncomplete:
        return "INCOMPLETE: " + exploration["stopped_by"].get<std::string>();
    case Verdict::kFailed:
        break;
    }
    std::string text;
    for (const Json& violation : exploration["violations"]) {
        text += fmt::format("{}**{}** {}", text.empty() ? "" : "<br>",
                            violation["check"].get<std::string>(), cuts_text(violation));
        if (violation.contains("repro")) {
            text += ": `brownout replay " + violation["repro"].get<std::string>() + "`";
        }
    }
    return text;
}

}  // namespace

std::string github_annotations(const Json& document)
{
    std::string text;
    for (const Json& exploration : document["explorations"]) {
        for (const Json& violation : exploration["violations"]) {
            std::string message = fmt::format("{}: {}", cuts_text(violation),
                                              violation["sentence"].get<std::string>());
            for (const Json& line : violation["trace"]) {
                message += "\n" + line.get<std::string>();
            }
            if (violation.contains("repro")) {
                message += "\nbrownout replay " + violation["repro"].get<std::string>();
            }
            text += command("error", exploration,
                            violation["check"].get<std::string>() + ": " +
                                name_of_exploration(exploration),
                            message);
        }
        if (verdict_of(exploration) == Verdict::kIncomplete) {
            text +=
                command("warning", exploration, "INCOMPLETE: " + name_of_exploration(exploration),
                        exploration["stopped_by"].get<std::string>());
        }
    }
    for (const Json& error : document["errors"]) {
        text += command("error", error, "bad input", error["sentence"].get<std::string>());
    }
    return text;
}

std::string github_summary(const Json& document)
{
    constexpr std::size_t kRowsMax = 500;  // GitHub takes 1 MiB per step
    std::size_t holding = 0;
    std::string rows;
    std::size_t row_count = 0;
    const Json& explorations = document["explorations"];
    for (const Json& exploration : explorations) {
        const bool holds = verdict_of(exploration) == Verdict::kHolds;
        holding += holds ? 1 : 0;
        // What holds is left out of a long list first.
        if ((holds && explorations.size() > kRowsMax) || ++row_count > kRowsMax) {
            continue;
        }
        rows += fmt::format(
            "| {} | {} | {} | {} | {} |\n", cell(name_of_exploration(exploration)),
            cell(verdict_cell(exploration)), exploration["states"].get<std::uint64_t>(),
            exploration["edges"].get<std::uint64_t>(), exploration["depth"].get<std::uint32_t>());
    }
    std::string text =
        fmt::format("### Brownout: {} of {} explorations hold\n\n", holding, explorations.size());
    if (!rows.empty()) {
        text += "| scenario | verdict | states | edges | depth |\n|---|---|---|---|---|\n" + rows;
    }
    for (const Json& skipped : document["skipped"]) {
        text += fmt::format("\nSkipped: {}: {}\n", name_of_exploration(skipped),
                            skipped["reason"].get<std::string>());
    }
    for (const Json& error : document["errors"]) {
        text += "\nBad input: " + error["sentence"].get<std::string>() + "\n";
    }
    return text;
}

}  // namespace brownout::sim
