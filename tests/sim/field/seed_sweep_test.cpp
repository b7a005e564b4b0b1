// Case C: rejected uploads counted over seeds, and the counting itself.
#include <sim/runner.hpp>
#include <sim/seed_sweep.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace brownout::sim {
namespace {

const std::string kFieldFolder = TEST_FIELD_FOLDER;

SuiteEntry entry_of(const std::string& text)
{
    return {0, {}, parse_scenario(text, kFieldFolder + "/c-spim3-fast-upload/x.yaml")};
}

// A request whose cut tears the magic: what is left depends on the seed.
std::string torn_request(const std::string& more)
{
    return R"(scenario: torn
board: nrf52840dk
partitions:
  mcuboot_primary:   {address: 0xC000, size: 0x8000}
  mcuboot_secondary: {address: 0x83000, size: 0x8000}
boot: {strategy: swap-move, signature: {type: none}}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 3000, seed: v1}}
  v2: {generate: {version: 2.0.0, payload_bytes: 3000, seed: v2}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: permanent, cut: {op: 0, tear: monotone-subset, sample: 1, samples: 4}}
  - reset:
  - expect: {bytes: [{in: mcuboot_secondary, at: 0x7FF0, are: [0x7F]}]}
)" + more;
}

TEST(SeedSweep, EveryRowOfCaseCFailsAsOftenAsItSays)
{
    const std::vector<SuiteEntry> entries =
        suite_entries({kFieldFolder + "/c-spim3-fast-upload/table.yaml"}, {});
    ASSERT_GE(entries.size(), 6u);
    for (const SuiteEntry& entry : entries) {
        const SweepRow row = sweep_seeds(entry, {8, 1});
        EXPECT_EQ(row.runs, 8u);
        EXPECT_TRUE(row.holds) << entry_name(entry) << ": " << row.failed << " of 8";
        // Where an upload may fail, it does so by chance; what cures it leaves nothing to chance.
        EXPECT_EQ(row.same_for_all_seeds, row.wanted.fails_from_ppm == 0) << entry_name(entry);
    }
}

TEST(SeedSweep, CountsFailuresAndNamesTheFirst)
{
    const SweepRow row = sweep_seeds(entry_of(torn_request("")), {64, 2});
    EXPECT_FALSE(row.same_for_all_seeds);
    EXPECT_EQ(row.runs, 64u);
    ASSERT_GT(row.failed, 0u);
    ASSERT_LT(row.failed, 64u);
    EXPECT_FALSE(row.holds) << "without a limit, no run may fail";
    ASSERT_TRUE(row.first_failing_seed.has_value());
    std::uint64_t counted = 0;
    for (const SweepFailure& failure : row.failures) {
        counted += failure.runs;
    }
    EXPECT_EQ(counted, row.failed);

    // Each seed alone, in this process, says the same.
    ScenarioMachine machine(entry_of(torn_request("")).scenario);
    std::uint64_t failed = 0;
    for (std::uint64_t seed = 0; seed < 64; ++seed) {
        const bool holds = run_scenario(machine, nullptr, SIZE_MAX, nullptr, seed).holds;
        if (!holds && failed++ == 0) {
            EXPECT_EQ(seed, *row.first_failing_seed);
        }
    }
    EXPECT_EQ(failed, row.failed);
}

TEST(SeedSweep, LimitsHoldAtBothEdges)
{
    const SweepRow row = sweep_seeds(entry_of(torn_request("")), {64, 1});
    const double share = row.failed_percent();
    const auto holds = [&](double from, double to) {
        const std::string limits = fmt::format(
            "seeds: {{count: 64, fails: {{from: {:.4f} %, to: {:.4f} %}}}}\n", from, to);
        return sweep_seeds(entry_of(torn_request(limits)), {}).holds;
    };
    EXPECT_TRUE(holds(share, share));
    EXPECT_FALSE(holds(share + 0.001, 100));
    EXPECT_FALSE(holds(0, share - 0.001));
}

TEST(SeedSweep, PrintsATableAndWhatToDoNext)
{
    const std::vector<SweepRow> rows = {sweep_seeds(entry_of(torn_request("")), {20, 1})};
    std::ostringstream out;
    print_sweep(rows, "brownout run torn.yaml", out);
    EXPECT_NE(out.str().find(fmt::format("see one  brownout run torn.yaml --row 1 --seed {}",
                                         *rows[0].first_failing_seed)),
              std::string::npos)
        << out.str();
    EXPECT_NE(out.str().find("1 of 1 rows FAIL"), std::string::npos) << out.str();
    EXPECT_NE(sweep_json(rows, "torn.yaml").find("\"holds\": false"), std::string::npos);
}

TEST(SeedSweep, ACutThatNeverFiresIsTheScenariosFault)
{
    std::string text = torn_request("");
    const std::string cut = "op: 0";
    text.replace(text.find(cut), cut.size(), "op: 99");
    EXPECT_THROW(sweep_seeds(entry_of(text), {4, 1}), InputError);
}

std::string ble_error(const std::string& ble)
{
    try {
        (void)entry_of(R"(scenario: ble
board: nrf52840dk
partitions:
  mcuboot_primary:   {address: 0xC000, size: 0x8000}
  mcuboot_secondary: {address: 0x83000, size: 0x8000}
boot: {strategy: swap-move, signature: {type: none}}
images: {v2: {generate: {version: 2.0.0, payload_bytes: 3000, seed: v2}}}
steps:
  - upload: {image: v2, to: mcuboot_secondary, )" +
                       ble + "}\n");
    } catch (const InputError& error) {
        return error.sentence();
    }
    return "";
}

TEST(BleUpload, SaysWhatALinkCannotDo)
{
    EXPECT_EQ(ble_error("via: flash_img, ble: {rate: 3.0 KiB/s}"), "");
    EXPECT_NE(ble_error("ble: {rate: 3.0 KiB/s}").find("needs an upload by the application"),
              std::string::npos);
    EXPECT_NE(ble_error("via: flash_img, baud: 9600, ble: {rate: 3.0 KiB/s}").find("UART"),
              std::string::npos);
    EXPECT_NE(ble_error("via: flash_img, ble: {rate: 3 KB/s}").find("11.8 KiB/s"),
              std::string::npos);
    EXPECT_NE(ble_error("via: flash_img, ble: {rate: 3 KiB/s, interval: 5 ms}").find("7.5 ms"),
              std::string::npos);
    // 469 bytes each 7.5 ms, 133 times a second.
    EXPECT_EQ(ble_error("via: flash_img, ble: {rate: 60.9 KiB/s}"), "");
    EXPECT_NE(ble_error("via: flash_img, ble: {rate: 61.0 KiB/s}").find("60.9 KiB/s at most"),
              std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
