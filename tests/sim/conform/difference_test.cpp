#include "conform/difference.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

TEST(CompareLists, FindsNothingInEqualLists)
{
    EXPECT_FALSE(compare_lists("step 0", "call", {}, {}));
    EXPECT_FALSE(compare_lists("step 0", "call", {"a", "b"}, {"a", "b"}));
}

TEST(CompareLists, NamesTheFirstDifferenceAndShowsWhatCameBefore)
{
    const auto difference =
        compare_lists("step 1", "call", {"a", "b", "c", "d", "e", "f", "g", "h"},
                      {"a", "b", "c", "d", "X", "f", "g", "h"});
    ASSERT_TRUE(difference);
    EXPECT_EQ(difference->place, "step 1, call 4");
    const std::vector<std::string> shown = {"       1  b",
                                            "       2  c",
                                            "       3  d",
                                            "          expected | got",
                                            ">      4  e        | X",
                                            "       5  f        | f",
                                            "       6  g        | g"};
    EXPECT_EQ(difference->lines, shown);
}

TEST(CompareLists, SaysWhatIsMissingOrTooMuch)
{
    const auto missing = compare_lists("step 1", "call", {"a", "b"}, {"a"});
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->place, "step 1, call 1");
    EXPECT_EQ(missing->lines.back(), ">      1  b        | (nothing)");
    const auto too_much = compare_lists("step 1", "call", {}, {"a"});
    ASSERT_TRUE(too_much);
    EXPECT_EQ(too_much->lines.back(), ">      0  (nothing) | a");
}

TEST(CompareLists, PutsLongLinesBelowEachOther)
{
    const std::string wide(65, 'w');
    const auto difference = compare_lists("step 1", "log line", {wide}, {"short"});
    ASSERT_TRUE(difference);
    const std::vector<std::string> shown = {">      0  expected  " + wide,
                                            "          got       short"};
    EXPECT_EQ(difference->lines, shown);
}

TEST(Describe, NamesTheAreaOfACall)
{
    const std::vector<CaseArea> areas = {{"primary", 1, 0, 0x1000, 0x1000},
                                         {"secondary", 2, 1, 0x1000, 0x1000}};
    EXPECT_EQ(describe({0, CallKind::kErase, 0x1000, 4096, 0}, areas), "E primary +0x0 4096 bytes");
    EXPECT_EQ(describe({1, CallKind::kWrite, 0x1FFC, 4, 0x1234}, areas),
              "W secondary +0xffc 4 bytes 0000000000001234");
    EXPECT_EQ(describe({0, CallKind::kErase, 0x2000, 4096, 0}, areas),
              "E device 0 0x2000 4096 bytes");
    EXPECT_EQ(describe({0, CallKind::kErase, 0xFFF, 1, 0}, areas), "E device 0 0xfff 1 bytes");
}

TEST(OperationsHash, IsThatOfTheFormat)
{
    EXPECT_EQ(operations_hash({}), "e3b0c44298fc1c14");
    // The first step of move-tiny-test, as recorded.
    EXPECT_EQ(operations_hash({{0, CallKind::kWrite, 98288, 16, 0x8c20bdb652f5ae22},
                               {0, CallKind::kWrite, 98264, 4, 0x381bb39113cc4281}}),
              "39f5cd38ea710b1e");
}

}  // namespace
}  // namespace brownout::sim
