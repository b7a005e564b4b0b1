// RAM that is nobody's own: where a ram-load image is copied to, or memory that two cores share.
#pragma once

#include <models/bus.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace brownout::sim {

class RamTarget final : public models::BusTarget {
public:
    explicit RamTarget(std::uint32_t size_bytes) : bytes_(size_bytes, 0) {}

    std::string_view name() const noexcept override { return "RAM"; }
    std::span<std::uint8_t> bytes() { return bytes_; }
    void power_on() { std::fill(bytes_.begin(), bytes_.end(), std::uint8_t{0}); }

    std::uint32_t read32(std::uint32_t offset, models::AccessContext&) noexcept override
    {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }

    void write32(std::uint32_t offset, std::uint32_t value,
                 models::AccessContext&) noexcept override
    {
        std::memcpy(bytes_.data() + offset, &value, sizeof value);
    }

    void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                    models::AccessContext&) noexcept override
    {
        std::memcpy(destination.data(), bytes_.data() + offset, destination.size());
    }

    void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                     models::AccessContext&) noexcept override
    {
        std::memcpy(bytes_.data() + offset, source.data(), source.size());
    }

private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace brownout::sim
