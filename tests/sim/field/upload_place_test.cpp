// Where an upload goes and how it is looked at afterwards: offsets, and parts whose cells are not
// the bytes that firmware sees.
#include <sim/report.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace brownout::sim {
namespace {

struct PlacedRun {
    bool holds = false;
    std::string text;
};

PlacedRun run_text_of(const std::string& yaml)
{
    const std::filesystem::path folder(TEST_FIELD_FOLDER);
    ScenarioMachine machine(parse_scenario(yaml, folder / "placed" / "placed.yaml"));
    std::ostringstream out;
    RunText text(machine, out);
    const bool holds = run_scenario(machine, &text).holds;
    return {holds, out.str()};
}

std::string small_upload(const std::string& strategy, const std::string& upload,
                         const std::string& expect)
{
    return fmt::format(R"(scenario: placed
board: nrf52840dk
partitions:
  mcuboot_primary:   {{address: 0xC000, size: 0x8000}}
  mcuboot_secondary: {{address: 0x83000, size: 0x9000}}
boot: {{strategy: {}, signature: {{type: none}}}}
images:
  v1: {{generate: {{version: 1.0.0, payload_bytes: 5000, seed: v1}}}}
  v2: {{generate: {{version: 2.0.0, payload_bytes: 5000, seed: v2}}}}
flash: {{mcuboot_primary: v1}}
steps:
  - upload: {{image: v2, to: mcuboot_secondary, {}}}
  - expect: {{{}}}
)",
                       strategy, upload, expect);
}

constexpr const char* kMagicAt0x1000 =
    "bytes: [{in: mcuboot_secondary, at: 0, size: 0x1000, not_erased: 0}, "
    "{in: mcuboot_secondary, at: 0x1000, are: [0x3D, 0xB8, 0xF3, 0x96]}]";

class UploadPlace : public testing::TestWithParam<const char*> {};

TEST_P(UploadPlace, TheFirstByteGoesToTheOffset)
{
    const std::string via = fmt::format("via: {}", GetParam());
    for (const auto& [strategy, offset] :
         {std::pair{"swap-move", ", offset: 0x1000"}, std::pair{"swap-offset", ""}}) {
        const PlacedRun run = run_text_of(small_upload(strategy, via + offset, kMagicAt0x1000));
        EXPECT_TRUE(run.holds) << run.text;
        const bool direct = via == "via: direct";
        EXPECT_EQ(run.text.find("bytes arrived in mcuboot_secondary") == std::string::npos, direct)
            << run.text;
    }
    const PlacedRun at_start =
        run_text_of(small_upload("swap-offset", via + ", offset: 0", kMagicAt0x1000));
    EXPECT_FALSE(at_start.holds);
}

INSTANTIATE_TEST_SUITE_P(Via, UploadPlace,
                         testing::Values("direct", "flash_img", "flash_img_v1", "stream"),
                         [](const auto& test) { return std::string(test.param); });

// Block 1016, the first of the slot, is bad: the slot begins in the next one.
std::string nand_upload(const std::string& upload)
{
    std::ifstream file(std::string(TEST_FIELD_FOLDER) +
                       "/../suites/nand-gd5f1gq4-overwrite-32k.yaml");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    text.resize(text.find("steps:"));
    return text + "steps:\n  - upload: {image: v2, to: mcuboot_secondary, " + upload +
           "}\n  - expect:\n      holds: {mcuboot_secondary: v2}\n      bytes:\n"
           "        - {in: mcuboot_secondary, at: 0, are: [0x3D, 0xB8, 0xF3, 0x96]}\n"
           "        - {in: mcuboot_secondary, at: 0x10000, size: 0x100, not_erased: 0}\n";
}

TEST(UploadPlace, BytesOfANandAreThoseThatFirmwareReads)
{
    const PlacedRun direct = run_text_of(nand_upload("via: direct"));
    EXPECT_TRUE(direct.holds) << direct.text;
    const PlacedRun streamed = run_text_of(nand_upload("via: stream, block: 2048"));
    EXPECT_TRUE(streamed.holds) << streamed.text;
    EXPECT_NE(streamed.text.find("bytes arrived in mcuboot_secondary"), std::string::npos)
        << streamed.text;
}

}  // namespace
}  // namespace brownout::sim
