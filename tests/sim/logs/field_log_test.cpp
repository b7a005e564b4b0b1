// Logs as posted in public threads (tests/sim/logs/posted), against runs that should have made
// them.
#include <sim/log_release.hpp>
#include <sim/runner.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace brownout::sim {

namespace {

std::string posted(const std::string& name)
{
    return std::string(TEST_POSTED_LOGS) + "/" + name;
}

// First boot without an update, then one that is asked for.
ScenarioResult run_update(const std::string& release, const std::string& type,
                          const std::string& damage, const std::string& log)
{
    const std::string text = fmt::format(R"(scenario: posted
board: nrf52840dk
partitions:
  mcuboot_primary:   {{address: 0xC000, size: 0x8000}}
  mcuboot_secondary: {{address: 0x83000, size: 0x8000}}
boot: {{strategy: swap-move, signature: {{type: none}}, log: {}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 3000, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: 3000, seed: v2{}}}}}
flash: {{mcuboot_primary: v1}}
steps:
  - reset:
  - upload: {{image: v2, to: mcuboot_secondary}}
  - request_upgrade: {{type: {}}}
  - reset:
  - expect: {{log: {}}}
)",
                                         release, damage, type, log);
    ScenarioMachine machine(parse_scenario(text, posted("x.yaml")));
    return run_scenario(machine, nullptr);
}

std::string failure_of(const ScenarioResult& result)
{
    const auto& failures = result.steps.back().failures;
    return failures.empty() ? "" : failures[0];
}

const std::string kDamage = ", damage: [{offset: 0x300, xor: 1}]";

std::vector<LogLine> boot_log(std::initializer_list<const char*> texts)
{
    std::vector<LogLine> log;
    for (const char* const text : texts) {
        log.push_back({IO_LOG_INFO, text, models::milliseconds(10 * std::int64_t(log.size()))});
    }
    return log;
}

}  // namespace

TEST(PostedLogs, AreWhatTheRunPrintsInTheWordingOfTheirRelease)
{
    EXPECT_EQ(failure_of(run_update("ncs-2.9", "permanent", "", "{file: a-working-ncs-2.9.1.log}")),
              "");
    EXPECT_EQ(failure_of(run_update("ncs-1.7", "test", "", "{file: c-working-ncs-1.7.log}")), "");
    EXPECT_EQ(
        failure_of(run_update("ncs-1.7", "test", kDamage, "{file: c-spim3-first-ncs-1.7.log}")),
        "");
    EXPECT_EQ(
        failure_of(run_update("ncs-1.4", "test", kDamage, "{file: b-2021-01-14-back-ncs-1.4.log}")),
        "");
}

TEST(PostedLogs, OfAnotherRunOrReleaseDifferAndTheFirstDifferenceIsNamed)
{
    const std::string working = "{file: c-working-ncs-1.7.log}";
    EXPECT_NE(failure_of(run_update("ncs-1.7", "test", kDamage, working))
                  .find("c-working-ncs-1.7.log:18: the field log has 'I: Bootloader chainload "
                        "address offset: 0xc000', boot 2 of the run has 'E: Image in the "
                        "secondary slot is not valid!'"),
              std::string::npos)
        << failure_of(run_update("ncs-1.7", "test", kDamage, working));
    EXPECT_NE(failure_of(run_update("ncs-1.4", "test", "", working)).find("Secondary image"),
              std::string::npos);
    EXPECT_NE(failure_of(run_update("ncs-2.9", "test", "", working)).find("Image index: 0"),
              std::string::npos);
    EXPECT_NE(failure_of(run_update("ncs-1.7", "permanent", "", working)).find("'"),
              std::string::npos);
}

TEST(PostedLogs, TimesAreComparedWithinATolerance)
{
    const std::string back = "{file: b-2021-01-14-back-ncs-1.4.log, tolerance: ";
    // In the field the slot of 460 KiB was erased; the one here has 32 KiB.
    EXPECT_NE(failure_of(run_update("ncs-1.4", "test", kDamage, back + "1 s}"))
                  .find("comes 8.763 s after the first line in the field"),
              std::string::npos)
        << failure_of(run_update("ncs-1.4", "test", kDamage, back + "1 s}"));
    EXPECT_EQ(failure_of(run_update("ncs-1.4", "test", kDamage, back + "9 s}")), "");
}

TEST(PostedLogs, ABootOfTheFileCanBeChosen)
{
    EXPECT_EQ(
        failure_of(run_update("ncs-1.7", "test", "", "{file: c-working-ncs-1.7.log, boot: 2}")),
        "");
    EXPECT_NE(
        failure_of(run_update("ncs-1.7", "test", "", "{file: c-working-ncs-1.7.log, boot: 1}")),
        "");
    EXPECT_THROW(run_update("ncs-1.7", "test", "", "{file: c-working-ncs-1.7.log, boot: 3}"),
                 InputError);
    EXPECT_THROW(run_update("mcuboot-2.4", "test", "", "{file: c-working-ncs-1.7.log}"),
                 InputError);
    EXPECT_THROW(run_update("ncs-1.7", "test", "", "{file: none.log}"), InputError);
}

TEST(FieldLog, PassesOverWhatTheBootloaderDidNotPrint)
{
    const auto boots = read_field_log(posted("b-2021-01-20-mute-ncs-1.4.log"));
    ASSERT_EQ(boots.size(), 1u);
    EXPECT_EQ(boots[0].size(), 14u);
    EXPECT_EQ(boots[0].back().text, "Unable to find bootable image");
    EXPECT_EQ(boots[0].back().level, IO_LOG_ERROR);
    EXPECT_EQ(boots[0][0].time, models::microseconds(253'601));
    const auto two = parse_field_log("noise\nI: Starting bootloader\r\nI: a\n[00:00:01] x\n"
                                     "*** Booting Zephyr\nI: not ours\nI: Starting bootloader\n"
                                     "I: Bootloader chainload address offset: 0xc000\nI: app\n",
                                     "x.log");
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].size(), 2u);
    EXPECT_EQ(two[1].size(), 2u);
    EXPECT_THROW(parse_field_log("I: Boot source: none\n", "x.log"), InputError);
}

TEST(FieldLog, LinesThatWereAddedAreIgnoredAndWhatIsMissingIsNot)
{
    const auto field = parse_field_log("I: Starting bootloader\nI: debug 1\nI: Swap type: none\n"
                                       "I: Bootloader chainload address offset: 0xc000\n",
                                       "x.log");
    const auto whole = boot_log(
        {"Starting bootloader", "Swap type: none", "Bootloader chainload address offset: 0xc000"});
    EXPECT_EQ(field_log_difference(field, {whole}, {"x.log", {"debug"}, {}}), std::nullopt);
    EXPECT_NE(field_log_difference(field, {whole}, {"x.log", {}, {}}), std::nullopt);
    EXPECT_NE(
        field_log_difference(field, {boot_log({"Starting bootloader"})}, {"x.log", {"debug"}, {}})
            ->find("ends before it"),
        std::string::npos);
    auto longer = whole;
    longer.push_back(longer.back());
    EXPECT_NE(
        field_log_difference(field, {longer}, {"x.log", {"debug"}, {}})->find("the run goes on"),
        std::string::npos);
    EXPECT_NE(field_log_difference(field, {whole, whole}, {"x.log", {}, {}})->find("1 boots"),
              std::string::npos);
}

TEST(LogRelease, SaysWhatDiffersThereAndLessTheNewerItIs)
{
    EXPECT_EQ(log_release("mcuboot-2.4"), nullptr);
    std::size_t before = SIZE_MAX;
    for (const LogRelease& release : log_releases()) {
        EXPECT_EQ(log_release(release.name), &release);
        EXPECT_LE(known_differences(release).size(), before);
        before = known_differences(release).size();
    }
    EXPECT_EQ(known_differences(*log_release("ncs-1.4")).size(), 6u);
    EXPECT_EQ(before, 0u);
}

}  // namespace brownout::sim
