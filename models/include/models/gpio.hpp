// One GPIO port of an nRF device, as far as a serial memory needs it: chip select, WP#, HOLD#.
//
// Reference: nRF52840 Product Specification v1.7, 6.9 GPIO; offsets from memory of the SVD file
// (unchecked).
// Modelled: OUT, OUTSET, OUTCLR, IN, DIR, DIRSET, DIRCLR, PIN_CNF (DIR is its bit 0, the other bits
// are stored); the level of a pin that nobody drives is high (a pull-up on the board).
// Not modelled: sense and latch, drive strength, input buffers, the pin select of peripherals.
#pragma once

#include <models/bus.hpp>
#include <models/spi_wire.hpp>

#include <array>

namespace brownout::models {

// Offsets from the base of the port. P0 is at 0x50000000, P1 at 0x50000300: port blocks interleave,
// so a port answers its own registers only, from kFirst on.
namespace gpio_register {
constexpr std::uint32_t kOut = 0x504;     // RW level driven, a bit per pin
constexpr std::uint32_t kOutSet = 0x508;  // RW 1: drive high
constexpr std::uint32_t kOutClr = 0x50C;  // RW 1: drive low
constexpr std::uint32_t kIn = 0x510;      // R  level
constexpr std::uint32_t kDir = 0x514;     // RW 1: output
constexpr std::uint32_t kDirSet = 0x518;
constexpr std::uint32_t kDirClr = 0x51C;
constexpr std::uint32_t kPinCnf = 0x700;  // RW + 4 * pin; bit 0: output
constexpr std::uint32_t kFirst = 0x500;
constexpr std::uint32_t kEnd = 0x780;
}  // namespace gpio_register

struct GpioData {
    std::uint32_t register_base = 0x5000'0000;
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz: an assumption
};

class Gpio final : public BusTarget {
public:
    static constexpr unsigned kPinCount = 32;

    explicit Gpio(const GpioData& data) : data_(data) { reset(); }

    void map(Bus& bus);
    // All pins inputs; listeners are not told (what they drive has its own reset).
    void reset();
    // `listener` (not owned; nullptr: nobody) is told of edges of `pin` (below kPinCount).
    void connect(unsigned pin, PinListener* listener);
    bool level(unsigned pin) const { return (levels() >> pin & 1u) != 0; }

    std::string_view name() const noexcept override { return "gpio"; }
    // Offsets here count from gpio_register::kFirst, where the range that map() makes begins.
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
    void write32(std::uint32_t offset, std::uint32_t value,
                 AccessContext& access) noexcept override;

private:
    std::uint32_t levels() const { return out_ | ~dir_; }
    void drive(std::uint32_t out, std::uint32_t dir, AccessContext& access) noexcept;

    GpioData data_;
    std::uint32_t out_ = 0;
    std::uint32_t dir_ = 0;
    std::array<std::uint32_t, kPinCount> pin_cnf_{};
    std::array<PinListener*, kPinCount> listeners_{};
};

}  // namespace brownout::models
