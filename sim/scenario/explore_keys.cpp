// explore: how power cuts are searched for what they break.
#include "cut_keys.hpp"
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::int64_t kCutTimesMax = 100'000;

// Steps whose runs are cut: those that write flash.
std::span<const Named<StepKind>> cuttable_step_names()
{
    static constexpr Named<StepKind> kNames[] = {{"reset", StepKind::kReset},
                                                 {"confirm", StepKind::kConfirm},
                                                 {"request_upgrade", StepKind::kRequestUpgrade}};
    return kNames;
}

const KeyTable<CustomCheck>& custom_check_keys()
{
    static const KeyTable<CustomCheck> kTable{
        "a check",
        {key("name", Presence::kRequired, Text{}, &CustomCheck::name, "what reports call it"),
         key("boots", kOptional, ListOf<PlacedText>{}, &CustomCheck::boots,
             "images that may be started, no others"),
         key("holds", kOptional, HeldContents{}, &CustomCheck::holds,
             "partition to image, or erased: at every reset"),
         key("errors_lack", kOptional, ListOf<PlacedText>{}, &CustomCheck::errors_lack,
             "parts of error lines that no boot may log"),
         key("once_confirmed", kOptional, Flag{}, &CustomCheck::once_confirmed,
             "only from the confirmation of the new image on; default always")}};
    return kTable;
}

const KeyTable<ExploreBudgets>& budget_keys()
{
    static const KeyTable<ExploreBudgets> kTable{
        "budgets",
        {key("boot_time", kOptional, TimeSpan{}, &ExploreBudgets::boot_time,
             "longest boot that runs through"),
         key("operations_per_boot", kOptional, WholeNumber{1, UINT64_MAX},
             &ExploreBudgets::operations_per_boot, "most flash operations of one boot"),
         key("upgrades_per_lifetime", kOptional, WholeNumber{1, UINT64_MAX},
             &ExploreBudgets::upgrades_per_lifetime,
             "so many upgrades before the sector that is erased most is worn out")}};
    return kTable;
}

// `default`, or a list of names and of checks written out. Goes to two members, so it is no value
// type of key().
void read_checks(Reader& reader, const YamlNode& node, ExploreOptions& options)
{
    if (node.is_scalar() && node.text == "default") {
        return;
    }
    if (!node.is_list()) {
        reader.must_be(node, "default, or a list of checks");
        return;
    }
    for (const YamlNode& item : node.items) {
        if (item.is_map()) {
            CustomCheck rule;
            if (Fields<CustomCheck>{custom_check_keys}.read(reader, item, rule)) {
                options.custom_checks.push_back(std::move(rule));
            }
            continue;
        }
        Expected name;
        if (PlacedText{}.read(reader, item, name)) {
            options.checks.push_back(std::move(name));
        }
    }
}

Json checks_schema()
{
    const Json one = {{"anyOf", Json::array({PlacedText{}.schema(),
                                             Fields<CustomCheck>{custom_check_keys}.schema()})}};
    return {{"anyOf",
             Json::array({Json{{"const", "default"}}, Json{{"type", "array"}, {"items", one}}})}};
}

Key<ExploreOptions> checks_key()
{
    Key<ExploreOptions> result;
    result.name = "checks";
    result.doc = "default, or a list of checks (brownout list) and of rules of your own";
    result.read = read_checks;
    result.schema = checks_schema;
    return result;
}

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

const KeyTable<TearSetting>& tear_samples_keys()
{
    static const KeyTable<TearSetting> kTable{
        "tear",
        {key("samples", Presence::kRequired, WholeNumber{1, kTearSamplesMax}, &TearSetting::samples,
             "how many of its outcomes are tried at each cut")}};
    return kTable;
}

// The name of a tear, or a mapping from it to how many samples.
struct TearChoice {
    using Value = TearSetting;
    bool read(Reader& reader, const YamlNode& node, Value& tear) const
    {
        const Choice<models::TearKind> kinds{tear_names};
        if (!node.is_map()) {
            const bool good = kinds.read(reader, node, tear.kind);
            tear.samples = models::tear_model(tear.kind).default_samples();
            return good;
        }
        const auto kind = node.keys.size() == 1 ? value_of(tear_names(), node.keys[0].text)
                                                : std::optional<models::TearKind>{};
        if (!kind || *kind == models::TearKind::kNotStarted) {
            reader.must_be(node, "the name of a tear, or {NAME: {samples: COUNT}}");
            return false;
        }
        tear.kind = *kind;
        return read_fields(reader, node.items[0], tear_samples_keys(), tear);
    }
    Json schema() const
    {
        Json properties = Json::object();
        for (const Named<models::TearKind>& entry : tear_names()) {
            if (entry.value != models::TearKind::kNotStarted) {
                properties[std::string(entry.name)] = fields_schema(tear_samples_keys());
            }
        }
        Json named = {{"type", "object"},
                      {"minProperties", 1},
                      {"maxProperties", 1},
                      {"additionalProperties", false},
                      {"properties", std::move(properties)}};
        return {{"anyOf",
                 Json::array({Choice<models::TearKind>{tear_names}.schema(), std::move(named)})}};
    }
};

// `every: 1 ms, until: 3 s`: a grid of times.
struct TimeGrid {
    models::Duration from{};
    models::Duration every{};
    models::Duration until{};
};

const KeyTable<TimeGrid>& time_grid_keys()
{
    static const KeyTable<TimeGrid> kTable{
        "at_times",
        {key("from", kOptional, TimeSpan{}, &TimeGrid::from, "the first time; default 0 s"),
         key("every", Presence::kRequired, TimeSpan{}, &TimeGrid::every, "step of the grid"),
         key("until", Presence::kRequired, TimeSpan{}, &TimeGrid::until, "the last time")}};
    return kTable;
}

// A list of times, or a grid of them.
struct CutTimes {
    using Value = std::vector<models::Duration>;
    bool read(Reader& reader, const YamlNode& node, Value& times) const
    {
        if (!node.is_map()) {
            const bool good = ListOf<TimeSpan>{}.read(reader, node, times);
            std::sort(times.begin(), times.end());
            return good;
        }
        TimeGrid grid;
        if (!read_fields(reader, node, time_grid_keys(), grid)) {
            return false;
        }
        const bool sane = grid.every.count() > 0 && grid.until >= grid.from &&
                          (grid.until - grid.from) / grid.every < kCutTimesMax;
        if (!sane) {
            reader.must_be(node, "a grid of at most 100000 times");
            return false;
        }
        for (models::Duration at = grid.from; at <= grid.until; at += grid.every) {
            times.push_back(at);
        }
        return true;
    }
    Json schema() const
    {
        return {
            {"anyOf", Json::array({ListOf<TimeSpan>{}.schema(), fields_schema(time_grid_keys())})}};
    }
};

const KeyTable<ExploreOptions>& explore_keys()
{
    static const KeyTable<ExploreOptions> kTable{
        "explore",
        {key("during", kOptional, Choices<StepKind>{cuttable_step_names}, &ExploreOptions::during,
             "steps in which power fails; default [reset]"),
         key("tears", kOptional, ListOf<TearChoice>{}, &ExploreOptions::tears,
             "what the op in flight may leave; default [not-started], which is always among them"),
         key("tears_max", kOptional, WholeNumber{0, 100}, &ExploreOptions::tears_max,
             "of the cuts of one sequence, so many may tear; default: all"),
         key("resets", kOptional, Choices<models::ResetKind>{reset_kind_names},
             &ExploreOptions::resets,
             "power-loss, mcu-reset (external parts go on); default [power-loss]"),
         key("seed", kOptional, WholeNumber{0, UINT64_MAX}, &ExploreOptions::seed,
             "of everything that tears draw; default 1"),
         key("at_times", kOptional, CutTimes{}, &ExploreOptions::at_times,
             "cut at these times since the start of each run, and nowhere else"),
         key("granularity", kOptional, Choice<Granularity>{granularity_names},
             &ExploreOptions::granularity,
             "calls: between calls; ops: before every op; default: between calls, before every op "
             "of calls of at most 64 bytes, and first, middle and last op of longer ones"),
         checks_key(),
         key("budgets", kOptional, Fields<ExploreBudgets>{budget_keys}, &ExploreOptions::budgets,
             "limits that are checked too"),
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
