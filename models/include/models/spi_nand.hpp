// SPI NAND flash: one engine for all parts; what distinguishes them is data (spi_nand_data.hpp).
//
// Reference: devices.md 5 (drivers of Linux and betaflight, digest of the W25N01GV data sheet);
// every figure with its source in the part file. How pages lie in cells: nand_pages.hpp.
//
// Modelled
//   - 13h page read to cache, 03h, 0Bh, 3Bh, 6Bh from cache; 02h, 32h (cache to FFh first), 84h,
//   34h
//     into cache; 10h program, D8h block erase, 06h, 04h, 0Fh, 1Fh, 9Fh, FFh
//   - the page cache, WEL, OIP, E_FAIL, P_FAIL, ECC status with the codes of each vendor; ECC on or
//     off; ECC count by a command of its own (MX35: 7Ch)
//   - block lock (A0h) at every power-up; quad enable; continuous read of W25N as a broken rule
//   - pages in ascending order within a block, NOP programs of a page, sectors programmed once
//   - factory bad blocks (marked), blocks that fail to program or to erase
//   - tRD, tPROG, tBERS, tRST, typical or maximum; a busy part takes 0Fh and FFh alone
//   - a microcontroller reset changes nothing here
//
// Not modelled: what an operation in flight leaves when power fails or FFh aborts it (see the tear
// models; here its effect is complete), lock ranges (everything or nothing), OTP pages, the W25N
// look-up table of bad blocks, continuous read, dual and quad address phases (BBh, EBh), planes and
// dies, read disturb, retention.
#pragma once

#include <models/nand_pages.hpp>
#include <models/spi_nor.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace brownout::models {

struct SpiNandOptions {
    TimeCase times = TimeCase::kTypical;
    // Bad blocks as delivered: these, and `bad_block_count` more drawn by `bad_block_seed`.
    std::vector<std::uint32_t> bad_blocks;
    std::uint32_t bad_block_count = 0;
    std::uint64_t bad_block_seed = 1;
    // Blocks that went bad since. A failing erase changes nothing and sets E_FAIL; a failing
    // program stores spare bytes alone (so that a mark can be left) and sets P_FAIL.
    std::vector<std::uint32_t> failing_erases;
    std::vector<std::uint32_t> failing_programs;
};

// What is wrong with the options for this part, in a sentence; "" if nothing is.
std::string problem_with(const SpiNandData& data, const SpiNandOptions& options);

// All blocks that are bad as delivered, ascending.
std::vector<std::uint32_t> factory_bad_blocks(const SpiNandData& data,
                                              const SpiNandOptions& options);

class SpiNand final : public SpiPart {
public:
    // Neither `data` nor `options` has a problem_with() (asserted). `device_index`: which device of
    // the board its operations name.
    SpiNand(const SpiNandData& data, const SpiNandOptions& options, std::uint32_t device_index);
    ~SpiNand() override;
    SpiNand(const SpiNand&) = delete;
    SpiNand& operator=(const SpiNand&) = delete;

    // Cells as delivered: erased, with the marks of bad blocks. Their PartState is empty.
    static FlashArray delivered_cells(const SpiNandData& data, const SpiNandOptions& options);

    std::string_view name() const noexcept override;
    void attach(FlashArray& cells, PartState& state) override;
    void reset(ResetKind kind) override;
    void select(AccessContext& access) noexcept override;
    void transfer(const SpiTransfer& transfer, AccessContext& access) noexcept override;
    void deselect(unsigned loose_bits, AccessContext& access) noexcept override;
    // Of 0Fh: the status register C0h is meant.
    std::optional<Duration> status_settles_at(std::uint8_t read_status_opcode, std::uint8_t mask,
                                              std::uint8_t expected,
                                              Duration now) noexcept override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
