#include "scenario/scalar_text.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

using models::microseconds;
using models::milliseconds;
using models::picoseconds;

TEST(ScalarText, WholeNumbersAreDecimalOrHexadecimal)
{
    EXPECT_EQ(parse_whole_number("0"), 0u);
    EXPECT_EQ(parse_whole_number("4096"), 4096u);
    EXPECT_EQ(parse_whole_number("0x1000"), 4096u);
    EXPECT_EQ(parse_whole_number("18446744073709551615"), UINT64_MAX);
    for (const char* const text : {"", "0x", "-1", "+1", "1.0", "010", "1e3", "0b1", " 1", "1 ",
                                   "18446744073709551616", "1_000", "0xG"}) {
        EXPECT_EQ(parse_whole_number(text), std::nullopt) << text;
    }
}

TEST(ScalarText, SizesMayHaveABinarySuffix)
{
    EXPECT_EQ(parse_size("192 KiB"), 196608u);
    EXPECT_EQ(parse_size("192KiB"), 196608u);
    EXPECT_EQ(parse_size("0x10 KiB"), 16384u);
    EXPECT_EQ(parse_size("1 MiB"), 1048576u);
    EXPECT_EQ(parse_size("7"), 7u);
    for (const char* const text :
         {"KiB", "1 kB", "1 K", "1 kib", "1  KiB", "1.5 KiB", "18014398509481984 KiB"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_size("18014398509481983 KiB"), 18014398509481983ull << 10);
}

TEST(ScalarText, TimesAreExactAndHaveAUnit)
{
    EXPECT_EQ(parse_duration("1.37 s"), milliseconds(1370));
    EXPECT_EQ(parse_duration("85ms"), milliseconds(85));
    EXPECT_EQ(parse_duration("42.5 us"), microseconds(42) + picoseconds(500'000));
    EXPECT_EQ(parse_duration("0.000000000001 s"), picoseconds(1));
    EXPECT_EQ(parse_duration("8640000 s"), milliseconds(8'640'000'000));
    for (const char* const text : {"1", "s", "1 m", "-1 s", ".5 s", "1. s", "1e3 s", "0.5 ps",
                                   "0.0000000000001 s", "8640001 s", "1  s", ""}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(ScalarText, TimesAreWrittenAsTheyAreRead)
{
    EXPECT_EQ(duration_text(milliseconds(1370)), "1.37 s");
    EXPECT_EQ(duration_text(milliseconds(85)), "85 ms");
    EXPECT_EQ(duration_text(picoseconds(0)), "0 ps");
    for (const std::int64_t count :
         {1ll, 999ll, 1'000ll, 1'234'567ll, 41'000'000ll, 999'999'999'999ll, 1'000'000'000'001ll,
          8'639'999'999'999'999'999ll}) {
        EXPECT_EQ(parse_duration(duration_text(picoseconds(count))), picoseconds(count)) << count;
    }
}

}  // namespace
}  // namespace brownout::sim
