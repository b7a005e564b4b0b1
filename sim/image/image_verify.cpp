#include "image_digest.hpp"
#include "image_layout.hpp"
#include "image_signer.hpp"

#include "crypto/key_unwrap.hpp"
#include "crypto/key_wrap.hpp"
#include "crypto/payload_cipher.hpp"

#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <boot/image.h>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

using namespace image_layout;
using VerifyBytes = std::vector<std::uint8_t>;

const ImageTlv* hash_tlv(const ImageInfo& info)
{
    const auto found = std::find_if(info.tlvs.begin(), info.tlvs.end(), [](const ImageTlv& tlv) {
        return hash_bits_of_tlv(tlv.type) != 0;
    });
    return found == info.tlvs.end() ? nullptr : &*found;
}

std::span<const std::uint8_t> covered_by(std::span<const std::uint8_t> image, const ImageInfo& info)
{
    return image.first(std::size_t{info.header_bytes} + info.payload_bytes +
                       info.protected_tlv_bytes);
}

bool hash_is_good(std::span<const std::uint8_t> image, const ImageInfo& info, const ImageTlv& hash)
{
    const VerifyBytes digest = image_digest(covered_by(image, info), hash_bits_of_tlv(hash.type));
    const auto stored = image.subspan(hash.offset_bytes, hash.byte_count);
    return std::equal(digest.begin(), digest.end(), stored.begin(), stored.end());
}

// False: none of the key TLVs can be unwrapped with this key.
bool decrypt(VerifyBytes& image, const ImageInfo& info, const std::filesystem::path& key_file)
{
    const VerifyBytes private_key = read_unwrapping_key(key_file);
    VerifyBytes image_key((info.flags & 0x08) != 0 ? 32 : 16);
    for (const ImageTlv& tlv : info.tlvs) {
        const crypto_key_wrap kind = key_wrap_of_tlv(tlv.type);
        const auto wrapped = std::span(image).subspan(tlv.offset_bytes, tlv.byte_count);
        if (kind != CRYPTO_WRAP_NONE &&
            recover_image_key(kind, private_key, wrapped, image_key) == CRYPTO_OK) {
            PayloadCipher cipher;
            cipher.begin(image_key, 0);
            cipher.apply(std::span(image).subspan(info.header_bytes, info.payload_bytes));
            return true;
        }
    }
    return false;
}

// The first key and signature that belong together; "" if there is none.
std::string signer_of(std::span<const std::uint8_t> image, const ImageInfo& info,
                      std::uint32_t hash_bits, const std::vector<std::filesystem::path>& keys)
{
    const bool pure = info.tlv(TLV_SIG_PURE) != nullptr;
    for (const std::filesystem::path& file : keys) {
        const SigningKey key = read_verifying_key_file(file);
        for (const ImageTlv& tlv : info.tlvs) {
            if (tlv.type == tlv_of(key.kind) &&
                signature_is_good(key, covered_by(image, info), hash_bits, pure,
                                  image.subspan(tlv.offset_bytes, tlv.byte_count))) {
                return file.filename().string();
            }
        }
    }
    return {};
}

std::string hash_complaint(const ImageInfo& info, const VerifyOptions& options, bool was_decrypted)
{
    const bool is_encrypted = (info.flags & kFlagsEncrypted) != 0;
    if (is_encrypted && options.decryption_key.empty()) {
        return "the payload is encrypted and its hash covers the plain bytes: --decryption-key is "
               "needed";
    }
    if (is_encrypted && !was_decrypted) {
        return "the image key cannot be unwrapped with this decryption key";
    }
    return "the hash does not match: the image was changed after it was signed";
}

}  // namespace

ImageVerdict verify_image_file(std::span<const std::uint8_t> given, const VerifyOptions& options)
{
    ImageVerdict verdict;
    VerifyBytes image(given.begin(), given.end());
    verdict.info = parse_image(image, &verdict.sentence);
    if (!verdict.info) {
        return verdict;
    }
    const ImageInfo& info = *verdict.info;
    const ImageTlv* const hash = hash_tlv(info);
    if (hash == nullptr) {
        verdict.sentence = "there is no hash among the TLVs";
        return verdict;
    }
    bool was_decrypted = false;
    if (!hash_is_good(image, info, *hash)) {
        was_decrypted = (info.flags & kFlagsEncrypted) != 0 && !options.decryption_key.empty() &&
                        decrypt(image, info, options.decryption_key);
        if (!was_decrypted || !hash_is_good(image, info, *hash)) {
            verdict.sentence = hash_complaint(info, options, was_decrypted);
            return verdict;
        }
    }
    for (const std::uint8_t byte : std::span(image).subspan(hash->offset_bytes, hash->byte_count)) {
        verdict.digest += fmt::format("{:02x}", byte);
    }
    if (options.keys.empty()) {
        verdict.good = true;
        verdict.sentence = "the hash is good; no --key was given, signatures were not checked";
        return verdict;
    }
    verdict.signed_by = signer_of(image, info, hash_bits_of_tlv(hash->type), options.keys);
    verdict.good = !verdict.signed_by.empty();
    verdict.sentence = verdict.good ? "hash and signature are good"
                                    : "no signature that is good under the given key";
    return verdict;
}

}  // namespace brownout::sim
