// A flash device as firmware sees it through its driver: the one place that knows where the bytes
// of a partition lie in cells.
//
// For most devices that is the identity. For NAND it skips bad blocks within each partition's
// region, as boot/drivers/spi_nand.c does, and leaves spare bytes and parity out.
#pragma once

#include <models/nand_pages.hpp>
#include <sim/machine.hpp>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace brownout::sim {

class LogicalFlash {
public:
    // `board` must outlive this; its areas are the regions of NAND parts.
    LogicalFlash(const BoardPlan& board, std::uint32_t device);

    // False: a page is uncorrectable, or there are too few good blocks; its bytes are left as they
    // were.
    bool read(const models::FlashArray& cells, std::uint64_t offset_bytes,
              std::span<std::uint8_t> destination) const;
    bool is_erased(const models::FlashArray& cells, std::uint64_t offset_bytes,
                   std::uint64_t byte_count) const;

    // A programmer: stores bytes with no regard to physics. False: too few good blocks.
    bool store(models::FlashArray& cells, std::uint64_t offset_bytes,
               std::span<const std::uint8_t> source) const;
    bool fill_erased(models::FlashArray& cells, std::uint64_t offset_bytes,
                     std::uint64_t byte_count) const;

    std::uint64_t size_bytes() const { return plan_.size_bytes(); }

private:
    std::optional<std::uint32_t> row_at(const models::FlashArray& cells,
                                        std::uint64_t offset_bytes) const;
    template <class Visit>
    bool for_each_page(const models::FlashArray& cells, std::uint64_t offset_bytes,
                       std::uint64_t byte_count, Visit&& visit) const;

    const BoardPlan& board_;
    const DevicePlan& plan_;
    std::uint32_t device_;
    std::unique_ptr<const models::NandPages> pages_;  // NAND only
};

// One for each device of a board.
std::vector<LogicalFlash> logical_flashes(const BoardPlan& board);

// The regions of the partitions on a NAND device, for its driver.
void set_nand_regions(BoardPlan& board);

}  // namespace brownout::sim
