#include "reference_set_probe.hpp"

#include <sim/conform.hpp>

namespace brownout::sim {
namespace {

using nlohmann::json;

struct Printed {
    ConformSummary summary;
    std::string text;
};

Printed conform(ConformOptions options)
{
    std::ostringstream out;
    Printed printed;
    printed.summary = run_conform(options, out);
    printed.text = out.str();
    return printed;
}

ConformOptions on(const std::filesystem::path& path)
{
    ConformOptions options;
    options.paths = {path};
    return options;
}

TEST(RunConform, EndsWithTheCounts)
{
    const TemporaryFolder folder;
    const Printed printed = conform(on(folder.write_set(tiny_case())));
    EXPECT_EQ(printed.text, "1 passed, 0 failed, 0 skipped\n");
    EXPECT_TRUE(printed.summary.holds());
}

TEST(RunConform, PrintsTheFirstDifferenceOfACaseThatFails)
{
    const TemporaryFolder folder;
    json document = tiny_case();
    document["steps"][1]["ops"][13][2] = 50180;
    const Printed printed = conform(on(folder.write_set(document)));
    EXPECT_FALSE(printed.summary.holds());
    EXPECT_NE(printed.text.find("FAILED  move-tiny-test  step 1 (boot), call 13\n"),
              std::string::npos);
    EXPECT_NE(printed.text.find("W primary +0x404 1024 bytes"), std::string::npos);
    EXPECT_TRUE(printed.text.ends_with("0 passed, 1 failed, 0 skipped\n"));
}

TEST(RunConform, PrintsTheSameWithAnyNumberOfWorkers)
{
    ConformOptions options = on(kConformanceFolder / "cases" / "direct-xip-revert.json.gz");
    options.jobs = 1;
    const std::string alone = conform(options).text;
    options.jobs = 3;
    EXPECT_EQ(conform(options).text, alone);
}

TEST(RunConform, RunsASampleOfTheCases)
{
    ConformOptions options = on(kConformanceFolder / "cases" / "direct-xip.json.gz");
    options.every = 19;
    EXPECT_EQ(conform(options).text, "2 passed, 0 failed, 0 skipped\n");
}

TEST(RunConform, HoldsOnlyIfExactlyTheListedCasesAreSkipped)
{
    const TemporaryFolder folder;
    ConformOptions options = on(folder.write_set(tiny_case()));
    options.expect_skipped = folder.write("none.txt", "# nothing\n\n");
    EXPECT_TRUE(conform(options).summary.holds());
    options.expect_skipped = folder.write("one.txt", "move-tiny-test: no reason\n");
    const Printed printed = conform(options);
    EXPECT_FALSE(printed.summary.holds());
    EXPECT_NE(printed.text.find("NOT SKIPPED, but in "), std::string::npos);
    options.expect_skipped = folder.path() / "missing.txt";
    EXPECT_NE(complaint([&] { conform(options); }), "");
}

TEST(RunConform, RefusesASetThatIsDamagedBeforeItRunsAnything)
{
    const TemporaryFolder folder;
    const auto file = folder.write_set(recorded_case("swap-move", "move-sig-ecdsa-p256"));
    std::filesystem::remove(folder.path() / "keys" / "sign-ec256-pub.der");
    EXPECT_NE(complaint([&] { conform(on(file)); }).find("sign-ec256-pub.der"), std::string::npos);
    std::filesystem::remove(folder.path() / "images" / "recipes.json.gz");
    EXPECT_NE(complaint([&] { conform(on(file)); }).find("missing"), std::string::npos);
    EXPECT_NE(complaint([&] { conform(on("/nowhere")); }), "");
    ConformOptions no_core = on(file);
    no_core.loader = folder.write("core.so", "not a shared object");
    EXPECT_NE(complaint([&] { conform(no_core); }), "");
}

}  // namespace
}  // namespace brownout::sim
