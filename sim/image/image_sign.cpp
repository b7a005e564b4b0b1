// Signing a payload: header, protected TLVs, TLVs, in imgtool's order.
#include "boot_record.hpp"
#include "image_digest.hpp"
#include "image_layout.hpp"
#include "image_signer.hpp"

#include "crypto/key_wrap.hpp"
#include "crypto/payload_cipher.hpp"

#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <boot/image.h>

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>

namespace brownout::sim {

namespace {

using namespace image_layout;
using ImageBytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kFlagAes128 = 0x04;
constexpr std::uint32_t kFlagAes256 = 0x08;
constexpr std::uint32_t kFlagNonBootable = 0x10;
constexpr std::uint32_t kFlagRamLoad = 0x20;
constexpr std::uint32_t kFlagRomFixed = 0x100;
constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 28;
constexpr std::size_t kCipherBlockBytes = 16;

void add(ImageBytes& bytes, std::span<const std::uint8_t> more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

void add_tlv(ImageBytes& area, std::uint16_t type, std::span<const std::uint8_t> payload)
{
    append_u16(area, type);
    append_u16(area, static_cast<std::uint16_t>(payload.size()));
    add(area, payload);
}

ImageBytes area_of(std::uint16_t magic, const ImageBytes& entries)
{
    if (entries.size() > UINT16_MAX - kTlvHeadBytes) {
        throw InputError(
            fmt::format("the TLVs are {} bytes long; an area holds 65531", entries.size()));
    }
    ImageBytes area;
    append_u16(area, magic);
    append_u16(area, static_cast<std::uint16_t>(kTlvHeadBytes + entries.size()));
    add(area, entries);
    return area;
}

class ImageSigner {
public:
    explicit ImageSigner(const SignOptions& options) : options_(options)
    {
        if (!options_.key.empty()) {
            key_ = read_signing_key_file(options_.key);
        }
        hash_bits_ = options_.hash_bits.value_or(hash_bits_of(key_.kind));
        check_options();
    }

    ImageBytes sign(std::span<const std::uint8_t> input)
    {
        ImageBytes protected_area = protected_tlvs();
        ImageBytes image = with_header(input, protected_area.size());
        const std::size_t payload_end = image.size();
        add(image, protected_area);
        add(image, area_of(kTlvInfoMagic, unprotected_entries(image)));
        if (is_encrypted() && !options_.clear) {
            PayloadCipher cipher;
            cipher.begin(image_key_, 0);
            cipher.apply(std::span(image).subspan(options_.header_bytes,
                                                  payload_end - options_.header_bytes));
        }
        return pad_image(image, options_.slot, is_encrypted());
    }

private:
    bool is_encrypted() const { return !options_.encryption_key.empty(); }

    void check_options() const
    {
        if (options_.header_bytes < kHeaderBytes || options_.header_bytes > UINT16_MAX) {
            throw InputError(
                fmt::format("--header-size is {}, not from 32 to 65535", options_.header_bytes));
        }
        if (options_.load_address && options_.rom_fixed) {
            throw InputError("--load-addr and --rom-fixed exclude each other");
        }
        if (options_.pure && key_.kind != CRYPTO_ED25519) {
            throw InputError("--pure needs an ed25519 key");
        }
        const bool takes_any = key_.kind == CRYPTO_SIGNATURE_NONE ||
                               (key_.kind == CRYPTO_ED25519 && hash_bits_ != 384);
        if (hash_of_bits(hash_bits_) == nullptr ||
            (!takes_any && hash_bits_ != hash_bits_of(key_.kind))) {
            throw InputError(fmt::format("--sha {}: this key signs SHA-{} {}", hash_bits_,
                                         hash_bits_of(key_.kind),
                                         key_.kind == CRYPTO_ED25519 ? "or SHA-512" : "only"));
        }
        if (options_.encryption_key_bits != 128 && options_.encryption_key_bits != 256) {
            throw InputError("--encrypt-keylen is 128 or 256");
        }
    }

    ImageBytes protected_tlvs() const
    {
        ImageBytes entries;
        if (options_.security_counter) {
            ImageBytes counter;
            append_u32(counter, *options_.security_counter);
            add_tlv(entries, kTlvSecurityCounter, counter);
        }
        if (!options_.boot_record.empty()) {
            add_tlv(entries, TLV_BOOT_RECORD,
                    boot_record(options_.boot_record, options_.version, signer_id(), hash_bits_));
        }
        for (const ImageDependency& dependency : options_.dependencies) {
            ImageBytes payload{dependency.image_index,  0, 0, 0, dependency.version.major,
                               dependency.version.minor};
            append_u16(payload, dependency.version.revision);
            append_u32(payload, dependency.version.build);
            add_tlv(entries, TLV_DEPENDENCY, payload);
        }
        if (!options_.vendor_id.empty()) {
            add_tlv(entries, kTlvVendorId, options_.vendor_id);
        }
        if (!options_.class_id.empty()) {
            add_tlv(entries, kTlvClassId, options_.class_id);
        }
        for (const CustomTlv& tlv : options_.custom_tlvs) {
            add_tlv(entries, tlv.type, tlv.payload);
        }
        return entries.empty() ? ImageBytes{} : area_of(kProtectedTlvInfoMagic, entries);
    }

    // Hash of the public key; without one, zeros of its length.
    ImageBytes signer_id() const
    {
        return key_.key ? image_digest(public_key_bytes(key_.key.get(), key_.kind), hash_bits_)
                        : ImageBytes(hash_bits_ / 8);
    }

    std::uint32_t flags() const
    {
        std::uint32_t flags = options_.non_bootable ? kFlagNonBootable : 0;
        flags |= options_.load_address ? kFlagRamLoad : 0;
        flags |= options_.rom_fixed ? kFlagRomFixed : 0;
        if (is_encrypted()) {
            flags |= options_.encryption_key_bits == 256 ? kFlagAes256 : kFlagAes128;
        }
        return flags;
    }

    // The header area and the payload.
    ImageBytes with_header(std::span<const std::uint8_t> input, std::size_t protected_bytes) const
    {
        if (input.size() > kPayloadBytesMax) {
            throw InputError(fmt::format("the input holds {} bytes, more than {}", input.size(),
                                         kPayloadBytesMax));
        }
        ImageBytes image;
        if (options_.pad_header) {
            image.resize(options_.header_bytes, options_.slot.erased_value);
        } else {
            require_room_for_header(input);
        }
        add(image, input);
        if (is_encrypted()) {
            const std::size_t rest = image.size() % kCipherBlockBytes;
            image.resize(image.size() + (rest == 0 ? 0 : kCipherBlockBytes - rest), 0);
        }
        ImageBytes header;
        append_u32(header, kHeaderMagic);
        append_u32(header, options_.load_address.value_or(options_.rom_fixed.value_or(0)));
        append_u16(header, static_cast<std::uint16_t>(options_.header_bytes));
        append_u16(header, static_cast<std::uint16_t>(protected_bytes));
        append_u32(header, static_cast<std::uint32_t>(image.size() - options_.header_bytes));
        append_u32(header, flags());
        header.push_back(options_.version.major);
        header.push_back(options_.version.minor);
        append_u16(header, options_.version.revision);
        append_u32(header, options_.version.build);
        append_u32(header, 0);
        std::copy(header.begin(), header.end(), image.begin());
        return image;
    }

    void require_room_for_header(std::span<const std::uint8_t> input) const
    {
        const std::size_t count = options_.header_bytes;
        const bool is_free = input.size() >= count &&
                             std::all_of(input.begin(), input.begin() + options_.header_bytes,
                                         [](std::uint8_t byte) { return byte == 0; });
        if (!is_free) {
            throw InputError(fmt::format("the input does not begin with {} zero bytes, the place "
                                         "of the header; --pad-header puts the header before it",
                                         count));
        }
    }

    ImageBytes unprotected_entries(std::span<const std::uint8_t> covered)
    {
        ImageBytes entries;
        add_tlv(entries, tlv_of_hash_bits(hash_bits_), image_digest(covered, hash_bits_));
        if (options_.pure) {
            add_tlv(entries, TLV_SIG_PURE, ImageBytes{1});
        }
        if (key_.key) {
            if (options_.full_public_key) {
                add_tlv(entries, TLV_PUBKEY, public_key_bytes(key_.key.get(), key_.kind));
            } else {
                add_tlv(entries, kTlvKeyHash, signer_id());
            }
            ImageBytes signature = sign_covered(key_, covered, hash_bits_, options_.pure);
            if (options_.pad_signature) {
                signature.resize(longest_signature_bytes(key_), 0);
            }
            add_tlv(entries, tlv_of(key_.kind), signature);
        }
        if (is_encrypted()) {
            image_key_ = options_.image_key;
            if (image_key_.empty()) {
                image_key_.resize(options_.encryption_key_bits / 8);
                RAND_bytes(image_key_.data(), static_cast<int>(image_key_.size()));
            }
            const WrappedImageKey wrapped =
                wrap_image_key(options_.encryption_key, image_key_, options_.hmac_sha512);
            add_tlv(entries, tlv_of_key_wrap(wrapped.kind), wrapped.bytes);
        }
        return entries;
    }

    const SignOptions& options_;
    SigningKey key_;
    std::uint32_t hash_bits_ = 256;
    ImageBytes image_key_;
};

}  // namespace

ImageBytes sign_image(std::span<const std::uint8_t> input, const SignOptions& options)
{
    return ImageSigner(options).sign(input);
}

SignOptions options_of_image(std::span<const std::uint8_t> image, ImageBytes& payload)
{
    std::string why;
    const auto info = parse_image(image, &why);
    if (!info) {
        throw InputError("not a signed image: " + why);
    }
    if ((info->flags & kFlagsEncrypted) != 0) {
        throw InputError("the image is encrypted already");
    }
    if ((info->flags & ~(kFlagNonBootable | kFlagRamLoad | kFlagRomFixed)) != 0) {
        throw InputError(
            fmt::format("the image has flags that cannot be made again: 0x{:X}", info->flags));
    }
    SignOptions options;
    options.version = info->version;
    options.header_bytes = info->header_bytes;
    options.pad_header = true;
    options.slot.erased_value = info->header_bytes > kHeaderBytes ? image[kHeaderBytes] : 0xFF;
    options.non_bootable = (info->flags & kFlagNonBootable) != 0;
    if ((info->flags & kFlagRamLoad) != 0) {
        options.load_address = info->load_address;
    } else if ((info->flags & kFlagRomFixed) != 0) {
        options.rom_fixed = info->load_address;
    }
    for (const ImageTlv& tlv : info->tlvs) {
        const auto bytes = image.subspan(tlv.offset_bytes, tlv.byte_count);
        if (tlv.is_protected) {  // all in the order in which they lie
            options.custom_tlvs.push_back({tlv.type, {bytes.begin(), bytes.end()}});
        } else if (hash_bits_of_tlv(tlv.type) != 0) {
            options.hash_bits = hash_bits_of_tlv(tlv.type);
        } else if (tlv.type == TLV_SIG_PURE) {
            options.pure = true;
        } else if (tlv.type == TLV_PUBKEY) {
            options.full_public_key = true;
        }
    }
    const auto span = image.subspan(info->header_bytes, info->payload_bytes);
    payload.assign(span.begin(), span.end());
    return options;
}

std::optional<ImageDependency> parse_dependency(const std::string& text)
{
    std::string bare;
    std::copy_if(text.begin(), text.end(), std::back_inserter(bare),
                 [](char c) { return c != ' '; });
    const std::size_t comma = bare.find(',');
    if (bare.size() < 5 || bare.front() != '(' || bare.back() != ')' || comma == bare.npos) {
        return std::nullopt;
    }
    ImageDependency dependency;
    const char* const end = bare.data() + comma;
    const auto index = std::from_chars(bare.data() + 1, end, dependency.image_index);
    const auto version =
        parse_version(std::string_view(bare).substr(comma + 1, bare.size() - comma - 2));
    if (index.ec != std::errc{} || index.ptr != end || !version) {
        return std::nullopt;
    }
    dependency.version = *version;
    return dependency;
}

}  // namespace brownout::sim
