#include "reach_dumps.hpp"

#include "explore_progress.hpp"
#include "output_file.hpp"

#include <sim/import.hpp>

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

constexpr std::size_t kDifferencesShown = 8;

std::string window_text(const BoardPlan& board, const FlashWindow& window)
{
    for (const AreaPlan& area : board.areas) {
        const bool inside = area.device == window.device &&
                            window.offset_bytes >= area.offset_bytes &&
                            window.offset_bytes - area.offset_bytes < area.size_bytes;
        if (inside) {
            return fmt::format("{} offset 0x{:X}", area.name,
                               window.offset_bytes - area.offset_bytes);
        }
    }
    return fmt::format("{} 0x{:08X}", board.devices[window.device].name, window.offset_bytes);
}

void print_differences(const BoardPlan& board, const NearestNode& nearest)
{
    for (std::size_t i = 0; i < nearest.differences.size(); ++i) {
        if (i == kDifferencesShown) {
            std::cout << fmt::format("           and {} more\n", nearest.differences.size() - i);
            break;
        }
        std::cout << fmt::format("  {}  {}\n", i == 0 ? "differs" : "       ",
                                 window_text(board, nearest.differences[i]));
    }
}

std::vector<FlashWindow> place_dumps(const BoardPlan& board, const std::vector<std::string>& dumps,
                                     MachineState& state)
{
    std::vector<FlashWindow> windows;
    for (const std::string& dump : dumps) {
        for (const PlacedDump& placed : place_dump(board, parse_dump_argument(dump), state)) {
            windows.push_back({placed.device, placed.offset_bytes, placed.byte_count});
        }
    }
    return windows;
}

// The way there, then the boot that finds the state.
std::filesystem::path write_way(const ReachGiven& given, const Graph& graph,
                                const ScenarioMachine& machine, std::uint32_t node)
{
    Scenario way = path_scenario(graph, machine, node);
    way.name += ": the way to a dump";
    ResetStep last;
    last.marginal = graph.nodes[node].label.marginal;
    way.steps.push_back(Step{{}, last});
    const std::filesystem::path path = std::filesystem::path(given.out_dir) /
                                       (machine.scenario().path.stem().string() + ".reach.yaml");
    write_output(path, to_yaml(way, path));
    return path;
}

}  // namespace

ExitCode reach_dumps(const ReachGiven& given)
{
    catch_interrupts();
    ScenarioMachine machine(load_scenario(given.scenario));
    const BoardPlan& board = machine.machine().board();
    MachineState dump = machine.machine().blank_state();
    const std::vector<FlashWindow> windows = place_dumps(board, given.dumps, dump);
    Graph graph;
    Exploration exploration;
    {
        const ShownProgress progress;
        exploration = explore(machine, given.limits, progress.listener(), interrupted(), &graph);
    }
    const NearestNode nearest = nearest_node(graph, board, dump, windows);
    const std::uint32_t cuts = graph.nodes[nearest.node].depth;
    const bool exact = nearest.differing == 0;
    std::cout << fmt::format("{}   {} after {} power cut{}: {} of {} sectors agree\n\n",
                             machine.scenario().name, exact ? "reached" : "nearest", cuts,
                             cuts == 1 ? "" : "s", nearest.sectors - nearest.differing,
                             nearest.sectors);
    int line = 0;
    for (const std::string& text : path_text(graph, machine, nearest.node)) {
        std::cout << fmt::format("  {:>2}  {}\n", ++line, text);
    }
    print_differences(board, nearest);
    std::cout << fmt::format("  next boot  {}\n", graph.nodes[nearest.node].expanded
                                                      ? graph.nodes[nearest.node].facts.text
                                                      : "not explored");
    std::cout << fmt::format("  looked at  {} states{}\n", exploration.states,
                             exploration.closed ? ", all there are"
                                                : "; INCOMPLETE: " + exploration.stopped_by);
    std::cout << fmt::format("  repeat it  brownout run {}      (written)\n",
                             write_way(given, graph, machine, nearest.node).string());
    return exact                ? ExitCode::kHolds
           : exploration.closed ? ExitCode::kCheckFailed
                                : ExitCode::kIncomplete;
}

}  // namespace brownout::sim::cli
