// The images of a reference set: files of the original layout (images/*.bin), or recipes of the
// compact one (images/recipes.json.gz).
#pragma once

#include "image_recipe.hpp"
#include "reference_case.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace brownout::sim {

class ImageStore {
public:
    // `root` is the folder that holds cases/, images/ and keys/.
    explicit ImageStore(std::filesystem::path root);

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path keys_folder() const { return root_ / "keys"; }

    // The bytes of an image, checked against its recorded digest. InputError: not there, or other
    // bytes than were recorded. The reference stays good for the life of the store.
    const std::vector<std::uint8_t>& bytes(const CaseImage& image);

private:
    std::vector<std::uint8_t> load(const CaseImage& image);
    const ImageRecipe* find_recipe(const std::string& path);

    std::filesystem::path root_;
    bool recipes_read_ = false;
    std::map<std::string, ImageRecipe> recipes_;
    std::map<std::string, std::vector<std::uint8_t>> images_;
};

// The image key inside the key TLV of an encrypted image; empty if the image has none, or the TLV
// is of another kind, or the private key does not fit.
std::vector<std::uint8_t> find_image_key(std::span<const std::uint8_t> image, crypto_key_wrap kind,
                                         std::span<const std::uint8_t> private_key);

// The image with its payload decrypted in place; header and TLVs as they are.
std::vector<std::uint8_t> with_decrypted_payload(std::vector<std::uint8_t> image,
                                                 std::span<const std::uint8_t> image_key);

}  // namespace brownout::sim
