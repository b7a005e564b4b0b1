// The registers and latches of a SPI NOR part, and how they are kept in a PartState.
#pragma once

#include <models/part_state.hpp>
#include <models/spi_nor_data.hpp>

#include <array>
#include <type_traits>

namespace brownout::models {

constexpr unsigned kSpiNorRegistersMax = 4;

enum class SpiNorBusy : std::uint8_t {
    kNothing,
    kProgram,
    kErase,
    kEraseChip,
    kWriteStatus,
    kSuspending,  // WIP stays set until the operation has stopped
    kWaking       // after power-down or reset: no command is taken, WIP means nothing
};

// Everything volatile. Without padding: its bytes are what PartState::running holds, and states
// are compared by them.
struct SpiNorLatches {
    std::uint64_t busy_offset = 0;  // what the operation in flight changes
    std::uint64_t busy_bytes = 0;
    std::uint64_t suspended_offset = 0;
    std::uint64_t suspended_bytes = 0;
    std::int64_t suspended_left_ps = 0;
    std::array<std::uint8_t, kSpiNorRegistersMax> registers{};
    SpiNorBusy busy = SpiNorBusy::kNothing;
    SpiNorBusy suspended = SpiNorBusy::kNothing;
    std::uint8_t write_enabled = 0;
    std::uint8_t volatile_write = 0;  // the next status write is not kept
    std::uint8_t reset_enabled = 0;
    std::uint8_t powered_down = 0;
    std::uint8_t muted = 0;
    std::uint8_t unused = 0;
    std::uint32_t unused_too = 0;

    bool operator==(const SpiNorLatches&) const = default;
};
static_assert(std::has_unique_object_representations_v<SpiNorLatches>);

class SpiNorRegisters {
public:
    explicit SpiNorRegisters(const SpiNorStatus& status) : status_(status) {}

    void attach(PartState& state) { state_ = &state; }
    // Latches as after power-on (from the kept registers), or as the state has them.
    void power_on();
    void take_from_state();
    // Writes the latches back, if they changed.
    void store();

    SpiNorLatches latches;
    Duration& busy_until() { return state_->busy_until; }

    bool wip(Duration at) const
    {
        return latches.busy != SpiNorBusy::kNothing && latches.busy != SpiNorBusy::kWaking &&
               at < state_->busy_until;
    }
    bool waking(Duration at) const
    {
        return latches.busy == SpiNorBusy::kWaking && at < state_->busy_until;
    }
    // Forgets an operation that has ended.
    void settle(Duration now);

    bool is_set(const SpiNorBit& bit) const
    {
        return (latches.registers[bit.register_index] & bit.mask) != 0;
    }
    bool quad_enabled() const
    {
        return status_.quad_enable.mask == 0 || is_set(status_.quad_enable);
    }
    // What a read of a register gives at a time.
    std::uint8_t value(unsigned index, Duration at) const;
    // Stores the writable bits; `keep`: those that are kept survive a loss of power.
    void write(unsigned index, std::uint8_t data, bool keep);

private:
    SpiNorLatches power_on_latches() const;

    const SpiNorStatus& status_;
    PartState* state_ = nullptr;
    SpiNorLatches stored_;
};

}  // namespace brownout::models
