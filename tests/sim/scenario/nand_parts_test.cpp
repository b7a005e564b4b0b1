// The SPI NAND parts of scenarios/parts: times on both sides of each edge, ECC codes, IDs.
#include "parts/nand_bench.hpp"

#include <scenario/part_keys.hpp>

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

using models::Duration;
using models::NandBench;
using models::NandBytes;
using models::PartTime;
using models::SpiNandData;
using models::TimeCase;

struct NandPartCase {
    const char* name;
    NandBytes id;
    std::vector<unsigned> code_by_errors;  // of the status register, from 0 wrong bits on
};

void PrintTo(const NandPartCase& part, std::ostream* out)
{
    *out << part.name;
}

SpiNandData nand_part(const std::string& name)
{
    Reader reader("test.yaml");
    YamlNode node;
    ExternalPlan external;
    EXPECT_TRUE(read_part(reader, node, name, external)) << name;
    for (const InputError& error : reader.errors()) {
        ADD_FAILURE() << error.what();
    }
    return external.nand.data.value_or(SpiNandData{});
}

class NandPart : public testing::TestWithParam<NandPartCase> {
protected:
    // Busy one picosecond before `time` is over, and not at its end.
    static void expect_busy_for(NandBench& bench, const NandBytes& command, Duration time)
    {
        bench.send(command);
        // The status byte comes two bytes of 1 us behind the start of the transaction.
        const Duration end = bench.core.now + time;
        bench.core.now = end - models::microseconds(2) - models::picoseconds(1);
        EXPECT_EQ(bench.status() & 1u, 1u);
        bench.core.now += models::picoseconds(1);
        EXPECT_EQ(bench.status() & 1u, 0u);
        bench.core.now = end;
    }
};

TEST_P(NandPart, IsBusyForItsTimesAndNotLonger)
{
    const SpiNandData data = nand_part(GetParam().name);
    const auto row = [](std::uint8_t opcode) { return NandBench::with_row(opcode, 64); };
    for (const TimeCase times : {TimeCase::kTypical, TimeCase::kMaximum}) {
        models::SpiNandOptions options;
        options.times = times;
        NandBench bench(data, options);
        bench.core.now = models::milliseconds(1);
        const auto chosen = [&](const PartTime& time) {
            return times == TimeCase::kMaximum ? time.max : time.typ;
        };
        bench.unlock();
        expect_busy_for(bench, row(0x13), chosen(data.times.read_page));
        bench.write_enable();
        expect_busy_for(bench, row(0x10), chosen(data.times.program_page));
        bench.write_enable();
        expect_busy_for(bench, row(0xD8), chosen(data.times.erase_block));
        expect_busy_for(bench, {0xFF}, chosen(data.times.reset_idle));
        bench.write_enable();
        bench.send(row(0x10));
        expect_busy_for(bench, {0xFF}, chosen(data.times.reset_program));
        bench.write_enable();
        bench.send(row(0xD8));
        expect_busy_for(bench, {0xFF}, chosen(data.times.reset_erase));
        bench.send({0x1F, 0xB0, static_cast<std::uint8_t>(data.features.buffer_read)});
        expect_busy_for(bench, row(0x13), chosen(data.times.read_page_raw));
        EXPECT_EQ(bench.core.rules.names(), std::vector<std::string>{});
    }
}

TEST_P(NandPart, TellsItsIdAndItsEccStatusByTheTableOfItsVendor)
{
    const NandPartCase& part = GetParam();
    NandBench bench(nand_part(part.name));
    EXPECT_EQ(bench.send({0x9F, 0}, part.id.size()), part.id);
    bench.unlock();
    const NandBytes page = models::nand_pattern(2048);
    ASSERT_EQ(bench.program(64, 0, page), 0u);
    for (std::uint32_t errors = 0; errors < part.code_by_errors.size(); ++errors) {
        EXPECT_EQ(bench.read_to_cache(64) >> 4, part.code_by_errors[errors]) << errors;
        bench.flip(64, {1024 + errors * 37});
    }
}

TEST_P(NandPart, IsLockedAtPowerUpAndHasGoodBlocks)
{
    NandBench bench(nand_part(GetParam().name));
    EXPECT_EQ(bench.program(0, 0, {0}) & 0x08u, 0x08u);
    bench.unlock();
    EXPECT_EQ(bench.program(0, 0, {0}) & 0x08u, 0u);
    EXPECT_EQ(bench.data.geometry.bad_blocks_max, 20u);
}

INSTANTIATE_TEST_SUITE_P(
    Parts, NandPart,
    testing::Values(NandPartCase{"w25n01gv", {0xEF, 0xAA, 0x21}, {0, 1, 2}},
                    NandPartCase{"gd5f1gq4", {0xC8, 0xF1}, {0, 1, 1, 1, 1, 1, 1, 1, 3, 2}},
                    NandPartCase{"mx35lf1ge4ab", {0xC2, 0x12}, {0, 1, 1, 1, 1, 2}}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace brownout::sim
