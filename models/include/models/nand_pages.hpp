// Pages of a NAND array as its ECC sees them: how data, parity and bad-block marks lie in cells.
//
// A page takes kStrideBytes of the array: row << 12 | column, as data sheets address it. Columns:
// 2048 data bytes, the spare bytes, and for some parts parity that cannot be addressed; the rest is
// unused. Parity lies in cells like everything else, so a state is cells and registers, and what a
// tear or a second program does to a page is done to its bits alone.
//
// The code of each 512-byte sector is a BCH code over GF(2^13) for one error more than the part
// corrects, which detects what it does not correct; vendors do not publish theirs (an assumption).
// Erased sectors are valid codewords. A marginal bit counts as a wrong one.
// Not modelled: ECC over spare bytes.
#pragma once

#include <models/flash_array.hpp>
#include <models/spi_nand_data.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace brownout::models {

namespace parts {
class BchCode;
}

class NandPages {
public:
    static constexpr std::uint32_t kStrideBytes = 4096;
    static constexpr std::uint32_t kSectorBytes = 512;
    static constexpr std::uint32_t kSectors = 4;

    explicit NandPages(const SpiNandData& data);  // copied
    ~NandPages();
    NandPages(const NandPages&) = delete;
    NandPages& operator=(const NandPages&) = delete;

    // Of an array of such pages. Programs are counted per page, for NOP.
    static FlashGeometry geometry(const SpiNandData& data);
    static std::uint64_t offset_of(std::uint32_t row) { return std::uint64_t{row} * kStrideBytes; }

    // Bytes of a page that hold something: data, spare bytes, parity.
    std::uint32_t stored_bytes() const { return stored_bytes_; }

    // What a read with ECC finds out.
    struct Check {
        std::uint32_t corrected_bits = 0;  // of the worst sector
        bool uncorrectable = false;        // of any; its bytes are as they were read
    };
    // Corrects `page`, the stored bytes of `row` as they are in `cells`.
    Check correct(const FlashArray& cells, std::uint32_t row, std::span<std::uint8_t> page) const;
    // Puts the parity of the data bytes into `page`.
    void protect(std::span<std::uint8_t> page) const;

    // Stored bytes of a page, raw.
    std::vector<std::uint8_t> raw(const FlashArray& cells, std::uint32_t row) const;
    // Data bytes, corrected.
    Check read_data(const FlashArray& cells, std::uint32_t row, std::span<std::uint8_t> data) const;
    // A programmer: data and parity, with no regard to physics. The mark stays.
    void store_data(FlashArray& cells, std::uint32_t row, std::span<const std::uint8_t> data) const;

    // By the mark of its first page: bad if less than half of its bits are set.
    bool is_marked_bad(const FlashArray& cells, std::uint32_t block) const;
    void mark_bad(FlashArray& cells, std::uint32_t block) const;

private:
    std::uint32_t parity_column(std::uint32_t sector) const;
    void correct_sector(const FlashArray& cells, std::uint32_t row, std::uint32_t sector,
                        std::span<std::uint8_t> page, Check& check) const;

    SpiNandData data_;
    std::uint32_t stored_bytes_ = 0;
    std::unique_ptr<const parts::BchCode> code_;
};

}  // namespace brownout::models
