// The largest image, as the recorded bootloader itself says it.
#include "conform/case_reader.hpp"
#include "conform/gzip_file.hpp"

#include <sim/suite.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace brownout::sim {
namespace {

Scenario scenario_of(const ReferenceCase& reference)
{
    Scenario scenario;
    for (const CaseDevice& device : reference.devices) {
        DevicePlan plan;
        plan.sectors = device.sectors;
        plan.write_unit_bytes = device.write_unit_bytes;
        scenario.board.plan.devices.push_back(plan);
    }
    for (const CaseArea& area : reference.areas) {
        Partition partition;
        partition.role = area.role == "primary"     ? FLASH_PRIMARY
                         : area.role == "secondary" ? FLASH_SECONDARY
                         : area.role == "scratch"   ? FLASH_SCRATCH
                                                    : FLASH_OTHER;
        partition.device = area.device;
        partition.offset_bytes = area.offset_bytes;
        partition.size_bytes = area.size_bytes;
        scenario.partitions.push_back(partition);
    }
    scenario.boot.strategy = reference.config.strategy;
    scenario.boot.max_align_bytes = reference.config.max_align;
    scenario.boot.max_image_sectors = reference.config.max_sectors;
    return scenario;
}

TEST(ImageLimits, AreThoseThatTheReferenceSays)
{
    int compared = 0;
    for (const char* strategy : {"swap-move", "swap-offset", "swap-scratch", "overwrite-only"}) {
        std::istringstream lines(read_gzip_file(std::filesystem::path(CONFORMANCE_FOLDER) /
                                                    "cases" / (std::string(strategy) + ".json.gz"),
                                                std::size_t{1} << 26));
        for (std::string line; std::getline(lines, line);) {
            // Only these cases: what they say differs, and parsing all takes long.
            if (line.find("\"id\":\"") == std::string::npos ||
                line.find("rand-") == std::string::npos) {
                continue;
            }
            const auto document = nlohmann::json::parse(line);
            const ReferenceCase reference = read_case(line, "case.json");
            const std::uint64_t recorded = document["derived"]["max_image_size"][1];
            const Scenario scenario = scenario_of(reference);
            const std::uint64_t slot = scenario.partitions[1].size_bytes;
            if (reference.config.encryption != CRYPTO_WRAP_NONE || recorded == 0 ||
                recorded > slot) {
                continue;
            }
            EXPECT_EQ(largest_image_bytes(scenario), recorded) << reference.id;
            ++compared;
        }
    }
    EXPECT_GT(compared, 40);
}

}  // namespace
}  // namespace brownout::sim
