#include "case_reader.hpp"
#include "gzip_file.hpp"
#include "image_store.hpp"
#include "json_fields.hpp"
#include "reference_keys.hpp"

#include <sim/conform.hpp>
#include <sim/error.hpp>

#include <algorithm>
#include <map>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPackedTextBytesMax = 64u << 20;

// What is left of an image when its payload is computed. An encrypted payload is computed too when
// one of the set's private keys opens it.
ImageRecipe recipe_of(const JsonFields& meta, const CaseImage& image,
                      const std::vector<std::uint8_t>& bytes, const fs::path& keys_folder)
{
    ImageRecipe recipe;
    recipe.size_bytes = image.size_bytes;
    recipe.payload_offset_bytes = std::min(image.header_bytes, image.size_bytes);
    recipe.payload_bytes =
        meta.number32("payload_size", recipe.size_bytes - recipe.payload_offset_bytes);
    recipe.payload_seed = meta.text("payload_seed");
    recipe.sha256 = image.sha256;
    for (const crypto_key_wrap kind : {CRYPTO_WRAP_RSA2048_OAEP, CRYPTO_WRAP_AES_KW,
                                       CRYPTO_WRAP_ECIES_P256, CRYPTO_WRAP_ECIES_X25519}) {
        const auto key = find_image_key(bytes, kind, read_encryption_key(keys_folder, kind));
        if (!key.empty()) {
            recipe.payload_key = key;
        }
    }
    ImageRecipe encrypted = with_patches(recipe, bytes);
    recipe.payload_key.clear();
    ImageRecipe plain = with_patches(std::move(recipe), bytes);
    const auto patched_bytes = [](const ImageRecipe& of) {
        std::size_t sum = 0;
        for (const ImagePatch& patch : of.patches) {
            sum += patch.bytes.size();
        }
        return sum;
    };
    // An image may carry a key although its payload is in the clear.
    return patched_bytes(encrypted) < patched_bytes(plain) ? encrypted : plain;
}

}  // namespace

void pack_reference_set(const fs::path& root, const fs::path& target)
{
    ImageStore images(root);
    std::map<std::string, std::string> texts;  // strategy to lines
    std::map<std::string, ImageRecipe> recipes;
    for (const fs::path& file : find_case_files({root / "cases"})) {
        const std::string text = read_gzip_file(file, kPackedTextBytesMax);
        const ReferenceCase reference = read_case(text, file.string());
        const nlohmann::ordered_json document = nlohmann::ordered_json::parse(text);
        texts[reference.config.strategy_name] += document.dump() + "\n";
        const nlohmann::json metas = parse_json(text, file.string())["images"];
        const JsonFields meta(metas, "images", file.string());
        for (const auto& [path, image] : reference.images) {
            if (recipes.count(path) == 0) {
                recipes[path] =
                    recipe_of(meta.object(path), image, images.bytes(image), images.keys_folder());
            }
        }
    }
    fs::create_directories(target / "cases");
    fs::create_directories(target / "images");
    fs::create_directories(target / "keys");
    for (const auto& [strategy, text] : texts) {
        write_gzip_file(target / "cases" / (strategy + ".json.gz"), text);
    }
    write_recipes((target / "images" / "recipes.json.gz").string(),
                  {recipes.begin(), recipes.end()});
    for (const fs::directory_entry& key : fs::directory_iterator(root / "keys")) {
        fs::copy_file(key.path(), target / "keys" / key.path().filename(),
                      fs::copy_options::overwrite_existing);
    }
}

}  // namespace brownout::sim
