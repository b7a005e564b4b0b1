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

class PacketReception : public UarteReception {
protected:
    PacketReception()
    {
        incoming.byte_time = microseconds(8);
        incoming.packet_bytes = 100;
        incoming.packet_time = milliseconds(20);
        incoming.event_interval = microseconds(7500);
        incoming.unpack_time = milliseconds(1);
        uarte.reset(incoming);
    }
};

TEST_F(PacketReception, PacketsComeAtTheConnectionEventsAfterTheyAreDue)
{
    EXPECT_EQ(incoming.arrival(0), microseconds(8));
    EXPECT_EQ(incoming.arrival(98), microseconds(792));
    EXPECT_EQ(incoming.arrival(99), microseconds(1800)) << "the last byte is there when unpacked";
    EXPECT_EQ(incoming.arrival(100), microseconds(22'508)) << "due at 20 ms: the third event";
    EXPECT_EQ(incoming.arrival(300), microseconds(60'008)) << "due at 60 ms: right then";
    EXPECT_EQ(incoming.arrived(microseconds(22'507)), 100u);
    EXPECT_EQ(incoming.arrived(microseconds(22'508)), 101u);
}

TEST_F(PacketReception, PacketsWithoutABufferAreKeptAndThenThereAtOnce)
{
    start(kRam, 100);
    core.now = milliseconds(30);
    advance();
    EXPECT_EQ(uarte.lost_bytes(), 0u);
    start(kRam + 100, 100);
    EXPECT_EQ(uarte.settles_at(reg::kEventsEndRx, 1, 1, core.now), core.now);
    EXPECT_EQ(core.read(uarte, reg::kEventsEndRx), 1u);
    EXPECT_TRUE(std::equal(ram.begin() + 100, ram.begin() + 200, sent.begin() + 100));
    EXPECT_EQ(core.read(uarte, reg::kErrorSrc), 0u);
}

TEST_F(PacketReception, PacketsMayBeLateAndStayInOrder)
{
    incoming.packet_time = milliseconds(30);
    incoming.late_events_max = 2;
    std::vector<Duration> late;
    for (std::uint64_t byte = 0; byte < 1000; byte += 100) {
        late.push_back(incoming.arrival(byte) - microseconds(8) -
                       milliseconds(30) * static_cast<std::int64_t>(byte / 100));
        EXPECT_EQ(late.back() % microseconds(7500), Duration{});
        EXPECT_GT(incoming.arrival(byte + 100), incoming.arrival(byte + 99));
    }
    EXPECT_EQ(*std::min_element(late.begin(), late.end()), Duration{});
    EXPECT_EQ(*std::max_element(late.begin(), late.end()), microseconds(15'000));
}

TEST_F(PacketReception, KnowsWhetherBytesCameIn)
{
    EXPECT_FALSE(uarte.was_receiving({}, milliseconds(1))) << "nothing was sent yet";
    start(kRam, 100);
    EXPECT_TRUE(uarte.was_receiving({}, milliseconds(1)));
    EXPECT_TRUE(uarte.was_receiving(microseconds(900), microseconds(901))) << "being unpacked";
    EXPECT_TRUE(uarte.was_receiving(microseconds(1799), milliseconds(2)));
    EXPECT_FALSE(uarte.was_receiving(microseconds(1800), microseconds(22'507)));
    EXPECT_TRUE(uarte.was_receiving(microseconds(1800), microseconds(22'508)));
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
