// Host time of a boot that updates both cores, and of one that does as much on one core alone.
// Wanted: less than twice as long for the same calls and operations.
#include <sim/runner.hpp>

#include <benchmark/benchmark.h>

namespace brownout::sim {
namespace {

void boot_pending(benchmark::State& loop, Scenario scenario)
{
    while (scenario.steps.back().kind() != StepKind::kRequestUpgrade) {
        scenario.steps.pop_back();
    }
    ScenarioMachine machine(std::move(scenario));
    const MachineState pending = run_scenario(machine, nullptr).state;
    RunReport report;
    for (auto _ : loop) {
        MachineState state = pending;
        RunOptions options;
        options.keep_log = false;
        report = machine.machine().boot(state, options);
        if (report.outcome.kind != OutcomeKind::kHandedOver) {
            loop.SkipWithError("the boot did not hand over");
        }
    }
    loop.counters["calls"] = report.calls;
    loop.counters["ops"] = static_cast<double>(report.operations);
    loop.counters["per_call"] = benchmark::Counter(
        report.calls, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_BootUpdatesBothCores(benchmark::State& loop)
{
    boot_pending(loop,
                 load_scenario(data_directory() / "suites" / "netcore-simultaneous-qspi-64k.yaml"));
}
BENCHMARK(BM_BootUpdatesBothCores)->Unit(benchmark::kMillisecond);

// Two images of 64 KiB and 32 KiB on a core alone.
void BM_BootOverwritesOneCore(benchmark::State& loop)
{
    boot_pending(loop, parse_scenario(R"(scenario: one core
board: nrf5340dk-qspi
partitions:
  mcuboot_primary:     {address: 0x8000, size: 0x18000}
  mcuboot_primary_1:   {address: 0x20000, size: 0xA000}
  mcuboot_secondary:   {address: 0x0, size: 0x18000, device: mx25r64}
  mcuboot_secondary_1: {address: 0x18000, size: 0xA000, device: mx25r64}
boot: {strategy: overwrite-only-fast, signature: {type: ecdsa-p256}, max_image_sectors: 256}
images:
  old: {generate: {version: 1.0.0, payload_bytes: 32 KiB, seed: old}}
  new: {generate: {version: 2.0.0, payload_bytes: 64 KiB, seed: new}}
  other: {generate: {version: 2.0.0, payload_bytes: 32 KiB, seed: other}}
flash: {mcuboot_primary: old, mcuboot_primary_1: old}
steps:
  - upload: {image: new, to: mcuboot_secondary}
  - upload: {image: other, to: mcuboot_secondary_1}
  - request_upgrade: {type: permanent, image: 1}
  - request_upgrade: {type: permanent}
)",
                                      "bench.yaml"));
}
BENCHMARK(BM_BootOverwritesOneCore)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brownout::sim
