// Every figure of a part file has a source, and says so if nobody checked it.
#include "scenario/scalar_text.hpp"
#include "scenario/yaml_tree.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace brownout::sim {
namespace {

constexpr std::size_t kPartBytesMax = 100'000;

bool is_figure(const YamlNode& node)
{
    return node.is_scalar() && !node.quoted &&
           (parse_whole_number(node.text) || parse_size(node.text) || parse_duration(node.text));
}

bool says_unchecked(const std::string& source)
{
    for (const char* word : {"memory", "assum", "fitted", "not found", "estimate"}) {
        if (source.find(word) != std::string::npos) {
            return true;
        }
    }
    return false;
}

// Appends the lines of what is wrong below `node`; `noted`: a mapping around it has a source.
void find_unsourced(const YamlNode& node, bool noted, std::vector<int>& lines)
{
    if (is_figure(node) && !noted) {
        lines.push_back(node.line);
    }
    if (node.is_map()) {
        const YamlNode* source = node.find("source");
        const YamlNode* verified = node.find("verified");
        const bool complete = source != nullptr && !source->text.empty() && verified != nullptr &&
                              (verified->text == "true" || verified->text == "false");
        if ((source != nullptr || verified != nullptr) && !complete) {
            lines.push_back(node.line);
        }
        if (complete && verified->text == "true" && says_unchecked(source->text)) {
            lines.push_back(source->line);
        }
        noted = noted || complete;
    }
    for (const YamlNode& item : node.items) {
        find_unsourced(item, noted, lines);
    }
}

std::vector<int> unsourced_lines(const std::string& text, const std::string& file)
{
    std::vector<int> lines;
    find_unsourced(parse_yaml(text, file), false, lines);
    return lines;
}

TEST(PartSources, EveryFigureOfEveryPartFileHasOne)
{
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(TEST_PARTS_FOLDER)) {
        const std::string file = entry.path().string();
        EXPECT_EQ(unsourced_lines(read_text_file(file, kPartBytesMax), file), std::vector<int>{})
            << file;
        ++files;
    }
    EXPECT_GE(files, 6);
}

TEST(PartSources, AFigureWithoutASourceIsFound)
{
    const std::string good = "t: {typ: 5 ms, source: a table, verified: true}\nname: x\n";
    EXPECT_EQ(unsourced_lines(good, "f"), std::vector<int>{});
    EXPECT_EQ(unsourced_lines("t: {typ: 5 ms}\n", "f"), std::vector<int>{1});
    EXPECT_EQ(unsourced_lines("t:\n  list: [0x1F]\n", "f"), std::vector<int>{2});
    EXPECT_EQ(unsourced_lines("t: {typ: 5 ms, source: a table}\n", "f").size(), 2u);
    const std::string boast = "t: {typ: 5 ms, source: from memory, verified: true}\n";
    EXPECT_EQ(unsourced_lines(boast, "f"), std::vector<int>{1});
}

}  // namespace
}  // namespace brownout::sim
