// What the two cores of a board held and ran, over all states of an exploration.
#include <sim/exploration.hpp>

#include <algorithm>
#include <tuple>

namespace brownout::sim {

namespace {

const AreaPlan* primary_of(const ScenarioMachine& machine)
{
    return machine.machine().area(FLASH_PRIMARY, 0);
}

// <0: the first is older.
int compare(const boot_version& a, const boot_version& b)
{
    const auto left = std::tie(a.major, a.minor, a.revision);
    const auto right = std::tie(b.major, b.minor, b.revision);
    return left < right ? -1 : (right < left ? 1 : 0);
}

void count_state(const ScenarioMachine& machine, const MachineState& state, NetworkSummary& summary)
{
    const auto network = machine.network_image(state);
    const auto application = machine.image_in(state, *primary_of(machine));
    if (!network) {
        ++summary.network_half_written;
        return;
    }
    if (!application) {
        ++summary.application_half_written;
        return;
    }
    const int order = compare(machine.images()[*application].info.version,
                              machine.images()[*network].info.version);
    ++(order == 0  ? summary.same_version
       : order > 0 ? summary.application_newer
                   : summary.network_newer);
}

void count_boot(const ScenarioMachine& machine, const BootFacts& facts, NetworkSummary& summary)
{
    if (facts.outcome != OutcomeKind::kHandedOver) {
        return;
    }
    if (facts.network_image == kNoImageBooted) {
        ++summary.network_not_running;
    } else if (facts.network_image == kUnknownImageBooted) {
        ++summary.mixtures_running;
    } else if (facts.image >= 0) {
        const auto at = [&](std::int32_t image) -> const boot_version& {
            return machine.images()[static_cast<std::size_t>(image)].info.version;
        };
        summary.versions_differ_running +=
            compare(at(facts.image), at(facts.network_image)) != 0 ? 1u : 0u;
    }
}

// Uncut boots until one leaves the network core running a whole image.
std::optional<std::uint32_t> boots_to_heal(const Graph& graph, std::uint32_t node)
{
    constexpr std::uint32_t kBootsMax = 16;
    for (std::uint32_t boots = 1; boots <= kBootsMax && node != kNoNode; ++boots) {
        if (graph.nodes[node].facts.network_image >= 0) {
            return boots;
        }
        node = graph.nodes[node].next;
    }
    return std::nullopt;
}

}  // namespace

std::optional<NetworkSummary> network_summary(const Graph& graph, const ScenarioMachine& machine)
{
    if (!machine.machine().board().network || primary_of(machine) == nullptr) {
        return std::nullopt;
    }
    NetworkSummary summary;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const std::uint64_t half_written = summary.network_half_written;
        count_state(machine, node.state, summary);
        if (!node.expanded) {
            continue;
        }
        count_boot(machine, node.facts, summary);
        if (summary.network_half_written != half_written && summary.boots_to_heal_max) {
            const auto boots = boots_to_heal(graph, i);
            summary.boots_to_heal_max =
                boots ? std::optional(std::max(*summary.boots_to_heal_max, *boots)) : std::nullopt;
        }
    }
    return summary;
}

}  // namespace brownout::sim
