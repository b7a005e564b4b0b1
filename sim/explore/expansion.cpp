#include "expansion.hpp"

namespace brownout::sim {

namespace {

class Collector {
public:
    Collector(const Node& node, Expansion& expansion, KnownNodes& known)
        : last_(node.state), expansion_(expansion), known_(known)
    {
    }

    // Returns the key of the state that the next power-on finds.
    NodeKey add(const EdgeLabel& label, Story story, const MachineState& state)
    {
        if (state.has_running_parts()) {
            MachineState unpowered = state;
            unpowered.lose_power();
            return add_unpowered(label, story, unpowered);
        }
        return add_unpowered(label, story, state);
    }

    void finish() { expansion_.new_state_bytes = std::move(out_.bytes); }

private:
    NodeKey add_unpowered(const EdgeLabel& label, Story story, const MachineState& state)
    {
        ++expansion_.edges;
        const NodeKey key{state.digest(), story.bits()};
        const bool is_new = known_.insert(key).second;
        // A completed run costs no cut: it may be a shorter way to a state that a cut reached
        // first.
        if (!is_new && label.is_cut) {
            return key;
        }
        ++expansion_.new_states;
        out_.put(key);
        out_.put(label);
        for (std::size_t i = 0; i < state.devices.size(); ++i) {
            const auto pages = state.devices[i].changed_pages(last_.devices[i]);
            out_.put(static_cast<std::uint32_t>(pages.size()));
            for (const std::uint32_t page : pages) {
                out_.put(page);
                state.devices[i].append_page(page, out_.bytes);
            }
            const std::vector<std::uint8_t>& kept = state.parts[i].kept;
            out_.put(static_cast<std::uint32_t>(kept.size()));
            out_.bytes.insert(out_.bytes.end(), kept.begin(), kept.end());
        }
        last_ = state;
        return key;
    }

    MachineState last_;
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

}  // namespace

Expansion expand(ScenarioMachine& machine, const Graph& graph, const Node& node,
                 std::uint32_t node_index, Granularity granularity, KnownNodes& known)
{
    Expansion expansion;
    expansion.node = node_index;
    Collector collector(node, expansion, known);
    MachineState state = node.state;
    const auto run = [&](RunKind kind, Story story, auto&& go) {
        CutPoints points(granularity, kind,
                         [&](const EdgeLabel& label, const MachineState& cut_state) {
                             collector.add(label, story, cut_state);
                         });
        RunOptions options;
        options.observer = &points;
        return go(options);
    };

    RunReport report = run(RunKind::kBoot, node.story, [&](const RunOptions& options) {
        return machine.machine().boot(state, options);
    });
    const Outcome booted = report.outcome;
    expansion.facts = facts_of(machine, state, std::move(report));
    Story story = node.story;
    const bool booted_new = expansion.facts.image >= 0 && expansion.facts.image == graph.new_image;
    const bool booted_old = expansion.facts.image >= 0 && expansion.facts.image == graph.old_image;
    story.ran_new = story.ran_new || booted_new;
    EdgeLabel completed;
    expansion.next = collector.add(completed, story, state);

    const auto act = [&](RunKind kind, const app_command& command, Story after) {
        completed.run = kind;
        run(kind, story, [&](RunOptions options) {
            options.reset = models::ResetKind::kSystemReset;
            return machine.machine().command(state, command, options);
        });
        ++expansion.boots;
        collector.add(completed, after, state);
    };
    if (booted_new && graph.offers_confirm && !story.confirmed) {
        Story after = story;
        after.confirmed = true;
        const boot_strategy strategy = machine.scenario().boot.strategy;
        act(RunKind::kConfirm, command_of(ConfirmStep{}, strategy, booted), after);
    } else if (booted_old && graph.offers_request && !story.requested) {
        Story after = story;
        after.requested = true;
        RequestUpgradeStep request;
        request.permanent = graph.permanent;
        act(RunKind::kRequest, command_of(request), after);
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
        found.story = Story::from_bits(found.key.story);
        found.label = in.get<EdgeLabel>();
        for (std::size_t d = 0; d < state.devices.size(); ++d) {
            const auto pages = in.get<std::uint32_t>();
            for (std::uint32_t p = 0; p < pages; ++p) {
                const auto page = in.get<std::uint32_t>();
                in.left = state.devices[d].apply_page(page, in.left);
            }
            const auto kept = in.get<std::uint32_t>();
            BROWNOUT_ASSERT(in.left.size() >= kept);
            state.parts[d].kept.assign(in.left.begin(), in.left.begin() + kept);
            in.left = in.left.subspan(kept);
        }
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
    to.put(expansion.new_states);
    to.put(facts.outcome);
    to.put(facts.image);
    to.put(facts.authentic);
    to.put(facts.calls);
    to.put(facts.operations);
    to.put(facts.duration);
    to.put_text(facts.text);
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
    expansion.new_states = from.get<std::uint32_t>();
    facts.outcome = from.get<OutcomeKind>();
    facts.image = from.get<std::int32_t>();
    facts.authentic = from.get<bool>();
    facts.calls = from.get<std::uint32_t>();
    facts.operations = from.get<std::uint64_t>();
    facts.duration = from.get<models::Duration>();
    facts.text = from.get_text();
    for (auto n = from.get<std::uint32_t>(); n > 0; --n) {
        facts.errors.push_back(from.get_text());
    }
    for (auto n = from.get<std::uint32_t>(); n > 0; --n) {
        Violation violation;
        violation.rule = from.get_text();
        violation.text = from.get_text();
        violation.source = from.get_text();
        violation.symbol = from.get_text();
        violation.call = from.get<std::uint64_t>();
        facts.violations.push_back(std::move(violation));
    }
    const auto length = from.get<std::uint64_t>();
    BROWNOUT_ASSERT(from.left.size() >= length);
    expansion.new_state_bytes.assign(from.left.begin(),
                                     from.left.begin() + static_cast<std::ptrdiff_t>(length));
    from.left = from.left.subspan(length);
    return expansion;
}

}  // namespace brownout::sim
