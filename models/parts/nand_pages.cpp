// Layout and rules: models/nand_pages.hpp.
#include <models/nand_pages.hpp>

#include "parts/bch_code.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace brownout::models {

using parts::BchCode;

NandPages::NandPages(const SpiNandData& data)
    : data_(data), code_(std::make_unique<const BchCode>(data.ecc.strength))
{
    const std::uint32_t parity_end = parity_column(kSectors - 1) + code_->parity_bytes();
    stored_bytes_ = std::max(data.geometry.page_bytes + data.geometry.spare_bytes, parity_end);
    BROWNOUT_ASSERT(stored_bytes_ <= kStrideBytes);
}

NandPages::~NandPages() = default;

FlashGeometry NandPages::geometry(const SpiNandData& data)
{
    FlashGeometry geometry;
    geometry.size_bytes = offset_of(data.rows());
    geometry.page_bytes = kStrideBytes;
    geometry.count_unit_bytes = kStrideBytes;
    geometry.write_count_limit =
        static_cast<std::uint8_t>(std::min(data.programs.partial_programs_max, 254u));
    return geometry;
}

std::uint32_t NandPages::parity_column(std::uint32_t sector) const
{
    return data_.geometry.page_bytes + data_.parity.parity_column +
           sector * data_.parity.parity_stride;
}

void NandPages::correct_sector(const FlashArray& cells, std::uint32_t row, std::uint32_t sector,
                               std::span<std::uint8_t> page, Check& check) const
{
    const std::uint32_t data_column = sector * kSectorBytes;
    const std::uint32_t parity_bytes = code_->parity_bytes();
    unsigned marginal = 0;
    if (cells.has_marginal_bits()) {
        const auto count = [&](std::uint32_t column, std::uint32_t byte_count) {
            for (std::uint32_t i = 0; i < byte_count; ++i) {
                marginal += static_cast<unsigned>(
                    std::popcount(cells.marginal_at(offset_of(row) + column + i)));
            }
        };
        count(data_column, kSectorBytes);
        count(parity_column(sector), parity_bytes);
    }
    const std::optional<unsigned> wrong =
        marginal > data_.ecc.strength
            ? std::nullopt
            : code_->correct(page.subspan(data_column, kSectorBytes),
                             page.subspan(parity_column(sector), parity_bytes));
    if (!wrong) {
        check.uncorrectable = true;
        return;
    }
    check.corrected_bits = std::max({check.corrected_bits, *wrong, marginal});
}

NandPages::Check NandPages::correct(const FlashArray& cells, std::uint32_t row,
                                    std::span<std::uint8_t> page) const
{
    Check check;
    for (std::uint32_t sector = 0; sector < kSectors; ++sector) {
        correct_sector(cells, row, sector, page, check);
    }
    return check;
}

void NandPages::protect(std::span<std::uint8_t> page) const
{
    for (std::uint32_t sector = 0; sector < kSectors; ++sector) {
        code_->encode(page.subspan(sector * kSectorBytes, kSectorBytes),
                      page.subspan(parity_column(sector), code_->parity_bytes()));
    }
}

std::vector<std::uint8_t> NandPages::raw(const FlashArray& cells, std::uint32_t row) const
{
    std::vector<std::uint8_t> page(stored_bytes_);
    cells.read(offset_of(row), page);
    return page;
}

NandPages::Check NandPages::read_data(const FlashArray& cells, std::uint32_t row,
                                      std::span<std::uint8_t> data) const
{
    BROWNOUT_ASSERT(data.size() == data_.geometry.page_bytes);
    std::vector<std::uint8_t> page = raw(cells, row);
    const Check check = correct(cells, row, page);
    std::copy_n(page.begin(), data.size(), data.begin());
    return check;
}

void NandPages::store_data(FlashArray& cells, std::uint32_t row,
                           std::span<const std::uint8_t> data) const
{
    BROWNOUT_ASSERT(data.size() == data_.geometry.page_bytes);
    std::vector<std::uint8_t> page = raw(cells, row);
    std::copy(data.begin(), data.end(), page.begin());
    protect(page);
    cells.poke(offset_of(row), page);
}

bool NandPages::is_marked_bad(const FlashArray& cells, std::uint32_t block) const
{
    const std::uint32_t column = data_.geometry.page_bytes + data_.geometry.bad_block_column;
    return std::popcount(
               cells.byte_at(offset_of(block * data_.geometry.pages_per_block) + column)) < 4;
}

void NandPages::mark_bad(FlashArray& cells, std::uint32_t block) const
{
    const std::array<std::uint8_t, 1> mark{0x00};
    const std::uint32_t column = data_.geometry.page_bytes + data_.geometry.bad_block_column;
    for (std::uint32_t page = 0; page < data_.geometry.bad_block_marks; ++page) {
        cells.poke(offset_of(block * data_.geometry.pages_per_block + page) + column, mark);
    }
}

}  // namespace brownout::models
