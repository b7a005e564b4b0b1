// brownout inspect: a dump becomes an explanation.
#include "commands.hpp"
#include "output_file.hpp"

#include <sim/import.hpp>
#include <sim/inspection.hpp>
#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace brownout::sim::cli {

namespace {

struct InspectGiven {
    std::vector<std::string> files;
    InspectionRequest request;
    std::string strategy;
    std::string json;
    std::vector<std::string> exports;
    std::size_t steps = SIZE_MAX;
    bool schema = false;
};

// Devices that hold slots and that no file speaks of are taken as erased; that is said.
void note_uncovered(const BoardPlan& board, const std::vector<PlacedDump>& placed,
                    std::vector<std::string>& notes)
{
    for (const AreaPlan& area : board.areas) {
        const bool is_covered =
            std::any_of(placed.begin(), placed.end(), [&](const PlacedDump& dump) {
                return dump.device == area.device &&
                       dump.offset_bytes < std::uint64_t{area.offset_bytes} + area.size_bytes &&
                       dump.offset_bytes + dump.byte_count > area.offset_bytes;
            });
        if (!is_covered && area.role != FLASH_OTHER) {
            notes.push_back(fmt::format("no file covers {} (on {}): taken as erased", area.name,
                                        board.devices[area.device].name));
        }
    }
}

MachineState state_of(const InspectGiven& given, ScenarioMachine& machine,
                      std::vector<std::string>& notes)
{
    if (given.files.empty()) {
        return run_scenario(machine, nullptr, given.steps).state;
    }
    MachineState state = machine.machine().blank_state();
    const BoardPlan& board = machine.machine().board();
    std::vector<PlacedDump> placed;
    for (const std::string& file : given.files) {
        const auto stored = place_dump(board, parse_dump_argument(file), state);
        placed.insert(placed.end(), stored.begin(), stored.end());
    }
    note_uncovered(board, placed, notes);
    return state;
}

void require_strategy_name(InspectGiven& given)
{
    if (given.strategy.empty()) {
        return;
    }
    given.request.strategy = value_of(strategy_names(), given.strategy);
    if (!given.request.strategy) {
        throw InputError(fmt::format("--strategy: there is no strategy '{}'; brownout list names "
                                     "them",
                                     given.strategy));
    }
}

// Which command says what power cuts lead to these dumps.
void print_way_here(const InspectGiven& given, const Inspection& inspection)
{
    const bool interrupted = std::any_of(inspection.swaps.begin(), inspection.swaps.end(),
                                         [](const SwapReport& swap) { return swap.interrupted; });
    if (!interrupted || given.files.empty()) {
        return;
    }
    const bool has_steps = !given.request.scenario.empty();
    std::cout << fmt::format("{:<18} brownout explore {} --reach {}\n", "how it got here",
                             has_steps ? given.request.scenario.string() : "CASE.yaml",
                             fmt::join(given.files, " --reach "));
    if (!has_steps) {
        std::cout << fmt::format("{:<18} CASE.yaml: a scenario of this update, with both images\n",
                                 "");
    }
}

void run(InspectGiven& given)
{
    if (given.schema) {
        std::cout << inspection_schema_json();
        return;
    }
    require_strategy_name(given);
    if (given.files.empty() && given.request.scenario.empty()) {
        throw InputError("inspect needs a dump: FILE, FILE@DEVICE or FILE@PARTITION");
    }
    std::vector<std::string> inputs = given.files;
    inputs.push_back(given.request.scenario.string());
    inputs.push_back(given.request.partitions.string());
    require_writable(given.json, inputs);
    std::vector<std::string> notes;
    const auto machine = inspection_machine(given.request, notes);
    for (const std::string& text : given.exports) {
        const ExportArgument argument = parse_export_argument(text);
        dump_window(machine->machine().board(), argument.place);
        require_new(argument.file);
    }
    const MachineState state = state_of(given, *machine, notes);
    const Inspection inspection = inspect(*machine, state);
    if (given.json != "-") {
        std::cout << inspection_text(*machine, inspection, notes);
        print_way_here(given, inspection);
    }
    if (!given.json.empty()) {
        write_output(given.json, inspection_json(*machine, inspection, notes));
    }
    for (const std::string& text : given.exports) {
        const ExportArgument argument = parse_export_argument(text);
        write_output(argument.file, exported(machine->machine().board(), argument, state));
    }
}

}  // namespace

void add_inspect(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const command = app.add_subcommand(
        "inspect", "say what dumps of a device hold and what the next boot will do");
    const auto given = std::make_shared<InspectGiven>();
    InspectionRequest& request = given->request;
    command->add_option("files", given->files,
                        "dumps: Intel HEX, raw binary or nrfjprog --memrd text; FILE, FILE@PLACE, "
                        "FILE@PLACE+OFFSET, PLACE being a device or a partition. None: what the "
                        "scenario leaves");
    command->add_option("--scenario", request.scenario, "board, partitions, keys of this scenario");
    command->add_option("--steps", given->steps,
                        "without a dump: look after so many steps of the scenario");
    command->add_option("--board", request.board, "name or file of a board (default: nrf52840dk)");
    command->add_option("--partitions", request.partitions, "pm_static.yml or partitions.yml");
    command->add_option("--strategy", given->strategy, "how the bootloader updates");
    command->add_option("--key", request.keys, "public signing keys (DER or PEM), of one kind");
    command
        ->add_option("--max-image-sectors", request.max_image_sectors,
                     "BOOT_MAX_IMG_SECTORS (default: 128)")
        ->check(CLI::Range(1, 1 << 16));
    command->add_option("--alignment", request.alignment, "BOOT_MAX_ALIGN (default: 8)")
        ->check(CLI::Range(8, 32));
    command->add_option("--json", given->json, "write it as JSON; - is standard output");
    command->add_flag("--schema", given->schema, "print the JSON Schema of --json");
    command->add_option("--export", given->exports,
                        "write what a partition or device holds: PLACE=FILE.hex or .bin");
    command->callback([given, &exit_code] {
        run(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
