#include <sim/scenario.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace brownout::sim {

namespace {

// As the Partition Manager writes it, oddities included: lists that are not indented, anchors, an
// end address from somewhere else.
constexpr const char* kPartitionFile = R"(EMPTY_0:
  address: 0xfc000
  end_address: 0x100000
  placement:
    after:
    - settings_storage
  region: flash_primary
  size: 0x4000
app:
  address: 0xc200
  end_address: 0x7e000
  region: flash_primary
  size: 0x71e00
external_flash:
  address: 0x72000
  device: DT_CHOSEN(nordic_pm_ext_flash)
  region: external_flash
  size: 0x78e000
mcuboot:
  address: 0x0
  end_address: 0xc000
  placement:
    before: [mcuboot_primary]
  region: flash_primary
  size: 0xc000
mcuboot_pad:
  address: 0xc000
  placement:
    align: {start: 0x1000}
    before:
    - mcuboot_primary_app
  region: flash_primary
  size: 0x200
mcuboot_primary:
  address: 0xc000
  orig_span: &id001
  - mcuboot_pad
  - app
  region: flash_primary
  sharers: 0x1
  size: 0x72000
  span: *id001
mcuboot_primary_app:
  address: 0xc200
  orig_span: &id002
  - app
  region: flash_primary
  size: 0x71e00
  span: *id002
mcuboot_secondary:
  address: 0x0
  device: MX25
  end_address: 0x40000
  region: external_flash
  size: 0x72000
provision:
  address: 0x7e000
  region: flash_primary
  size: 0x280
settings_storage:
  address: 0xf4000
  region: flash_primary
  size: 0x8000
sram_primary:
  address: 0x20000000
  region: sram_primary
  size: 0x40000
rpmsg_sram:
  address: 0x20070000
  region: sram_primary
  size: 0x10000
)";

std::string scenario_text(const std::string& partitions)
{
    return fmt::format(R"(scenario: partition file
board:
  name: two devices
  devices:
    internal: {{controller: nvmc, sectors: [{{size: 4096, count: 256}}], write_unit: 4}}
    mx25: {{controller: plain, sectors: [{{size: 4096, count: 2048}}], write_unit: 4}}
partitions: {}
boot: {{strategy: swap-move, signature: {{type: none}}}}
steps: [{{reset: }}]
)",
                       partitions);
}

class PartitionFile : public testing::Test {
protected:
    PartitionFile() { write(kPartitionFile); }
    ~PartitionFile() override { std::filesystem::remove(path_); }

    void write(const std::string& content) { std::ofstream(path_) << content; }

    Scenario load(const std::string& more = "")
    {
        return parse_scenario(scenario_text("{file: '" + path_ + "'" + more + "}"), "x.yaml");
    }

    std::string error_of(const std::string& content)
    {
        write(content);
        try {
            load();
        } catch (const InputError& error) {
            return error.what();
        }
        return "no error";
    }

    std::string path_ = testing::TempDir() + std::to_string(::getpid()) + "-pm_static_test.yml";
};

std::string slots(const std::string& primary_size, const std::string& secondary_address)
{
    return fmt::format("mcuboot_primary: {{address: 0x7000, size: {}}}\n"
                       "mcuboot_secondary: {{address: {}, size: 0x3a000}}\n",
                       primary_size, secondary_address);
}

TEST_F(PartitionFile, OfTheSdkIsReadWithItsOddities)
{
    const Scenario scenario = load();
    std::string names;
    for (const Partition& partition : scenario.partitions) {
        names += partition.name + " ";
    }
    EXPECT_EQ(names, "mcuboot mcuboot_primary mcuboot_secondary settings_storage ");
    const Partition& secondary = *scenario.partition("mcuboot_secondary");
    EXPECT_EQ(secondary.device, 1u);
    EXPECT_EQ(secondary.offset_bytes, 0u);
    EXPECT_EQ(secondary.size_bytes, 0x72000u);
    EXPECT_EQ(secondary.role, FLASH_SECONDARY);
    std::string notes;
    for (const std::string& note : scenario.notes) {
        notes += note + "\n";
    }
    EXPECT_NE(notes.find("end_address 0x40000 contradicts"), std::string::npos) << notes;
    EXPECT_NE(notes.find("provision: does not consist of whole sectors"), std::string::npos);
    EXPECT_NE(notes.find("rpmsg_sram: lies in region 'sram_primary'"), std::string::npos);
}

TEST_F(PartitionFile, PartitionsBesideItReplaceItsOwn)
{
    const Scenario scenario = load(", mcuboot_secondary: {address: 0x80000, size: 0x72000}");
    EXPECT_EQ(scenario.partition("mcuboot_secondary")->device, 0u);
    EXPECT_EQ(scenario.partitions.size(), 4u);
    EXPECT_THROW(load(", regions: {external_flash: mx52}"), InputError);
    EXPECT_EQ(load(", regions: {external_flash: mx25}").partitions.size(), 4u);
}

// Field report D124437: a secondary slot in the middle of a page.
TEST_F(PartitionFile, OverlapsAreCheckedOnErasePages)
{
    const std::string error = error_of(slots("0x3a800", "0x41800"));
    EXPECT_NE(error.find("inside the sector of 4096 bytes at 0x41000"), std::string::npos) << error;
    std::string all;
    const std::string path = testing::TempDir() + "f30.yaml";
    std::ofstream(path) << scenario_text("{file: '" + path_ + "'}");
    for (const InputError& one : scenario_errors(path)) {
        all += std::string(one.what()) + "\n";
    }
    std::filesystem::remove(path);
    EXPECT_NE(all.find("mcuboot_secondary shares the sector at 0x41000 of internal with "
                       "mcuboot_primary"),
              std::string::npos)
        << all;
    EXPECT_EQ(error_of(slots("0x3a000", "0x41000")), "no error");
    EXPECT_NE(error_of(slots("0x3a000", "0x40000")).find("overlaps"), std::string::npos);
    // A partition of the application that crosses the end of a slot.
    EXPECT_NE(error_of(slots("0x3a000", "0x41000") + "s: {address: 0x7aff0, size: 0x100}")
                  .find("overlaps"),
              std::string::npos);
    EXPECT_EQ(error_of(slots("0x3a000", "0x41000") + "s: {address: 0x6800, size: 0x100}"),
              "no error");
}

TEST_F(PartitionFile, HostileOnesGetASentence)
{
    EXPECT_NE(error_of("- a\n").find("maps names"), std::string::npos);
    EXPECT_NE(error_of("mcuboot_primary: 1\n").find("must be a mapping"), std::string::npos);
    EXPECT_NE(error_of("mcuboot_primary: {address: 0, size: 0x80000000}\n").find("behind the end"),
              std::string::npos);
    EXPECT_NE(error_of("mcuboot_primary: {address: 0, size: 0x100000000}\n").find("32 bits"),
              std::string::npos);
    EXPECT_NE(error_of("mcuboot_primary: {address: 0}\n").find("has no size"), std::string::npos);
    EXPECT_NE(error_of("a: {span: [b]}\n").find("holds no partition"), std::string::npos);
    EXPECT_NE(error_of("*a : 1\n").find("pm_static_test.yml:1"), std::string::npos);
    EXPECT_NE(error_of(std::string(300'000, '#')).find("larger"), std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
