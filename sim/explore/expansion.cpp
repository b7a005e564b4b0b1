#include "expansion.hpp"

#include "sector_erases.hpp"

namespace brownout::sim {

namespace {

template <class Value>
void put_list(ByteWriter& to, const std::vector<Value>& values)
{
    to.put(static_cast<std::uint32_t>(values.size()));
    for (const Value& value : values) {
        to.put(value);
    }
}

template <class Value>
std::vector<Value> get_list(ByteReader& from)
{
    std::vector<Value> values;
    for (auto n = from.get<std::uint32_t>(); n > 0 && !from.failed; --n) {
        values.push_back(from.get<Value>());
    }
    return values;
}

// Writes down the states that are not known yet.
class Collector {
public:
    Collector(const BoardPlan& board, const Node& node, const CutPlan& plan, Expansion& expansion,
              KnownNodes& known)
        : last_(node.state), erases_(board, node.state, plan.counts_erases), expansion_(expansion),
          known_(known)
    {
    }

    void add(const Edge& edge)
    {
        ++expansion_.edges;
        NodeKey key = key_of(edge);
        const std::optional<NodeKey> seen = known_as(known_, key);
        const bool is_new = !seen;
        if (is_new) {
            known_.insert(key);
        }
        key = seen.value_or(key);
        if (edge.label.run == RunKind::kBoot && !edge.label.is_cut && !has_next_) {
            expansion_.next = key;
            has_next_ = true;
        }
        // A completed run costs no cut: it may be a shorter way to a state that a cut reached
        // first.
        if (is_new || !edge.label.is_cut) {
            write(key, edge);
        }
    }

    void finish() { expansion_.new_state_bytes = std::move(out_.bytes); }

private:
    void write(const NodeKey& key, const Edge& edge)
    {
        const MachineState& state = edge.state;
        ++expansion_.new_states;
        out_.put(key);
        out_.put(edge.story);
        out_.put(edge.label);
        put_list(out_, erases_.since(state));
        out_.put(state.unknown_network_pages);
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
        last_ = state;
    }

    void put_bytes(const std::vector<std::uint8_t>& bytes)
    {
        out_.put(static_cast<std::uint32_t>(bytes.size()));
        out_.bytes.insert(out_.bytes.end(), bytes.begin(), bytes.end());
    }

    MachineState last_;
    EraseCounter erases_;
    Expansion& expansion_;
    KnownNodes& known_;
    ByteWriter out_;
    bool has_next_ = false;
};

}  // namespace

Expansion expand(ScenarioMachine& machine, const Graph& graph, const Node& node,
                 std::uint32_t node_index, const CutPlan& plan, KnownNodes& known)
{
    Expansion expansion;
    expansion.node = node_index;
    Collector collector(machine.machine().board(), node, plan, expansion, known);
    BootedNode booted =
        boot_node(machine, graph, node, plan, [&](const Edge& edge) { collector.add(edge); });
    expansion.facts = std::move(booted.facts);
    expansion.boots = booted.runs;
    expansion.network_half_written = booted.network_half_written;
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
        found.erases = get_list<SectorErases>(in);
        state.unknown_network_pages = in.get<std::uint32_t>();
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
    to.put(facts.goes_back);
    to.put(facts.calls);
    to.put(facts.operations);
    to.put(facts.duration);
    to.put(facts.network_image);
    to.put_text(facts.network_text);
    to.put_text(facts.text);
    to.put_text(facts.unmet_dependency);
    put_list(to, facts.erases);
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
    facts.goes_back = from.get<bool>();
    facts.calls = from.get<std::uint32_t>();
    facts.operations = from.get<std::uint64_t>();
    facts.duration = from.get<models::Duration>();
    facts.network_image = from.get<std::int32_t>();
    facts.network_text = from.get_text();
    facts.text = from.get_text();
    facts.unmet_dependency = from.get_text();
    facts.erases = get_list<SectorErases>(from);
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
