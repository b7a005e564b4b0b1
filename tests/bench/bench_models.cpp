// Operations per second of each model: what one word, page, sector or transfer costs the host.
#include <models/gpio.hpp>
#include <models/nrf52840.hpp>
#include <models/nvmc.hpp>
#include <models/spi_nor.hpp>
#include <models/spim.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace {

using namespace brownout::models;

struct AlwaysOn final : Supply {
    std::uint32_t admit(const OperationBatch& batch) noexcept override { return batch.count; }
};
struct Unwatched final : RuleObserver {
    void violated(const RuleViolation&) noexcept override {}
};

struct BenchCore {
    Duration now{};
    AlwaysOn supply;
    Unwatched rules;
    Bus bus;
    AccessContext access() { return {now, supply, rules, bus}; }
};

void count_operations(benchmark::State& state)
{
    state.counters["ops/s"] =
        benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

struct NvmcBench {
    NvmcData data = nrf52840::nvmc_data();
    FlashArray cells{Nvmc::geometry(data)};
    Nvmc nvmc{data, 0};
    BenchCore core;

    explicit NvmcBench(std::uint32_t mode)
    {
        nvmc.attach(cells);
        nvmc.power_on_reset();
        AccessContext access = core.access();
        nvmc.registers().write32(nvmc_register::kConfig, mode, access);
    }
};

void nvmc_word(benchmark::State& state)
{
    NvmcBench bench(1);
    std::uint32_t offset = 0;
    for (auto _ : state) {
        AccessContext access = bench.core.access();
        bench.nvmc.memory().write32(offset, 0x12345678, access);
        offset = (offset + 4) % bench.data.flash_size_bytes;
    }
    count_operations(state);
}
BENCHMARK(nvmc_word);

void nvmc_page_erase(benchmark::State& state)
{
    NvmcBench bench(2);
    std::uint32_t page = 0;
    for (auto _ : state) {
        AccessContext access = bench.core.access();
        bench.nvmc.registers().write32(nvmc_register::kErasePage, page, access);
        page = (page + 4096) % bench.data.flash_size_bytes;
    }
    count_operations(state);
}
BENCHMARK(nvmc_page_erase);

SpiNorData bench_part()
{
    SpiNorData data;
    data.name = "part";
    data.identity.size_bytes = 8 << 20;
    data.reads.commands = {{0x03, 1, 1, 0}};
    data.programs.commands = {{0x02, 1, 1}};
    data.erases.commands = {{0x20, SpiNorEraseSize::k4KiB}};
    data.status.registers = {{"status", 0, 0xFC, 0xFC}};
    data.status.read = {{0x05, 0, 1}};
    data.modes.resize(1);
    data.modes[0].clock.max_hz = 80'000'000;
    data.modes[0].page_program.typ = microseconds(800);
    data.modes[0].erase_4k.typ = milliseconds(48);
    return data;
}

// A part behind registers, as a driver works it: chip select, pointers, START, wait for END.
struct SpimNorBench {
    SpiNorData data = bench_part();
    SpiNor part{data, {}, 0};
    FlashArray cells{SpiNor::geometry(data)};
    PartState part_state;
    SpiWire wire{part};
    Gpio gpio{GpioData{}};
    Spim spim{SpimData{}};
    BenchCore core;
    std::vector<std::uint8_t> ram = std::vector<std::uint8_t>(0x4000, 0x5A);

    SpimNorBench()
    {
        part.attach(cells, part_state);
        part.reset(ResetKind::kPowerOn);
        core.bus.add_window({0x2000'0000, ram, true, "RAM"});
        spim.connect(wire);
        gpio.connect(17, &wire);
        pin(gpio_register::kOutSet);
        pin(gpio_register::kDirSet);
        set(spim_register::kEnable, spim_register::kEnabled);
        set(spim_register::kPselSck, 3);
        set(spim_register::kFrequency, 0x8000'0000);
    }
    void set(std::uint32_t offset, std::uint32_t value)
    {
        AccessContext access = core.access();
        spim.registers().write32(offset, value, access);
    }
    void pin(std::uint32_t offset)
    {
        AccessContext access = core.access();
        gpio.write32(offset - gpio_register::kFirst, 1u << 17, access);
    }
    void command(std::initializer_list<std::uint8_t> out, std::uint32_t more_out = 0,
                 std::uint32_t in = 0)
    {
        std::copy(out.begin(), out.end(), ram.begin());
        const auto out_bytes = static_cast<std::uint32_t>(out.size()) + more_out;
        pin(gpio_register::kOutClr);
        set(spim_register::kTxdPtr, 0x2000'0000);
        set(spim_register::kTxdMaxCnt, out_bytes);
        set(spim_register::kRxdPtr, 0x2000'2000);
        set(spim_register::kRxdMaxCnt, in == 0 ? 0 : out_bytes + in);
        set(spim_register::kEventsEnd, 0);
        set(spim_register::kTasksStart, 1);
        BusTarget& registers = spim.registers();
        core.now = *registers.settles_at(spim_register::kEventsEnd, 1, 1, core.now);
        AccessContext access = core.access();
        benchmark::DoNotOptimize(registers.read32(spim_register::kEventsEnd, access));
        pin(gpio_register::kOutSet);
    }
};

void spim_status_read(benchmark::State& state)
{
    SpimNorBench bench;
    for (auto _ : state) {
        bench.command({0x05}, 0, 1);
    }
    count_operations(state);
}
BENCHMARK(spim_status_read);

void spim_read_4k(benchmark::State& state)
{
    SpimNorBench bench;
    for (auto _ : state) {
        bench.command({0x03, 0, 0, 0}, 0, 4096);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * 4096);
    count_operations(state);
}
BENCHMARK(spim_read_4k);

void spi_nor_page_program(benchmark::State& state)
{
    SpimNorBench bench;
    std::uint32_t page = 0;
    for (auto _ : state) {
        bench.command({0x06});
        bench.command(
            {0x02, static_cast<std::uint8_t>(page >> 8), static_cast<std::uint8_t>(page), 0}, 256);
        bench.core.now += milliseconds(1);
        page = (page + 1) % 0x8000;
    }
    count_operations(state);
}
BENCHMARK(spi_nor_page_program);

void spi_nor_sector_erase(benchmark::State& state)
{
    SpimNorBench bench;
    std::uint32_t sector = 0;
    for (auto _ : state) {
        bench.command({0x06});
        bench.command({0x20, static_cast<std::uint8_t>(sector >> 4),
                       static_cast<std::uint8_t>(sector << 4), 0});
        bench.core.now += milliseconds(50);
        sector = (sector + 1) % 0x800;
    }
    count_operations(state);
}
BENCHMARK(spi_nor_sector_erase);

}  // namespace
