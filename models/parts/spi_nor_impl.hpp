// The engine behind models/spi_nor.hpp: the wire side (spi_nor.cpp) and what commands do to the
// part (spi_nor_operations.cpp).
#pragma once

#include "parts/spi_nor_command.hpp"
#include "parts/spi_nor_registers.hpp"

#include <models/spi_nor.hpp>

namespace brownout::models {

constexpr std::uint8_t kSpiNorFloating = 0xFF;  // nobody drives the line: a pull-up on the board
constexpr std::uint32_t kSpiNorPageBytesMax = 256;

// A pin of the part with a level of its own.
class SpiNorPin final : public PinListener {
public:
    explicit SpiNorPin(const SpiNorPinWiring& wiring) : wiring_(wiring) { reset(); }
    void reset() { high = !wiring_.tied_low; }
    void pin_changed(bool is_high, AccessContext&) noexcept override { high = is_high; }
    // Behind the name of the pin: " (P0.22)"; empty if it has none.
    std::string place() const { return wiring_.name.empty() ? "" : " (" + wiring_.name + ")"; }

    bool high = true;

private:
    const SpiNorPinWiring& wiring_;
};

struct SpiNor::Impl {
    Impl(const SpiNorData& part_data, const SpiNorOptions& part_options,
         std::uint32_t device_index);

    // ---- on the wire
    void take_opcode(const SpiTransfer& transfer, AccessContext& access);
    void take_header(const SpiTransfer& transfer, std::uint32_t& index, AccessContext& access);
    void stream(const SpiTransfer& transfer, std::uint32_t index);
    void read_array(const SpiTransfer& transfer, std::uint32_t index);
    void take_page(const SpiTransfer& transfer, std::uint32_t index);
    std::uint8_t answer(std::uint32_t data_index, Duration at) const;
    bool check_lines(const SpiTransfer& transfer, unsigned lines, AccessContext& access);
    bool accepts(const SpiNorCommand& candidate, Duration at, AccessContext& access);
    void check_clock(const SpiTransfer& transfer, AccessContext& access);
    void check_first_data(AccessContext& access);
    bool is_held() const { return !hold.high && !registers.quad_enabled(); }
    void report_held(const char* what, AccessContext& access);

    // ---- at the rising edge of CS#
    void execute(AccessContext& access);
    void execute_simple(AccessContext& access);
    void program_page(AccessContext& access);
    void erase(AccessContext& access);
    void write_status(AccessContext& access);
    bool may_write_status(AccessContext& access);
    void suspend(AccessContext& access);
    void resume(AccessContext& access);
    void software_reset(AccessContext& access);
    bool may_change(std::uint64_t offset, std::uint64_t byte_count, AccessContext& access);
    bool begin(OperationKind kind, SpiNorBusy busy, std::uint64_t offset, std::uint64_t byte_count,
               Duration time, std::span<const std::uint8_t> bytes, AccessContext& access);

    bool is_protected(std::uint64_t offset, std::uint64_t byte_count) const;
    bool in_suspended_range(std::uint64_t offset, std::uint64_t byte_count) const;
    const SpiNorMode& mode() const;
    Duration time_of(const PartTime& time) const;
    Duration program_time(std::uint32_t byte_count) const;
    Duration erase_time(SpiNorEraseSize size) const;
    std::uint64_t erase_bytes(SpiNorEraseSize size) const;

    SpiNorData data;
    SpiNorOptions options;
    std::uint32_t device;
    SpiNorCommandTable commands;
    std::vector<std::uint8_t> sfdp;
    FlashArray* cells = nullptr;
    SpiNorRegisters registers;
    SpiNorPin write_protect;
    SpiNorPin hold;
    bool mute_is_armed = true;
    std::uint64_t operations = 0;  // of this run
    Duration resumed_at = Duration::min();
    Duration clock_checked{};  // shortest period found good (or reported) so far

    // The command that is being clocked in.
    bool selected = false;
    bool ignored = false;  // nothing of it has an effect any more
    bool hold_reported = false;
    SpiNorCommand command;
    std::uint32_t bytes_clocked = 0;  // since CS# fell
    std::uint32_t address = 0;
    std::uint32_t data_count = 0;
    std::array<std::uint8_t, kSpiNorPageBytesMax> page{};
    std::array<std::uint8_t, kSpiNorRegistersMax> status_data{};
};

}  // namespace brownout::models
