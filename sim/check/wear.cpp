#include "wear.hpp"

#include "check_rules.hpp"

#include <models/nvmc.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace brownout::sim {

namespace {

// Boots that change something for longer are another check's business.
constexpr std::uint32_t kBootsAheadMax = 64;

using Erases = std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t>;

void add(Erases& sum, const std::vector<SectorErases>& erases)
{
    for (const SectorErases& sector : erases) {
        sum[{sector.device, sector.offset_bytes}] += sector.count;
    }
}

std::uint32_t endurance_of(const DevicePlan& device)
{
    const bool is_nvmc = device.controller == ControllerKind::kNvmc;
    return device.erase_cycles_max == 0 && is_nvmc ? models::NvmcData{}.erase_cycles_max
                                                   : device.erase_cycles_max;
}

class Wear final : public Check {
public:
    Wear(std::uint64_t upgrades, const BoardPlan& board) : upgrades_(upgrades), board_(board) {}
    std::string_view name() const override { return "wear"; }
    bool looks_ahead() const override { return true; }

    std::string_view verifies() const override
    {
        return "The flash lasts for explore: budgets: upgrades_per_lifetime: no sector is erased "
               "more often than its endurance allows so many upgrades, cut like the ways found.";
    }

    std::string_view does_not_verify() const override
    {
        return "Ways to a state other than the first one found; uploads by a programmer; sectors "
               "without a known endurance; what the application erases for itself.";
    }

    std::optional<std::string> judge(const Graph& graph, const Node& node) const override
    {
        const auto worn = most_worn(graph, node, board_);
        if (!worn || worn->upgrades() >= upgrades_) {
            return std::nullopt;
        }
        return fmt::format("an upgrade erases the sector at 0x{:X} of {} {} times: its {} cycles "
                           "last for {} upgrades, {} are asked for",
                           worn->offset_bytes, board_.devices[worn->device].name, worn->erases,
                           worn->erase_cycles, worn->upgrades(), upgrades_);
    }

private:
    std::uint64_t upgrades_;
    const BoardPlan& board_;
};

// Of an upgrade along the way to `node`, and on without cuts.
Erases erases_of(const Graph& graph, const Node& node)
{
    Erases sum;
    for (const Node* at = &node; at->parent != kNoNode; at = &graph.nodes[at->parent]) {
        add(sum, at->erases);
        if (at->label.run == RunKind::kUpload && !at->label.is_cut) {
            break;
        }
    }
    const Node* at = &node;
    for (std::uint32_t boots = 0; boots < kBootsAheadMax; ++boots) {
        add(sum, at->facts.erases);
        const bool rests = at->next == kNoNode || &graph.nodes[at->next] == at;
        if (rests) {
            break;
        }
        at = &graph.nodes[at->next];
    }
    return sum;
}

}  // namespace

std::optional<SectorWear> most_worn(const Graph& graph, const Node& node, const BoardPlan& board)
{
    std::optional<SectorWear> worst;
    for (const auto& [sector, count] : erases_of(graph, node)) {
        const SectorWear wear{sector.first, sector.second, count,
                              endurance_of(board.devices[sector.first])};
        if (wear.erase_cycles > 0 && (!worst || wear.upgrades() < worst->upgrades())) {
            worst = wear;
        }
    }
    return worst;
}

std::vector<SectorErases> most_erases(const Graph& graph)
{
    Erases most;
    for (const Node& node : graph.nodes) {
        if (!node.expanded) {
            continue;
        }
        for (const auto& [sector, count] : erases_of(graph, node)) {
            most[sector] = std::max(most[sector], count);
        }
    }
    std::vector<SectorErases> list;
    for (const auto& [sector, count] : most) {
        list.push_back({sector.first, count, sector.second});
    }
    return list;
}

std::optional<WearReport> wear_report(const Graph& graph, const BoardPlan& board)
{
    const auto uncut = most_worn(graph, graph.nodes[0], board);
    std::optional<SectorWear> worst = uncut;
    for (const Node& node : graph.nodes) {
        const auto wear = node.expanded ? most_worn(graph, node, board) : std::nullopt;
        if (wear && (!worst || wear->upgrades() < worst->upgrades())) {
            worst = wear;
        }
    }
    if (!worst) {
        return std::nullopt;
    }
    return WearReport{board.devices[worst->device].name, worst->offset_bytes,
                      uncut ? uncut->erases : 0, worst->erases, worst->erase_cycles};
}

std::unique_ptr<Check> make_wear(std::uint64_t upgrades, const BoardPlan& board)
{
    return std::make_unique<Wear>(upgrades, board);
}

}  // namespace brownout::sim
