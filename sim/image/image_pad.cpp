// Filling up a slot: the trailer as imgtool counts and writes it.
#include "image_layout.hpp"

#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

using namespace image_layout;

constexpr std::uint32_t kPadMagicBytes = 16;
constexpr std::uint32_t kWrappedKeyBytes = 113;  // the usual saved TLV: P-256, AES-128

std::uint32_t rounded_up(std::uint32_t value, std::uint32_t unit)
{
    return (value + unit - 1) / unit * unit;
}

std::uint32_t max_align_of(const SlotOptions& options)
{
    const std::uint32_t align = options.align_bytes;
    if (align == 0 || align > 32 || (align & (align - 1)) != 0) {
        throw InputError(fmt::format("--align is 1, 2, 4, 8, 16 or 32, not {}", align));
    }
    const std::uint32_t max_align =
        options.max_align_bytes == 0 ? std::max(8u, align) : options.max_align_bytes;
    if ((max_align != 8 && max_align != 16 && max_align != 32) || max_align < align) {
        throw InputError(
            fmt::format("--max-align is 8, 16 or 32 and at least --align, not {}", max_align));
    }
    return max_align;
}

// The status area is not known to need the extra field of swap using offset.
std::uint64_t trailer_bytes_of(const SlotOptions& options, bool is_encrypted)
{
    const std::uint32_t max_align = max_align_of(options);
    const std::uint64_t magic = rounded_up(kPadMagicBytes, max_align);
    if (options.overwrite_only) {
        return 2 * max_align + magic;
    }
    const std::uint32_t key = options.save_enctlv ? kWrappedKeyBytes : kPadMagicBytes;
    return std::uint64_t{options.max_sectors} * 3 * options.align_bytes +
           (is_encrypted ? 2 * rounded_up(key, max_align) : 0) + 4 * max_align + magic;
}

}  // namespace

std::vector<std::uint8_t> pad_image(std::span<const std::uint8_t> image, const SlotOptions& options,
                                    bool is_encrypted)
{
    const std::uint64_t trailer_bytes = trailer_bytes_of(options, is_encrypted);
    std::vector<std::uint8_t> padded(image.begin(), image.end());
    const bool is_filled = options.pad || options.confirm;
    if (options.slot_bytes == 0) {
        if (is_filled) {
            throw InputError("--pad and --confirm need --slot-size");
        }
        return padded;
    }
    if (image.size() + trailer_bytes > options.slot_bytes) {
        throw InputError(fmt::format("the image of 0x{:X} bytes and a trailer of 0x{:X} bytes do "
                                     "not fit into a slot of 0x{:X} bytes",
                                     image.size(), trailer_bytes, options.slot_bytes));
    }
    if (!is_filled) {
        return padded;
    }
    const std::uint32_t max_align = max_align_of(options);
    padded.resize(options.slot_bytes, options.erased_value);
    if (max_align == 8) {
        std::copy(kTrailerMagic.begin(), kTrailerMagic.end(), padded.end() - kPadMagicBytes);
    } else {
        const auto magic = padded.end() - kPadMagicBytes;
        magic[0] = static_cast<std::uint8_t>(max_align);
        magic[1] = 0;
        std::copy(kTrailerMagicAligned.begin(), kTrailerMagicAligned.end(), magic + 2);
    }
    if (options.confirm && !options.overwrite_only) {  // overwriting reads no image_ok
        padded[options.slot_bytes - rounded_up(kPadMagicBytes, max_align) - max_align] = 0x01;
    }
    return padded;
}

}  // namespace brownout::sim
