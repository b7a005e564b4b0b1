// What distinguishes one SPI NAND part from another: everything that a part file
// (scenarios/parts/*.yaml, kind: spi-nand) gives. Keys of a part file are the names of the members,
// one to one; times are written with a unit ("250 us").
//
// Source notes: each figure has one. `verified: false` marks what is quoted from memory of a data
// sheet or assumed, and wants a look into the manual.
#pragma once

#include <models/spi_nor_data.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::models {

struct SpiNandIdentity : SourceNote {
    std::vector<std::uint8_t> id;      // what 9Fh reads
    std::uint32_t id_dummy_bytes = 1;  // dummy or address bytes before it
};

struct SpiNandGeometry : SourceNote {
    std::uint32_t page_bytes = 2048;  // the only one here: four sectors of 512 bytes
    std::uint32_t spare_bytes = 64;   // behind them, can be addressed
    std::uint32_t pages_per_block = 64;
    std::uint32_t blocks = 1024;         // rows have 16 bits: at most 1024
    std::uint32_t bad_blocks_max = 20;   // as delivered; block 0 is good
    std::uint32_t bad_block_marks = 1;   // pages of a bad block, from its first, with a mark
    std::uint32_t bad_block_column = 0;  // of the mark, from the start of the spare bytes
};

// `code` in bits 5:4 of the status register for up to `errors` corrected bits of a sector.
struct SpiNandEccCode {
    std::uint32_t errors = 0;
    std::uint32_t code = 0;
};

struct SpiNandEcc : SourceNote {
    std::uint32_t strength = 1;             // bits of a sector that are corrected, at most 8
    std::vector<SpiNandEccCode> corrected;  // ascending; the first is for 0, the last for strength
    std::uint32_t uncorrectable = 2;        // code
    std::uint32_t count_opcode = 0;         // reads the corrected bits (7Ch ECCSR); 0: none
};

// Where parity of sector i lies: parity_column + i * parity_stride from the start of the spare
// bytes; beyond them it cannot be addressed.
struct SpiNandParity : SourceNote {
    std::uint32_t parity_column = 0;
    std::uint32_t parity_stride = 16;
};

// Feature registers A0h (block lock) and B0h (configuration). Masks; 0: no such bit.
struct SpiNandFeatures : SourceNote {
    std::uint32_t lock_at_power_up = 0x38;
    std::uint32_t lock_bits = 0x38;  // any of them set: everything is locked
    std::uint32_t configuration_at_power_up = 0x10;
    std::uint32_t ecc_enable = 0x10;
    std::uint32_t quad_enable = 0x01;
    std::uint32_t buffer_read = 0;  // clear: continuous read, which is not modelled
};

struct SpiNandPrograms : SourceNote {
    std::uint32_t partial_programs_max = 4;  // NOP: programs of one page between erases
    bool load_needs_write_enable = false;    // 02h, 32h, 84h, 34h are ignored without WEL
};

struct SpiNandClock : SourceNote {
    std::uint32_t max_hz = 0;
};

struct SpiNandEndurance : SourceNote {
    std::uint32_t erase_cycles = 0;  // of a block; 0: not given
};

struct SpiNandTimes {
    PartTime read_page;      // tRD, ECC on
    PartTime read_page_raw;  // tRD, ECC off
    PartTime program_page;   // tPROG
    PartTime erase_block;    // tBERS
    PartTime reset_idle;     // tRST: FFh of a part at rest or reading
    PartTime reset_program;  // while it programs
    PartTime reset_erase;    // while it erases
};

struct SpiNandData {
    std::string name;         // "w25n01gv"
    std::string description;  // "Winbond W25N01GV, 1 Gbit, 3 V"
    SpiNandIdentity identity;
    SpiNandGeometry geometry;
    SpiNandEcc ecc;
    SpiNandParity parity;
    SpiNandFeatures features;
    SpiNandPrograms programs;
    SpiNandClock clock;
    SpiNandTimes times;
    SpiNandEndurance endurance;

    std::uint32_t rows() const { return geometry.blocks * geometry.pages_per_block; }
    std::uint64_t size_bytes() const { return std::uint64_t{rows()} * geometry.page_bytes; }
    std::uint32_t block_bytes() const { return geometry.pages_per_block * geometry.page_bytes; }
};

// What is wrong with the figures of a part, in a sentence; "" if the engine can play it.
std::string problem_with(const SpiNandData& data);

}  // namespace brownout::models
