// The inside of the QSPI, shared by its source files: registers (qspi.cpp), what happens on the
// wire (qspi_transactions.cpp), tasks (qspi_tasks.cpp).
#pragma once

#include "controllers/violation.hpp"

#include <models/assert.hpp>
#include <models/qspi.hpp>

#include <algorithm>
#include <array>

namespace brownout::models {

constexpr std::uint32_t kQspiPageBytesMax = 512;
constexpr std::uint8_t kQspiStatusWip = 1;
constexpr std::uint8_t kQspiReadStatus = 0x05;  // opcodes
constexpr std::uint8_t kQspiWriteEnable = 0x06;

struct Qspi::Impl {
    class Registers final : public BusTarget {
    public:
        explicit Registers(Impl& qspi) : qspi_(qspi) {}
        std::string_view name() const noexcept override { return qspi_.data.name; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                           std::uint32_t expected, Duration now) noexcept override;

    private:
        Impl& qspi_;
    };

    class Window final : public BusTarget {
    public:
        explicit Window(Impl& qspi) : qspi_(qspi) {}
        std::string_view name() const noexcept override { return "qspi xip"; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                        AccessContext& access) noexcept override;

    private:
        Impl& qspi_;
    };

    enum class Direction : std::uint8_t { kNone, kRead, kWrite, kErase, kOther };

    Impl(const QspiData& qspi_data, SpiPart& part) : data(qspi_data), wire(part) {}

    std::uint32_t& at(std::uint32_t offset) { return values[offset / 4]; }
    void reset();

    // ---- events
    void finish(Duration at);  // READY then
    void latch(Duration now);  // moves due events to `ready`

    // ---- tasks
    void task(std::uint32_t offset, AccessContext& access);
    // False: the task is ignored. True: `line` says when the wire is free.
    bool may_start(Direction direction, AccessContext& access);
    void activate(AccessContext& access);
    void read(AccessContext& access);
    void write(AccessContext& access);
    void erase(AccessContext& access);
    void change_power(std::uint32_t before, AccessContext& access);
    void custom_instruction(std::uint32_t config, AccessContext& access);
    // `value` with its low bits dropped; said what that loses.
    std::uint32_t whole_words(std::uint32_t value, const char* what, AccessContext& access);
    std::span<std::uint8_t> ram(std::uint32_t address, std::uint32_t byte_count,
                                AccessContext& access);
    bool halts_after_xip(std::uint32_t offset, AccessContext& access);

    // ---- on the wire; `line.now` is the time there
    Duration clock_period();
    void clock(std::span<const std::uint8_t> out, std::span<std::uint8_t> in,
               std::uint32_t byte_count, unsigned lines, AccessContext& line);
    // The same for data, which a change of the clock's source spoils.
    void clock_data(std::span<const std::uint8_t> out, std::span<std::uint8_t> in,
                    std::uint32_t byte_count, unsigned lines, AccessContext& line);
    void send_address(std::uint32_t address, unsigned lines, AccessContext& line);
    void command(std::uint8_t opcode, AccessContext& line);
    void read_status(AccessContext& line);
    bool wait_idle(AccessContext& line);  // false: the part never gets ready
    void read_array(std::uint32_t address, std::span<std::uint8_t> destination,
                    AccessContext& line);
    void program_page(std::uint32_t address, std::span<const std::uint8_t> source,
                      AccessContext& line);
    void set_upper_io(std::uint32_t levels, AccessContext& line);  // bit 0: IO2, 1: IO3
    bool clock_switches(Duration from, Duration until) const;
    void check_interface_timing(std::span<std::uint8_t> bytes, AccessContext& line);

    QspiData data;
    SpiWire wire;
    std::array<PinListener*, 2> upper_io{};  // IO2, IO3; nullptr: not connected
    std::array<std::uint32_t, 0x700 / 4> values{};
    bool active = false;
    bool xip_used = false;  // since the last ACTIVATE
    bool in_long_frame = false;
    bool ready = false;
    std::uint8_t status = 0;  // of the part, as read last
    Direction direction = Direction::kNone;
    std::array<Duration, 2> due{};  // READY events to come, in order
    std::uint32_t due_count = 0;
    Duration wire_free{};             // when the last transaction has ended
    std::optional<Duration> started;  // the first access after a reset
    Duration clock_switch_from{};
    Duration clock_switch_until{};
    std::array<std::uint8_t, kQspiPageBytesMax> scratch{};  // what is sent if it is spoiled

    Registers registers{*this};
    Window xip_window{*this};
};

}  // namespace brownout::models
