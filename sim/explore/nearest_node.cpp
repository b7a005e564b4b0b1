// Which node of a graph a dump of a device comes from, or nearly.
#include <sim/exploration.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// The sectors of a device that lie in a window, cut to it.
std::vector<FlashWindow> sectors_in(const DevicePlan& device, const FlashWindow& window)
{
    std::vector<FlashWindow> sectors;
    std::uint64_t start = 0;
    const std::uint64_t window_end = window.offset_bytes + window.byte_count;
    for (const SectorRun& run : device.sectors) {
        for (std::uint32_t i = 0; i < run.count; ++i, start += run.size_bytes) {
            const std::uint64_t begin = std::max(start, window.offset_bytes);
            const std::uint64_t end = std::min(start + run.size_bytes, window_end);
            if (begin < end) {
                sectors.push_back({window.device, begin, end - begin});
            }
        }
    }
    return sectors;
}

bool differs(const MachineState& one, const MachineState& other, const FlashWindow& window)
{
    const auto digest = [&](const MachineState& state) {
        return state.devices[window.device].content_digest(window.offset_bytes, window.byte_count);
    };
    return digest(one) != digest(other);
}

}  // namespace

NearestNode nearest_node(const Graph& graph, const BoardPlan& board, const MachineState& dump,
                         const std::vector<FlashWindow>& windows)
{
    std::vector<FlashWindow> sectors;
    for (const FlashWindow& window : windows) {
        const auto found = sectors_in(board.devices[window.device], window);
        sectors.insert(sectors.end(), found.begin(), found.end());
    }
    NearestNode nearest;
    nearest.sectors = sectors.size();
    nearest.differing = sectors.size() + 1;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        std::vector<FlashWindow> differences;
        for (const FlashWindow& sector : sectors) {
            if (differs(graph.nodes[i].state, dump, sector)) {
                differences.push_back(sector);
            }
        }
        const bool nearer = differences.size() < nearest.differing ||
                            (differences.size() == nearest.differing &&
                             graph.nodes[i].depth < graph.nodes[nearest.node].depth);
        if (nearer) {
            nearest.node = i;
            nearest.differing = differences.size();
            nearest.differences = std::move(differences);
        }
    }
    return nearest;
}

}  // namespace brownout::sim
