// What distinguishes one SPI NOR part from another: everything that a part file
// (scenarios/parts/*.yaml) gives. Keys of a part file are the names of the members, one to one;
// times are written with a unit ("48 ms"), `source` and `verified` speak for the mapping they stand
// in.
//
// Source notes: each figure has one. `verified: false` marks what is quoted from memory of a data
// sheet, assumed, or fitted, and wants a look into the manual.
#pragma once

#include <models/time.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace brownout::models {

// Where the figures next to it come from.
struct SourceNote {
    std::string source;
    bool verified = false;
};

// How long something takes. A part without a figure for it has zeroes.
struct PartTime : SourceNote {
    Duration typ{};
    Duration max{};
};

// A read command: opcode, 3 address bytes, dummy clocks, then data. The opcode uses one line.
struct SpiNorRead {
    std::uint8_t opcode = 0x03;
    unsigned address_lines = 1;
    unsigned data_lines = 1;
    unsigned dummy_clocks = 0;  // with mode clocks; a multiple of 8 / address_lines
};

struct SpiNorReads : SourceNote {
    std::vector<SpiNorRead> commands;
};

// A page program command.
struct SpiNorProgram {
    std::uint8_t opcode = 0x02;
    unsigned address_lines = 1;
    unsigned data_lines = 1;
};

struct SpiNorPrograms : SourceNote {
    std::uint32_t page_bytes = 256;  // a power of two, at most 256
    std::vector<SpiNorProgram> commands;
};

enum class SpiNorEraseSize : std::uint8_t { k4KiB, k32KiB, k64KiB, kChip };

struct SpiNorErase {
    std::uint8_t opcode = 0x20;
    SpiNorEraseSize size = SpiNorEraseSize::k4KiB;  // in a part file: 4 KiB, 32 KiB, 64 KiB, chip
};

struct SpiNorErases : SourceNote {
    std::vector<SpiNorErase> commands;
};

// Opcodes of commands without data of an array. 0: the part has no such command.
struct SpiNorCommands : SourceNote {
    std::uint8_t write_enable = 0x06;
    std::uint8_t write_enable_volatile = 0;  // the next status write is not kept
    std::uint8_t write_disable = 0x04;
    std::vector<std::uint8_t> suspend;
    std::vector<std::uint8_t> resume;
    std::uint8_t deep_power_down = 0;
    std::uint8_t release_power_down = 0;  // followed by 3 bytes: reads the electronic signature
    std::uint8_t reset_enable = 0;
    std::uint8_t reset = 0;
    std::uint8_t read_jedec_id = 0x9F;
    std::uint8_t read_device_id = 0;  // 90h: 3 address bytes, then manufacturer and device id
    std::uint8_t read_unique_id = 0;  // 4Bh: 4 dummy bytes, then 8 bytes
    std::uint8_t read_sfdp = 0;       // 3 address bytes, 8 dummy clocks
};

struct SpiNorIdentity : SourceNote {
    std::uint64_t size_bytes = 0;
    std::array<std::uint8_t, 3> jedec_id{};
    std::uint8_t device_id = 0;  // of ABh and 90h
};

// A bit of a register; mask 0: the part has no such bit.
struct SpiNorBit {
    unsigned register_index = 0;
    std::uint8_t mask = 0;
};

// A status or configuration register. Bits outside of `writable` read as `delivered`; bits of
// `writable` that are not in `kept` have their delivered value after power-on. The first register
// always has WIP (bit 0) and WEL (bit 1).
struct SpiNorRegister {
    std::string name;
    std::uint8_t delivered = 0;
    std::uint8_t writable = 0;
    std::uint8_t kept = 0;
};

// Reads or writes `count` registers from `first` on with one opcode.
struct SpiNorRegisterAccess {
    std::uint8_t opcode = 0;
    unsigned first = 0;
    unsigned count = 1;
};

struct SpiNorStatus : SourceNote {
    std::vector<SpiNorRegister> registers;  // 1 to 4
    std::vector<SpiNorRegisterAccess> read;
    std::vector<SpiNorRegisterAccess> write;  // fewer data bytes leave the later registers alone
    SpiNorBit quad_enable;                    // commands with 4 lines need it; mask 0: always on
    SpiNorBit erase_suspended;                // may be the same bit as program_suspended
    SpiNorBit program_suspended;
    SpiNorBit status_register_protect;  // SRP0, SRWD: with WP# low and QE off no status writes
    SpiNorBit status_register_lock;     // SRP1, SRL: no status writes until the next power-on
    SpiNorBit high_performance;         // selects the last power mode; mask 0: one mode only
};

// Block protection by BP bits: value n > 0 protects unit_bytes << (n - 1) at the top, or at the
// bottom with `bottom` set. Complements and sectors (CMP, SEC) are not modelled.
struct SpiNorProtection : SourceNote {
    SpiNorBit block_protect;  // BP bits; mask 0: no protection
    SpiNorBit bottom;
    std::uint32_t unit_bytes = 0;
};

// The fastest SCK with one data line.
struct SpiNorClock : SourceNote {
    std::uint32_t max_hz = 0;
};

// Times of self-timed operations in one power mode.
struct SpiNorMode {
    std::string name;  // "standard", "ultra-low-power", "high-performance"
    SpiNorClock clock;
    PartTime page_program;  // a whole page
    PartTime byte_program;  // one byte; what is between grows evenly
    PartTime erase_4k;
    PartTime erase_32k;
    PartTime erase_64k;
    PartTime erase_chip;
    PartTime write_status;
};

// Latencies that do not depend on the power mode.
struct SpiNorLatencies : SourceNote {
    Duration suspend{};            // from the command until WIP is clear
    Duration resume_to_suspend{};  // an earlier suspend finds no progress made
    Duration enter_power_down{};
    Duration exit_power_down{};
    Duration reset{};       // of a part at rest, from 99h until it takes commands
    Duration reset_busy{};  // of a part that was programming or erasing
};

// Serial flash discoverable parameters: the basic table, its header is made from it.
struct SpiNorSfdp : SourceNote {
    std::uint32_t table_address = 0x30;
    std::vector<std::uint32_t> basic_table;  // DWORDs; empty: 5Ah reads 0xFF
};

struct SpiNorEndurance : SourceNote {
    std::uint32_t erase_cycles = 0;  // per sector; 0: not given
};

struct SpiNorData {
    std::string name;         // "mx25r6435f"
    std::string description;  // "Macronix MX25R6435F, 64 Mbit, 1.65 to 3.6 V"
    SpiNorIdentity identity;
    SpiNorReads reads;
    SpiNorPrograms programs;
    SpiNorErases erases;
    SpiNorCommands commands;
    SpiNorStatus status;
    SpiNorProtection protection;
    std::vector<SpiNorMode> modes;  // 1 or 2; the first is the mode after reset
    SpiNorLatencies latencies;
    SpiNorSfdp sfdp;
    SpiNorEndurance endurance;
};

// What is wrong with the figures of a part, in a sentence; "" if the engine can play it.
std::string problem_with(const SpiNorData& data);

}  // namespace brownout::models
