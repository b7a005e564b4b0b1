#include "ram_device.hpp"

namespace brownout::sim {

namespace {

class RamDevice final : public DeviceModel, public models::BusTarget {
public:
    explicit RamDevice(const DevicePlan& plan)
        : address_(plan.mapped_address), size_bytes_(static_cast<std::uint32_t>(plan.size_bytes()))
    {
    }

    void map(models::Bus& bus) override { bus.map({address_, size_bytes_, this}); }
    void attach(models::FlashArray& cells, models::PartState&) override { cells_ = &cells; }
    void reset(models::ResetKind) override {}

    std::string_view name() const noexcept override { return "RAM"; }

    std::uint32_t read32(std::uint32_t offset, models::AccessContext&) noexcept override
    {
        return cells_->word_at(offset);
    }
    void write32(std::uint32_t offset, std::uint32_t value,
                 models::AccessContext& access) noexcept override
    {
        const std::uint8_t bytes[] = {
            static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
            static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
        write_bytes(offset, bytes, access);
    }
    void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                    models::AccessContext&) noexcept override
    {
        cells_->read(offset, destination);
    }
    void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                     models::AccessContext&) noexcept override
    {
        cells_->poke(offset, source);
    }

private:
    std::uint32_t address_;
    std::uint32_t size_bytes_;
    models::FlashArray* cells_ = nullptr;
};

}  // namespace

std::unique_ptr<DeviceModel> make_ram_device(const DevicePlan& plan)
{
    return std::make_unique<RamDevice>(plan);
}

models::FlashGeometry ram_geometry(const DevicePlan& plan)
{
    models::FlashGeometry geometry;
    geometry.size_bytes = plan.size_bytes();
    geometry.page_bytes = 4096;
    geometry.erased_value = plan.erased_value;
    geometry.overwrites = true;
    geometry.is_volatile = true;
    return geometry;
}

}  // namespace brownout::sim
