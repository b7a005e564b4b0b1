// explore: how power cuts are searched for what they break.
#include "scenario_keys.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

constexpr auto kOptional = Presence::kOptional;

// Steps whose runs are cut: those that write flash.
std::span<const Named<StepKind>> cuttable_step_names()
{
    static constexpr Named<StepKind> kNames[] = {{"reset", StepKind::kReset},
                                                 {"confirm", StepKind::kConfirm},
                                                 {"request_upgrade", StepKind::kRequestUpgrade}};
    return kNames;
}

// `default`, or a list of names.
struct Checks {
    using Value = std::vector<Expected>;
    bool read(Reader& reader, const YamlNode& node, Value& checks) const
    {
        if (node.is_scalar() && node.text == "default") {
            return true;
        }
        if (!node.is_list()) {
            reader.must_be(node, "default, or a list of checks");
            return false;
        }
        return ListOf<PlacedText>{}.read(reader, node, checks);
    }
    Json schema() const
    {
        return {
            {"anyOf", Json::array({Json{{"const", "default"}}, ListOf<PlacedText>{}.schema()})}};
    }
};

// Lists that replace a default instead of adding to it.
template <class Enum>
struct Choices {
    using Value = std::vector<Enum>;
    std::span<const Named<Enum>> (*table)();
    bool read(Reader& reader, const YamlNode& node, Value& values) const
    {
        return ListOf<Choice<Enum>>{{table}}.read(reader, node, values);
    }
    Json schema() const { return ListOf<Choice<Enum>>{{table}}.schema(); }
};

const KeyTable<ExploreOptions>& explore_keys()
{
    static const KeyTable<ExploreOptions> kTable{
        "explore",
        {key("during", kOptional, Choices<StepKind>{cuttable_step_names}, &ExploreOptions::during,
             "steps in which power fails; default [reset]"),
         key("tears", kOptional, Choices<Tear>{tear_names}, &ExploreOptions::tears,
             "what the op in flight may leave; default [not-started]"),
         key("granularity", kOptional, Choice<Granularity>{granularity_names},
             &ExploreOptions::granularity,
             "calls: between calls; ops: before every op; default: between calls, before every op "
             "of calls of at most 64 bytes, and first, middle and last op of longer ones"),
         key("checks", kOptional, Checks{}, &ExploreOptions::checks,
             "default, or a list of checks (brownout list)"),
         key("time_budget", kOptional, TimeSpan{}, &ExploreOptions::time_budget,
             "stop, incomplete, after this time on the host; default: none"),
         key("states_max", kOptional, WholeNumber{1, UINT64_MAX}, &ExploreOptions::states_max,
             "stop, incomplete, after this many states; default: none")}};
    return kTable;
}

}  // namespace

Key<Scenario> explore_key()
{
    return key("explore", kOptional, Fields<ExploreOptions>{explore_keys, true}, &Scenario::explore,
               "which power cuts `brownout explore` tries, and what it checks");
}

}  // namespace brownout::sim
