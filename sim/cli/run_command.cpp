#include "commands.hpp"
#include "core_option.hpp"
#include "gdb_replay.hpp"
#include "html_option.hpp"
#include "output_file.hpp"
#include "picture_options.hpp"
#include "wave_options.hpp"

#include "../report/wear_report.hpp"

#include <sim/core_fit.hpp>
#include <sim/log_release.hpp>
#include <sim/replay.hpp>
#include <sim/report.hpp>
#include <sim/seed_sweep.hpp>

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <thread>

namespace brownout::sim::cli {

namespace {

constexpr const char* kHtmlHelp =
    "write a page that shows the run step by step, with the recovery from a cut at every call";

struct RunOptionsGiven {
    std::vector<std::string> files;
    std::string core;
    std::string json;
    bool print_schema = false;
    std::vector<std::string> exports;
    WaveOptions waves;
    PictureOptions pictures;
    std::optional<std::uint64_t> seeds;  // how many
    std::optional<std::uint64_t> seed;   // this one alone
    std::optional<std::uint64_t> row;    // of the matrix, from 1; otherwise the file as written
    unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    GdbOptions gdb;
    bool wear = false;
    HtmlOption html;
};

void export_all(const ScenarioMachine& machine, const std::vector<std::string>& exports,
                const MachineState& state)
{
    for (const std::string& text : exports) {
        const ExportArgument argument = parse_export_argument(text);
        write_output(argument.file, exported(machine.machine().board(), argument, state));
    }
}

// Before the steps run: places that do not exist, files that are inputs.
void require_exports(const ScenarioMachine& machine, const RunOptionsGiven& given)
{
    for (const std::string& text : given.exports) {
        const ExportArgument argument = parse_export_argument(text);
        dump_window(machine.machine().board(), argument.place);
        require_new(argument.file);
    }
}

// What the run stands for, and what it does not.
void print_release(const ScenarioMachine& machine)
{
    std::cout << "as " << machine.core().release;
    const LogRelease* const release = log_release(machine.scenario().boot.log);
    if (release == nullptr) {
        std::cout << '\n';
        return;
    }
    std::cout << "; log lines as " << release->title << " (" << release->mcuboot << ")\n";
    for (const std::string& difference : known_differences(*release)) {
        std::cout << "  known to differ there: " << difference << '\n';
    }
}

Scenario scenario_of(const std::string& file, const RunOptionsGiven& given)
{
    if (!given.row) {
        return load_scenario(file);
    }
    std::vector<SuiteEntry> rows = suite_entries({file}, {});
    if (*given.row == 0 || *given.row > rows.size()) {
        throw InputError(Place{file}, fmt::format("--row {}: the scenario has rows 1 to {}",
                                                  *given.row, rows.size()));
    }
    return std::move(rows[*given.row - 1].scenario);
}

bool is_sweep(const std::string& file, const RunOptionsGiven& given)
{
    return given.seeds || (!given.seed && !given.row && load_scenario(file).seeds);
}

// Every row of the file's matrix with many seeds.
bool sweep_file(const std::string& file, const RunOptionsGiven& given)
{
    const bool wants_pictures = given.pictures.wanted() || given.html.wanted() || given.wear;
    if (!given.exports.empty() || given.waves.wanted() || wants_pictures) {
        throw InputError("--export, waveforms and pictures are of one run: choose it with --row "
                         "and --seed");
    }
    std::vector<SweepRow> rows;
    bool holds = true;
    std::vector<SuiteEntry> entries = suite_entries({file}, {});
    for (SuiteEntry& entry : entries) {
        use_core(entry.scenario, given.core);
    }
    if (given.json != "-") {
        std::cout << load_scenario(file).name << '\n';
        print_release(ScenarioMachine(entries.front().scenario));
    }
    for (const SuiteEntry& entry : entries) {
        rows.push_back(sweep_seeds(entry, {given.seeds, given.jobs}));
        holds = holds && rows.back().holds;
    }
    if (given.json != "-") {
        print_sweep(rows, "brownout run " + file, std::cout);
    }
    if (!given.json.empty()) {
        write_output(given.json, sweep_json(rows, file));
    }
    return holds;
}

bool run_file(const std::string& file, const RunOptionsGiven& given)
{
    const std::string& json = given.json;
    Scenario scenario = scenario_of(file, given);
    use_core(scenario, given.core);
    ScenarioMachine machine(std::move(scenario));
    require_exports(machine, given);
    const bool quiet =
        json == "-" || given.waves.to_standard_output() || given.pictures.to_standard_output();
    WaveRecorder waves = given.waves.recorder(machine.machine().board());
    std::cout << (quiet ? "" : machine.scenario().name + "\n");
    if (!quiet) {
        print_release(machine);
    }
    RunText text(machine, std::cout);
    // A map takes the place of the text.
    RunListener* const told = quiet || given.pictures.map ? nullptr : &text;
    ScenarioRecorder recorder(machine, told);
    const bool is_recorded = given.pictures.wanted() || given.html.wanted();
    const ScenarioResult result = run_scenario(machine, is_recorded ? &recorder : told, SIZE_MAX,
                                               given.waves.wanted() ? &waves : nullptr, given.seed);
    given.pictures.show(recorder.recording(), quiet);
    if (!quiet) {
        text.summary(result);
        std::cout << (given.wear ? wear_text(machine, result.state) : "");
    }
    if (!json.empty()) {
        write_output(json, run_json(machine, result));
    }
    export_all(machine, given.exports, result.state);
    given.waves.write(waves);
    given.html.write_run(machine, recorder.recording());
    return result.holds;
}

// A core that the user chose need not fit every one of many scenarios.
ExitCode run_files(const RunOptionsGiven& given)
{
    ExitCode code = ExitCode::kHolds;
    std::size_t skipped = 0;
    for (const std::string& file : given.files) {
        try {
            const bool holds =
                is_sweep(file, given) ? sweep_file(file, given) : run_file(file, given);
            code = holds ? code : ExitCode::kCheckFailed;
        } catch (const CoreMismatch& mismatch) {
            if (given.core.empty() || given.files.size() == 1) {
                throw;
            }
            ++skipped;
            std::cout << fmt::format("skipped {}: {}\n", file, mismatch.sentence());
        }
    }
    if (skipped == given.files.size()) {
        throw InputError("nothing was run: no scenario is for this core");
    }
    return code;
}

void add(CLI::App& app, ExitCode& exit_code, const char* name, const char* help)
{
    auto given = std::make_shared<RunOptionsGiven>();
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("scenario", given->files, "scenario files (YAML)");
    add_core_option(*command, given->core);
    command->add_option("--json", given->json, "write what happened as JSON; - is standard output");
    command->add_flag("--json-schema", given->print_schema,
                      "print the JSON Schema of --json reports");
    command->add_option("--export", given->exports,
                        "write what a partition or device holds in the end: PLACE=FILE.hex or "
                        "PLACE=FILE.bin");
    command
        ->add_option(
            "--seeds", given->seeds,
            "run every row of the matrix with so many seeds, from 0 on, and count failures")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
    command->add_option("--seed", given->seed,
                        "this seed for everything that is drawn, instead of those of the scenario");
    command->add_option("--row", given->row, "run this row of the matrix, from 1");
    command
        ->add_option("--jobs", given->jobs, "worker processes of --seeds (default: one per core)")
        ->check(CLI::Range(1u, 64u));
    given->waves.add_to(*command);
    given->pictures.add_to(*command);
    given->gdb.add_to(*command, false);
    command->add_flag("--wear", given->wear,
                      "say what was erased how often, and how many such runs the flash endures");
    given->html.add_to(*command, kHtmlHelp);
    command->callback([given, &exit_code] {
        if (given->print_schema) {
            std::cout << run_schema_json();
            return;
        }
        if (given->files.empty()) {
            throw InputError("run needs a scenario file; 'brownout list' names those that come "
                             "with it");
        }
        if (given->gdb.act(given->files)) {
            return;
        }
        if (given->seeds && (given->seed || given->row)) {
            throw InputError(
                "--seeds runs every row with many seeds: give it, or --row and --seed");
        }
        given->waves.check(given->files);
        given->pictures.check(given->files);
        given->html.check(given->files);
        require_writable(given->json, given->files);
        if (given->files.size() > 1 && !(given->json.empty() && given->exports.empty())) {
            throw InputError(
                "--json and --export take one scenario: each would replace the one before it");
        }
        exit_code = run_files(*given);
    });
}

}  // namespace

void add_run(CLI::App& app, ExitCode& exit_code)
{
    add(app, exit_code, "run", "run the steps of a scenario and compare with what it expects");
}

void add_replay(CLI::App& app, ExitCode& exit_code)
{
    auto given = std::make_shared<RunOptionsGiven>();
    CLI::App* command =
        app.add_subcommand("replay", "rerun a finding and say whether it still fails");
    command->add_option("repro", given->files, "NAME.repro.yaml files")->required();
    given->gdb.add_to(*command, true);
    given->html.add_to(*command, kHtmlHelp);
    given->waves.add_to(*command);
    given->pictures.add_to(*command);
    command->callback([given, &exit_code] {
        if (given->gdb.act(given->files)) {
            return;
        }
        given->waves.check(given->files);
        given->pictures.check(given->files);
        const bool piped =
            given->waves.to_standard_output() || given->pictures.to_standard_output();
        std::ostream& out = piped ? std::cerr : std::cout;
        given->html.check(given->files);
        for (const std::string& file : given->files) {
            bool holds = run_file(file, *given);
            ScenarioMachine machine(load_scenario(file));
            for (const std::string& failed : failed_checks(machine)) {
                out << "FAILED  " << failed << '\n';
                holds = false;
            }
            out << file << (holds ? ": no longer fails\n" : ": still fails\n");
            if (!holds) {
                exit_code = ExitCode::kCheckFailed;
            }
        }
    });
}

}  // namespace brownout::sim::cli
