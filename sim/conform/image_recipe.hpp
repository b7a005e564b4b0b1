// An image without its payload: what is left when the payload can be computed from its seed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace brownout::sim {

// SHA256("<seed>:0") || SHA256("<seed>:1") || ..., cut to length.
std::vector<std::uint8_t> payload_from_seed(const std::string& seed, std::uint32_t byte_count);

struct ImagePatch {
    std::uint32_t offset_bytes = 0;
    std::vector<std::uint8_t> bytes;
};

// The file is `size_bytes` of 0xFF; then the payload, encrypted if there is a key; then patches.
struct ImageRecipe {
    std::uint32_t size_bytes = 0;
    std::uint32_t payload_offset_bytes = 0;
    std::uint32_t payload_bytes = 0;
    std::string payload_seed;
    std::vector<std::uint8_t> payload_key;  // AES-CTR; empty: not encrypted
    std::vector<ImagePatch> patches;
    std::string sha256;
};

// Needs a recipe whose payload and patches lie inside the file.
std::vector<std::uint8_t> build_image(const ImageRecipe& recipe);

// Fills in the patches that turn the rest of `recipe` into `bytes`.
ImageRecipe with_patches(ImageRecipe recipe, std::span<const std::uint8_t> bytes);

// The recipes of a file (gzip, JSON) and back. InputError: anything that is not right.
std::vector<std::pair<std::string, ImageRecipe>> read_recipes(const std::string& path);
void write_recipes(const std::string& path,
                   const std::vector<std::pair<std::string, ImageRecipe>>& recipes);

std::string sha256_text(std::span<const std::uint8_t> bytes);
// nullopt: not an even number of hex digits.
std::optional<std::vector<std::uint8_t>> bytes_from_hex(std::string_view text);

}  // namespace brownout::sim
