// brownout merge: the reports of shards as if one process had written them.
#include "commands.hpp"
#include "output_file.hpp"

#include <sim/report.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace brownout::sim::cli {

namespace {

struct MergeGiven {
    std::vector<std::string> files;
    std::string json;
    std::string junit;
    std::string sarif;
    std::string tap;
};

std::string text_of_file(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) {
        throw InputError(Place{file}, "cannot be read");
    }
    return text;
}

ExitCode merge(const MergeGiven& given)
{
    ExplorationReport report;
    const std::pair<const std::string&, std::string (ExplorationReport::*)() const> forms[] = {
        {given.json, &ExplorationReport::json},
        {given.junit, &ExplorationReport::junit},
        {given.sarif, &ExplorationReport::sarif},
        {given.tap, &ExplorationReport::tap}};
    bool prints_text = true;
    for (const auto& [file, form] : forms) {
        require_writable(file);
        prints_text = prints_text && file != "-";
    }
    for (const std::string& file : given.files) {
        report.merge(text_of_file(file), file);
    }
    for (const auto& [file, form] : forms) {
        if (!file.empty()) {
            write_output(file, (report.*form)());
        }
    }
    if (prints_text) {
        std::cout << report.verdicts();
    }
    if (report.missing() > 0) {
        std::cerr << "INCOMPLETE  explorations that no report holds: " << report.missing() << '\n';
    }
    const ExitCode code = report.exit_code();
    return code == ExitCode::kHolds && report.missing() > 0 ? ExitCode::kIncomplete : code;
}

}  // namespace

void add_merge(CLI::App& app, ExitCode& exit_code)
{
    auto given = std::make_shared<MergeGiven>();
    CLI::App* command = app.add_subcommand("merge", "merge the JSON reports of shards");
    command->add_option("report", given->files, "reports of brownout explore --shard --json")
        ->required();
    command->add_option("--json", given->json, "write the merged report; - is standard output");
    command->add_option("--junit", given->junit, "the same as JUnit XML");
    command->add_option("--sarif", given->sarif, "the same as SARIF 2.1.0");
    command->add_option("--tap", given->tap, "the same as TAP");
    command->callback([given, &exit_code] { exit_code = merge(*given); });
}

}  // namespace brownout::sim::cli
