// Signing, padding, encrypting, verifying and describing app images, with the options and defaults
// of imgtool where they exist.
//
// Everything but the random parts (keys, ECDSA and RSA-PSS signatures, image keys and their
// wrapping) follows from the arguments. InputError says what does not fit, in one sentence.
#pragma once

#include <sim/image.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace brownout::sim {

// ---- keys ---------------------------------------------------------------------------------------

struct GeneratedKey {
    std::string private_pem;  // PKCS#8, without a passphrase
    std::string public_pem;   // SubjectPublicKeyInfo
};
// rsa-2048, rsa-3072, ecdsa-p256, ecdsa-p384, ed25519, x25519.
const std::vector<std::string>& key_type_names();
GeneratedKey generate_key(const std::string& type);

// ---- signing ------------------------------------------------------------------------------------

struct ImageDependency {
    std::uint8_t image_index = 0;
    boot_version version{};  // at least this one
};

struct CustomTlv {
    std::uint16_t type = 0;
    std::vector<std::uint8_t> payload;
};

// What fills a slot behind an image, and how much room must be left for a trailer.
struct SlotOptions {
    std::uint32_t slot_bytes = 0;       // 0: not known, nothing is checked
    std::uint32_t align_bytes = 8;      // write unit: spacing of status entries
    std::uint32_t max_align_bytes = 0;  // 0: 8, or align_bytes if that is more
    std::uint32_t max_sectors = 128;
    bool overwrite_only = false;  // no status area
    bool save_enctlv = false;     // room for key TLVs instead of keys
    std::uint8_t erased_value = 0xFF;
    bool pad = false;      // fill up the slot and write the magic: a test upgrade
    bool confirm = false;  // image_ok too: permanent; implies pad
};

struct SignOptions {
    boot_version version{};
    std::uint32_t header_bytes = 32;
    bool pad_header = false;  // put the header before the input, not over its first bytes
    std::optional<std::uint32_t> load_address;  // ram-load
    std::optional<std::uint32_t> rom_fixed;     // executes at this address of flash
    std::optional<std::uint32_t> security_counter;
    std::vector<ImageDependency> dependencies;
    std::vector<CustomTlv> custom_tlvs;
    bool non_bootable = false;
    std::string boot_record;  // software type of the record for measured boot; empty: no record
    std::vector<std::uint8_t> vendor_id, class_id;  // 16 bytes each; empty: none

    std::filesystem::path key;  // private; empty: hash only
    bool full_public_key = false;
    std::optional<std::uint32_t> hash_bits;  // 256, 384, 512; none: what the signature wants
    bool pure = false;                       // Ed25519 over the image, not over its hash
    bool pad_signature = false;              // ECDSA: zeros up to the longest form

    std::filesystem::path encryption_key;  // public (or an AES key in base64); empty: plain
    std::uint32_t encryption_key_bits = 128;
    bool hmac_sha512 = false;  // X25519 with SHA-512
    bool clear = false;        // key TLV and flag, but the payload stays plain
    // The image key; empty: random.
    std::vector<std::uint8_t> image_key;

    SlotOptions slot;
};

std::vector<std::uint8_t> sign_image(std::span<const std::uint8_t> input,
                                     const SignOptions& options);

// Fills up a slot behind a signed image. What lies behind the TLVs already must be erased bytes.
std::vector<std::uint8_t> pad_image(std::span<const std::uint8_t> image, const SlotOptions& options,
                                    bool is_encrypted = false);

// The options that sign_image() needs to make the same header and protected TLVs again; `payload`
// gets the input (without header). Neither keys nor padding are known from an image.
SignOptions options_of_image(std::span<const std::uint8_t> image,
                             std::vector<std::uint8_t>& payload);

// The 16 bytes of a UUID: "2f0e...", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", or what a name stands
// for (version 5): a domain name for a vendor, and in the vendor's name space for a class; empty
// for a class that is a name without a vendor.
std::vector<std::uint8_t> vendor_id(const std::string& text);
std::vector<std::uint8_t> class_id(const std::string& text, std::span<const std::uint8_t> vendor);

// "(1, 1.2.3+4)": the dependency form of imgtool.
std::optional<ImageDependency> parse_dependency(const std::string& text);

// ---- verifying ----------------------------------------------------------------------------------

struct VerifyOptions {
    std::vector<std::filesystem::path> keys;  // public or private; empty: the hash alone
    std::filesystem::path decryption_key;     // private; for encrypted payloads
};

struct ImageVerdict {
    bool good = false;
    std::string sentence;  // what is wrong, or what was checked
    std::optional<ImageInfo> info;
    std::string digest;     // lower-case hex; empty: none
    std::string signed_by;  // file name of the key
};
ImageVerdict verify_image_file(std::span<const std::uint8_t> image, const VerifyOptions& options);

// ---- describing ---------------------------------------------------------------------------------

enum class DescriptionFormat { kHuman, kYaml, kJson };

struct DescribeOptions {
    std::uint32_t align_bytes = 8;
    std::uint32_t max_align_bytes = 0;  // 0: 8, or align_bytes if that is more
    std::uint32_t max_sectors = 128;
    std::uint32_t sector_bytes = 4096;  // what swap using move and offset work in
    boot_strategy strategy = BOOT_SWAP_MOVE;
};

// Header, TLVs and, if the file is longer than the image, its end as a slot trailer: flags, status
// entries, how far a swap got, and what the next boot makes of a slot with these bytes.
std::string describe_image(std::span<const std::uint8_t> image, const DescribeOptions& options,
                           DescriptionFormat format);

}  // namespace brownout::sim
