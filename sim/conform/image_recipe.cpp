#include "image_recipe.hpp"

#include "crypto/message_digest.hpp"
#include "crypto/payload_cipher.hpp"
#include "gzip_file.hpp"
#include "json_fields.hpp"
#include "reference_case.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kRecipeImageBytesMax = 16u << 20;
constexpr std::size_t kRecipeTextBytesMax = 64u << 20;
// Two differences closer than this are one patch.
constexpr std::size_t kPatchGapBytes = 8;

using Digest = std::array<std::uint8_t, CRYPTO_SHA256>;

Digest sha256(std::span<const std::uint8_t> bytes)
{
    MessageDigest hash;
    hash.begin(CRYPTO_SHA256);
    hash.update(bytes);
    Digest digest{};
    hash.finish(digest.data());
    return digest;
}

ImagePatch read_patch(const nlohmann::json& entry, const ImageRecipe& recipe,
                      const JsonFields& where)
{
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_number_unsigned() ||
        !entry[1].is_string()) {
        where.refuse("patches", "A patch is an offset and hex digits.");
    }
    const auto bytes = bytes_from_hex(entry[1].get_ref<const std::string&>());
    const auto offset_bytes = entry[0].get<std::uint64_t>();
    if (!bytes || offset_bytes > recipe.size_bytes ||
        bytes->size() > recipe.size_bytes - offset_bytes) {
        where.refuse("patches", "A patch does not lie inside its image.");
    }
    return {static_cast<std::uint32_t>(offset_bytes), *bytes};
}

ImageRecipe read_recipe(const JsonFields& fields)
{
    ImageRecipe recipe;
    recipe.size_bytes = fields.number32("size", kRecipeImageBytesMax);
    recipe.payload_offset_bytes = fields.number32("payload_offset", recipe.size_bytes);
    recipe.payload_bytes =
        fields.number32("payload_size", recipe.size_bytes - recipe.payload_offset_bytes);
    recipe.payload_seed = fields.text("payload_seed");
    recipe.sha256 = fields.text("sha256");
    if (fields.has("payload_key")) {
        const auto key = bytes_from_hex(fields.text("payload_key"));
        if (!key || (key->size() != 16 && key->size() != 32)) {
            fields.refuse("payload_key", "A key of 16 or 32 bytes is expected.");
        }
        recipe.payload_key = *key;
    }
    for (const nlohmann::json& entry : fields.array("patches")) {
        recipe.patches.push_back(read_patch(entry, recipe, fields));
    }
    return recipe;
}

}  // namespace

std::string sha256_text(std::span<const std::uint8_t> bytes)
{
    return to_hex(sha256(bytes));
}

std::optional<std::vector<std::uint8_t>> bytes_from_hex(std::string_view text)
{
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const char* end = text.data() + i + 2;
        const auto parsed = std::from_chars(text.data() + i, end, byte, 16);
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return std::nullopt;
        }
        bytes.push_back(byte);
    }
    return bytes;
}

std::vector<std::uint8_t> payload_from_seed(const std::string& seed, std::uint32_t byte_count)
{
    std::vector<std::uint8_t> payload;
    for (std::uint32_t block = 0; payload.size() < byte_count; ++block) {
        const std::string text = fmt::format("{}:{}", seed, block);
        const Digest digest =
            sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        payload.insert(payload.end(), digest.begin(), digest.end());
    }
    payload.resize(byte_count);
    return payload;
}

std::vector<std::uint8_t> build_image(const ImageRecipe& recipe)
{
    std::vector<std::uint8_t> bytes(recipe.size_bytes, 0xFF);
    std::vector<std::uint8_t> payload =
        payload_from_seed(recipe.payload_seed, recipe.payload_bytes);
    if (!recipe.payload_key.empty()) {
        PayloadCipher cipher;
        const bool begun = cipher.begin(recipe.payload_key, 0);
        BROWNOUT_ASSERT(begun);
        cipher.apply(payload);
    }
    std::copy(payload.begin(), payload.end(), bytes.begin() + recipe.payload_offset_bytes);
    for (const ImagePatch& patch : recipe.patches) {
        std::copy(patch.bytes.begin(), patch.bytes.end(), bytes.begin() + patch.offset_bytes);
    }
    return bytes;
}

ImageRecipe with_patches(ImageRecipe recipe, std::span<const std::uint8_t> bytes)
{
    recipe.patches.clear();
    const std::vector<std::uint8_t> built = build_image(recipe);
    BROWNOUT_ASSERT(built.size() == bytes.size());
    std::size_t last_difference = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == built[i]) {
            continue;
        }
        if (recipe.patches.empty() || i - last_difference > kPatchGapBytes) {
            recipe.patches.push_back({static_cast<std::uint32_t>(i), {}});
        }
        ImagePatch& patch = recipe.patches.back();
        const auto patch_end = patch.offset_bytes + patch.bytes.size();
        const auto missing = bytes.subspan(patch_end, i + 1 - patch_end);
        patch.bytes.insert(patch.bytes.end(), missing.begin(), missing.end());
        last_difference = i;
    }
    return recipe;
}

std::vector<std::pair<std::string, ImageRecipe>> read_recipes(const std::string& path)
{
    const nlohmann::json document = parse_json(read_gzip_file(path, kRecipeTextBytesMax), path);
    const JsonFields all(document, "images", path);
    std::vector<std::pair<std::string, ImageRecipe>> recipes;
    for (const auto& [name, value] : document.items()) {
        recipes.emplace_back(name, read_recipe(all.object(name)));
    }
    return recipes;
}

void write_recipes(const std::string& path,
                   const std::vector<std::pair<std::string, ImageRecipe>>& recipes)
{
    nlohmann::json document = nlohmann::json::object();
    for (const auto& [name, recipe] : recipes) {
        nlohmann::json& entry = document[name];
        entry = {{"size", recipe.size_bytes},
                 {"payload_offset", recipe.payload_offset_bytes},
                 {"payload_size", recipe.payload_bytes},
                 {"payload_seed", recipe.payload_seed},
                 {"sha256", recipe.sha256},
                 {"patches", nlohmann::json::array()}};
        if (!recipe.payload_key.empty()) {
            entry["payload_key"] = to_hex(recipe.payload_key);
        }
        for (const ImagePatch& patch : recipe.patches) {
            entry["patches"].push_back({patch.offset_bytes, to_hex(patch.bytes)});
        }
    }
    write_gzip_file(path, document.dump(0) + "\n");
}

}  // namespace brownout::sim
