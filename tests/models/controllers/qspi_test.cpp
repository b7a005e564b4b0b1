#include "support/qspi_bench.hpp"

namespace brownout::models {
namespace {

TEST_F(QspiTest, HasTheResetValuesOfItsDataSheet)
{
    qspi.reset();
    EXPECT_EQ(get(qspi_register::kIfConfig1), 0x00040480u);
    EXPECT_EQ(get(qspi_register::kDpmDur), 0xFFFFFFFFu);
    EXPECT_EQ(get(qspi_register::kIfTiming), 0x200u);
    EXPECT_EQ(get(qspi_register::kPselFirst), 0xFFFFFFFFu);
    EXPECT_EQ(get(qspi_register::kEventsReady), 0u);
}

TEST_F(QspiTest, ReadEndsWhenTheLastBitWasClocked)
{
    activate();
    set(qspi_register::kReadSrc, 0x100);
    set(qspi_register::kReadDst, kQspiRam);
    set(qspi_register::kReadCnt, 64);
    set(qspi_register::kEventsReady, 0);
    const Duration start = core.now + qspi_data.register_access_time;
    set(qspi_register::kTasksReadStart, 1);
    // RDSR and its answer, then opcode, address, a dummy byte and the data, a bit in 125 ns.
    const Duration end = start + nanoseconds(125) * 8 * (2 + 1 + 3 + 1 + 64);
    EXPECT_EQ(wire.ends, end);
    core.now = end - qspi_data.register_access_time - picoseconds(1);
    EXPECT_EQ(get(qspi_register::kEventsReady), 0u);
    core.now = end - qspi_data.register_access_time;
    EXPECT_EQ(get(qspi_register::kEventsReady), 1u);
    EXPECT_EQ(get(qspi_register::kStatus) & qspi_register::kStatusReady,
              qspi_register::kStatusReady);
}

TEST_F(QspiTest, ClocksAsItsDividerSays)
{
    for (const std::uint32_t divider : {1u, 2u, 16u}) {
        set(qspi_register::kIfConfig1, (divider - 1) << 28);
        activate();
        const Duration start = core.now;
        ASSERT_TRUE(instruct(0x04, 1));
        const Duration wire_time = picoseconds(31'250) * 8 * std::int64_t{divider};
        EXPECT_GE(core.now - start, wire_time);
        EXPECT_LT(core.now - start, wire_time + nanoseconds(200));
    }
}

TEST_F(QspiTest, AWriteIsSplitIntoPagesWithWrenAndWaitsBetween)
{
    activate();
    ASSERT_TRUE(write(0x1F0, kQspiRam, 32));
    EXPECT_EQ(wire.seen,
              (Names{"05+1x1", "06", "02+3x1+16x1", "05+1x1", "05+1x1", "06", "02+3x1+16x1"}));
    EXPECT_EQ(cells(0x1F0, 32), Bytes(ram.begin(), ram.begin() + 32));
    EXPECT_EQ(core.supply.operations, 2u);
    EXPECT_TRUE(core.rules.seen.empty());
    EXPECT_EQ(nor.status() & 1u, 1u) << "READY means sent, not programmed";
}

TEST_F(QspiTest, PagesOf512BytesWrapInAPartOf256)
{
    activate();
    set(qspi_register::kIfConfig0, qspi_register::kIfConfig0PpSize512);
    ASSERT_TRUE(write(0x200, kQspiRam, 512));
    EXPECT_EQ(core.supply.operations, 1u);
    EXPECT_EQ(cells(0x200, 256), Bytes(ram.begin() + 256, ram.begin() + 512));
    EXPECT_EQ(cells(0x300, 256), Bytes(256, 0xFF)) << "lost";
}

TEST_F(QspiTest, EveryModeHasItsOpcodeLinesAndDummies)
{
    activate();
    set_quad_enable();
    const char* const reads[] = {"0B+3x1+1x1+8x1", "3B+3x1+1x1+8x2", "BB+3x2+1x2+8x2",
                                 "6B+3x1+1x1+8x4", "EB+3x4+3x4+8x4"};
    for (std::uint32_t mode = 0; mode < 5; ++mode) {
        wire.seen.clear();
        set(qspi_register::kIfConfig0, mode);
        ASSERT_TRUE(read(0, kQspiRam, 8));
        EXPECT_EQ(wire.seen.back(), reads[mode]);
    }
    const char* const writes[] = {"02+3x1+8x1", "A2+3x1+8x2", "32+3x1+8x4", "38+3x4+8x4"};
    for (std::uint32_t mode = 0; mode < 4; ++mode) {
        wire.seen.clear();
        set(qspi_register::kIfConfig0, mode << 3);
        ASSERT_TRUE(write(0x100 * mode, kQspiRam, 8));
        EXPECT_EQ(wire.seen.back(), writes[mode]);
    }
    EXPECT_EQ(cells(0x300, 8), cells(0, 8)) << "38h is a command of this part";
    EXPECT_EQ(cells(0x100, 8), Bytes(8, 0xFF)) << "A2h is none";
}

TEST_F(QspiTest, QuadReadsGiveWhatSingleReadsGive)
{
    activate();
    set_quad_enable();
    ASSERT_TRUE(write(0x40, kQspiRam, 64));
    for (const std::uint32_t mode : {0u, 2u, 4u}) {
        set(qspi_register::kIfConfig0, mode);
        ASSERT_TRUE(read(0x40, kQspiRam + 1024, 64));
        EXPECT_TRUE(std::equal(ram.begin(), ram.begin() + 64, ram.begin() + 1024)) << mode;
        std::fill(ram.begin() + 1024, ram.end(), std::uint8_t{0});
    }
}

TEST_F(QspiTest, ErasesFourOrSixtyFourKibibytesOrAll)
{
    activate();
    const char* const opcodes[] = {"20+3x1", "D8+3x1", "C7"};
    for (std::uint32_t length = 0; length < 3; ++length) {
        for (const std::uint32_t address : {0x1FFFFu, 0x20FFFu, 0x21000u, 0x2FFFFu, 0x30000u}) {
            nor.cells.poke(address, std::array<std::uint8_t, 1>{0});
        }
        set(qspi_register::kErasePtr, 0x20000);
        set(qspi_register::kEraseLen, length);
        ASSERT_TRUE(run(qspi_register::kTasksEraseStart));
        EXPECT_EQ(wire.seen.back(), opcodes[length]);
        EXPECT_EQ(nor.cells.byte_at(0x20FFF), 0xFF);
        EXPECT_EQ(nor.cells.byte_at(0x21000), length == 0 ? 0 : 0xFF);
        EXPECT_EQ(nor.cells.byte_at(0x2FFFF), length == 0 ? 0 : 0xFF);
        EXPECT_EQ(nor.cells.byte_at(0x30000), length == 2 ? 0xFF : 0);
        EXPECT_EQ(nor.cells.byte_at(0x1FFFF), length == 2 ? 0xFF : 0);
    }
}

TEST_F(QspiTest, WaitsForABusyPartToThePicosecond)
{
    activate();
    set(qspi_register::kErasePtr, 0);
    ASSERT_TRUE(run(qspi_register::kTasksEraseStart));
    const Duration ready = wire.ends + milliseconds(58);
    wire.seen.clear();
    ASSERT_TRUE(read(0, kQspiRam, 4));
    EXPECT_GT(core.now, ready);
    EXPECT_LT(core.now, ready + microseconds(40));
    EXPECT_EQ(wire.seen, (Names{"05+1x1", "05+1x1", "0B+3x1+1x1+4x1"}));
}

TEST_F(QspiTest, ABusyPartHoldsUpActivation)
{
    nor.change(NorBench::with_address(0x20, 0));
    const Duration ready = core.now + milliseconds(58);
    set(qspi_register::kEnable, 1);
    ASSERT_TRUE(run(qspi_register::kTasksActivate));
    EXPECT_GT(core.now, ready);
}

TEST_F(QspiTest, DeactivationGivesNoEvent)
{
    activate();
    set(qspi_register::kEventsReady, 0);
    set(qspi_register::kTasksDeactivate, 1);
    EXPECT_FALSE(finishes());
    EXPECT_FALSE(read(0, kQspiRam, 4));
    EXPECT_EQ(core.rules.names(), Names{"qspi-not-active"});
}

TEST_F(QspiTest, LowBitsOfAddressesAndLengthsAreDroppedAndReported)
{
    activate();
    ASSERT_TRUE(write(0x102, kQspiRam + 1, 7));
    EXPECT_EQ(core.rules.names(), Names(3, "qspi-word-rule"));
    EXPECT_EQ(cells(0x100, 8), (Bytes{0, 1, 2, 3, 0xFF, 0xFF, 0xFF, 0xFF}));
    EXPECT_NE(core.rules.seen[2].text.find("3 bytes"), std::string::npos);
    core.rules.seen.clear();
    ASSERT_TRUE(read(0x100, kQspiRam, 4));
    ASSERT_TRUE(write(0x104, kQspiRam, 4));
    EXPECT_TRUE(core.rules.seen.empty());
}

TEST_F(QspiTest, DmaReachesDataRamOnly)
{
    activate();
    ASSERT_TRUE(write(0x100, kQspiRodata + 8, 8));
    ASSERT_TRUE(read(0, kQspiRodata, 8));
    ASSERT_TRUE(write(0x100, kQspiRam + 2048 - 4, 8));
    ASSERT_EQ(core.rules.names(), Names(3, "easydma-ram-only"));
    EXPECT_EQ(core.rules.seen[0].address, kQspiRodata + 8);
    EXPECT_NE(core.rules.seen[0].text.find(".rodata"), std::string::npos);
    EXPECT_EQ(cells(0x100, 8), Bytes(8, 0xFF));
    ASSERT_TRUE(write(0x100, kQspiRam + 2048 - 8, 8));
    EXPECT_EQ(core.rules.seen.size(), 3u) << "the last bytes of RAM are RAM";
}

TEST_F(QspiTest, OneTransferOfTheSameDirectionCanBeQueued)
{
    activate();
    set(qspi_register::kReadDst, kQspiRam);
    set(qspi_register::kReadCnt, 256);
    set(qspi_register::kEventsReady, 0);
    set(qspi_register::kTasksReadStart, 1);
    const Duration first = wire.ends;
    set(qspi_register::kTasksReadStart, 1);
    EXPECT_GT(wire.ends, first + nanoseconds(1000) * 256);
    set(qspi_register::kTasksReadStart, 1);
    EXPECT_EQ(core.rules.names(), Names{"qspi-busy"});
    set(qspi_register::kTasksWriteStart, 1);
    EXPECT_EQ(core.rules.names(), Names(2, "qspi-busy"));
    ASSERT_TRUE(finishes());
    EXPECT_LT(core.now, wire.ends) << "of the first";
    set(qspi_register::kEventsReady, 0);
    ASSERT_TRUE(finishes());
    EXPECT_GE(core.now, wire.ends);
}

TEST_F(QspiTest, CustomInstructionsSendAndReceive)
{
    activate();
    ASSERT_TRUE(instruct(0x9F, 4));
    EXPECT_EQ(get(qspi_register::kCinstrDat0), 0x1428C2u);
    ASSERT_TRUE(instruct(0x06, 1));
    ASSERT_TRUE(instruct(0x05, 2));
    EXPECT_EQ(get(qspi_register::kCinstrDat0), 2u) << "WEL";
    EXPECT_FALSE(instruct(0x9F, 10));
    EXPECT_EQ(core.rules.names(), Names{"qspi-custom-instruction"});
}

TEST_F(QspiTest, CustomInstructionsSetTheLevelsOfWriteProtectAndHold)
{
    constexpr std::uint32_t kLio2 = 1u << 12;
    constexpr std::uint32_t kLio3 = 1u << 13;
    qspi.connect_io(nor.part.write_protect_pin(), nor.part.hold_pin());
    activate();
    ASSERT_TRUE(instruct(0x9F, 4, kLio3));
    EXPECT_EQ(get(qspi_register::kCinstrDat0), 0x1428C2u);
    EXPECT_TRUE(core.rules.seen.empty());
    ASSERT_TRUE(instruct(0x9F, 4, kLio2));
    EXPECT_EQ(core.rules.names(), Names{"spi-nor-held"});
    const auto write_status = [&](std::uint32_t value, std::uint32_t levels) {
        set(qspi_register::kCinstrDat0, value);
        ASSERT_TRUE(instruct(0x01, 2, qspi_register::kCinstrWren | levels));
        ASSERT_TRUE(instruct(0x05, 2, qspi_register::kCinstrWipWait | kLio2 | kLio3));
    };
    write_status(0x80, kLio2 | kLio3);
    write_status(0x00, kLio3);
    EXPECT_EQ(core.rules.names(), (Names{"spi-nor-held", "spi-nor-protected"}));
    write_status(0x00, kLio2 | kLio3);
    EXPECT_EQ(core.rules.seen.size(), 2u);
    ASSERT_TRUE(read(0, kQspiRam, 4)) << "IO3 is high again";
    EXPECT_EQ(core.rules.seen.size(), 2u);
}

TEST_F(QspiTest, LongFramesKeepChipSelectLow)
{
    activate();
    set(qspi_register::kCinstrDat0, 0);
    set(qspi_register::kCinstrDat1, 0);
    ASSERT_TRUE(instruct(0x03, 9, qspi_register::kCinstrLongFrame));
    ASSERT_TRUE(instruct(0x03, 9, qspi_register::kCinstrLongFrame));
    ASSERT_TRUE(
        instruct(0x03, 5, qspi_register::kCinstrLongFrame | qspi_register::kCinstrLongFrameStop));
    EXPECT_EQ(wire.seen, Names{"03+8x1+8x1+4x1"});
    ASSERT_TRUE(read(0, kQspiRam, 4)) << "the frame is closed";
}

TEST_F(QspiTest, DeepPowerDownKeepsThePartAsleepUntilItIsReleased)
{
    activate();
    set(qspi_register::kIfConfig0, qspi_register::kIfConfig0DpmEnable);
    set(qspi_register::kDpmDur, 3u << 16 | 1u);
    const std::uint32_t clock = get(qspi_register::kIfConfig1);
    set(qspi_register::kIfConfig1, clock | qspi_register::kIfConfig1DpmEn);
    EXPECT_EQ(wire.seen, Names{"B9"});
    EXPECT_EQ(get(qspi_register::kStatus) & qspi_register::kStatusDpm, qspi_register::kStatusDpm);
    core.now += microseconds(20);
    set(qspi_register::kIfConfig1, clock);
    EXPECT_EQ(wire.seen, (Names{"B9", "AB"}));
    const Duration awake = wire.ends + microseconds(48);
    core.now = awake - qspi_data.register_access_time - picoseconds(1);
    EXPECT_EQ(get(qspi_register::kStatus) & qspi_register::kStatusReady, 0u);
    core.now = awake - qspi_data.register_access_time;
    EXPECT_EQ(get(qspi_register::kStatus) & qspi_register::kStatusReady,
              qspi_register::kStatusReady);
    ASSERT_TRUE(read(0, kQspiRam, 4));
}

TEST_F(QspiTest, XipReadsFlashAtItsOffset)
{
    activate();
    ASSERT_TRUE(write(0x1000, kQspiRam, 64));
    AccessContext access = core.access();
    Bytes bytes(5);
    qspi.xip().read_bytes(0x1003, bytes, access);
    EXPECT_EQ(bytes, (Bytes{3, 4, 5, 6, 7}));
    EXPECT_EQ(core.now, wire.ends) << "the CPU waits for the bytes";
    set(qspi_register::kXipOffset, 0x1000);
    EXPECT_EQ(core.read(qspi.xip(), 4), 0x07060504u);
    core.write(qspi.xip(), 4, 0);
    EXPECT_EQ(core.rules.names(), Names{"qspi-xip-read-only"});
    set(qspi_register::kTasksDeactivate, 1);
    EXPECT_EQ(core.read(qspi.xip(), 4), 0u);
    EXPECT_EQ(core.rules.names(), (Names{"qspi-xip-read-only", "qspi-xip-not-active"}));
}

TEST_F(QspiTest, PowerThatFailsBetweenPagesLeavesTheFirst)
{
    activate();
    core.supply.fails_at = 1;
    write(0x1F0, kQspiRam, 32);
    EXPECT_EQ(cells(0x1F0, 16), Bytes(ram.begin(), ram.begin() + 16));
    EXPECT_EQ(cells(0x200, 16), Bytes(16, 0xFF));
}

}  // namespace
}  // namespace brownout::models
