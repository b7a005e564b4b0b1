// What is written is what was read: every key of the schema, with a value that is not its default.
#include "scenario/scalar_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <sim/scenario.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace brownout::sim {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = TEST_CORPUS_FOLDER;

// Keys that nothing writes: what they say is in other keys of what is written, or is left out.
bool is_never_written(const std::string& path)
{
    static const char* const kPrefixes[] = {
        "board.base",                    // written out
        "partitions.file",               // its partitions are written
        "partitions.regions",            // likewise
        "explore.at_times.",             // a grid is written as its times
        "steps.smp.upload",              // the short form of requests; the long one is written
        "steps.smp.erase",               //
        "steps.smp.list",                //
        "steps.smp.test",                //
        "steps.smp.confirm",             //
        "steps.smp.answer",              //
        "matrix"};                       // a scenario of its own for each combination
    return path.ends_with(".source") ||  // for readers of the file alone
           std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                       [&](const char* prefix) { return path.starts_with(prefix); });
}

// "boot.signature.key"; names that the writer of a scenario chooses are "*", lists do not show.
void schema_paths(const nlohmann::json& schema, const std::string& at, std::set<std::string>& paths)
{
    for (const char* const choice : {"anyOf", "oneOf"}) {
        if (schema.contains(choice)) {
            for (const auto& one : schema[choice]) {
                schema_paths(one, at, paths);
            }
        }
    }
    if (schema.contains("items") && schema["items"].is_object()) {
        schema_paths(schema["items"], at, paths);
    }
    if (schema.contains("properties")) {
        for (const auto& [name, value] : schema["properties"].items()) {
            const std::string path = at.empty() ? name : at + "." + name;
            paths.insert(path);
            schema_paths(value, path, paths);
        }
    }
    if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
        schema_paths(schema["additionalProperties"], at + ".*", paths);
    }
}

// Takes out of `paths` what is in the tree.
void strike_out(const YamlNode& node, const std::string& at, const std::set<std::string>& schema,
                std::set<std::string>& paths)
{
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        std::string path = at;
        if (node.is_map()) {
            path = at.empty() ? node.keys[i].text : at + "." + node.keys[i].text;
            path = schema.contains(path) ? path : at + ".*";
            paths.erase(path);
        }
        strike_out(node.items[i], path, schema, paths);
    }
}

class Comparison {
public:
    explicit Comparison(fs::path written_folder) : written_folder_(std::move(written_folder)) {}

    // Everything of `source` is in `written`, which may say more.
    void compare(const YamlNode& source, const YamlNode& written, const std::string& at)
    {
        if (source.is_map()) {
            for (std::size_t i = 0; i < source.keys.size(); ++i) {
                const std::string path = at + "." + source.keys[i].text;
                const YamlNode* const same = written.find(source.keys[i].text);
                if (same == nullptr) {
                    ADD_FAILURE() << path << " is lost";
                } else {
                    compare(source.items[i], *same, path);
                }
            }
        } else if (source.is_list()) {
            ASSERT_EQ(written.items.size(), source.items.size()) << at;
            for (std::size_t i = 0; i < source.items.size(); ++i) {
                compare(source.items[i], written.items[i], at + "[]");
            }
        } else {
            EXPECT_TRUE(is_same(source, written))
                << at << " is '" << source.text << "', written '" << written.text << "'";
        }
    }

private:
    bool is_same(const YamlNode& source, const YamlNode& written) const
    {
        if (source.is_null()) {
            return written.is_null() || (written.is_map() && written.items.empty());
        }
        const auto number = parse_size(source.text);
        const auto time = parse_duration(source.text);
        std::error_code error;
        return source.text == written.text || (number && parse_size(written.text) == number) ||
               (time && parse_duration(written.text) == time) ||
               fs::equivalent(kCorpus / source.text, written_folder_ / written.text, error);
    }

    fs::path written_folder_;
};

std::vector<fs::path> corpus_files()
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kCorpus)) {
        if (entry.path().extension() == ".yaml") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

YamlNode tree_of(const fs::path& file)
{
    return parse_yaml(read_text_file(file.string(), kScenarioBytesMax), file.string());
}

TEST(RoundTrip, TheCorpusHasEveryKeyOfTheSchema)
{
    std::set<std::string> schema;
    schema_paths(nlohmann::json::parse(scenario_schema_json()), "", schema);
    EXPECT_GT(schema.size(), 300u);
    std::set<std::string> missing;
    std::copy_if(schema.begin(), schema.end(), std::inserter(missing, missing.end()),
                 [](const std::string& path) { return !is_never_written(path); });
    for (const fs::path& file : corpus_files()) {
        strike_out(tree_of(file), "", schema, missing);
    }
    for (const std::string& path : missing) {
        ADD_FAILURE() << path << " is in no scenario of " << kCorpus;
    }
}

TEST(RoundTrip, EveryKeyOfTheCorpusIsWrittenWithItsValue)
{
    for (const fs::path& file : corpus_files()) {
        SCOPED_TRACE(file.filename().string());
        const fs::path destination = fs::path(::testing::TempDir()) / file.filename();
        const std::string text = to_yaml(load_scenario(file), destination);
        Comparison(destination.parent_path())
            .compare(tree_of(file), parse_yaml(text, "written"), "");
    }
}

void expect_second_pass_is_the_first(const fs::path& file)
{
    SCOPED_TRACE(file.string());
    const fs::path destination = fs::path(::testing::TempDir()) / "again.yaml";
    const std::string text = to_yaml(load_scenario(file), destination);
    try {
        EXPECT_EQ(to_yaml(parse_scenario(text, destination), destination), text);
    } catch (const InputError& error) {
        FAIL() << error.what() << "\n" << text;
    }
}

TEST(RoundTrip, TheSecondPassIsTheFirst)
{
    for (const fs::path& file : corpus_files()) {
        expect_second_pass_is_the_first(file);
    }
    for (const ListedFile& shipped : list_scenarios()) {
        expect_second_pass_is_the_first(data_directory() / shipped.name);
    }
}

}  // namespace
}  // namespace brownout::sim
