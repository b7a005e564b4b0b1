// A GPIO port; reference, what is modelled and what is not: models/gpio.hpp.
#include <models/assert.hpp>
#include <models/gpio.hpp>

namespace brownout::models {

void Gpio::map(Bus& bus)
{
    bus.map({data_.register_base + gpio_register::kFirst,
             gpio_register::kEnd - gpio_register::kFirst, this});
}

void Gpio::reset()
{
    out_ = 0;
    dir_ = 0;
    pin_cnf_.fill(0);
}

void Gpio::connect(unsigned pin, PinListener* listener)
{
    BROWNOUT_ASSERT(pin < kPinCount);
    listeners_[pin] = listener;
}

// Pins change one after the other, lowest first, all at the same time.
void Gpio::drive(std::uint32_t out, std::uint32_t dir, AccessContext& access) noexcept
{
    const std::uint32_t before = levels();
    out_ = out;
    dir_ = dir;
    const std::uint32_t changed = before ^ levels();
    for (unsigned pin = 0; changed >> pin != 0; ++pin) {
        if ((changed >> pin & 1u) != 0 && listeners_[pin] != nullptr) {
            listeners_[pin]->pin_changed(level(pin), access);
        }
        if (pin + 1 == kPinCount) {
            break;
        }
    }
}

std::uint32_t Gpio::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += data_.register_access_time;
    offset += gpio_register::kFirst;
    switch (offset) {
    case gpio_register::kOut:
    case gpio_register::kOutSet:
    case gpio_register::kOutClr:
        return out_;
    case gpio_register::kIn:
        return levels();
    case gpio_register::kDir:
    case gpio_register::kDirSet:
    case gpio_register::kDirClr:
        return dir_;
    default:
        break;
    }
    if (offset >= gpio_register::kPinCnf) {
        const std::uint32_t pin = (offset - gpio_register::kPinCnf) / 4;
        return (pin_cnf_[pin] & ~1u) | (dir_ >> pin & 1u);
    }
    return 0;
}

void Gpio::write32(std::uint32_t offset, std::uint32_t value, AccessContext& access) noexcept
{
    access.now += data_.register_access_time;
    offset += gpio_register::kFirst;
    switch (offset) {
    case gpio_register::kOut:
        return drive(value, dir_, access);
    case gpio_register::kOutSet:
        return drive(out_ | value, dir_, access);
    case gpio_register::kOutClr:
        return drive(out_ & ~value, dir_, access);
    case gpio_register::kDir:
        return drive(out_, value, access);
    case gpio_register::kDirSet:
        return drive(out_, dir_ | value, access);
    case gpio_register::kDirClr:
        return drive(out_, dir_ & ~value, access);
    default:
        break;
    }
    if (offset >= gpio_register::kPinCnf) {
        const std::uint32_t pin = (offset - gpio_register::kPinCnf) / 4;
        pin_cnf_[pin] = value;
        drive(out_, (dir_ & ~(1u << pin)) | (value & 1u) << pin, access);
    }
}

}  // namespace brownout::models
