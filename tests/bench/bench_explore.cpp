// Closures that the project promises figures for: each is explored once, on all processors.
// Counters: states, edges and boots of the graph, boots and edges per second, bytes per state.
#include <sim/exploration.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace brownout::sim;

void explore_suite(benchmark::State& state, const std::string& file, Granularity granularity,
                   const std::vector<TearSetting>& tears)
{
    const std::atomic<bool> never{false};
    Exploration last;
    for (auto _ : state) {
        Scenario scenario = load_scenario(data_directory() / "suites" / file);
        ExploreOptions& options = scenario.explore.value();
        options.granularity = granularity;
        options.tears = tears;
        ScenarioMachine machine(std::move(scenario));
        last = explore(machine, {}, {}, never);
        if (!last.closed || !last.findings.empty()) {
            state.SkipWithError("not closed, or a check does not hold");
        }
    }
    using benchmark::Counter;
    state.counters["states"] = static_cast<double>(last.states);
    state.counters["edges"] = static_cast<double>(last.edges);
    state.counters["boots"] = static_cast<double>(last.boots);
    state.counters["boots/s"] = static_cast<double>(last.boots) / last.elapsed_seconds;
    state.counters["edges/s"] = static_cast<double>(last.edges) / last.elapsed_seconds;
    state.counters["bytes/state"] = static_cast<double>(last.memory_bytes_per_state);
}

const std::vector<TearSetting> kUntorn = {TearSetting{}};
const std::vector<TearSetting> k31Points = {
    TearSetting{}, TearSetting{brownout::models::TearKind::kPrefix, 31}};

// Between calls, permanent, 192 KiB.
BENCHMARK_CAPTURE(explore_suite, move_192k_calls, "move-192k.yaml", Granularity::kCalls, kUntorn);
BENCHMARK_CAPTURE(explore_suite, offset_192k_calls, "offset-192k.yaml", Granularity::kCalls,
                  kUntorn);
BENCHMARK_CAPTURE(explore_suite, scratch_192k_calls, "scratch-192k.yaml", Granularity::kCalls,
                  kUntorn);
// 31 torn points in every write.
BENCHMARK_CAPTURE(explore_suite, move_32k_31_torn_points, "move-32k.yaml", Granularity::kCalls,
                  k31Points);
// The largest image that fits, test swap, confirm or revert.
BENCHMARK_CAPTURE(explore_suite, move_full_slot, "move-full-test.yaml", Granularity::kDefault,
                  kUntorn);
BENCHMARK_CAPTURE(explore_suite, offset_full_slot, "offset-full-test.yaml", Granularity::kDefault,
                  kUntorn);
BENCHMARK_CAPTURE(explore_suite, scratch_full_slot, "scratch-full-test.yaml",
                  Granularity::kDefault, kUntorn);

}  // namespace
