#include "conform/image_store.hpp"
#include "conform/reference_keys.hpp"
#include "reference_set_probe.hpp"

#include <set>

namespace brownout::sim {
namespace {

TEST(Payload, FollowsFromItsSeed)
{
    // SHA-256 of "vis-ta:0".
    const auto payload = payload_from_seed("vis-ta", 40);
    const std::string first = "vis-ta:0";
    EXPECT_EQ(sha256_text({reinterpret_cast<const std::uint8_t*>(first.data()), first.size()}),
              to_hex(std::span(payload).first(32)));
    EXPECT_EQ(payload.size(), 40u);
    EXPECT_TRUE(payload_from_seed("vis-ta", 0).empty());
}

TEST(ImageRecipe, RebuildsAnyFile)
{
    ImageRecipe recipe;
    recipe.size_bytes = 3000;
    recipe.payload_offset_bytes = 512;
    recipe.payload_bytes = 2000;
    recipe.payload_seed = "seed";
    std::vector<std::uint8_t> bytes = build_image(recipe);
    EXPECT_TRUE(with_patches(recipe, bytes).patches.empty());
    for (const std::size_t i : {0u, 1u, 300u, 308u, 317u, 600u, 2999u}) {
        bytes[i] ^= 0x5A;
    }
    const ImageRecipe patched = with_patches(recipe, bytes);
    EXPECT_EQ(build_image(patched), bytes);
    EXPECT_EQ(patched.patches.size(), 5u);  // 0-1, 300-308, 317, 600, 2999
}

TEST(ImageRecipe, SurvivesAFile)
{
    const TemporaryFolder folder;
    ImageRecipe recipe;
    recipe.size_bytes = 100;
    recipe.payload_offset_bytes = 20;
    recipe.payload_bytes = 60;
    recipe.payload_seed = "seed";
    recipe.payload_key = std::vector<std::uint8_t>(16, 7);
    recipe.patches = {{0, {1, 2, 3}}};
    recipe.sha256 = "00";
    write_recipes((folder.path() / "r.gz").string(), {{"images/a.bin", recipe}});
    const auto back = read_recipes((folder.path() / "r.gz").string());
    ASSERT_EQ(back.size(), 1u);
    EXPECT_EQ(back[0].first, "images/a.bin");
    EXPECT_EQ(build_image(back[0].second), build_image(recipe));
}

TEST(ImageRecipe, RefusesWhatLeavesTheFile)
{
    const TemporaryFolder folder;
    const nlohmann::json good = {{"size", 100},        {"payload_offset", 20},
                                 {"payload_size", 80}, {"payload_seed", "s"},
                                 {"sha256", ""},       {"patches", {{99, "00"}}}};
    const auto complaint_on = [&](const char* member, const nlohmann::json& value) {
        nlohmann::json bent = good;
        bent[member] = value;
        write_gzip_file(folder.path() / "r.gz", nlohmann::json{{"a", bent}}.dump());
        return complaint([&] { read_recipes((folder.path() / "r.gz").string()); });
    };
    EXPECT_EQ(complaint_on("size", 100), "");
    for (const auto& [member, value] : std::vector<std::pair<const char*, nlohmann::json>>{
             {"size", 99},
             {"size", -1},
             {"size", 1e30},
             {"payload_offset", 101},
             {"payload_size", 81},
             {"payload_seed", 5},
             {"payload_key", "00"},
             {"payload_key", "zz"},
             {"patches", {{100, "00"}}},
             {"patches", {{18446744073709551615u, "00"}}},
             {"patches", {{0, "0"}}},
             {"patches", {{0}}},
             {"patches", 7}}) {
        EXPECT_NE(complaint_on(member, value), "") << member << " " << value;
    }
}

TEST(ImportedImages, AllHaveTheirRecordedDigests)
{
    const auto recipes = read_recipes((kConformanceFolder / "images/recipes.json.gz").string());
    EXPECT_EQ(recipes.size(), 342u);
    std::size_t encrypted = 0;
    for (const auto& [name, recipe] : recipes) {
        EXPECT_EQ(sha256_text(build_image(recipe)), recipe.sha256) << name;
        encrypted += recipe.payload_key.empty() ? 0u : 1u;
    }
    EXPECT_GT(encrypted, 0u);
}

TEST(ImportedImages, CarryTheirContentKeysInEveryKindOfTlv)
{
    const auto recipes = read_recipes((kConformanceFolder / "images/recipes.json.gz").string());
    std::set<crypto_key_wrap> kinds;
    for (const auto& [name, recipe] : recipes) {
        for (const crypto_key_wrap kind : {CRYPTO_WRAP_RSA2048_OAEP, CRYPTO_WRAP_AES_KW,
                                           CRYPTO_WRAP_ECIES_P256, CRYPTO_WRAP_ECIES_X25519}) {
            const auto key = find_image_key(build_image(recipe), kind,
                                            read_encryption_key(kConformanceFolder / "keys", kind));
            if (!key.empty() && !recipe.payload_key.empty()) {
                EXPECT_EQ(key, recipe.payload_key) << name;
                kinds.insert(kind);
            }
        }
    }
    EXPECT_EQ(kinds.size(), 4u);
}

TEST(ImageStore, RefusesAnImageThatIsNotTheRecordedOne)
{
    const TemporaryFolder folder;
    nlohmann::json document = tiny_case();
    folder.write_set(document);
    const std::string name = document["images"].begin().key();
    folder.write(name, "something else");
    ImageStore store(folder.path());
    const ReferenceCase reference = read_case(document.dump(), "x");
    EXPECT_NE(complaint([&] { store.bytes(reference.images.at(name)); }).find("14 bytes"),
              std::string::npos);
    CaseImage unknown = reference.images.at(name);
    unknown.path = "images/none.bin";
    EXPECT_NE(complaint([&] { store.bytes(unknown); }).find("missing"), std::string::npos);
}

}  // namespace
}  // namespace brownout::sim
