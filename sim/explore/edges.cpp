#include "edges.hpp"

#include "app_actions.hpp"
#include "image_rules.hpp"
#include "network_reduction.hpp"
#include "sector_erases.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

class EdgeVisits {
public:
    EdgeVisits(const ScenarioMachine& machine, const Node& node, const CutPlan& plan,
               const std::function<void(const Edge&)>& visit)
        : machine_(machine), torn_(node.torn), plan_(plan), visit_(visit)
    {
    }

    std::uint64_t network_half_written = 0;

    // Bits without a certain level make several edges of one.
    void add(EdgeLabel label, const Story& story, const MachineState& state)
    {
        const bool power_lost = label.reset == models::ResetKind::kPowerOn;
        const bool parts_differ = power_lost && state.has_running_parts();
        if (!parts_differ && !state.has_marginal_bits()) {
            add_settled(label, story, state);
            return;
        }
        MachineState settled = state;
        if (power_lost) {
            settled.lose_power();
        }
        if (!power_lost || !settled.has_marginal_bits()) {
            add_settled(label, story, settled);
            return;
        }
        for (std::uint32_t i = 0; i < models::kMarginalLevels; ++i) {
            label.marginal = static_cast<models::MarginalLevels>(i);
            draw_marginal_levels(settled, *label.marginal, plan_.seed);
            add_settled(label, story, settled);
        }
    }

private:
    void add_settled(const EdgeLabel& label, const Story& story, const MachineState& found)
    {
        if (!machine_.machine().board().network || machine_.network_image(found)) {
            add_state(label, story, found);
            return;
        }
        ++network_half_written;
        if (plan_.every_network_content) {
            add_state(label, story, found);
            return;
        }
        MachineState reduced = found;
        forget_half_written_network_image(machine_, reduced);
        add_state(label, story, reduced);
    }

    void add_state(const EdgeLabel& label, const Story& story, const MachineState& state)
    {
        const bool tears = label.tear.kind != models::TearKind::kNotStarted && plan_.tears_max;
        visit_({label, story, static_cast<std::uint8_t>(torn_ + tears), state});
    }

    const ScenarioMachine& machine_;
    std::uint8_t torn_;
    const CutPlan& plan_;
    const std::function<void(const Edge&)>& visit_;
};

// The image that a boot may not go behind: what runs for good.
std::int32_t floor_of(const Story& story)
{
    const bool settled = story.confirmed || (story.permanent && story.ran_new);
    return settled ? story.new_image : story.old_image;
}

BootFacts facts_of(const ScenarioMachine& machine, const Story& story, const MachineState& state,
                   RunReport report)
{
    BootFacts facts;
    facts.outcome = report.outcome.kind;
    facts.text = outcome_words(machine, report.outcome);
    facts.calls = report.calls;
    facts.operations = report.operations;
    facts.duration = report.end - report.start;
    facts.violations = std::move(report.violations);
    for (const LogLine& line : report.log) {
        if (line.level == IO_LOG_ERROR) {
            facts.errors.push_back(line.text);
        }
    }
    if (report.network) {
        facts.network_text = network_words(machine, state, *report.network);
        if (report.network->read_unknown_pages) {
            facts.network_image = kUnknownImageBooted;
        } else if (report.network->outcome &&
                   report.network->outcome->kind == OutcomeKind::kHandedOver) {
            const auto image = machine.network_image(state);
            facts.network_image = image ? static_cast<std::int32_t>(*image) : kUnknownImageBooted;
        }
    }
    if (report.outcome.kind == OutcomeKind::kHandedOver) {
        const boot_response& response = report.outcome.response;
        const auto image =
            machine.image_at(state, response.device_id, response.device_offset_bytes);
        facts.image = image ? static_cast<std::int32_t>(*image) : kUnknownImageBooted;
        facts.authentic =
            image ? machine.images()[*image].authentic : machine.is_authentic_at(state, response);
        facts.goes_back = goes_back(machine, facts.image, floor_of(story));
        facts.unmet_dependency = unmet_dependency(machine, state);
        if (image) {
            facts.text += " (" + machine.images()[*image].name + ")";
        }
    }
    return facts;
}

// A torn confirmation may count, and so may a request of the application `by_app` that was cut:
// what was before it is over, and a permanent one may have become one for test. An upload that was
// cut is over as well: nothing is owed but that the old image runs.
Story story_of_cut(Story story, const EdgeLabel& label, const AppAction* action, bool by_app)
{
    if (label.run == RunKind::kUpload) {
        return action->after;
    }
    if (by_app && label.run == RunKind::kRequest) {
        story.requested = false;
        story.ran_new = false;
        story.permanent = false;
        story.confirming = label.permanent;
    }
    const bool torn = label.tear.kind != models::TearKind::kNotStarted;
    story.confirming = story.confirming || (torn && label.run == RunKind::kConfirm);
    return story;
}

bool same_at_reset(MachineState one, MachineState other)
{
    one.lose_power();
    other.lose_power();
    return one.digest() == other.digest();
}

class NodeBoot {
public:
    NodeBoot(ScenarioMachine& machine, const Graph& graph, const Node& node, const CutPlan& plan,
             const std::function<void(const Edge&)>& visit)
        : machine_(machine), graph_(graph), node_(node), plan_(plan),
          edges_(machine, node, plan, visit)
    {
    }

    BootedNode run()
    {
        const Completed boot = run_boot(true);
        const Story& story = boot.story;
        BootedNode booted;
        for (AppAction action : app_actions(machine_, graph_, boot.facts, story, boot.state)) {
            MachineState acted = boot.state;
            const bool done = act(action, story, boot.outcome, acted, booted.runs);
            // An application that is told of a failure knows that nothing is owed to it.
            edges_.add(action.label,
                       done ? action.after : story_of_cut(story, action.label, &action, by_app()),
                       acted);
        }
        booted.facts = boot.facts;
        booted.network_half_written = edges_.network_half_written;
        return booted;
    }

    BootFacts run_uncut() { return run_boot(false).facts; }

private:
    // A boot that ran through.
    struct Completed {
        BootFacts facts;
        Outcome outcome;
        MachineState state;
        Story story;
    };

    Completed run_boot(bool with_cuts)
    {
        Completed boot{{}, {}, node_.state, node_.story};
        const EraseCounter erases(machine_.machine().board(), node_.state, plan_.counts_erases);
        const auto go = [&](RunOptions options) {
            if (boot.state.has_running_parts()) {
                options.reset = models::ResetKind::kSystemReset;
            }
            return machine_.machine().boot(boot.state, options);
        };
        RunReport report = with_cuts
                               ? cut_everywhere(EdgeLabel{}, node_.story, nullptr, boot.state, go)
                               : go(RunOptions{});
        boot.outcome = report.outcome;
        boot.facts = facts_of(machine_, node_.story, boot.state, std::move(report));
        boot.facts.erases = erases.since(boot.state);
        boot.story.ran_new = boot.story.ran_new ||
                             (boot.facts.image >= 0 && boot.facts.image == boot.story.new_image);
        edges_.add(EdgeLabel{}, boot.story, boot.state);
        return boot;
    }

    // `state`: what the run `go` works on.
    template <class Go>
    RunReport cut_everywhere(const EdgeLabel& kind, const Story& story, const AppAction* action,
                             const MachineState& state, Go&& go)
    {
        const bool may_tear = !plan_.tears_max || node_.torn < *plan_.tears_max;
        std::vector<std::pair<EdgeLabel, MachineState>> torn;  // of the operation in flight
        const auto add = [&](const EdgeLabel& label, const MachineState& left) {
            edges_.add(label, story_of_cut(story, label, action, by_app()), left);
        };
        const auto add_torn = [&] {
            for (const auto& [label, left] : torn) {
                add(label, left);
            }
            torn.clear();
        };
        CutPointVisits points(
            plan_, machine_.machine().board(), kind, may_tear,
            [&](const EdgeLabel& label, const MachineState& left) {
                const bool tears = label.tear.kind != models::TearKind::kNotStarted;
                if (!torn.empty() && (!tears || torn.front().first.operation != label.operation)) {
                    add_torn();
                }
                if (tears) {
                    torn.emplace_back(label, left);
                } else {
                    add(label, left);
                }
            });
        RunOptions options;
        options.observer = &points;
        RunReport report = go(options);
        // The last operation, torn and yet complete, cannot be told from a run that completed.
        torn.erase(
            std::remove_if(torn.begin(), torn.end(),
                           [&](const auto& edge) { return same_at_reset(edge.second, state); }),
            torn.end());
        add_torn();
        return report;
    }

    bool by_app() const { return machine_.scenario().app.has_value(); }

    // False if the application was told that it failed. Adds the runs that it took to `runs`. Of
    // several requests the label becomes that of the last that was made.
    bool act(AppAction& action, const Story& story, const Outcome& booted, MachineState& state,
             std::uint64_t& runs)
    {
        const bool by_steps = action.label.run == RunKind::kRequest && action.label.image >= 0;
        std::size_t left =
            by_steps ? requests_in_a_row(machine_.scenario(), action.label.image).size() : 1;
        bool done = act_once(action, story, booted, state, runs);
        for (; done && left > 1; --left) {
            ++action.label.image;
            ++action.label.earlier;
            done = act_once(action, story, booted, state, runs);
        }
        return done;
    }

    bool act_once(const AppAction& action, const Story& story, const Outcome& booted,
                  MachineState& state, std::uint64_t& runs)
    {
        if (action.label.run == RunKind::kUpload) {
            const UploadStep upload = upload_step(machine_, action.label.image);
            if (upload.via == UploadVia::kDirect) {
                machine_.upload(state, upload);
                return true;
            }
        }
        const RunReport report =
            cut_everywhere(action.label, story, &action, state, [&](RunOptions options) {
                return run_action(machine_, action.label, booted, state, options);
            });
        ++runs;
        return report.outcome.kind == OutcomeKind::kCommandDone && report.outcome.code == 0;
    }

    ScenarioMachine& machine_;
    const Graph& graph_;
    const Node& node_;
    const CutPlan& plan_;
    EdgeVisits edges_;
};

}  // namespace

BootedNode boot_node(ScenarioMachine& machine, const Graph& graph, const Node& node,
                     const CutPlan& plan, const std::function<void(const Edge&)>& visit)
{
    return NodeBoot(machine, graph, node, plan, visit).run();
}

BootFacts boot_uncut(ScenarioMachine& machine, const Graph& graph, const Node& node,
                     const CutPlan& plan, const std::function<void(const Edge&)>& visit)
{
    return NodeBoot(machine, graph, node, plan, visit).run_uncut();
}

Node node_after(const Edge& edge, const Graph& graph, std::uint32_t parent)
{
    Node node;
    node.state = edge.state;
    node.story = edge.story;
    node.torn = edge.torn;
    node.depth = graph.nodes[parent].depth + (edge.label.is_cut ? 1 : 0);
    node.parent = parent;
    node.label = edge.label;
    return node;
}

}  // namespace brownout::sim
