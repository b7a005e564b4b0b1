// App images on the host: making and signing them, and looking into their bytes.
//
// The format is MCUboot's: header, payload, protected TLVs, TLVs, optionally padded to a slot with
// a trailer. Making is deterministic: the same ImageSpec gives the same bytes, signature included
// (ECDSA nonces as in RFC 6979). For tests and scenarios; a key given here is never secret.
#pragma once

#include <boot/core_abi.h>
#include <boot/crypto.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

// Fills the rest of a slot with the erased value and writes a trailer, as `imgtool sign --pad`.
struct ImagePadding {
    std::uint32_t slot_bytes = 0;
    std::uint32_t max_align_bytes = 8;  // 8, 16 or 32
    bool permanent = false;             // image_ok set: `imgtool sign --confirm`
};

// Bytes of the finished image that are changed after signing.
struct ImageDamage {
    std::uint32_t offset_bytes = 0;
    std::uint8_t xor_mask = 0;
};

// A vector table at the start of the payload and, for the network core, the firmware information
// that its bootloader asks for (boot/netcore.h).
struct ImageVectors {
    std::uint32_t address = 0;                      // where the payload will run
    std::optional<std::uint32_t> firmware_version;  // set: with firmware information
};

// Needs this image (0: application) in at least this version; a protected TLV.
struct NeededImage {
    std::uint32_t image_index = 0;
    boot_version version{};
};

struct ImageSpec {
    boot_version version{};
    std::uint32_t payload_bytes = 0;
    // Payload: SHA256("<seed>:0") || SHA256("<seed>:1") || ... cut to payload_bytes.
    std::string seed;
    std::uint32_t header_bytes = 0x200;  // area before the payload, at least 32
    std::uint32_t flags = 0;
    std::uint32_t load_address = 0;
    std::optional<std::uint32_t> security_counter;  // protected TLV
    std::vector<NeededImage> dependencies;
    std::optional<ImageVectors> vectors;  // nullopt: the payload begins with seeded bytes

    crypto_signature signature = CRYPTO_SIGNATURE_NONE;  // none: hash TLV only
    std::filesystem::path private_key;                   // PEM or DER, PKCS#8

    std::optional<ImagePadding> padding;
    std::vector<ImageDamage> damage;
};

// InputError: key missing or of the wrong kind, sizes that do not fit.
std::vector<std::uint8_t> make_image(const ImageSpec& spec);

std::vector<std::uint8_t> seeded_payload(std::string_view seed, std::uint32_t byte_count);

struct ImageTlv {
    std::uint16_t type = 0;
    bool is_protected = false;
    std::uint32_t offset_bytes = 0;  // of its payload, from the image start
    std::uint32_t byte_count = 0;
};

struct ImageInfo {
    boot_version version{};
    std::uint32_t header_bytes = 0;
    std::uint32_t payload_bytes = 0;
    std::uint32_t protected_tlv_bytes = 0;
    std::uint32_t total_bytes = 0;  // header, payload, TLVs: without padding
    std::uint32_t flags = 0;
    std::uint32_t load_address = 0;
    std::vector<ImageTlv> tlvs;

    bool hash_present = false;
    bool hash_matches = false;

    const ImageTlv* tlv(std::uint16_t type) const;  // the first of this type, or nullptr
};

// What lies at the start of `bytes`, which may be anything. nullopt: not an image; `why`, if given,
// gets a sentence.
std::optional<ImageInfo> parse_image(std::span<const std::uint8_t> bytes,
                                     std::string* why = nullptr);

// What its protected TLVs say; nullopt: it has no counter.
std::optional<std::uint32_t> security_counter_of(std::span<const std::uint8_t> bytes,
                                                 const ImageInfo& info);
std::vector<NeededImage> dependencies_of(std::span<const std::uint8_t> bytes,
                                         const ImageInfo& info);

// Is one of the signature TLVs of this kind good under the public key (DER)?
bool image_signature_matches(std::span<const std::uint8_t> bytes, const ImageInfo& info,
                             crypto_signature kind, std::span<const std::uint8_t> public_key_der);

// "1.2.3", "1.2.3+4" to a version and back (a build of 0 is not written). nullopt: malformed or
// out of range.
std::optional<boot_version> parse_version(std::string_view text);
std::string to_string(const boot_version& version);

}  // namespace brownout::sim
