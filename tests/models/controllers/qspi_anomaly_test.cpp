#include "support/qspi_bench.hpp"

namespace brownout::models {
namespace {

class QspiAnomalyTest : public QspiTest {
protected:
    explicit QspiAnomalyTest(const QspiData& data) : QspiTest(data) {}
};

QspiData with_anomalies(QspiAnomalies anomalies, bool nrf53 = false)
{
    QspiData data;
    data.anomalies = anomalies;
    if (nrf53) {
        data.base_clock_hz = 96'000'000;
        data.rx_delay_reset = 6;
        data.has_xip_enable = true;
    }
    return data;
}

class QspiAnomaly215 : public QspiAnomalyTest {
protected:
    QspiAnomaly215() : QspiAnomalyTest(with_anomalies({.registers_after_xip = true})) {}
};

TEST_F(QspiAnomaly215, AHighRegisterAfterXipHaltsTheCpuUnlessActivatedInBetween)
{
    activate();
    core.read(qspi.xip(), 0);
    EXPECT_EQ(get(qspi_register::kXipOffset), 0u);
    EXPECT_LT(core.now, kNever) << "registers below 0x600 are safe";
    ASSERT_TRUE(run(qspi_register::kTasksActivate));
    get(qspi_register::kStatus);
    EXPECT_LT(core.now, kNever);
    core.read(qspi.xip(), 0);
    get(qspi_register::kStatus);
    EXPECT_GE(core.now, kNever);
    EXPECT_EQ(core.rules.names(), Names{"anomaly-215"});
}

class QspiAnomaly216 : public QspiAnomalyTest {
protected:
    QspiAnomaly216() : QspiAnomalyTest(with_anomalies({.unaligned_xip_reads = true})) {}
};

TEST_F(QspiAnomaly216, XipReadsOfPartsOfWordsGetTheWordBelow)
{
    activate();
    ASSERT_TRUE(write(0, kQspiRam, 64));
    AccessContext access = core.access();
    Bytes bytes(4);
    qspi.xip().read_bytes(8, bytes, access);
    EXPECT_EQ(bytes, (Bytes{8, 9, 10, 11}));
    EXPECT_TRUE(core.rules.seen.empty());
    qspi.xip().read_bytes(6, bytes, access);
    EXPECT_EQ(bytes, (Bytes{4, 5, 6, 7}));
    EXPECT_EQ(core.rules.names(), Names{"anomaly-216"});
}

class QspiAnomaly244 : public QspiAnomalyTest {
protected:
    QspiAnomaly244() : QspiAnomalyTest(with_anomalies({.clock_switch = true})) {}
};

TEST_F(QspiAnomaly244, DataAreWrongWhileTheClockSourceChanges)
{
    activate();
    ASSERT_TRUE(write(0, kQspiRam, 4));
    ASSERT_TRUE(read(0, kQspiRam + 64, 4));
    const Duration then = core.now + milliseconds(10);
    qspi.set_clock_switch(then, then + milliseconds(1));
    EXPECT_TRUE(core.rules.seen.empty());
    core.now = then;
    read(0, kQspiRam + 64, 4);
    ASSERT_FALSE(core.rules.seen.empty());
    EXPECT_EQ(core.rules.seen[0].rule, "anomaly-244");
    EXPECT_FALSE(std::equal(ram.begin(), ram.begin() + 4, ram.begin() + 64));
    core.now = then + milliseconds(1);
    core.rules.seen.clear();
    ASSERT_TRUE(read(0, kQspiRam + 64, 4));
    EXPECT_TRUE(core.rules.seen.empty());
    EXPECT_TRUE(std::equal(ram.begin(), ram.begin() + 4, ram.begin() + 64));
}

class QspiAnomaly121 : public QspiAnomalyTest {
protected:
    QspiAnomaly121() : QspiAnomalyTest(with_anomalies({.interface_timing = true}, true)) {}
};

TEST_F(QspiAnomaly121, ReadsNeedTheBitsThatSuitTheFrequency)
{
    activate();
    const struct {
        std::uint32_t divider;
        std::uint32_t bits;
        bool suits;
    } cases[] = {{1, 3, true}, {1, 1, false}, {2, 1, true}, {2, 3, false}, {12, 0, false}};
    for (const auto& one : cases) {
        core.rules.seen.clear();
        set(qspi_register::kIfConfig0, one.bits << 16);
        set(qspi_register::kIfConfig1, (one.divider - 1) << 28);
        ASSERT_TRUE(read(0, kQspiRam, 4));
        EXPECT_EQ(ram[0] == 0xFF, one.suits) << one.divider << " " << one.bits;
        EXPECT_EQ(core.rules.names() == Names{"anomaly-121"}, !one.suits);
    }
}

TEST(QspiAnomaly159, NothingEndsUnlessTheCpuRunsAt64Megahertz)
{
    for (const std::uint32_t cpu_hz : {64'000'000u, 128'000'000u}) {
        QspiData data = with_anomalies({.needs_64_mhz_cpu = true}, true);
        data.cpu_hz = cpu_hz;
        NorBench nor{sample_nor_data()};
        Qspi qspi(data, nor.part);
        nor.core.write(qspi.registers(), qspi_register::kEnable, 1);
        nor.core.write(qspi.registers(), qspi_register::kTasksActivate, 1);
        EXPECT_EQ(nor.core.poll(qspi.registers(), qspi_register::kEventsReady, 1, 1),
                  cpu_hz == 64'000'000u);
    }
}

}  // namespace
}  // namespace brownout::models
