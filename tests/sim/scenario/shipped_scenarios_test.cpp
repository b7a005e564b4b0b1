// The files under scenarios/ are good, documented, and what the program says about them is true.
#include <sim/image.hpp>
#include <sim/scenario.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace brownout::sim {
namespace {

const std::filesystem::path kFolder = TEST_SCENARIOS_FOLDER;

std::string text_of(const std::filesystem::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

TEST(ShippedScenarios, EveryOneLoads)
{
    const std::vector<ListedFile> files = list_scenarios();
    EXPECT_GE(files.size(), 5u);
    for (const ListedFile& file : files) {
        for (const InputError& error : scenario_errors(data_directory() / file.name)) {
            ADD_FAILURE() << error.what();
        }
        EXPECT_FALSE(file.title.empty()) << file.name;
    }
}

TEST(ShippedScenarios, TheSchemaFileIsWhatTheLoaderAccepts)
{
    EXPECT_EQ(text_of(kFolder / "schema.json"), scenario_schema_json())
        << "write it anew: brownout validate --schema > scenarios/schema.json";
}

void collect_keys(const nlohmann::json& schema, std::vector<std::string>& keys)
{
    if (schema.is_object() && schema.contains("properties")) {
        for (const auto& [name, value] : schema["properties"].items()) {
            keys.push_back(name);
            collect_keys(value, keys);
        }
    }
    for (const char* const inner : {"items", "additionalProperties"}) {
        if (schema.is_object() && schema.contains(inner)) {
            collect_keys(schema[inner], keys);
        }
    }
    if (schema.is_object() && schema.contains("anyOf")) {
        for (const auto& choice : schema["anyOf"]) {
            collect_keys(choice, keys);
        }
    }
}

TEST(ShippedScenarios, TheReadmeNamesEveryKey)
{
    const std::string readme = text_of(kFolder / "README.md");
    std::vector<std::string> keys;
    collect_keys(nlohmann::json::parse(scenario_schema_json()), keys);
    EXPECT_GT(keys.size(), 60u);
    for (const std::string& key : keys) {
        const bool named = readme.find("`" + key + "`") != std::string::npos ||
                           readme.find(key + ":") != std::string::npos ||
                           readme.find(key + ",") != std::string::npos ||
                           readme.find(key + "}") != std::string::npos;
        EXPECT_TRUE(named) << key;
    }
}

TEST(ShippedScenarios, TheExampleOfTheReadmeLoads)
{
    const std::string readme = text_of(kFolder / "README.md");
    const std::size_t start = readme.find("```yaml\n") + 8;
    const std::string example = readme.substr(start, readme.find("```", start) - start);
    EXPECT_EQ(parse_scenario(example, kFolder / "README.md").steps.size(), 7u);
}

TEST(ShippedScenarios, TheTutorialSwapsImagesThatImgtoolSigned)
{
    const Scenario scenario = load_scenario(kFolder / "tutorial/1-first-swap.yaml");
    const BootSetup setup = boot_setup(scenario);
    for (const char* const name : {"v1", "v2"}) {
        const std::vector<std::uint8_t> bytes = image_bytes(scenario, name);
        const std::optional<ImageInfo> info = parse_image(bytes);
        ASSERT_TRUE(info) << name;
        EXPECT_TRUE(info->hash_matches);
        EXPECT_TRUE(
            image_signature_matches(bytes, *info, CRYPTO_ECDSA_P256, setup.signing_keys.at(0)));
    }
}

TEST(ShippedScenarios, GeneratedImagesAreSignedWithTheKeyThatIsTrusted)
{
    const Scenario scenario = load_scenario(kFolder / "suites/move-32k.yaml");
    const std::vector<std::uint8_t> bytes = image_bytes(scenario, "v2");
    const std::optional<ImageInfo> info = parse_image(bytes);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->payload_bytes, 32u * 1024);
    EXPECT_TRUE(image_signature_matches(bytes, *info, CRYPTO_ECDSA_P256,
                                        boot_setup(scenario).signing_keys.at(0)));
}

int exit_code_of(const std::string& arguments)
{
    const int status =
        std::system(("\"" TEST_PROGRAM "\" " + arguments + " >/dev/null 2>&1").c_str());
    return WEXITSTATUS(status);
}

TEST(ShippedScenarios, ValidateExitsWith2ForBadInput)
{
    const std::string good = (kFolder / "suites/move-32k.yaml").string();
    EXPECT_EQ(exit_code_of("validate " + good), 0);
    EXPECT_EQ(exit_code_of("validate " + good + " " + (kFolder / "README.md").string()), 2);
    EXPECT_EQ(exit_code_of("validate"), 2);
    EXPECT_EQ(exit_code_of("validate --schema"), 0);
    EXPECT_EQ(exit_code_of("list"), 0);
    EXPECT_EQ(exit_code_of("--no-such-option"), 2);
}

TEST(ShippedScenarios, TheDataDirectoryCanBeChosen)
{
    ::setenv("BROWNOUT_DATA", ::testing::TempDir().c_str(), 1);
    EXPECT_THROW(data_directory(), InputError);
    ::setenv("BROWNOUT_DATA", kFolder.c_str(), 1);
    EXPECT_EQ(data_directory(), kFolder);
    ::unsetenv("BROWNOUT_DATA");
    EXPECT_TRUE(std::filesystem::exists(data_directory() / "boards"));
}

}  // namespace
}  // namespace brownout::sim
