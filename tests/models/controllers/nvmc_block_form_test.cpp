// The block form must be the word loop: same time, counts, bytes, violations, at every cut.
#include "support/probes.hpp"

#include <models/nvmc.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <vector>

namespace brownout::models {
namespace {

struct BlockCase {
    NvmcData data;
    std::uint32_t offset = 0;
    std::vector<std::uint8_t> words;
    std::vector<std::vector<std::uint8_t>> earlier;  // programmed before, to raise counts
    bool busy_at_start = false;

    std::uint32_t ready_register() const
    {
        return data.buffers_next_word ? nvmc_register::kReadyNext : nvmc_register::kReady;
    }
};

// The kinds of NVMC: nRF52840; nRF5340; nRF52832 with smaller blocks.
void choose_kind(NvmcData& data)
{
    const int kind = *rc::gen::inRange(0, 3);
    data.buffers_next_word = kind == 1;
    data.halts_cpu = kind == 2;
    if (kind == 2) {
        data.writes_per_word_max = 0;
        data.writes_per_block_max = 21;
        data.write_block_bytes = 64;
    }
}

BlockCase any_setup()
{
    BlockCase setup;
    choose_kind(setup.data);
    setup.data.flash_size_bytes = 8192;
    setup.data.page_bytes = 1024;
    setup.data.word_write_time = picoseconds(*rc::gen::element(41'000'000, 31'250, 31'251, 5, 0));
    setup.data.register_access_time = picoseconds(*rc::gen::element(31'250, 0, 7));
    setup.data.store_time = picoseconds(*rc::gen::element(31'250, 0, 11));
    const auto word_count = *rc::gen::inRange(1u, 40u);
    setup.offset = 4 * *rc::gen::inRange(0u, 8192 / 4 - word_count + 1);
    const auto bytes = rc::gen::container<std::vector<std::uint8_t>>(
        word_count * 4, rc::gen::arbitrary<std::uint8_t>());
    setup.words = *bytes;
    setup.earlier = *rc::gen::container<std::vector<std::vector<std::uint8_t>>>(
        *rc::gen::inRange(0u, 4u), bytes);
    setup.busy_at_start = *rc::gen::arbitrary<bool>();
    return setup;
}

struct World {
    explicit World(const BlockCase& of)
        : setup(of), cells(Nvmc::geometry(of.data)), nvmc(of.data, 0)
    {
        for (std::size_t i = 0; i < setup.earlier.size(); ++i) {
            // Shorter each time, so that counts differ within the block.
            const std::size_t length = (setup.earlier[i].size() / 4 + i) / (i + 1) * 4;
            cells.program(setup.offset, std::span(setup.earlier[i]).first(length));
        }
        nvmc.attach(cells);
        nvmc.power_on_reset();
        core.write(nvmc.registers(), nvmc_register::kConfig, 1);
        if (setup.busy_at_start) {
            core.write(nvmc.memory(), 0, 0);
        }
        core.supply.operations = 0;
    }

    void run_loop()
    {
        for (std::size_t i = 0; i < setup.words.size(); i += 4) {
            std::uint32_t word = 0;
            std::memcpy(&word, &setup.words[i], 4);
            core.write(nvmc.memory(), setup.offset + static_cast<std::uint32_t>(i), word);
            if (core.supply.failed) {
                return;  // the firmware would be gone
            }
            core.poll(nvmc.registers(), setup.ready_register(), 1, 1);
        }
    }

    void run_block()
    {
        AccessContext access = core.access();
        const bool served =
            nvmc.memory().write_words(setup.offset, setup.words,
                                      setup.data.register_base + setup.ready_register(), 1, access);
        if (!served) {
            // Only where a word is buffered may the loop be slower than the controller.
            RC_ASSERT(setup.data.buffers_next_word);
            run_loop();
        }
    }

    BlockCase setup;
    FlashArray cells;
    Nvmc nvmc;
    ProbeCore core;
};

void expect_same(World& loop, World& block)
{
    RC_ASSERT(loop.core.now == block.core.now);
    RC_ASSERT(loop.core.supply.operations == block.core.supply.operations);
    RC_ASSERT(loop.core.supply.failed == block.core.supply.failed);
    RC_ASSERT(loop.core.supply.failed_at == block.core.supply.failed_at);
    RC_ASSERT(loop.cells.same_as(block.cells));
    RC_ASSERT(loop.core.rules.seen == block.core.rules.seen);
    // The controller is left the same too: busy for as long.
    RC_ASSERT(loop.core.read(loop.nvmc.memory(), 0) == block.core.read(block.nvmc.memory(), 0));
    RC_ASSERT(loop.core.now == block.core.now);
}

TEST(NvmcBlockForm, EqualsTheWordLoopAtEveryCut)
{
    EXPECT_TRUE(rc::check([] {
        const BlockCase setup = any_setup();
        const std::uint32_t stretch_max = *rc::gen::element(1u, 3u, 16u, 1000u);
        const std::uint64_t word_count = setup.words.size() / 4;
        for (std::uint64_t cut = 0; cut <= word_count; ++cut) {
            World loop(setup);
            World block(setup);
            loop.core.supply.fails_at = cut;
            block.core.supply.fails_at = cut;
            block.core.supply.stretch_max = stretch_max;
            loop.run_loop();
            block.run_block();
            RC_ASSERT(loop.core.supply.operations == cut);
            expect_same(loop, block);
        }
    }));
}

TEST(NvmcBlockForm, LeavesToTheLoopWhatItCannotEqual)
{
    BlockCase setup;
    setup.words.assign(16, 0);
    World world(setup);
    AccessContext access = world.core.access();
    const std::uint32_t ready = setup.data.register_base + nvmc_register::kReady;
    BusTarget& flash = world.nvmc.memory();
    EXPECT_FALSE(flash.write_words(2, setup.words, ready, 1, access));
    EXPECT_FALSE(flash.write_words(0, setup.words, ready + 4, 1, access));
    EXPECT_FALSE(flash.write_words(0, setup.words, ready, 3, access));
    world.core.write(world.nvmc.registers(), nvmc_register::kConfig, 0);
    EXPECT_FALSE(flash.write_words(0, setup.words, ready, 1, access));
    EXPECT_EQ(world.core.supply.operations, 0u);
    world.core.write(world.nvmc.registers(), nvmc_register::kConfig, 1);
    EXPECT_TRUE(flash.write_words(0, setup.words, ready, 1, access));
}

}  // namespace
}  // namespace brownout::models
