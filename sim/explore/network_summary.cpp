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

bool runs_whole_image(const ScenarioMachine&, const BootFacts& facts)
{
    return facts.network_image >= 0;
}

bool runs_one_version(const ScenarioMachine& machine, const BootFacts& facts)
{
    const auto at = [&](std::int32_t image) -> const boot_version& {
        return machine.images()[static_cast<std::size_t>(image)].info.version;
    };
    return facts.image >= 0 && facts.network_image >= 0 &&
           compare(at(facts.image), at(facts.network_image)) == 0;
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
        summary.versions_differ_running += runs_one_version(machine, facts) ? 0u : 1u;
    }
}

// The most uncut boots until `is_well` holds of one, from any of the nodes seen; nullopt: for ever.
class BootsUntil {
public:
    using Condition = bool (*)(const ScenarioMachine&, const BootFacts&);
    BootsUntil(const Graph& graph, const ScenarioMachine& machine, Condition is_well)
        : graph_(graph), machine_(machine), is_well_(is_well)
    {
    }

    void see(std::uint32_t node, std::optional<std::uint32_t>& most) const
    {
        const auto boots = most ? from(node) : std::nullopt;
        most = boots ? std::optional(std::max(*most, *boots)) : std::nullopt;
    }

private:
    std::optional<std::uint32_t> from(std::uint32_t node) const
    {
        constexpr std::uint32_t kBootsMax = 16;
        for (std::uint32_t boots = 1; boots <= kBootsMax && node != kNoNode; ++boots) {
            if (is_well_(machine_, graph_.nodes[node].facts)) {
                return boots;
            }
            node = graph_.nodes[node].next;
        }
        return std::nullopt;
    }

    const Graph& graph_;
    const ScenarioMachine& machine_;
    Condition is_well_;
};

// Where the state came from, if nothing was said of its kind yet.
void note_way(const Graph& graph, ScenarioMachine& machine, std::uint32_t node, std::string& way)
{
    if (!way.empty()) {
        return;
    }
    const std::vector<std::string> lines = path_text(graph, machine, node);
    way = lines.empty() ? "at the start" : lines.back();
}

}  // namespace

std::optional<NetworkSummary> network_summary(const Graph& graph, ScenarioMachine& machine)
{
    if (!machine.machine().board().network || primary_of(machine) == nullptr) {
        return std::nullopt;
    }
    NetworkSummary summary;
    const BootsUntil heals(graph, machine, runs_whole_image);
    const BootsUntil matches(graph, machine, runs_one_version);
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const NetworkSummary before = summary;
        count_state(machine, node.state, summary);
        const bool application_newer = summary.application_newer != before.application_newer;
        const bool network_newer = summary.network_newer != before.network_newer;
        const bool half_written = summary.network_half_written != before.network_half_written;
        if (application_newer) {
            note_way(graph, machine, i, summary.application_newer_after);
        } else if (network_newer) {
            note_way(graph, machine, i, summary.network_newer_after);
        } else if (half_written) {
            note_way(graph, machine, i, summary.half_written_after);
        }
        if (!node.expanded) {
            continue;
        }
        count_boot(machine, node.facts, summary);
        if (half_written) {
            heals.see(i, summary.boots_to_heal_max);
        } else if (application_newer || network_newer) {
            matches.see(i, summary.boots_to_match_max);
        }
    }
    return summary;
}

}  // namespace brownout::sim
