// Host time of one boot that swaps images of 192 KiB, from driver registers down to the cells.
// Wanted on two ordinary cores: at most 1.2 ms with internal flash, 3 ms with external NOR.
#include <sim/runner.hpp>

#include <benchmark/benchmark.h>

#include <string>

namespace brownout::sim {
namespace {

Scenario swap_of_192_kib(const std::string& board, const std::string& secondary)
{
    return parse_scenario(
        "scenario: bench\nboard: " + board +
            "\npartitions:\n"
            "  mcuboot_primary:   {address: 0xC000, size: 0x40000}\n"
            "  mcuboot_secondary: {" +
            secondary +
            ", size: 0x40000}\n"
            "boot: {strategy: swap-move, signature: {type: ecdsa-p256}}\n"
            "images:\n"
            "  v1: {generate: {version: 1.0.0, payload_bytes: 192 KiB, seed: v1}}\n"
            "  v2: {generate: {version: 2.0.0, payload_bytes: 192 KiB, seed: v2}}\n"
            "flash: {mcuboot_primary: v1}\n"
            "steps:\n"
            "  - upload: {image: v2, to: mcuboot_secondary}\n"
            "  - request_upgrade: {type: permanent}\n",
        "bench.yaml");
}

void swap_boot(benchmark::State& loop, const std::string& board, const std::string& secondary)
{
    ScenarioMachine machine(swap_of_192_kib(board, secondary));
    const MachineState pending = run_scenario(machine, nullptr).state;
    std::uint64_t operations = 0;
    double device_seconds = 0;
    for (auto _ : loop) {
        MachineState state = pending;
        RunOptions options;
        options.keep_log = false;
        const RunReport report = machine.machine().boot(state, options);
        if (report.outcome.kind != OutcomeKind::kHandedOver) {
            loop.SkipWithError("the boot did not hand over");
        }
        operations += report.operations;
        device_seconds = models::seconds(report.end);
    }
    loop.counters["ops_per_s"] =
        benchmark::Counter(static_cast<double>(operations), benchmark::Counter::kIsRate);
    loop.counters["device_s"] = device_seconds;
}

void BM_SwapBootNvmc(benchmark::State& loop)
{
    swap_boot(loop, "nrf52840dk", "address: 0x60000");
}
BENCHMARK(BM_SwapBootNvmc)->Unit(benchmark::kMillisecond);

void BM_SwapBootSpimNor(benchmark::State& loop)
{
    swap_boot(loop, "nrf52840dk-spim2", "address: 0x0, device: mx25r64");
}
BENCHMARK(BM_SwapBootSpimNor)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brownout::sim
