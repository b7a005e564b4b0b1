// What an exploration does hundreds of thousands of times: 1 KiB programs, digests, copies.
#include <models/flash_array.hpp>
#include <models/nrf52840.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace brownout::models;

constexpr std::uint32_t kCallBytes = 1024;

FlashArray filled(std::uint64_t size_bytes)
{
    FlashGeometry geometry = Nvmc::geometry(nrf52840::nvmc_data());
    geometry.size_bytes = size_bytes;
    FlashArray array(geometry);
    array.poke(0, std::vector<std::uint8_t>(size_bytes / 2, 0x77));
    return array;
}

void program_1k(benchmark::State& state)
{
    FlashArray array = filled(1 << 20);
    const std::vector<std::uint8_t> source(kCallBytes, 0x5A);
    std::uint64_t offset = 0;
    for (auto _ : state) {
        array.program(offset, source);
        offset = (offset + kCallBytes) % (1 << 20);
    }
}
BENCHMARK(program_1k);

void program_1k_then_digest(benchmark::State& state)
{
    FlashArray array = filled(1 << 20);
    const std::vector<std::uint8_t> source(kCallBytes, 0x5A);
    std::uint64_t offset = 0;
    for (auto _ : state) {
        array.program(offset, source);
        benchmark::DoNotOptimize(array.digest());
        offset = (offset + kCallBytes) % (1 << 20);
    }
}
BENCHMARK(program_1k_then_digest);

// A journal with every state kept: copy, program, digest, as an exploration sees a boot.
void copy_program_1k_digest(benchmark::State& state)
{
    const FlashArray base = filled(static_cast<std::uint64_t>(state.range(0)));
    const std::vector<std::uint8_t> source(kCallBytes, 0x5A);
    std::uint64_t offset = 0;
    for (auto _ : state) {
        FlashArray array = base;
        array.program(offset, source);
        benchmark::DoNotOptimize(array.digest());
        offset = (offset + kCallBytes) % (1 << 20);
    }
}
BENCHMARK(copy_program_1k_digest)->Arg(1 << 20)->Arg(8 << 20);

void program_word_then_digest(benchmark::State& state)
{
    FlashArray array = filled(1 << 20);
    const std::vector<std::uint8_t> source(4, 0x5A);
    for (auto _ : state) {
        array.program(0x8000, source);
        benchmark::DoNotOptimize(array.digest());
    }
}
BENCHMARK(program_word_then_digest);

void erase_page(benchmark::State& state)
{
    const FlashArray base = filled(1 << 20);
    FlashArray array = base;
    std::uint64_t offset = 0;
    for (auto _ : state) {
        array.erase(offset, 4096);
        offset += 4096;
        if (offset == (1 << 19)) {
            offset = 0;
            array = base;
        }
    }
}
BENCHMARK(erase_page);

void copy(benchmark::State& state)
{
    const FlashArray base = filled(static_cast<std::uint64_t>(state.range(0)));
    for (auto _ : state) {
        FlashArray array = base;
        benchmark::DoNotOptimize(array);
    }
}
BENCHMARK(copy)->Arg(1 << 20)->Arg(8 << 20);

void content_digest_of_an_image(benchmark::State& state)
{
    const FlashArray base = filled(1 << 20);
    for (auto _ : state) {
        benchmark::DoNotOptimize(base.content_digest(0xC000, 196'608 + 512));
    }
}
BENCHMARK(content_digest_of_an_image);

}  // namespace
