// Chip select and bytes on one wire; what is modelled and what is not: models/spi_wire.hpp.
#include <models/spi_wire.hpp>

namespace brownout::models {

void SpiWire::pin_changed(bool high, AccessContext& access) noexcept
{
    if (high != selected_) {
        return;
    }
    const unsigned clocks = clock_ != nullptr ? clock_->catch_up(access) : 0;
    selected_ = !high;
    if (waves_ != nullptr) {
        waves_->chip_select(part_.name(), high, access.now);
    }
    if (!high) {
        loose_clocks_ = 0;
        part_.select(access);
        return;
    }
    const unsigned loose = (clocks + loose_clocks_) % 8;
    loose_clocks_ = 0;
    part_.deselect(loose, access);
}

bool SpiWire::transfer(const SpiTransfer& transfer, AccessContext& access) noexcept
{
    if (!selected_) {
        return false;
    }
    part_.transfer(transfer, access);
    if (waves_ != nullptr) {
        waves_->transferred(part_.name(), transfer);
    }
    return true;
}

}  // namespace brownout::models
