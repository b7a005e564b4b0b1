#include "parts/spi_nor_registers.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <cstring>

namespace brownout::models {

namespace {

constexpr std::uint8_t kWip = 1u << 0;
constexpr std::uint8_t kWel = 1u << 1;

bool writes_array_or_status(SpiNorBusy busy)
{
    return busy == SpiNorBusy::kProgram || busy == SpiNorBusy::kErase ||
           busy == SpiNorBusy::kEraseChip || busy == SpiNorBusy::kWriteStatus;
}

}  // namespace

SpiNorLatches SpiNorRegisters::power_on_latches() const
{
    SpiNorLatches fresh;
    for (unsigned i = 0; i < status_.registers.size(); ++i) {
        const SpiNorRegister& info = status_.registers[i];
        const std::uint8_t kept = state_->kept.empty() ? info.delivered : state_->kept[i];
        fresh.registers[i] =
            static_cast<std::uint8_t>((kept & info.kept) | (info.delivered & ~info.kept));
    }
    return fresh;
}

void SpiNorRegisters::power_on()
{
    state_->running.clear();
    state_->busy_until = {};
    latches = stored_ = power_on_latches();
}

void SpiNorRegisters::take_from_state()
{
    latches = power_on_latches();
    if (!state_->running.empty()) {
        BROWNOUT_ASSERT(state_->running.size() == sizeof latches);
        std::memcpy(&latches, state_->running.data(), sizeof latches);
    }
    stored_ = latches;
}

// Latches as after power-on are stored as none, so that equal states have equal bytes.
void SpiNorRegisters::store()
{
    if (latches == stored_) {
        return;
    }
    stored_ = latches;
    if (latches == power_on_latches()) {
        state_->running.clear();
        return;
    }
    state_->running.resize(sizeof latches);
    std::memcpy(state_->running.data(), &latches, sizeof latches);
}

void SpiNorRegisters::settle(Duration now)
{
    if (latches.busy != SpiNorBusy::kNothing && now >= state_->busy_until) {
        latches.busy = SpiNorBusy::kNothing;
        latches.busy_offset = 0;
        latches.busy_bytes = 0;
        state_->busy_until = {};
    }
}

std::uint8_t SpiNorRegisters::value(unsigned index, Duration at) const
{
    std::uint8_t value = latches.registers[index];
    const auto suspend_bit = [&](const SpiNorBit& bit, SpiNorBusy kind) {
        if (bit.register_index == index && latches.suspended == kind && !wip(at)) {
            value |= bit.mask;
        }
    };
    suspend_bit(status_.erase_suspended, SpiNorBusy::kErase);
    suspend_bit(status_.program_suspended, SpiNorBusy::kProgram);
    if (index == 0) {
        const bool busy = wip(at);
        // WEL is cleared when the operation ends.
        const bool enabled =
            latches.write_enabled != 0 || (busy && writes_array_or_status(latches.busy));
        value = static_cast<std::uint8_t>((value & ~(kWip | kWel)) | (busy ? kWip : 0) |
                                          (enabled ? kWel : 0));
    }
    return value;
}

void SpiNorRegisters::write(unsigned index, std::uint8_t data, bool keep)
{
    const SpiNorRegister& info = status_.registers[index];
    std::uint8_t& held = latches.registers[index];
    held = static_cast<std::uint8_t>((held & ~info.writable) | (data & info.writable));
    if (!keep) {
        return;
    }
    std::vector<std::uint8_t>& kept = state_->kept;
    if (kept.empty()) {
        for (const SpiNorRegister& other : status_.registers) {
            kept.push_back(other.delivered);
        }
    }
    kept[index] = static_cast<std::uint8_t>((kept[index] & ~info.kept) | (held & info.kept));
    const auto as_delivered = [](std::uint8_t value, const SpiNorRegister& other) {
        return value == other.delivered;
    };
    if (std::equal(kept.begin(), kept.end(), status_.registers.begin(), as_delivered)) {
        kept.clear();
    }
}

}  // namespace brownout::models
