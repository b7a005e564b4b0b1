#include "explore_writer.hpp"

#include "scalar_text.hpp"

#include <sim/scenario_names.hpp>

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

namespace brownout::sim {

namespace {

template <class Value>
void put(YAML::Emitter& out, const char* name, const Value& value)
{
    out << YAML::Key << name << YAML::Value << value;
}

template <class Enum>
void put_choice(YAML::Emitter& out, const char* name, std::span<const Named<Enum>> names,
                Enum value)
{
    put(out, name, std::string(name_of(names, value)));
}

template <class Enum>
void put_choices(YAML::Emitter& out, const char* name, std::span<const Named<Enum>> names,
                 const std::vector<Enum>& values)
{
    out << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const Enum value : values) {
        out << std::string(name_of(names, value));
    }
    out << YAML::EndSeq;
}

void put_tears(YAML::Emitter& out, const std::vector<TearSetting>& tears)
{
    out << YAML::Key << "tears" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const TearSetting& tear : tears) {
        const std::string name(name_of(tear_names(), tear.kind));
        if (tear.samples == models::tear_model(tear.kind).default_samples()) {
            out << name;
            continue;
        }
        out << YAML::BeginMap << YAML::Key << name << YAML::Value << YAML::BeginMap;
        put(out, "samples", tear.samples);
        out << YAML::EndMap << YAML::EndMap;
    }
    out << YAML::EndSeq;
}

void put_times(YAML::Emitter& out, const std::vector<models::Duration>& times)
{
    out << YAML::Key << "at_times" << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const models::Duration time : times) {
        out << duration_text(time);
    }
    out << YAML::EndSeq;
}

void put_texts(YAML::Emitter& out, const char* name, const std::vector<Expected>& texts)
{
    if (texts.empty()) {
        return;
    }
    out << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const Expected& text : texts) {
        out << text.text;
    }
    out << YAML::EndSeq;
}

void put_rule(YAML::Emitter& out, const CustomCheck& rule)
{
    out << YAML::BeginMap;
    put(out, "name", rule.name);
    put_texts(out, "boots", rule.boots);
    if (!rule.holds.empty()) {
        out << YAML::Key << "holds" << YAML::Value << YAML::Flow << YAML::BeginMap;
        for (const ExpectedContent& content : rule.holds) {
            put(out, content.partition.c_str(),
                content.image.empty() ? std::string("erased") : content.image);
        }
        out << YAML::EndMap;
    }
    put_texts(out, "errors_lack", rule.errors_lack);
    if (rule.once_confirmed) {
        put(out, "once_confirmed", "true");
    }
    out << YAML::EndMap;
}

void put_checks(YAML::Emitter& out, const ExploreOptions& options)
{
    if (options.custom_checks.empty()) {
        put_texts(out, "checks", options.checks);
        return;
    }
    out << YAML::Key << "checks" << YAML::Value << YAML::BeginSeq;
    for (const Expected& name : options.checks) {
        out << name.text;
    }
    for (const CustomCheck& rule : options.custom_checks) {
        put_rule(out, rule);
    }
    out << YAML::EndSeq;
}

void put_budgets(YAML::Emitter& out, const ExploreBudgets& budgets)
{
    if (!budgets.boot_time && !budgets.operations_per_boot && !budgets.upgrades_per_lifetime) {
        return;
    }
    out << YAML::Key << "budgets" << YAML::Value << YAML::Flow << YAML::BeginMap;
    if (budgets.boot_time) {
        put(out, "boot_time", duration_text(*budgets.boot_time));
    }
    if (budgets.operations_per_boot) {
        put(out, "operations_per_boot", *budgets.operations_per_boot);
    }
    if (budgets.upgrades_per_lifetime) {
        put(out, "upgrades_per_lifetime", *budgets.upgrades_per_lifetime);
    }
    out << YAML::EndMap;
}

}  // namespace

void write_cut(YAML::Emitter& out, const StepCut& cut)
{
    out << YAML::Key << "cut" << YAML::Value << YAML::Flow << YAML::BeginMap;
    switch (cut.where.at) {
    case PowerCut::At::kCall:
        put(out, "call", cut.where.index);
        break;
    case PowerCut::At::kOperation:
        put(out, "op", cut.where.index);
        break;
    case PowerCut::At::kTime:
        put(out, "time", duration_text(cut.where.time));
        break;
    }
    if (cut.where.kind != models::ResetKind::kPowerOn) {
        put_choice(out, "kind", reset_kind_names(), cut.where.kind);
    }
    const CutTear& tear = cut.where.tear;
    if (tear.kind != models::TearKind::kNotStarted) {
        put_choice(out, "tear", tear_names(), tear.kind);
        put(out, "sample", tear.sample);
        put(out, "samples", tear.samples);
        put(out, "seed", tear.seed);
    }
    out << YAML::EndMap;
}

void write_app(YAML::Emitter& out, const AppMachine& app)
{
    out << YAML::Key << "app" << YAML::Value << YAML::Flow << YAML::BeginMap;
    put(out, "confirms", app.confirms);
    if (!app.requests.empty()) {
        out << YAML::Key << "requests" << YAML::Value << YAML::BeginSeq;
        for (const bool permanent : app.requests) {
            out << (permanent ? "permanent" : "test");
        }
        out << YAML::EndSeq;
    }
    if (!app.uploads.empty()) {
        out << YAML::Key << "uploads" << YAML::Value << YAML::BeginSeq;
        for (const Expected& image : app.uploads) {
            out << image.text;
        }
        out << YAML::EndSeq;
    }
    if (app.uploads_via) {
        put(out, "uploads_via", std::string(name_of(upload_via_names(), *app.uploads_via)));
    }
    out << YAML::EndMap;
}

void write_explore(YAML::Emitter& out, const ExploreOptions& options)
{
    out << YAML::Key << "explore" << YAML::Value << YAML::BeginMap;
    put_choices(out, "during", step_names(), options.during);
    put_tears(out, options.tears);
    if (options.tears_max) {
        put(out, "tears_max", *options.tears_max);
    }
    put_choices(out, "resets", reset_kind_names(), options.resets);
    put_choice(out, "granularity", granularity_names(), options.granularity);
    if (options.seed != ExploreOptions{}.seed) {
        put(out, "seed", options.seed);
    }
    if (!options.at_times.empty()) {
        put_times(out, options.at_times);
    }
    put_checks(out, options);
    put_budgets(out, options.budgets);
    if (options.time_budget) {
        put(out, "time_budget", duration_text(*options.time_budget));
    }
    if (options.states_max) {
        put(out, "states_max", *options.states_max);
    }
    out << YAML::EndMap;
}

}  // namespace brownout::sim
