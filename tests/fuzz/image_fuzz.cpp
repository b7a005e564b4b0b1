// Any bytes as an image: refused, or understood within its bounds. Read twice: by the simulator's
// parser and by the bootloader's, and what both understand they understand alike.
#include <boot/image.h>
#include <sim/image.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

const std::vector<std::uint8_t>& public_key()
{
    static const std::vector<std::uint8_t> kKey = [] {
        std::ifstream stream(TEST_SCENARIOS_FOLDER "/keys/dev-p256.der", std::ios::binary);
        return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(stream), {});
    }();
    return kKey;
}

using Bytes = std::span<const std::uint8_t>;

// Memory that holds the image and reads as erased flash behind it.
void read_memory(void* context, std::uint32_t address, void* destination, std::uint32_t byte_count)
{
    const Bytes& bytes = *static_cast<const Bytes*>(context);
    auto* const out = static_cast<std::uint8_t*>(destination);
    std::fill_n(out, byte_count, std::uint8_t{0xFF});
    if (address < bytes.size()) {
        const std::size_t present = std::min<std::size_t>(byte_count, bytes.size() - address);
        std::copy_n(bytes.begin() + address, present, out);
    }
}

// The bootloader's view: entries of a walk, or nullopt if it refuses the image.
std::optional<std::vector<tlv_entry>> walk_in_boot(Bytes bytes, std::uint32_t& total_bytes)
{
    boot_io io{};
    io.context = &bytes;
    io.mem_read = read_memory;
    const image_source source{&io, nullptr, 0};
    image_header header{};
    tlv_walk walk{};
    if (image_header_read(&source, &header) != 0 || !image_header_has_magic(&header) ||
        image_total_bytes(&source, &header, &total_bytes) != 0 ||
        tlv_walk_begin(&walk, &source, &header, TLV_ANY, false) != 0) {
        return std::nullopt;
    }
    std::vector<tlv_entry> entries;
    tlv_entry entry{};
    for (;;) {
        switch (tlv_walk_next(&walk, &entry)) {
        case TLV_FOUND:
            entries.push_back(entry);
            break;
        case TLV_END:
            return entries;
        case TLV_BROKEN:
            return std::nullopt;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace brownout::sim;
    const Bytes bytes(data, size);
    std::uint32_t boot_total_bytes = 0;
    const auto entries = walk_in_boot(bytes, boot_total_bytes);
    std::string why;
    const std::optional<ImageInfo> info = parse_image(bytes, &why);
    if (!info) {
        return why.empty() ? (std::abort(), 0) : 0;
    }
    if (info->total_bytes > size) {
        std::abort();
    }
    for (const ImageTlv& tlv : info->tlvs) {
        if (std::size_t{tlv.offset_bytes} + tlv.byte_count > info->total_bytes) {
            std::abort();
        }
    }
    // Headers shorter than 32 bytes are refused here alone; areas that end inside an entry too.
    if (!entries || boot_total_bytes != info->total_bytes || entries->size() != info->tlvs.size()) {
        std::abort();
    }
    (void)image_signature_matches(bytes, *info, CRYPTO_ECDSA_P256, public_key());
    return 0;
}
