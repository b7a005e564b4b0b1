#include "parts/bch_code.hpp"

#include <models/spi_nand.hpp>

#include <algorithm>

namespace brownout::models {

namespace {

std::string geometry_problem(const SpiNandGeometry& geometry)
{
    if (geometry.page_bytes != 2048 || geometry.pages_per_block == 0 || geometry.blocks == 0 ||
        std::uint64_t{geometry.pages_per_block} * geometry.blocks > 65'536) {
        return "page_bytes is 2048, and pages have 16-bit row addresses";
    }
    if (geometry.bad_block_marks == 0 || geometry.bad_block_marks > geometry.pages_per_block ||
        geometry.bad_block_column >= geometry.spare_bytes) {
        return "the bad-block mark lies in the spare bytes of the first pages of a block";
    }
    return {};
}

std::string ecc_problem(const SpiNandData& data)
{
    const SpiNandEcc& ecc = data.ecc;
    if (ecc.strength < 1 || ecc.strength > 8) {
        return "ECC corrects 1 to 8 bits of a sector";
    }
    const bool complete = !ecc.corrected.empty() && ecc.corrected.front().errors == 0 &&
                          ecc.corrected.back().errors == ecc.strength;
    const bool ascending = std::is_sorted(
        ecc.corrected.begin(), ecc.corrected.end(),
        [](const SpiNandEccCode& a, const SpiNandEccCode& b) { return a.errors <= b.errors; });
    if (!complete || !ascending) {
        return "ECC codes go, ascending, from 0 errors to the strength";
    }
    const std::uint32_t bytes = parts::BchCode(ecc.strength).parity_bytes();
    const std::uint32_t end = data.parity.parity_column + 3 * data.parity.parity_stride + bytes;
    if (bytes > data.parity.parity_stride ||
        data.geometry.page_bytes + std::max(end, data.geometry.spare_bytes) >
            NandPages::kStrideBytes) {
        return "parity does not fit where parity_column and parity_stride say";
    }
    const std::uint32_t mark = data.geometry.bad_block_column;
    for (std::uint32_t sector = 0; sector < NandPages::kSectors; ++sector) {
        const std::uint32_t start = data.parity.parity_column + sector * data.parity.parity_stride;
        if (mark >= start && mark < start + bytes) {
            return "parity lies over the bad-block mark";
        }
    }
    return {};
}

}  // namespace

std::string problem_with(const SpiNandData& data)
{
    if (data.identity.id.empty() || data.identity.id_dummy_bytes > 1) {
        return "an ID has bytes, and at most one dummy byte before them";
    }
    const PartTime* const times[] = {&data.times.read_page, &data.times.program_page,
                                     &data.times.erase_block};
    for (const PartTime* const time : times) {
        if (time->typ.count() <= 0 || time->max < time->typ) {
            return "read_page, program_page and erase_block take time, at most `max`";
        }
    }
    if (data.clock.max_hz == 0) {
        return "max_hz is missing in clock";
    }
    const std::string problem = geometry_problem(data.geometry);
    return problem.empty() ? ecc_problem(data) : problem;
}

std::string problem_with(const SpiNandData& data, const SpiNandOptions& options)
{
    const std::uint32_t blocks = data.geometry.blocks;
    for (const auto* list :
         {&options.bad_blocks, &options.failing_erases, &options.failing_programs}) {
        for (const std::uint32_t block : *list) {
            if (block >= blocks) {
                return data.name + " has no block " + std::to_string(block);
            }
        }
    }
    if (std::find(options.bad_blocks.begin(), options.bad_blocks.end(), 0u) !=
        options.bad_blocks.end()) {
        return "block 0 of " + data.name + " is good as delivered";
    }
    if (options.bad_blocks.size() + options.bad_block_count > data.geometry.bad_blocks_max) {
        return "at most " + std::to_string(data.geometry.bad_blocks_max) + " blocks of " +
               data.name + " are bad as delivered";
    }
    return {};
}

std::vector<std::uint32_t> factory_bad_blocks(const SpiNandData& data,
                                              const SpiNandOptions& options)
{
    std::vector<std::uint32_t> bad = options.bad_blocks;
    std::uint64_t state = options.bad_block_seed;
    for (std::uint32_t drawn = 0; drawn < options.bad_block_count;) {
        // SplitMix64 (public domain).
        state += 0x9E3779B97F4A7C15u;
        std::uint64_t value = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
        const auto block =
            static_cast<std::uint32_t>((value ^ (value >> 31)) % data.geometry.blocks);
        if (block != 0 && std::find(bad.begin(), bad.end(), block) == bad.end()) {
            bad.push_back(block);
            ++drawn;
        }
    }
    std::sort(bad.begin(), bad.end());
    bad.erase(std::unique(bad.begin(), bad.end()), bad.end());
    return bad;
}

}  // namespace brownout::models
