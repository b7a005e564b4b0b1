#include "image_store.hpp"

#include "crypto/key_unwrap.hpp"
#include "crypto/payload_cipher.hpp"
#include "gzip_file.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kStoredImageBytesMax = 16u << 20;

// Little-endian field; 0 behind the end, which no later check accepts.
std::uint32_t field(std::span<const std::uint8_t> bytes, std::uint64_t offset, std::uint32_t width)
{
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < width && offset + i < bytes.size(); ++i) {
        value |= static_cast<std::uint32_t>(bytes[offset + i]) << (8 * i);
    }
    return value;
}

std::uint16_t tlv_type(crypto_key_wrap kind)
{
    switch (kind) {
    case CRYPTO_WRAP_NONE:
        return 0;
    case CRYPTO_WRAP_RSA2048_OAEP:
        return 0x30;
    case CRYPTO_WRAP_AES_KW:
        return 0x31;
    case CRYPTO_WRAP_ECIES_P256:
        return 0x32;
    case CRYPTO_WRAP_ECIES_X25519:
        return 0x33;
    case CRYPTO_WRAP_ECIES_X25519_SHA512:
        return 0x34;
    }
    return 0;
}

struct PayloadSpan {
    std::uint64_t offset = 0;
    std::uint64_t byte_count = 0;
};

PayloadSpan payload_of(std::span<const std::uint8_t> image)
{
    return {field(image, 8, 2), field(image, 12, 4)};
}

}  // namespace

std::vector<std::uint8_t> find_image_key(std::span<const std::uint8_t> image, crypto_key_wrap kind,
                                         std::span<const std::uint8_t> private_key)
{
    const PayloadSpan payload = payload_of(image);
    const std::uint64_t protected_bytes = field(image, 10, 2);
    const std::uint64_t area = payload.offset + payload.byte_count + protected_bytes;
    const std::uint64_t end =
        std::min<std::uint64_t>(area + field(image, area + 2, 2), image.size());
    for (std::uint64_t entry = area + 4; entry + 4 <= end;) {
        const std::uint64_t content = entry + 4;
        const std::uint64_t byte_count = field(image, entry + 2, 2);
        if (byte_count > end - content) {
            break;
        }
        if (field(image, entry, 2) == tlv_type(kind)) {
            std::vector<std::uint8_t> key(16);
            const int recovered =
                recover_image_key(kind, private_key, image.subspan(content, byte_count), key);
            return recovered == CRYPTO_OK ? key : std::vector<std::uint8_t>{};
        }
        entry = content + byte_count;
    }
    return {};
}

std::vector<std::uint8_t> with_decrypted_payload(std::vector<std::uint8_t> image,
                                                 std::span<const std::uint8_t> image_key)
{
    const PayloadSpan payload = payload_of(image);
    if (payload.offset + payload.byte_count <= image.size()) {
        PayloadCipher cipher;
        if (cipher.begin(image_key, 0)) {
            cipher.apply(std::span(image).subspan(payload.offset, payload.byte_count));
        }
    }
    return image;
}

ImageStore::ImageStore(std::filesystem::path root) : root_(std::move(root)) {}

const ImageRecipe* ImageStore::find_recipe(const std::string& path)
{
    const std::filesystem::path file = root_ / "images" / "recipes.json.gz";
    if (!recipes_read_ && std::filesystem::exists(file)) {
        for (auto& [name, recipe] : read_recipes(file.string())) {
            recipes_.emplace(name, std::move(recipe));
        }
    }
    recipes_read_ = true;
    const auto found = recipes_.find(path);
    return found == recipes_.end() ? nullptr : &found->second;
}

std::vector<std::uint8_t> ImageStore::load(const CaseImage& image)
{
    const std::filesystem::path file = root_ / image.path;
    if (std::filesystem::exists(file)) {
        const std::string text = read_whole_file(file, kStoredImageBytesMax);
        return {text.begin(), text.end()};
    }
    if (const ImageRecipe* recipe = find_recipe(image.path)) {
        return build_image(*recipe);
    }
    throw InputError(Place{file.string()},
                     "The image is missing, and images/recipes.json.gz does not describe it.");
}

const std::vector<std::uint8_t>& ImageStore::bytes(const CaseImage& image)
{
    const auto found = images_.find(image.path);
    if (found != images_.end()) {
        return found->second;
    }
    std::vector<std::uint8_t> loaded = load(image);
    const std::string digest = sha256_text(loaded);
    if (digest != image.sha256 || loaded.size() != image.size_bytes) {
        throw InputError(Place{(root_ / image.path).string()},
                         fmt::format("The image has {} bytes with SHA-256 {}; recorded are {} "
                                     "bytes with {}.",
                                     loaded.size(), digest, image.size_bytes, image.sha256));
    }
    return images_.emplace(image.path, std::move(loaded)).first->second;
}

}  // namespace brownout::sim
