#include "logical_flash.hpp"

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kNandPageBytes = 2048;

const NandPlan* nand_of(const DevicePlan& plan)
{
    return plan.external && plan.external->nand.data ? &plan.external->nand : nullptr;
}

}  // namespace

LogicalFlash::LogicalFlash(const BoardPlan& board, std::uint32_t device)
    : board_(board), plan_(board.devices.at(device)), device_(device)
{
    if (const NandPlan* const nand = nand_of(plan_)) {
        pages_ = std::make_unique<const models::NandPages>(*nand->data);
    }
}

// The row that holds a byte: the n-th good block of the partition's region.
std::optional<std::uint32_t> LogicalFlash::row_at(const models::FlashArray& cells,
                                                  std::uint64_t offset_bytes) const
{
    const NandPlan& nand = *nand_of(plan_);
    const std::uint32_t block_bytes = nand.data->block_bytes();
    for (const AreaPlan& area : board_.areas) {
        const bool holds = area.device == device_ && offset_bytes >= area.offset_bytes &&
                           offset_bytes < std::uint64_t{area.offset_bytes} + area.size_bytes;
        if (!holds) {
            continue;
        }
        const std::uint32_t first = area.offset_bytes / block_bytes;
        const std::uint32_t end = first + area.size_bytes / block_bytes + nand.reserve_blocks;
        auto to_skip = static_cast<std::uint32_t>(offset_bytes / block_bytes) - first;
        for (std::uint32_t block = first; block < end; ++block) {
            if (pages_->is_marked_bad(cells, block)) {
                continue;
            }
            if (to_skip-- == 0) {
                return block * nand.data->geometry.pages_per_block +
                       static_cast<std::uint32_t>(offset_bytes % block_bytes / kNandPageBytes);
            }
        }
    }
    return std::nullopt;
}

// Calls visit(row, column, done, byte_count) for the part of each page until it answers false.
template <class Visit>
bool LogicalFlash::for_each_page(const models::FlashArray& cells, std::uint64_t offset_bytes,
                                 std::uint64_t byte_count, Visit&& visit) const
{
    for (std::uint64_t done = 0; done < byte_count;) {
        const auto column = static_cast<std::uint32_t>((offset_bytes + done) % kNandPageBytes);
        const auto part = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(kNandPageBytes - column, byte_count - done));
        const std::optional<std::uint32_t> row = row_at(cells, offset_bytes + done);
        if (!row || !visit(*row, column, static_cast<std::size_t>(done), part)) {
            return false;
        }
        done += part;
    }
    return true;
}

bool LogicalFlash::read(const models::FlashArray& cells, std::uint64_t offset_bytes,
                        std::span<std::uint8_t> destination) const
{
    if (pages_ == nullptr) {
        cells.read(offset_bytes, destination);
        return true;
    }
    std::vector<std::uint8_t> page(kNandPageBytes);
    return for_each_page(
        cells, offset_bytes, destination.size(),
        [&](std::uint32_t row, std::uint32_t column, std::size_t done, std::uint32_t byte_count) {
            if (!nand_of(plan_)->ecc) {
                cells.read(models::NandPages::offset_of(row), page);
            } else if (pages_->read_data(cells, row, page).uncorrectable) {
                return false;
            }
            std::copy_n(page.begin() + column, byte_count,
                        destination.begin() + static_cast<std::ptrdiff_t>(done));
            return true;
        });
}

bool LogicalFlash::is_erased(const models::FlashArray& cells, std::uint64_t offset_bytes,
                             std::uint64_t byte_count) const
{
    if (pages_ == nullptr) {
        return cells.is_erased(offset_bytes, byte_count);
    }
    return for_each_page(
        cells, offset_bytes, byte_count,
        [&](std::uint32_t row, std::uint32_t column, std::size_t, std::uint32_t part) {
            return cells.is_erased(models::NandPages::offset_of(row) + column, part);
        });
}

bool LogicalFlash::store(models::FlashArray& cells, std::uint64_t offset_bytes,
                         std::span<const std::uint8_t> source) const
{
    if (pages_ == nullptr) {
        cells.poke(offset_bytes, source);
        return true;
    }
    std::vector<std::uint8_t> page(kNandPageBytes);
    return for_each_page(
        cells, offset_bytes, source.size(),
        [&](std::uint32_t row, std::uint32_t column, std::size_t done, std::uint32_t byte_count) {
            (void)pages_->read_data(cells, row, page);
            std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(done), byte_count,
                        page.begin() + column);
            pages_->store_data(cells, row, page);
            return true;
        });
}

bool LogicalFlash::fill_erased(models::FlashArray& cells, std::uint64_t offset_bytes,
                               std::uint64_t byte_count) const
{
    if (pages_ == nullptr) {
        const std::vector<std::uint8_t> erased(byte_count, cells.geometry().erased_value);
        cells.poke(offset_bytes, erased);
        return true;
    }
    const std::uint32_t block_bytes = nand_of(plan_)->data->block_bytes();
    const std::uint32_t pages = nand_of(plan_)->data->geometry.pages_per_block;
    BROWNOUT_ASSERT(offset_bytes % block_bytes == 0 && byte_count % block_bytes == 0);
    for (std::uint64_t done = 0; done < byte_count; done += block_bytes) {
        const std::optional<std::uint32_t> row = row_at(cells, offset_bytes + done);
        if (!row) {
            return false;
        }
        cells.erase(models::NandPages::offset_of(*row),
                    std::uint64_t{pages} * models::NandPages::kStrideBytes);
    }
    return true;
}

std::vector<LogicalFlash> logical_flashes(const BoardPlan& board)
{
    std::vector<LogicalFlash> flashes;
    for (std::uint32_t device = 0; device < board.devices.size(); ++device) {
        flashes.emplace_back(board, device);
    }
    return flashes;
}

void set_nand_regions(BoardPlan& board)
{
    for (std::uint32_t device = 0; device < board.devices.size(); ++device) {
        if (nand_of(board.devices[device]) == nullptr) {
            continue;
        }
        NandPlan& nand = board.devices[device].external->nand;
        const std::uint32_t block_bytes = nand.data->block_bytes();
        nand.driver.region_count = 0;
        for (const AreaPlan& area : board.areas) {
            if (area.device == device) {
                BROWNOUT_ASSERT(nand.driver.region_count < SPI_NAND_REGIONS_MAX);
                nand.driver.regions[nand.driver.region_count++] = {area.offset_bytes / block_bytes,
                                                                   area.size_bytes / block_bytes,
                                                                   nand.reserve_blocks};
            }
        }
    }
}

}  // namespace brownout::sim
