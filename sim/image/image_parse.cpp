// Looking into images. Every offset is checked against the bytes at hand in 64 bits.
#include "image_layout.hpp"
#include "key_file.hpp"

#include <sim/image.hpp>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

namespace brownout::sim {

namespace {

using namespace image_layout;

class ImageParser {
public:
    explicit ImageParser(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool parse() { return read_header() && read_areas(); }

    ImageInfo take_info() { return std::move(info_); }
    const std::string& why() const { return why_; }

private:
    bool refuse(std::string sentence)
    {
        why_ = std::move(sentence);
        return false;
    }

    bool read_header()
    {
        if (bytes_.size() < kHeaderBytes) {
            return refuse(fmt::format("{} bytes are too few for an image header of {}",
                                      bytes_.size(), kHeaderBytes));
        }
        if (u32_at(bytes_, 0) != kHeaderMagic) {
            return refuse(fmt::format("the header magic is 0x{:08X}, not 0x{:08X}",
                                      u32_at(bytes_, 0), kHeaderMagic));
        }
        info_.load_address = u32_at(bytes_, 4);
        info_.header_bytes = u16_at(bytes_, 8);
        info_.protected_tlv_bytes = u16_at(bytes_, 10);
        info_.payload_bytes = u32_at(bytes_, 12);
        info_.flags = u32_at(bytes_, 16);
        info_.version.major = bytes_[20];
        info_.version.minor = bytes_[21];
        info_.version.revision = u16_at(bytes_, 22);
        info_.version.build = u32_at(bytes_, 24);
        if (info_.header_bytes < kHeaderBytes) {
            return refuse(fmt::format("the header says that it is {} bytes long, less than {}",
                                      info_.header_bytes, kHeaderBytes));
        }
        return true;
    }

    // The areas behind the payload: protected (if the header says so), then unprotected.
    bool read_areas()
    {
        const std::uint64_t start = std::uint64_t{info_.header_bytes} + info_.payload_bytes;
        std::uint64_t cursor = start;
        if (info_.protected_tlv_bytes != 0) {
            std::uint32_t area_bytes = 0;
            if (!read_area(cursor, kProtectedTlvInfoMagic, true, area_bytes)) {
                return false;
            }
            if (area_bytes != info_.protected_tlv_bytes) {
                return refuse(fmt::format("the protected TLV area is {} bytes long, the header "
                                          "says {}",
                                          area_bytes, info_.protected_tlv_bytes));
            }
            cursor += area_bytes;
        }
        std::uint32_t area_bytes = 0;
        if (!read_area(cursor, kTlvInfoMagic, false, area_bytes)) {
            return false;
        }
        info_.total_bytes = static_cast<std::uint32_t>(cursor + area_bytes);
        return true;
    }

    bool read_area(std::uint64_t start, std::uint16_t magic, bool is_protected,
                   std::uint32_t& area_bytes)
    {
        if (start + kTlvHeadBytes > bytes_.size()) {
            return refuse(fmt::format("TLVs should begin at 0x{:X}, but there are only 0x{:X} "
                                      "bytes",
                                      start, bytes_.size()));
        }
        const std::uint16_t found = u16_at(bytes_, start);
        if (found != magic) {
            return refuse(fmt::format("the TLV magic at 0x{:X} is 0x{:04X}, not 0x{:04X}", start,
                                      found, magic));
        }
        area_bytes = u16_at(bytes_, start + 2);
        const std::uint64_t end = start + area_bytes;
        if (area_bytes < kTlvHeadBytes || end > bytes_.size()) {
            return refuse(fmt::format("the TLV area at 0x{:X} says that it is {} bytes long; {} "
                                      "follow",
                                      start, area_bytes, bytes_.size() - start));
        }
        return read_entries(start + kTlvHeadBytes, end, is_protected);
    }

    bool read_entries(std::uint64_t cursor, std::uint64_t end, bool is_protected)
    {
        while (cursor < end) {
            if (cursor + kTlvHeadBytes > end) {
                return refuse(
                    fmt::format("a TLV at 0x{:X} is cut off by the end of its area", cursor));
            }
            const std::uint16_t type = u16_at(bytes_, cursor);
            const std::uint16_t length = u16_at(bytes_, cursor + 2);
            if (cursor + kTlvHeadBytes + length > end) {
                return refuse(fmt::format("the TLV of type 0x{:02X} at 0x{:X} is {} bytes long "
                                          "and leaves its area",
                                          type, cursor, length));
            }
            info_.tlvs.push_back(
                {type, is_protected, static_cast<std::uint32_t>(cursor + kTlvHeadBytes), length});
            cursor += kTlvHeadBytes + length;
        }
        return true;
    }

    std::span<const std::uint8_t> bytes_;
    ImageInfo info_;
    std::string why_;
};

const EVP_MD* hash_of_tlv(std::uint16_t type)
{
    switch (type) {
    case kTlvSha256:
        return EVP_sha256();
    case kTlvSha384:
        return EVP_sha384();
    case kTlvSha512:
        return EVP_sha512();
    default:
        return nullptr;
    }
}

std::uint16_t tlv_of_signature(crypto_signature kind)
{
    switch (kind) {
    case CRYPTO_RSA2048_PSS:
        return kTlvRsa2048;
    case CRYPTO_RSA3072_PSS:
        return kTlvRsa3072;
    case CRYPTO_ED25519:
        return kTlvEd25519;
    default:
        return kTlvEcdsa;
    }
}

// Header, payload and protected TLVs: what hash and signature cover.
std::span<const std::uint8_t> covered(std::span<const std::uint8_t> bytes, const ImageInfo& info)
{
    return bytes.first(std::size_t{info.header_bytes} + info.payload_bytes +
                       info.protected_tlv_bytes);
}

std::vector<std::uint8_t> digest_of(std::span<const std::uint8_t> bytes, const EVP_MD* hash)
{
    std::vector<std::uint8_t> digest(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, hash, nullptr);
    digest.resize(length);
    return digest;
}

void check_hash(std::span<const std::uint8_t> bytes, ImageInfo& info)
{
    for (const ImageTlv& tlv : info.tlvs) {
        const EVP_MD* const hash = hash_of_tlv(tlv.type);
        if (hash == nullptr) {
            continue;
        }
        info.hash_present = true;
        const auto stored = bytes.subspan(tlv.offset_bytes, tlv.byte_count);
        const std::vector<std::uint8_t> digest = digest_of(covered(bytes, info), hash);
        // The hash covers the plain payload; an encrypted one does not match.
        info.hash_matches = std::equal(digest.begin(), digest.end(), stored.begin(), stored.end());
        return;
    }
}

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

bool verify_message(EVP_PKEY* key, const EVP_MD* hash, bool pss,
                    std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature)
{
    const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    bool ready = EVP_DigestVerifyInit(context.get(), &parameters, hash, nullptr, key) == 1;
    if (ready && pss) {
        ready = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    const bool good = ready && EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                                message.data(), message.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace

const ImageTlv* ImageInfo::tlv(std::uint16_t type) const
{
    const auto found = std::find_if(tlvs.begin(), tlvs.end(),
                                    [&](const ImageTlv& entry) { return entry.type == type; });
    return found == tlvs.end() ? nullptr : &*found;
}

std::optional<ImageInfo> parse_image(std::span<const std::uint8_t> bytes, std::string* why)
{
    ImageParser parser(bytes);
    if (!parser.parse()) {
        if (why != nullptr) {
            *why = parser.why();
        }
        return std::nullopt;
    }
    ImageInfo info = parser.take_info();
    check_hash(bytes, info);
    return info;
}

bool image_signature_matches(std::span<const std::uint8_t> bytes, const ImageInfo& info,
                             crypto_signature kind, std::span<const std::uint8_t> public_key_der)
{
    const KeyPointer key = public_key_from_bytes(public_key_der, kind);
    if (!key || info.total_bytes > bytes.size()) {
        return false;
    }
    const bool pss = kind == CRYPTO_RSA2048_PSS || kind == CRYPTO_RSA3072_PSS;
    const std::span<const std::uint8_t> message = covered(bytes, info);
    for (const ImageTlv& tlv : info.tlvs) {
        if (tlv.type != tlv_of_signature(kind)) {
            continue;
        }
        const auto signature = bytes.subspan(tlv.offset_bytes, tlv.byte_count);
        const bool good =
            kind == CRYPTO_ED25519
                ? verify_message(key.get(), nullptr, false, digest_of(message, EVP_sha256()),
                                 signature)
                : verify_message(key.get(), kind == CRYPTO_ECDSA_P384 ? EVP_sha384() : EVP_sha256(),
                                 pss, message, signature);
        if (good) {
            return true;
        }
    }
    return false;
}

}  // namespace brownout::sim
