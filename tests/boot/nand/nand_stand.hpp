// The SPI NAND driver on the SPI NAND model, with as little as possible in between: a SPIM that
// carries out a transfer at START, and the core's time.
#pragma once

#include <boot/board.h>
#include <boot/driver_options.h>
#include <models/spi_nand.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace brownout::boot_test {

class NandStand final : models::Supply, models::RuleObserver {
public:
    // One area of `usable_blocks` from block `first_block`, with `reserve_blocks` behind it.
    struct Layout {
        std::uint32_t first_block = 8;
        std::uint32_t usable_blocks = 3;
        std::uint32_t reserve_blocks = 2;
    };

    NandStand(const models::SpiNandData& data, const models::SpiNandOptions& options);
    NandStand(const models::SpiNandData& data, const models::SpiNandOptions& options,
              Layout layout);
    NandStand(const NandStand&) = delete;
    NandStand& operator=(const NandStand&) = delete;

    // As after a reset: what flash_map_start() answers.
    int start(models::ResetKind kind = models::ResetKind::kPowerOn);
    const flash_area* area() const { return &map.areas[0]; }

    std::vector<std::uint8_t> read(std::uint32_t offset_bytes, std::uint32_t byte_count,
                                   int expected_result = FLASH_OK);

    models::SpiNandData data;
    models::FlashArray cells;
    models::PartState state;
    models::NandPages pages;
    models::Duration now{};
    std::vector<std::string> rules;
    std::uint64_t operations = 0;
    std::uint64_t page_reads = 0;
    spi_nand_options options{};
    board described{};
    flash_map map{};

private:
    std::uint32_t admit(const models::OperationBatch& batch) noexcept override
    {
        operations += batch.count;
        return batch.count;
    }
    void violated(const models::RuleViolation& violation) noexcept override
    {
        rules.emplace_back(violation.rule);
    }

    models::AccessContext access() { return {now, *this, *this, bus_}; }
    void write(std::uint32_t address, std::uint32_t value);
    bool poll(std::uint32_t mask, std::uint32_t expected);
    void transfer();
    std::uint32_t address_of(const void* pointer);
    std::uint8_t* pointer_of(std::uint32_t address) const;

    models::SpiNand part_;
    models::Bus bus_;
    boot_io io_{};
    std::vector<std::uint8_t*> buffers_;
    std::uint32_t tx_address_ = 0;
    std::uint32_t tx_bytes_ = 0;
    std::uint32_t rx_address_ = 0;
    std::uint32_t rx_bytes_ = 0;
};

}  // namespace brownout::boot_test
