#include "scenario/yaml_tree.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

std::string error_of_yaml(const std::string& text)
{
    try {
        parse_yaml(text, "f");
        return {};
    } catch (const InputError& error) {
        return error.what();
    }
}

std::string nested(int levels)
{
    return std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']');
}

TEST(YamlTree, EveryNodeAndKeyKnowsItsPlace)
{
    const YamlNode root = parse_yaml("a: 1\nbc:\n  - \"2\"\n  - x: \n", "f");
    ASSERT_TRUE(root.is_map());
    EXPECT_EQ(root.keys[1].text, "bc");
    EXPECT_EQ(root.keys[1].line, 2);
    EXPECT_EQ(root.keys[1].column, 1);
    const YamlNode& list = *root.find("bc");
    ASSERT_EQ(list.items.size(), 2u);
    EXPECT_EQ(list.items[0].line, 3);
    EXPECT_EQ(list.items[0].column, 5);
    EXPECT_TRUE(list.items[0].quoted);
    EXPECT_FALSE(root.find("a")->quoted);
    EXPECT_TRUE(list.items[1].find("x")->is_null());
    EXPECT_EQ(list.items[1].find("x")->line, 4);  // at its key
    EXPECT_EQ(list.items[1].find("x")->column, 5);
    EXPECT_EQ(root.find("b"), nullptr);
}

TEST(YamlTree, AKeyThatAppearsTwiceIsAnError)
{
    EXPECT_EQ(error_of_yaml("a: 1\nb: 2\na: 3\n"),
              "f:3:1: key 'a' appears twice; the first is in line 1");
    EXPECT_EQ(error_of_yaml("a: {a: 1}\nb: {a: 1}\n"), "");
}

TEST(YamlTree, AnchorsAliasesAndTagsAreErrors)
{
    EXPECT_EQ(error_of_yaml("a: &x 1\nb: 2\n").substr(0, 6), "f:1:4:");
    EXPECT_NE(error_of_yaml("a: &x [1]\nb: [*x, *x]\n").find("anchors"), std::string::npos);
    EXPECT_NE(error_of_yaml("a: !!str 1\n").find("tags"), std::string::npos);
    EXPECT_NE(error_of_yaml("a: *x\n"), "");
}

TEST(YamlTree, NestingIsBounded)
{
    EXPECT_EQ(error_of_yaml(nested(kYamlDepthMax)), "");
    EXPECT_NE(error_of_yaml(nested(kYamlDepthMax + 1)).find("nested deeper"), std::string::npos);
    EXPECT_NE(error_of_yaml(std::string(100'000, '[')), "");
    EXPECT_NE(error_of_yaml(std::string(100'000, '{')), "");
}

TEST(YamlTree, TheErrorsOfTheParserHaveAPlace)
{
    EXPECT_EQ(error_of_yaml("a: [1, 2\n").substr(0, 2), "f:");
    EXPECT_NE(error_of_yaml("a: [1, 2}\n").find("is not YAML"), std::string::npos);
    EXPECT_NE(error_of_yaml("a: b: c\n").find("is not YAML"), std::string::npos);
}

TEST(YamlTree, OneDocumentWithSomethingInIt)
{
    EXPECT_EQ(error_of_yaml(""), "f: is empty");
    EXPECT_EQ(error_of_yaml("# only a comment\n"), "f: is empty");
    EXPECT_NE(error_of_yaml("a: 1\n---\nb: 2\n").find("second document"), std::string::npos);
    EXPECT_EQ(error_of_yaml("---\na: 1\n...\n"), "");
}

TEST(YamlTree, KeysArePlainTexts)
{
    EXPECT_NE(error_of_yaml("? [a, b]\n: 1\n").find("a key must be a plain text"),
              std::string::npos);
    EXPECT_NE(error_of_yaml(": 1\n"), "");
}

TEST(YamlTree, BytesThatAreNotTextAreErrorsWithTheirPlace)
{
    EXPECT_EQ(error_of_yaml("a: 1\nb: \xFF\n"), "f:2:4: byte 0xFF is not UTF-8 text");
    EXPECT_NE(error_of_yaml("a: \xC0\x80\n"), "");          // overlong
    EXPECT_NE(error_of_yaml("a: \xED\xA0\x80\n"), "");      // surrogate
    EXPECT_NE(error_of_yaml("a: \xF4\x90\x80\x80\n"), "");  // above U+10FFFF
    EXPECT_NE(error_of_yaml("a: \xE2\x82"), "");            // cut off
    EXPECT_EQ(error_of_yaml("a: \xE2\x82\xAC\n"), "");
    EXPECT_NE(error_of_yaml(std::string("a: \0b\n", 6)).find("control character 0x00"),
              std::string::npos);
}

TEST(YamlTree, FilesAreReadUpToTheirLimit)
{
    const std::string path = ::testing::TempDir() + "yaml_tree_limit.yaml";
    FILE* const file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fputs("12345678", file);
    std::fclose(file);
    EXPECT_EQ(read_text_file(path, 8), "12345678");
    EXPECT_THROW(read_text_file(path, 7), InputError);
    EXPECT_THROW(read_text_file(::testing::TempDir(), 100), InputError);
    EXPECT_THROW(read_text_file(path + ".not", 100), InputError);
}

}  // namespace
}  // namespace brownout::sim
