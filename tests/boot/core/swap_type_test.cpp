#include "core_bench.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace {

using namespace brownout::boot_test;

struct Row {
    const char* what;
    boot_strategy strategy;
    trailer_state primary;
    trailer_state secondary;
    swap_type type;
};

void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.what;
}

constexpr trailer_mark kGood = TRAILER_SET;
constexpr trailer_mark kBad = TRAILER_BAD;
constexpr trailer_mark kUnset = TRAILER_UNSET;

constexpr trailer_state trailer(trailer_mark magic, trailer_mark image_ok = kUnset,
                                trailer_mark copy_done = kUnset)
{
    return {magic, SWAP_NONE, copy_done, image_ok, 0};
}

class SwapTypeTables : public testing::TestWithParam<Row> {};

TEST_P(SwapTypeTables, DecideAsTheReferenceDoes)
{
    const Row& row = GetParam();
    boot_config config{};
    config.strategy = row.strategy;
    EXPECT_EQ(swap_type_of(&config, &row.primary, &row.secondary), row.type);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SwapTypeTables,
    testing::Values(
        Row{"nothing asked", BOOT_SWAP_MOVE, trailer(kUnset), trailer(kUnset), SWAP_NONE},
        Row{"test", BOOT_SWAP_MOVE, trailer(kUnset), trailer(kGood), SWAP_TEST},
        Row{"test wins over revert", BOOT_SWAP_MOVE, trailer(kGood, kUnset, kGood), trailer(kGood),
            SWAP_TEST},
        Row{"permanent", BOOT_SWAP_MOVE, trailer(kUnset), trailer(kGood, kGood), SWAP_PERM},
        Row{"secondary image_ok bad matches nothing", BOOT_SWAP_MOVE, trailer(kUnset),
            trailer(kGood, kBad), SWAP_NONE},
        Row{"secondary magic bad", BOOT_SWAP_MOVE, trailer(kUnset), trailer(kBad), SWAP_NONE},
        Row{"unconfirmed", BOOT_SWAP_MOVE, trailer(kGood, kUnset, kGood), trailer(kUnset),
            SWAP_REVERT},
        Row{"confirmed", BOOT_SWAP_MOVE, trailer(kGood, kGood, kGood), trailer(kUnset), SWAP_NONE},
        Row{"confirmation torn", BOOT_SWAP_MOVE, trailer(kGood, kBad, kGood), trailer(kUnset),
            SWAP_NONE},
        Row{"swap not finished", BOOT_SWAP_MOVE, trailer(kGood), trailer(kUnset), SWAP_NONE},
        Row{"offset: copy_done in the secondary means revert", BOOT_SWAP_OFFSET, trailer(kUnset),
            trailer(kGood, kUnset, kGood), SWAP_REVERT},
        Row{"elsewhere it means test", BOOT_SWAP_MOVE, trailer(kUnset),
            trailer(kGood, kUnset, kGood), SWAP_TEST}));

TEST(SwapTypeDecision, LogsOneLine)
{
    CoreBench bench({});
    trailer_write_magic(&bench.state->layout, bench.secondary());
    EXPECT_EQ(
        swap_type_decide(bench.io.table(), &bench.config, bench.primary(), bench.secondary(), 0),
        SWAP_TEST);
    EXPECT_EQ(bench.io.log, std::vector<std::string>{"Image index: 0, Swap type: test"});
}

}  // namespace
