#include "support/spim_bench.hpp"

#include <models/ram_activity.hpp>

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;
using Bytes = std::vector<std::uint8_t>;

TEST(SpimAnomalyTest, Anomaly58ClocksAByteMore)
{
    SpimData data;
    data.anomalies.anomaly_58 = true;
    SpimBench bench(data);
    bench.chip_select(false);
    bench.transfer(1, 1);
    EXPECT_EQ(bench.part.heard, (Bytes{1, 0}));
    EXPECT_EQ(bench.received(2), (Bytes{0x80, 2}));
    bench.transfer(2, 1);
    EXPECT_EQ(bench.part.heard.size(), 4u) << "two bytes are two";
    EXPECT_EQ(bench.core.rules.names(), Names{"anomaly-58"});
}

TEST(SpimAnomalyTest, Anomaly109SpoilsTheFirstByteOfAnIdleDma)
{
    SpimData data;
    data.anomalies.anomaly_109 = true;
    SpimBench bench(data);
    bench.chip_select(false);
    bench.transfer(2, 0);
    EXPECT_EQ(bench.part.heard, (Bytes{0, 2}));
    bench.transfer(2, 0);
    EXPECT_EQ(bench.part.heard, (Bytes{0, 2, 1, 2})) << "it is still awake";
    bench.core.now += milliseconds(1);
    bench.transfer(0, 0);
    bench.transfer(2, 0);
    EXPECT_EQ(bench.part.heard.size(), 6u);
    EXPECT_EQ(bench.part.heard[4], 1) << "a transfer of nothing woke it";
    EXPECT_EQ(bench.core.rules.names(), Names{"anomaly-109"});
}

class Anomaly198Test : public testing::Test {
protected:
    static SpimData data(SpimAnomalies::Shape shape)
    {
        SpimData data;
        data.name = "spim3";
        data.anomalies.anomaly_198 = true;
        data.anomalies.anomaly_198_shape = shape;
        data.anomalies.anomaly_198_transfer = 1;
        return data;
    }
    static Bytes heard(const SpimData& data)
    {
        SpimBench bench(data);
        bench.chip_select(false);
        bench.transfer(2, 0);
        bench.transfer(4, 0);
        EXPECT_EQ(bench.core.rules.names(), Names{"anomaly-198"});
        return {bench.part.heard.begin() + 2, bench.part.heard.end()};
    }
};

TEST_F(Anomaly198Test, SpoilsTheChosenTransferInItsShape)
{
    using Shape = SpimAnomalies::Shape;
    EXPECT_EQ(heard(data(Shape::kFirstByteReplaced)), (Bytes{2, 2, 3, 4}));
    EXPECT_EQ(heard(data(Shape::kShifted)), (Bytes{2, 1, 2, 3}));
    const Bytes zeroed = heard(data(Shape::kByteZeroed));
    EXPECT_EQ(std::count(zeroed.begin(), zeroed.end(), 0), 1);
}

TEST_F(Anomaly198Test, HappensAsOftenAsTheActivityOnThatRamBlockSays)
{
    SpimData spim = data(SpimAnomalies::Shape::kFirstByteReplaced);
    spim.anomalies.anomaly_198_transfer = -1;
    const auto hits = [&](double probability, std::uint32_t address, std::uint64_t seed) {
        spim.anomalies.seed = seed;
        SpimBench bench(spim);
        FittedRamActivity activity(soc::nrf52840, 1u << 0, probability);
        bench.spim.set_ram_activity(&activity);
        for (int i = 0; i < 1000; ++i) {
            bench.start(address, 4, 0, 0);
            bench.core.now += milliseconds(1);
        }
        return bench.core.rules.seen.size();
    };
    EXPECT_EQ(hits(0, kRam, 1), 0u);
    EXPECT_EQ(hits(1, kRam, 1), 1000u);
    EXPECT_EQ(hits(1, kRam + 0x2000, 1), 0u) << "a RAM block of its own is safe";
    EXPECT_NEAR(static_cast<double>(hits(0.1, kRam, 1)), 100, 40);
    EXPECT_EQ(hits(0.1, kRam, 1), hits(0.1, kRam, 1));
    EXPECT_NE(hits(0.1, kRam, 1), hits(0.1, kRam, 2));
}

// While bytes come in; never in blocks that are kept for the SPIM.
TEST(FittedRamActivity, CollidesOnlyWhileOthersUseTheBlock)
{
    const std::vector<std::uint8_t> bytes(100);
    std::vector<std::uint8_t> ram(100);
    IncomingBytes incoming;
    incoming.bytes = bytes;
    incoming.byte_time = microseconds(10);
    Uarte receiver("uarte0");
    receiver.reset(incoming);
    FittedRamActivity activity(soc::nrf52840, 1u << 0, 0.5);
    const auto at = [&](Duration from) {
        return activity.collision_probability(kRam, 4, from, from + microseconds(10));
    };
    EXPECT_EQ(at(milliseconds(9)), 0.5) << "always";
    activity.only_while_receiving(receiver);
    EXPECT_EQ(at({}), 0.0);

    ProbeCore core;
    core.bus.add_window({kRam, ram, true, "RAM"});
    core.write(receiver, uarte_register::kRxdPtr, kRam);
    core.write(receiver, uarte_register::kRxdMaxCnt, 100);
    core.write(receiver, uarte_register::kTasksStartRx, 1);
    EXPECT_EQ(at(microseconds(500)), 0.5);
    EXPECT_EQ(at(microseconds(999)), 0.5) << "the last byte comes after 1 ms";
    EXPECT_EQ(at(microseconds(1000)), 0.0);

    RamLockRegister lock;
    activity.heed_locks(lock.locked_slaves());
    core.write(lock, 0, 1u << 1);
    EXPECT_EQ(at(microseconds(500)), 0.5) << "another block";
    core.write(lock, 0, 1u << 0);
    EXPECT_EQ(at(microseconds(500)), 0.0);
}

}  // namespace
}  // namespace brownout::models
