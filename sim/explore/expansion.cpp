#include "expansion.hpp"

#include "app_actions.hpp"
#include "network_reduction.hpp"

namespace brownout::sim {

namespace {

class Collector {
public:
    Collector(const ScenarioMachine& machine, const Node& node, const CutPlan& plan,
              Expansion& expansion, KnownNodes& known)
        : machine_(machine), last_(node.state), torn_(node.torn), plan_(plan),
          expansion_(expansion), known_(known)
    {
    }

    // Returns the key of the state that the next reset finds; of the first, if bits without a
    // certain level make it several.
    NodeKey add(EdgeLabel label, Story story, const MachineState& state)
    {
        const bool power_lost = label.reset == models::ResetKind::kPowerOn;
        const bool parts_differ = power_lost && state.has_running_parts();
        if (!parts_differ && !state.has_marginal_bits()) {
            return add_settled(label, story, state);
        }
        MachineState settled = state;
        if (power_lost) {
            settled.lose_power();
        }
        if (!power_lost || !settled.has_marginal_bits()) {
            return add_settled(label, story, settled);
        }
        std::optional<NodeKey> first;
        for (std::uint32_t i = 0; i < models::kMarginalLevels; ++i) {
            label.marginal = static_cast<models::MarginalLevels>(i);
            draw_marginal_levels(settled, *label.marginal, plan_.seed);
            const NodeKey key = add_settled(label, story, settled);
            first = first.value_or(key);
        }
        return *first;
    }

    void finish() { expansion_.new_state_bytes = std::move(out_.bytes); }

private:
    NodeKey add_settled(const EdgeLabel& label, Story story, const MachineState& found)
    {
        if (!machine_.machine().board().network || machine_.network_image(found)) {
            return add_state(label, story, found);
        }
        ++expansion_.network_half_written;
        if (plan_.every_network_content) {
            return add_state(label, story, found);
        }
        MachineState reduced = found;
        forget_half_written_network_image(machine_, reduced);
        return add_state(label, story, reduced);
    }

    NodeKey add_state(const EdgeLabel& label, Story story, const MachineState& state)
    {
        ++expansion_.edges;
        const bool tears = label.tear.kind != models::TearKind::kNotStarted && plan_.tears_max;
        NodeKey key{state.digest(), story.key(), static_cast<std::uint8_t>(torn_ + tears)};
        const std::optional<NodeKey> seen = known_as(known_, key);
        const bool is_new = !seen;
        if (is_new) {
            known_.insert(key);
        }
        key = seen.value_or(key);
        // A completed run costs no cut: it may be a shorter way to a state that a cut reached
        // first.
        if (!is_new && label.is_cut) {
            return key;
        }
        ++expansion_.new_states;
        out_.put(key);
        out_.put(story);
        out_.put(label);
        for (std::size_t i = 0; i < state.devices.size(); ++i) {
            const auto pages = state.devices[i].changed_pages(last_.devices[i]);
            out_.put(static_cast<std::uint32_t>(pages.size()));
            for (const std::uint32_t page : pages) {
                out_.put(page);
                state.devices[i].append_page(page, out_.bytes);
            }
            put_bytes(state.parts[i].kept);
            put_bytes(state.parts[i].running);
            out_.put(state.parts[i].busy_until);
        }
        out_.put(state.unknown_network_pages);
        last_ = state;
        return key;
    }

    void put_bytes(const std::vector<std::uint8_t>& bytes)
    {
        out_.put(static_cast<std::uint32_t>(bytes.size()));
        out_.bytes.insert(out_.bytes.end(), bytes.begin(), bytes.end());
    }

    const ScenarioMachine& machine_;
    MachineState last_;
    std::uint8_t torn_;
    const CutPlan& plan_;
    Expansion& expansion_;
    KnownNodes& known_;
    ByteWriter out_;
};

BootFacts facts_of(const ScenarioMachine& machine, const MachineState& state, RunReport report)
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
        if (image) {
            facts.text += " (" + machine.images()[*image].name + ")";
        }
    }
    return facts;
}

// A torn confirmation may count, and so may a request of the application `by_app` that was cut:
// what was before it is over, and a permanent one may have become one for test.
Story story_of_cut(Story story, const EdgeLabel& label, bool by_app)
{
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

}  // namespace

Expansion expand(ScenarioMachine& machine, const Graph& graph, const Node& node,
                 std::uint32_t node_index, const CutPlan& plan, KnownNodes& known)
{
    Expansion expansion;
    expansion.node = node_index;
    Collector collector(machine, node, plan, expansion, known);
    MachineState state = node.state;
    const bool may_tear = !plan.tears_max || node.torn < *plan.tears_max;
    const bool by_app = machine.scenario().app.has_value();
    const auto run = [&](const EdgeLabel& kind, Story story, auto&& go) {
        CutPoints points(plan, machine.machine().board(), kind, may_tear,
                         [&](const EdgeLabel& label, const MachineState& cut_state) {
                             collector.add(label, story_of_cut(story, label, by_app), cut_state);
                         });
        RunOptions options;
        options.observer = &points;
        if (state.has_running_parts()) {
            options.reset = models::ResetKind::kSystemReset;
        }
        return go(options);
    };

    RunReport report = run(EdgeLabel{}, node.story, [&](const RunOptions& options) {
        return machine.machine().boot(state, options);
    });
    const Outcome booted = report.outcome;
    expansion.facts = facts_of(machine, state, std::move(report));
    Story story = node.story;
    const bool booted_new = expansion.facts.image >= 0 && expansion.facts.image == story.new_image;
    story.ran_new = story.ran_new || booted_new;
    expansion.next = collector.add(EdgeLabel{}, story, state);

    const MachineState after_boot = state;
    for (const AppAction& action :
         app_actions(machine, graph, expansion.facts, story, after_boot)) {
        state = after_boot;
        if (action.label.run == RunKind::kUpload) {
            machine.upload(state, upload_step(machine, action.label.image));
        } else {
            const boot_strategy strategy = machine.scenario().boot.strategy;
            const app_command command = action.label.run == RunKind::kConfirm
                                            ? command_of(ConfirmStep{}, strategy, booted)
                                            : command_of(request_step(action.label.permanent));
            run(action.label, story, [&](RunOptions options) {
                options.reset = models::ResetKind::kSystemReset;
                return machine.machine().command(state, command, options);
            });
            ++expansion.boots;
        }
        collector.add(action.label, action.after, state);
    }
    collector.finish();
    return expansion;
}

void read_new_states(const Expansion& expansion, MachineState state,
                     const std::function<void(const NewState&, const MachineState&)>& take)
{
    ByteReader in(expansion.new_state_bytes);
    for (std::uint32_t i = 0; i < expansion.new_states; ++i) {
        NewState found;
        found.key = in.get<NodeKey>();
        found.story = in.get<Story>();
        found.label = in.get<EdgeLabel>();
        for (std::size_t d = 0; d < state.devices.size(); ++d) {
            const auto pages = in.get<std::uint32_t>();
            for (std::uint32_t p = 0; p < pages; ++p) {
                const auto page = in.get<std::uint32_t>();
                in.left = state.devices[d].apply_page(page, in.left);
            }
            state.parts[d].kept = in.get_bytes();
            state.parts[d].running = in.get_bytes();
            state.parts[d].busy_until = in.get<models::Duration>();
        }
        state.unknown_network_pages = in.get<std::uint32_t>();
        take(found, state);
    }
}

void write_expansion(const Expansion& expansion, ByteWriter& to)
{
    const BootFacts& facts = expansion.facts;
    to.put(expansion.node);
    to.put(expansion.next);
    to.put(expansion.edges);
    to.put(expansion.boots);
    to.put(expansion.network_half_written);
    to.put(expansion.new_states);
    to.put(facts.outcome);
    to.put(facts.image);
    to.put(facts.authentic);
    to.put(facts.calls);
    to.put(facts.operations);
    to.put(facts.duration);
    to.put_text(facts.text);
    to.put(facts.network_image);
    to.put_text(facts.network_text);
    to.put(static_cast<std::uint32_t>(facts.errors.size()));
    for (const std::string& line : facts.errors) {
        to.put_text(line);
    }
    to.put(static_cast<std::uint32_t>(facts.violations.size()));
    for (const Violation& violation : facts.violations) {
        to.put_text(violation.rule);
        to.put_text(violation.text);
        to.put_text(violation.source);
        to.put_text(violation.symbol);
        to.put(violation.call);
    }
    to.put(static_cast<std::uint64_t>(expansion.new_state_bytes.size()));
    to.bytes.insert(to.bytes.end(), expansion.new_state_bytes.begin(),
                    expansion.new_state_bytes.end());
}

Expansion read_expansion(ByteReader& from)
{
    Expansion expansion;
    BootFacts& facts = expansion.facts;
    expansion.node = from.get<std::uint32_t>();
    expansion.next = from.get<NodeKey>();
    expansion.edges = from.get<std::uint64_t>();
    expansion.boots = from.get<std::uint64_t>();
    expansion.network_half_written = from.get<std::uint64_t>();
    expansion.new_states = from.get<std::uint32_t>();
    facts.outcome = from.get<OutcomeKind>();
    facts.image = from.get<std::int32_t>();
    facts.authentic = from.get<bool>();
    facts.calls = from.get<std::uint32_t>();
    facts.operations = from.get<std::uint64_t>();
    facts.duration = from.get<models::Duration>();
    facts.text = from.get_text();
    facts.network_image = from.get<std::int32_t>();
    facts.network_text = from.get_text();
    for (auto n = from.get<std::uint32_t>(); n > 0 && !from.failed; --n) {
        facts.errors.push_back(from.get_text());
    }
    for (auto n = from.get<std::uint32_t>(); n > 0 && !from.failed; --n) {
        Violation violation;
        violation.rule = from.get_text();
        violation.text = from.get_text();
        violation.source = from.get_text();
        violation.symbol = from.get_text();
        violation.call = from.get<std::uint64_t>();
        facts.violations.push_back(std::move(violation));
    }
    const auto length = from.get<std::uint64_t>();
    if (!from.holds(length)) {
        return expansion;
    }
    expansion.new_state_bytes.assign(from.left.begin(),
                                     from.left.begin() + static_cast<std::ptrdiff_t>(length));
    from.left = from.left.subspan(length);
    return expansion;
}

}  // namespace brownout::sim
