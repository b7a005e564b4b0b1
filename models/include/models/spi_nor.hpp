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
//     WP# and HOLD#; power modes with times of their own; SFDP; typical or maximum times
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

namespace brownout::models {

// From its operation number `from_operation` on (program, erase and status write, counted from 0 in
// a run) the part is deaf until the next power-on: an operation is not carried out, reads give
// `reads_as`. A part that answers 0x00 looks ready.
struct SpiNorMute {
    std::uint64_t from_operation = 0;
    std::uint8_t reads_as = 0x00;
};

enum class TimeCase : std::uint8_t { kTypical, kMaximum };

struct SpiNorOptions {
    TimeCase times = TimeCase::kTypical;
    std::optional<SpiNorMute> mute;
};

class SpiNor final : public SpiPart {
public:
    // `data` has no problem_with() (asserted). `device_index`: which device of the board its
    // operations name.
    SpiNor(const SpiNorData& data, const SpiNorOptions& options, std::uint32_t device_index);
    ~SpiNor() override;
    SpiNor(const SpiNor&) = delete;
    SpiNor& operator=(const SpiNor&) = delete;

    // The geometry that attach() needs, cells erased. A part as delivered has an empty PartState.
    static FlashGeometry geometry(const SpiNorData& data);

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

    // The pins WP# and HOLD#, both high until driven. While QE is set they are data lines.
    PinListener& write_protect_pin();
    PinListener& hold_pin();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
