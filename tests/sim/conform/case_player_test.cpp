// A recorded case passes; the same case with any recorded fact bent fails at that fact.
#include "conform/case_machine.hpp"
#include "conform/case_player.hpp"
#include "reference_set_probe.hpp"

#include <sim/data_paths.hpp>

namespace brownout::sim {
namespace {

using nlohmann::json;

std::optional<Difference> play(const json& document)
{
    const auto loader = Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), conform_placement());
    const auto application =
        Firmware::load(builtin_firmware(BOOT_FIRMWARE_APPLICATION), conform_placement());
    ImageStore images(kConformanceFolder);
    const ReferenceCase reference = read_case(document.dump(), "case.json");
    return CasePlayer(reference, images, *loader, *application).play();
}

// The place of the difference after one fact was bent.
std::string place_after(const json& original, const char* path, const json& value)
{
    json document = original;
    document[json::json_pointer(path)] = value;
    const auto difference = play(document);
    return difference ? difference->place : "no difference";
}

TEST(CasePlayer, PassesWhatWasRecorded)
{
    EXPECT_FALSE(play(tiny_case()));
}

TEST(CasePlayer, FindsEveryBentFactOfAStep)
{
    const json tiny = tiny_case();
    EXPECT_EQ(place_after(tiny, "/steps/1/ops/13/2", 50180), "step 1 (boot), call 13");
    EXPECT_EQ(place_after(tiny, "/steps/1/ops/13/3", 1020), "step 1 (boot), call 13");
    EXPECT_EQ(place_after(tiny, "/steps/1/ops/13/4", "f45a1d826f94196e"), "step 1 (boot), call 13");
    EXPECT_EQ(place_after(tiny, "/steps/1/ops/0/3", 8192), "step 1 (boot), call 0");
    EXPECT_EQ(place_after(tiny, "/steps/1/ops_hash", "7353b8fbfcca0c04"),
              "step 1 (boot), hash of calls 0");
    EXPECT_EQ(place_after(tiny, "/steps/1/log/4", "I: Starting swap using magic."),
              "step 1 (boot), log line 4");
    EXPECT_EQ(
        place_after(tiny, "/steps/1/log/4", tiny["steps"][1]["log"][4].get<std::string>() + " "),
        "step 1 (boot), log line 4");
    EXPECT_EQ(place_after(tiny, "/steps/1/result/version", "1.1.0+1"), "step 1 (boot), result 0");
    EXPECT_EQ(place_after(tiny, "/steps/1/result/off", 73728), "step 1 (boot), result 0");
    EXPECT_EQ(place_after(tiny, "/steps/1/result/outcome", "fail"), "step 1 (boot), result 0");
    EXPECT_EQ(place_after(tiny, "/steps/0/result/rc", 1), "step 0 (app pending 0 0), result 0");
    json one_less = tiny;
    one_less["steps"][1]["ops"].erase(23);
    EXPECT_EQ(play(one_less)->place, "step 1 (boot), call 23");
}

TEST(CasePlayer, FindsEveryBentFactOfAState)
{
    const json tiny = tiny_case();
    const std::string other(64, '0');
    EXPECT_EQ(place_after(tiny, "/states/0/sha256/0", other), "initial contents, line 2");
    EXPECT_EQ(place_after(tiny, "/states/0/content/primary", "-"), "initial contents, line 0");
    EXPECT_EQ(place_after(tiny, "/states/2/sha256/0", other), "step 1 (boot), final state, line 2");
    EXPECT_EQ(place_after(tiny, "/states/2/content/secondary", "i0@4096"),
              "step 1 (boot), final state, line 1");
}

TEST(CasePlayer, FindsEveryBentFactOfARow)
{
    const json tiny = tiny_case();
    EXPECT_EQ(place_after(tiny, "/tables/0/rows/5/1", 23),
              "step 1 cut at call 5, recovery, calls 0");
    EXPECT_EQ(place_after(tiny, "/tables/0/rows/5/2", "7353b8fbfcca0c04"),
              "step 1 cut at call 5, recovery, calls 0");
    EXPECT_EQ(place_after(tiny, "/tables/0/rows/5/4", 0),
              "step 1 cut at call 5, recovery, final state, line 0");
    EXPECT_EQ(place_after(tiny, "/tables/0/rows/2/6/3/2", 4),
              "step 1 cut at call 2, recovery, call 3");
    EXPECT_EQ(place_after(tiny, "/tables/0/rows/5/0", 24), "step 1 cut at call 24");
    json other_log = tiny;
    other_log["logs"].push_back({"I: nothing of the kind"});
    other_log["tables"][0]["rows"][5][5] = other_log["logs"].size() - 1;
    EXPECT_EQ(play(other_log)->place, "step 1 cut at call 5, recovery, log line 0");
}

TEST(CasePlayer, FindsBentFactsOfDoubleCutsAndOfTheBootAfter)
{
    const json tiny = recorded_case("swap-offset", "offset-tiny-test");
    std::size_t table = 0;
    while (tiny["tables"][table]["type"] != "double_then") {
        ++table;
    }
    const std::string row = "/tables/" + std::to_string(table) + "/rows/7/";
    const json& recorded = tiny["tables"][table]["rows"][7];
    const std::string place = "step 1 cut at call " + recorded[0].dump() +
                              ", recovery cut at call " + recorded[1].dump() + ", recovery";
    EXPECT_FALSE(play(tiny));
    EXPECT_EQ(place_after(tiny, (row + "2").c_str(), 1000), place + ", calls 0");
    EXPECT_EQ(place_after(tiny, (row + "7").c_str(), 1000), place + ", next boot, calls 0");
}

TEST(ReasonToSkip, FollowsFromTheTableOfTheCore)
{
    boot_firmware core{};
    core.strategies = 1u << BOOT_SWAP_MOVE;
    ReferenceCase reference;
    EXPECT_EQ(reason_to_skip(reference, core), "");
    reference.config.encryption = CRYPTO_WRAP_AES_KW;
    EXPECT_EQ(reason_to_skip(reference, core), "the core cannot decrypt images");
    core.capabilities = BOOT_CAN_ENCRYPT;
    EXPECT_EQ(reason_to_skip(reference, core), "");
    reference.config.images = 2;
    EXPECT_EQ(reason_to_skip(reference, core), "the core handles one image only");
    reference.config.strategy = BOOT_RAM_LOAD;
    reference.config.strategy_name = "ram-load";
    EXPECT_EQ(reason_to_skip(reference, core), "the core has no strategy ram-load");
}

}  // namespace
}  // namespace brownout::sim
