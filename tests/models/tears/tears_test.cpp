// What each tear model leaves, on both sides of its edges.
#include <models/nrf52840.hpp>
#include <models/tears.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <set>

namespace brownout::models {
namespace {

constexpr std::uint32_t kSectorBytes = 4096;
constexpr std::uint64_t kSeed = 1;

FlashArray cells_holding(std::uint8_t byte)
{
    FlashGeometry geometry;
    geometry.size_bytes = 4 * kSectorBytes;
    geometry.count_unit_bytes = 4;
    geometry.write_count_limit = 2;
    FlashArray cells(geometry);
    if (byte != 0xFF) {
        cells.poke(0, std::vector<std::uint8_t>(geometry.size_bytes, byte));
    }
    return cells;
}

TornOperation program_of(OperationKind kind, std::uint64_t offset,
                         std::span<const std::uint8_t> data)
{
    TornOperation operation;
    operation.kind = kind;
    operation.offset = offset;
    operation.byte_count = static_cast<std::uint32_t>(data.size());
    operation.data = data;
    operation.sector_offset = offset / kSectorBytes * kSectorBytes;
    operation.sector_bytes = kSectorBytes;
    return operation;
}

TornOperation erase_of(std::uint64_t offset)
{
    TornOperation operation = program_of(OperationKind::kEraseSector, offset, {});
    operation.byte_count = kSectorBytes;
    return operation;
}

FlashArray torn(TearKind kind, const FlashArray& cells, const TornOperation& operation,
                TearOutcome outcome, std::uint64_t seed = kSeed)
{
    FlashArray left = cells;
    tear_model(kind).apply(left, operation, outcome, CellHash(seed, kind, 0));
    return left;
}

int bits_programmed(const FlashArray& cells, std::uint64_t offset, std::uint32_t byte_count)
{
    int bits = 0;
    for (std::uint64_t at = offset; at < offset + byte_count; ++at) {
        bits += std::popcount(static_cast<std::uint8_t>(~cells.byte_at(at)));
    }
    return bits;
}

const std::vector<std::uint8_t> kPage(256, 0x00);

TEST(Tears, HaveNamesOfTheirOwn)
{
    std::set<std::string_view> names;
    for (std::uint32_t i = 0; i < kTearKinds; ++i) {
        const TearModel& model = tear_model(static_cast<TearKind>(i));
        EXPECT_TRUE(names.insert(model.name()).second) << model.name();
        EXPECT_FALSE(model.leaves().empty());
        EXPECT_FALSE(model.source().empty());
    }
}

TEST(Tears, ThatAreRandomLeaveTheSameOnTheSameCellsAndOtherThingsUnderAnotherSeed)
{
    const FlashArray cells = cells_holding(0xFF);
    for (const TearKind kind : {TearKind::kMonotoneSubset, TearKind::kCollateral,
                                TearKind::kMarginalBits, TearKind::kNandPage}) {
        const TornOperation page = program_of(OperationKind::kProgramPage, 512, kPage);
        const FlashArray once = torn(kind, cells, page, {0, 3});
        EXPECT_TRUE(once.same_as(torn(kind, cells, page, {0, 3})));
        EXPECT_FALSE(once.same_as(torn(kind, cells, page, {0, 3}, kSeed + 1)));
    }
}

TEST(PrefixTear, ProgramsTheFirstBytesOfAPageAndNothingElse)
{
    const TearModel& model = tear_model(TearKind::kPrefix);
    const FlashArray cells = cells_holding(0xFF);
    const TornOperation page = program_of(OperationKind::kProgramPage, 256, kPage);
    ASSERT_EQ(model.outcomes(cells, page, 3), 3u);
    const FlashArray left = torn(TearKind::kPrefix, cells, page, {0, 3});
    EXPECT_EQ(bits_programmed(left, 256, 64), 64 * 8);
    EXPECT_EQ(bits_programmed(left, 320, 192), 0);
    EXPECT_EQ(bits_programmed(left, 0, 256), 0);
}

TEST(PrefixTear, DoesNotSplitWordsAndHasNoMoreOutcomesThanAPageHasEdges)
{
    const TearModel& model = tear_model(TearKind::kPrefix);
    const FlashArray cells = cells_holding(0xFF);
    const std::span<const std::uint8_t> data(kPage);
    EXPECT_EQ(model.outcomes(cells, program_of(OperationKind::kProgramWord, 0, data.first(4)), 9),
              0u);
    EXPECT_EQ(model.outcomes(cells, program_of(OperationKind::kProgramPage, 0, data.first(3)), 9),
              2u);
    EXPECT_EQ(model.outcomes(cells, program_of(OperationKind::kProgramPage, 0, data.first(1)), 9),
              0u);
    EXPECT_EQ(model.outcomes(cells, erase_of(0), 9), 0u);
}

TEST(MonotoneSubsetTear, ChangesOnlyBitsThatWereToChangeAndNeverTakesOneBack)
{
    FlashArray cells = cells_holding(0xFF);
    cells.program(0, std::vector<std::uint8_t>{0xF0, 0xFF, 0xFF, 0xFF});
    const std::vector<std::uint8_t> word{0xC3, 0x00, 0xFF, 0x12};
    const TornOperation program = program_of(OperationKind::kProgramWord, 0, word);
    std::vector<std::uint8_t> before{0xF0, 0xFF, 0xFF, 0xFF};
    const std::vector<std::uint8_t> done{0xC0, 0x00, 0xFF, 0x12};
    for (std::uint32_t sample = 0; sample < 31; ++sample) {
        const FlashArray left = torn(TearKind::kMonotoneSubset, cells, program, {sample, 31});
        for (std::uint64_t i = 0; i < 4; ++i) {
            const std::uint8_t byte = left.byte_at(i);
            EXPECT_EQ(byte & ~before[i], 0) << "a bit came back";
            EXPECT_EQ(done[i] & ~byte, 0) << "a bit changed that was not to";
            before[i] = byte;
        }
        EXPECT_EQ(left.writes_since_erase(0), 2);
        EXPECT_TRUE(left.is_erased(4, kSectorBytes - 4));
    }
    EXPECT_NE(before, (std::vector<std::uint8_t>{0xF0, 0xFF, 0xFF, 0xFF}));
}

TEST(MonotoneSubsetTear, OfFlashThatOverwritesChangesBitsInBothDirections)
{
    FlashGeometry geometry = cells_holding(0xFF).geometry();
    geometry.overwrites = true;
    FlashArray cells(geometry);
    cells.poke(0, std::vector<std::uint8_t>(256, 0x0F));
    const std::vector<std::uint8_t> data(256, 0xF0);
    const TornOperation program = program_of(OperationKind::kProgramWord, 0, data);
    const FlashArray left = torn(TearKind::kMonotoneSubset, cells, program, {0, 1});
    int raised = 0;
    int lowered = 0;
    for (std::uint64_t i = 0; i < 256; ++i) {
        raised += std::popcount(static_cast<std::uint8_t>(left.byte_at(i) & 0xF0));
        lowered += std::popcount(static_cast<std::uint8_t>(~left.byte_at(i) & 0x0F));
    }
    EXPECT_GT(raised, 0);
    EXPECT_LT(raised, 1024);
    EXPECT_GT(lowered, 0);
    EXPECT_LT(lowered, 1024);
}

TEST(MarginalBitsTear, LeavesUndefinedOnlyBitsThatWereToChange)
{
    const FlashArray cells = cells_holding(0xFF);
    const std::vector<std::uint8_t> data(64, 0x0F);
    const TornOperation program = program_of(OperationKind::kProgramPage, 0, data);
    const FlashArray left = torn(TearKind::kMarginalBits, cells, program, {0, 1});
    ASSERT_TRUE(left.has_marginal_bits());
    for (std::uint64_t i = 0; i < 64; ++i) {
        EXPECT_EQ(left.marginal_at(i) & 0x0F, 0);
        EXPECT_EQ(left.marginal_at(i) & ~left.byte_at(i), 0) << "they read erased at first";
    }
}

TEST(MarginalBits, ReadAsDrawnUntilTheyAreProgrammedOrErased)
{
    FlashArray cells = cells_holding(0xFF);
    cells.set_marginal(8, std::vector<std::uint8_t>{0x81});
    draw_marginal_levels(cells, MarginalLevels::kProgrammed, kSeed, 0);
    EXPECT_EQ(cells.byte_at(8), 0x7E);
    draw_marginal_levels(cells, MarginalLevels::kErased, kSeed, 0);
    EXPECT_EQ(cells.byte_at(8), 0xFF);
    EXPECT_EQ(cells.writes_since_erase(8), 0);

    cells.program(8, std::vector<std::uint8_t>{0xFE, 0xFF, 0xFF, 0xFF});
    EXPECT_EQ(cells.marginal_at(8), 0x80) << "what is programmed is certain, the rest is not";
    draw_marginal_levels(cells, MarginalLevels::kProgrammed, kSeed, 0);
    EXPECT_EQ(cells.byte_at(8), 0x7E);
    cells.erase(0, kSectorBytes);
    EXPECT_FALSE(cells.has_marginal_bits());
}

TEST(ErasePhasesTear, GoesFromAnIntactHeadToAWeakErasedSector)
{
    const FlashArray cells = cells_holding(0xA5);
    const TornOperation erase = erase_of(kSectorBytes);
    ASSERT_EQ(tear_model(TearKind::kErasePhases).outcomes(cells, erase, 4), 4u);

    const FlashArray tail = torn(TearKind::kErasePhases, cells, erase, {0, 4});
    EXPECT_EQ(tail.byte_at(kSectorBytes), 0xA5);
    EXPECT_EQ(tail.byte_at(2 * kSectorBytes - 1), 0x00);

    const FlashArray some = torn(TearKind::kErasePhases, cells, erase, {1, 4});
    const FlashArray mixed = torn(TearKind::kErasePhases, cells, erase, {2, 4});
    int raised_by_mix = 0;
    for (std::uint64_t at = kSectorBytes; at < 2 * kSectorBytes; ++at) {
        EXPECT_EQ(some.byte_at(at) & ~0xA5, 0) << "pre-programming raises no bit";
        raised_by_mix += std::popcount(static_cast<std::uint8_t>(mixed.byte_at(at) & ~0xA5));
    }
    EXPECT_GT(raised_by_mix, 0);

    const FlashArray weak = torn(TearKind::kErasePhases, cells, erase, {3, 4});
    EXPECT_TRUE(weak.is_erased(kSectorBytes, kSectorBytes));
    EXPECT_TRUE(weak.has_marginal_bits());
    for (const FlashArray* left : {&tail, &some, &mixed, &weak}) {
        EXPECT_EQ(left->byte_at(kSectorBytes - 1), 0xA5);
        EXPECT_EQ(left->byte_at(2 * kSectorBytes), 0xA5);
    }
}

TEST(CollateralTear, DisturbsOtherPagesOfTheSameSectorOnly)
{
    const FlashArray cells = cells_holding(0xFF);
    const TornOperation page = program_of(OperationKind::kProgramPage, kSectorBytes, kPage);
    const FlashArray left = torn(TearKind::kCollateral, cells, page, {0, 1});
    const int disturbed = bits_programmed(left, kSectorBytes + 256, kSectorBytes - 256);
    EXPECT_GE(disturbed, 1);
    EXPECT_LE(disturbed, 3);
    EXPECT_EQ(bits_programmed(left, 0, kSectorBytes), 0);
    EXPECT_EQ(bits_programmed(left, 2 * kSectorBytes, 2 * kSectorBytes), 0);
}

TEST(WriteBudgetTear, ConcernsOnlyWritesBeyondTheLimit)
{
    const TearModel& model = tear_model(TearKind::kWriteBudget);
    FlashArray cells = cells_holding(0xFF);
    const std::vector<std::uint8_t> word{0xFE, 0xFF, 0xFF, 0xFF};
    const TornOperation program = program_of(OperationKind::kProgramWord, 1024, word);
    cells.program(1024, word);
    EXPECT_EQ(model.outcomes(cells, program, 1), 0u);
    cells.program(1024, word);
    ASSERT_EQ(model.outcomes(cells, program, 1), 1u);
    const FlashArray left = torn(TearKind::kWriteBudget, cells, program, {0, 1});
    EXPECT_GT(bits_programmed(left, 1024, 512), 1);
    EXPECT_EQ(bits_programmed(left, 0, 1024) + bits_programmed(left, 1536, 2560), 0);
}

TEST(NandTears, MakeCodewordsUncorrectableOrFragile)
{
    const FlashArray cells = cells_holding(0xFF);
    const std::vector<std::uint8_t> data(2048, 0x5A);
    const TornOperation page = program_of(OperationKind::kProgramPage, 0, data);
    const auto marginal_in_codeword = [](const FlashArray& left, std::uint64_t start) {
        int bits = 0;
        for (std::uint64_t at = start; at < start + 512; ++at) {
            bits += std::popcount(left.marginal_at(at));
        }
        return bits;
    };
    const FlashArray bad = torn(TearKind::kNandPage, cells, page, {0, 3});
    const FlashArray fragile = torn(TearKind::kNandPage, cells, page, {1, 3});
    const FlashArray unclear = torn(TearKind::kNandPage, cells, page, {2, 3});
    for (std::uint64_t start = 0; start < 2048; start += 512) {
        EXPECT_GT(bits_programmed(bad, start, 512), 8);
        EXPECT_LT(bits_programmed(bad, start, 512), 512 * 4 - 8) << "0x5A: four bits a byte";
        EXPECT_EQ(marginal_in_codeword(fragile, start), 1);
        EXPECT_EQ(marginal_in_codeword(unclear, start), 1);
    }
    EXPECT_TRUE(unclear.is_erased(0, 2048));
    EXPECT_EQ(tear_model(TearKind::kNandPage)
                  .outcomes(cells, program_of(OperationKind::kProgramWord, 0, data), 3),
              0u);

    FlashArray block = torn(TearKind::kNandErase, cells, erase_of(0), {0, 1});
    block.program(0, data);
    EXPECT_GT(marginal_in_codeword(block, 0), 8) << "programming does not heal a torn erase";
    block.erase(0, kSectorBytes);
    EXPECT_FALSE(block.has_marginal_bits());
}

}  // namespace
}  // namespace brownout::models
