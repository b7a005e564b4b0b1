// SPI NOR flash: one engine for all parts; what distinguishes them is data (spi_nor_data.hpp).
//
// Reference: devices.md 4 (JESD216 tables, Winbond W25Q16BV and W25Q40BL, Macronix MX25R as far as
// read there); every figure with its source in the part file.
//
// Modelled
//   - commands as opcode, address, dummy and data bytes on 1, 2 or 4 lines; unknown ones do nothing
//   - WEL before, WIP during and WEL cleared after program, erase and status writes
//   - programs AND into the page: addresses wrap in it, the last 256 bytes win
//   - CS# that rises off a byte boundary, or before the command is complete: nothing is executed
//   - a busy part ignores everything but status and ID reads, suspend and reset
//   - suspend and resume, with what is forbidden meanwhile; deep power-down; 66h/99h
//   - status and configuration registers, kept or volatile; quad enable; block protection (BP, TB);
//     power modes with times of their own; SFDP; typical or maximum times
//   - WP#: low, it guards the registers once SRP0 is set; SRP1 guards them until power-on. HOLD#:
//     low, the part drives nothing and hears no clocks; CS# that rises then drops the command. Both
//     are data lines, and without effect, while QE is set
//   - a microcontroller reset changes nothing here
//   - the fault mute: from an operation on, reads give one value, writes are ignored, status reads
//     the same value (0x00: ready)
//
// Not modelled: what an operation in flight leaves when power fails or 99h aborts it (see the tear
// models; here its effect is complete), 4-byte addresses, security registers, unique IDs, QPI, DTR,
// continuous read mode, block locks one by one, CMP and SEC, wear of program and erase times.
#pragma once

#include <models/spi_nor_data.hpp>
#include <models/spi_wire.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace brownout::models {

// From its operation number `from_operation` on (program, erase and status write, counted from 0 in
// a run) the part is deaf until the next power-on: an operation is not carried out, reads give
// `reads_as`. A part that answers 0x00 looks ready.
struct SpiNorMute {
    std::uint64_t from_operation = 0;
    std::uint8_t reads_as = 0x00;
};

enum class TimeCase : std::uint8_t { kTypical, kMaximum };

// How WP# or HOLD# hangs on the board. High until driven, or tied to ground.
struct SpiNorPinWiring {
    bool tied_low = false;
    std::string name;  // in reports: "P0.22", "tied low"; empty: not named
};

struct SpiNorOptions {
    TimeCase times = TimeCase::kTypical;
    std::optional<SpiNorMute> mute;
    SpiNorPinWiring write_protect;
    SpiNorPinWiring hold;
    // What registers held when the part was mounted, from the first on; the others: as delivered.
    std::vector<std::uint8_t> registers;
};

// What is wrong with the options for this part, in a sentence; "" if nothing is.
std::string problem_with(const SpiNorData& data, const SpiNorOptions& options);

class SpiNor final : public SpiPart {
public:
    // Neither `data` nor `options` has a problem_with() (asserted). `device_index`: which device of
    // the board its operations name.
    SpiNor(const SpiNorData& data, const SpiNorOptions& options, std::uint32_t device_index);
    ~SpiNor() override;
    SpiNor(const SpiNor&) = delete;
    SpiNor& operator=(const SpiNor&) = delete;

    // The geometry that attach() needs, cells erased. A part as delivered has an empty PartState.
    static FlashGeometry geometry(const SpiNorData& data);
    // Of a part as `options` has its registers.
    static PartState mounted_state(const SpiNorData& data, const SpiNorOptions& options);

    std::string_view name() const noexcept override;
    void attach(FlashArray& cells, PartState& state) override;
    void reset(ResetKind kind) override;
    void select(AccessContext& access) noexcept override;
    void transfer(const SpiTransfer& transfer, AccessContext& access) noexcept override;
    void deselect(unsigned loose_bits, AccessContext& access) noexcept override;
    std::optional<Duration> status_settles_at(std::uint8_t read_status_opcode, std::uint8_t mask,
                                              std::uint8_t expected,
                                              Duration now) noexcept override;

    // Whether the fault mute may begin from now on (it may at first); one that has begun lasts.
    void arm_mute(bool armed);

    // The pins WP# and HOLD#, as wired until driven. While QE is set they are data lines.
    PinListener& write_protect_pin();
    PinListener& hold_pin();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
