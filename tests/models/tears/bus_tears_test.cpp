// What commands that arrive wrong on the bus, and torn status writes, leave.
#include <models/part_state.hpp>
#include <models/spi_nor_data.hpp>
#include <models/tears.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace brownout::models {
namespace {

constexpr std::uint32_t kNorSectorBytes = 4096;

FlashArray erased_nor()
{
    FlashGeometry geometry;
    geometry.size_bytes = 0x20000;
    return FlashArray(geometry);
}

TornOperation nor_program(std::uint64_t offset, std::span<const std::uint8_t> data)
{
    TornOperation operation;
    operation.kind = OperationKind::kProgramPage;
    operation.offset = offset;
    operation.byte_count = static_cast<std::uint32_t>(data.size());
    operation.data = data;
    operation.sector_offset = offset / kNorSectorBytes * kNorSectorBytes;
    operation.sector_bytes = kNorSectorBytes;
    return operation;
}

std::uint32_t bus_outcomes(const TornOperation& operation, std::uint32_t samples)
{
    return tear_model(TearKind::kBusError).outcomes(erased_nor(), operation, samples);
}

FlashArray after_bus_error(const FlashArray& cells, const TornOperation& operation,
                           TearOutcome outcome)
{
    FlashArray left = cells;
    tear_model(TearKind::kBusError)
        .apply(left, operation, outcome, CellHash(1, TearKind::kBusError, 0));
    return left;
}

std::vector<std::uint8_t> bytes_at(const FlashArray& cells, std::uint64_t offset, std::size_t count)
{
    std::vector<std::uint8_t> bytes(count);
    cells.read(offset, bytes);
    return bytes;
}

TEST(BusErrorTear, LeavesAProgramShortSpoiledLongOrAtAnotherAddress)
{
    const FlashArray cells = erased_nor();
    const std::vector<std::uint8_t> data(8, 0x55);
    const TornOperation program = nor_program(0x12340, data);
    ASSERT_EQ(bus_outcomes(program, 6), 6u);

    const FlashArray shorter = after_bus_error(cells, program, {0, 6});
    EXPECT_EQ(bytes_at(shorter, 0x12340, 4), std::vector<std::uint8_t>(4, 0x55));
    EXPECT_TRUE(shorter.is_erased(0x12344, 0x20000 - 0x12344));

    const std::vector<std::uint8_t> spoiled =
        bytes_at(after_bus_error(cells, program, {1, 6}), 0x12340, 8);
    EXPECT_EQ(std::count(spoiled.begin(), spoiled.end(), 0x00), 1);
    EXPECT_EQ(std::count(spoiled.begin(), spoiled.end(), 0x55), 7);

    const FlashArray longer = after_bus_error(cells, program, {2, 6});
    EXPECT_EQ(bytes_at(longer, 0x12340, 8), data);
    EXPECT_EQ(longer.byte_at(0x12348), 0x05) << "the opcode of the status poll";
    EXPECT_TRUE(longer.is_erased(0x12349, 0x100));

    const std::uint64_t elsewhere[] = {0x12300, 0x10040, 0x02340};
    for (std::uint32_t i = 0; i < 3; ++i) {
        const FlashArray moved = after_bus_error(cells, program, {3 + i, 6});
        EXPECT_EQ(bytes_at(moved, elsewhere[i], 8), data);
        EXPECT_TRUE(moved.is_erased(0x12340, 8));
    }
}

TEST(BusErrorTear, OfAFullPageWrapsTheExtraByteToItsStart)
{
    const std::vector<std::uint8_t> data(256, 0xF3);
    const FlashArray left = after_bus_error(erased_nor(), nor_program(0x100, data), {2, 6});
    EXPECT_EQ(left.byte_at(0x100), 0x05) << "it replaces the byte in the page buffer";
    EXPECT_EQ(left.byte_at(0x101), 0xF3);
    EXPECT_EQ(left.byte_at(0x200), 0xFF);
}

TEST(BusErrorTear, HasOnlyTheErrorsThatShow)
{
    const std::vector<std::uint8_t> zeroes(4, 0x00);
    const std::span<const std::uint8_t> one = std::span(zeroes).first(1);
    // No byte that 0x00 would spoil, no part of one byte, an address of zeroes: it gets longer.
    const TornOperation program = nor_program(0, one);
    for (std::uint32_t number = 0; number < 3; ++number) {
        EXPECT_EQ(after_bus_error(erased_nor(), program, {number, 3}).byte_at(1), 0x05);
    }
    TornOperation erase = nor_program(0x13000, {});
    erase.kind = OperationKind::kEraseSector;
    erase.byte_count = kNorSectorBytes;
    EXPECT_EQ(bus_outcomes(erase, 6), 2u);
    EXPECT_EQ(bus_outcomes(erase, 1), 1u);
    erase.offset = 0;
    EXPECT_EQ(bus_outcomes(erase, 6), 0u) << "sector 0 is sector 0";
    erase.kind = OperationKind::kEraseChip;
    erase.offset = 0x100;
    EXPECT_EQ(bus_outcomes(erase, 6), 0u);
    erase.kind = OperationKind::kProgramWord;
    EXPECT_EQ(bus_outcomes(erase, 6), 0u) << "words have no bus";
}

TEST(BusErrorTear, ErasesAnotherSector)
{
    FlashArray cells = erased_nor();
    for (const std::uint64_t offset : {0x00000u, 0x03000u, 0x10000u, 0x13000u}) {
        cells.poke(offset, std::vector<std::uint8_t>(1, 0x00));
    }
    TornOperation erase = nor_program(0x13000, {});
    erase.kind = OperationKind::kEraseSector;
    erase.byte_count = kNorSectorBytes;
    const FlashArray low = after_bus_error(cells, erase, {0, 2});
    EXPECT_EQ(low.byte_at(0x10000), 0xFF);
    EXPECT_EQ(low.byte_at(0x13000), 0x00);
    const FlashArray high = after_bus_error(cells, erase, {1, 2});
    EXPECT_EQ(high.byte_at(0x03000), 0xFF);
    EXPECT_EQ(high.byte_at(0x10000), 0x00);
}

TEST(BusErrorTear, WithMoreSamplesTriesMorePositions)
{
    const std::vector<std::uint8_t> data(16, 0x55);
    const TornOperation program = nor_program(0x40, data);  // short, wrong byte, long, one address
    std::set<std::size_t> lengths;
    for (std::uint32_t number = 0; number < 12; number += 4) {
        const auto bytes = bytes_at(after_bus_error(erased_nor(), program, {number, 12}), 0x40, 16);
        lengths.insert(static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), 0x55)));
    }
    EXPECT_EQ(lengths, (std::set<std::size_t>{4, 8, 12}));
}

SpiNorStatus two_registers()
{
    SpiNorStatus status;
    status.registers = {{"status", 0x00, 0xFC, 0xFC}, {"configuration", 0x10, 0x4A, 0x08}};
    return status;
}

PartState torn_status(const PartState& before, std::uint32_t first, std::uint32_t count,
                      std::uint32_t number)
{
    PartState part = before;
    tear_status_registers(two_registers(), part, first, count, {number, 40},
                          CellHash(1, TearKind::kStatusRegister, 0));
    return part;
}

TEST(StatusRegisterTear, LeavesKeptBitsAtAnythingAndOthersAlone)
{
    PartState quad;
    quad.kept = {0x40, 0x10};
    EXPECT_TRUE(torn_status(quad, 0, 2, 0).kept.empty()) << "as delivered: none is kept";
    EXPECT_EQ(torn_status(quad, 0, 2, 1).kept, (std::vector<std::uint8_t>{0xFC, 0x18}));
    EXPECT_EQ(torn_status(PartState{}, 0, 1, 1).kept, (std::vector<std::uint8_t>{0xFC, 0x10}));
    EXPECT_EQ(torn_status(quad, 1, 1, 1).kept, (std::vector<std::uint8_t>{0x40, 0x18}));
    std::set<std::vector<std::uint8_t>> seen;
    for (std::uint32_t number = 2; number < 40; ++number) {
        const PartState part = torn_status(quad, 0, 2, number);
        if (!part.kept.empty()) {
            EXPECT_EQ(part.kept[0] & 0x03, 0);
            EXPECT_EQ(part.kept[1] & ~0x08, 0x10);
        }
        EXPECT_EQ(part, torn_status(quad, 0, 2, number));
        seen.insert(part.kept);
    }
    EXPECT_GT(seen.size(), 20u);
}

TEST(StatusRegisterTear, ConcernsStatusWritesAlone)
{
    const TearModel& model = tear_model(TearKind::kStatusRegister);
    TornOperation operation = nor_program(0, {});
    EXPECT_EQ(model.outcomes(erased_nor(), operation, 4), 0u);
    operation.kind = OperationKind::kWriteStatus;
    EXPECT_EQ(model.outcomes(erased_nor(), operation, 4), 4u);
}

}  // namespace
}  // namespace brownout::models
