// What the protected TLVs of an image ask for: a counter that only rises, other images.
#include "image_layout.hpp"

#include <sim/image.hpp>

namespace brownout::sim {

using namespace image_layout;

std::optional<std::uint32_t> security_counter_of(std::span<const std::uint8_t> bytes,
                                                 const ImageInfo& info)
{
    for (const ImageTlv& tlv : info.tlvs) {
        if (tlv.type == kTlvSecurityCounter && tlv.is_protected) {
            return tlv.byte_count == sizeof(std::uint32_t)
                       ? std::optional<std::uint32_t>(u32_at(bytes, tlv.offset_bytes))
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

std::vector<NeededImage> dependencies_of(std::span<const std::uint8_t> bytes,
                                             const ImageInfo& info)
{
    std::vector<NeededImage> dependencies;
    for (const ImageTlv& tlv : info.tlvs) {
        if (tlv.type != kTlvDependency || !tlv.is_protected || tlv.byte_count != kDependencyBytes) {
            continue;
        }
        const auto needs = bytes.subspan(tlv.offset_bytes, tlv.byte_count);
        dependencies.push_back(
            {needs[0], {needs[4], needs[5], u16_at(needs, 6), u32_at(needs, 8)}});
    }
    return dependencies;
}

}  // namespace brownout::sim
