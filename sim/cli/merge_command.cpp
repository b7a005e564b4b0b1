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
    require_writable(given.json);
    require_writable(given.junit);
    ExplorationReport report;
    for (const std::string& file : given.files) {
        report.merge(text_of_file(file), file);
    }
    if (!given.json.empty()) {
        write_output(given.json, report.json());
    }
    if (!given.junit.empty()) {
        write_output(given.junit, report.junit());
    }
    if (given.json != "-" && given.junit != "-") {
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
    command->callback([given, &exit_code] { exit_code = merge(*given); });
}

}  // namespace brownout::sim::cli
