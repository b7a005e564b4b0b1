#include "support/probes.hpp"

#include <models/uarte.hpp>

#include <numeric>

namespace brownout::models {
namespace {

namespace reg = uarte_register;

class UarteReception : public testing::Test {
protected:
    static constexpr std::uint32_t kRam = 0x2000'0000;
    static constexpr Duration kByteTime = microseconds(100);

    UarteReception() : sent(1000), ram(200'000, 0xEE)
    {
        std::iota(sent.begin(), sent.end(), std::uint8_t{1});
        core.bus.add_window({kRam, ram, true, "RAM"});
        incoming.bytes = sent;
        incoming.byte_time = kByteTime;
        uarte.reset(incoming);
    }

    void start(std::uint32_t pointer, std::uint32_t maxcnt)
    {
        core.write(uarte, reg::kRxdPtr, pointer);
        core.write(uarte, reg::kRxdMaxCnt, maxcnt);
        core.write(uarte, reg::kTasksStartRx, 1);
    }
    void advance()
    {
        AccessContext access = core.access();
        uarte.advance(access);
    }

    std::vector<std::uint8_t> sent;
    std::vector<std::uint8_t> ram;
    IncomingBytes incoming;
    ProbeCore core;
    Uarte uarte{"uarte0"};
};

TEST_F(UarteReception, EndsWhenTheLastByteOfTheBufferHasArrivedAndNotBefore)
{
    start(kRam, 10);
    core.now = kByteTime * 10 - nanoseconds(1);
    EXPECT_EQ(core.read(uarte, reg::kEventsEndRx), 0u);
    EXPECT_EQ(core.read(uarte, reg::kEventsRxdRdy), 1u);
    core.now = kByteTime * 10;
    EXPECT_EQ(core.read(uarte, reg::kEventsEndRx), 1u);
    EXPECT_EQ(core.read(uarte, reg::kRxdAmount), 10u);
    EXPECT_TRUE(std::equal(ram.begin(), ram.begin() + 10, sent.begin()));
    EXPECT_EQ(ram[10], 0xEE);
}

TEST_F(UarteReception, APollKnowsWhenTheBufferWillBeFull)
{
    start(kRam, 10);
    EXPECT_EQ(uarte.settles_at(reg::kEventsEndRx, 1, 1, core.now), kByteTime * 10);
    start(kRam, 2000);
    EXPECT_EQ(uarte.settles_at(reg::kEventsEndRx, 1, 1, core.now), std::nullopt);
}

TEST_F(UarteReception, MaxCntKeepsSixteenBitsAndSaysSo)
{
    core.write(uarte, reg::kRxdMaxCnt, 65'535);
    EXPECT_TRUE(core.rules.seen.empty());
    core.write(uarte, reg::kRxdMaxCnt, 100'000);
    EXPECT_EQ(core.read(uarte, reg::kRxdMaxCnt), 34'464u);
    EXPECT_EQ(core.rules.names(), std::vector<std::string>{"uarte-maxcnt-16-bits"});
}

TEST_F(UarteReception, BytesThatNobodyWaitsForAreLostAndReportedAsOverrun)
{
    start(kRam, 10);
    core.now = kByteTime * 15;
    EXPECT_EQ(core.read(uarte, reg::kErrorSrc), 1u);
    EXPECT_EQ(uarte.lost_bytes(), 5u);
    start(kRam + 100, 10);
    core.now = kByteTime * 16;
    advance();
    EXPECT_EQ(ram[100], sent[15]);
}

TEST_F(UarteReception, TheShortHandsTheSameBufferBackWithoutALostByte)
{
    core.write(uarte, reg::kShorts, 1u << 5);
    start(kRam, 10);
    core.now = kByteTime * 15;
    advance();
    EXPECT_EQ(uarte.lost_bytes(), 0u);
    EXPECT_EQ(ram[0], sent[10]);
    EXPECT_EQ(ram[5], sent[5]);
}

TEST_F(UarteReception, StopGivesWhatHasArrived)
{
    start(kRam, 100);
    core.now = kByteTime * 7;
    core.write(uarte, reg::kTasksStopRx, 1);
    EXPECT_EQ(core.read(uarte, reg::kRxdAmount), 7u);
    EXPECT_EQ(core.read(uarte, reg::kEventsRxTo), 1u);
}

TEST_F(UarteReception, ReachesDataRamOnly)
{
    start(0x1000, 10);
    EXPECT_EQ(core.rules.names(), std::vector<std::string>{"easydma-ram-only"});
    core.now = kByteTime * 20;
    EXPECT_EQ(core.read(uarte, reg::kEventsEndRx), 0u);
}

TEST(IncomingBytes, PausesAfterEachSoManyBytes)
{
    IncomingBytes incoming;
    const std::vector<std::uint8_t> bytes(100);
    incoming.bytes = bytes;
    incoming.byte_time = microseconds(10);
    incoming.pause_every_bytes = 20;
    incoming.pause = milliseconds(1);
    EXPECT_EQ(incoming.arrival(19), microseconds(200));
    EXPECT_EQ(incoming.arrival(20), microseconds(1210));
    EXPECT_EQ(incoming.arrived(microseconds(199)), 19u);
    EXPECT_EQ(incoming.arrived(microseconds(200)), 20u);
    EXPECT_EQ(incoming.arrived(microseconds(1209)), 20u);
}

}  // namespace
}  // namespace brownout::models
