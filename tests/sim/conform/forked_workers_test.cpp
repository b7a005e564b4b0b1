#include "conform/forked_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace brownout::sim {
namespace {

TEST(ForkedWorkers, DeliverEveryResultInOrder)
{
    for (const unsigned jobs : {1u, 2u, 7u}) {
        std::vector<std::size_t> order;
        run_in_workers(
            50, jobs, [](std::size_t i) { return std::string(i * 5000, 'a'); },
            [&](std::size_t i, std::optional<std::string> result) {
                order.push_back(i);
                EXPECT_EQ(result, std::string(i * 5000, 'a'));
            });
        ASSERT_EQ(order.size(), 50u);
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    }
}

TEST(ForkedWorkers, SurviveWorkThatKillsItsProcess)
{
    std::vector<std::size_t> dead;
    std::size_t delivered = 0;
    run_in_workers(
        20, 2,
        [](std::size_t i) {
            if (i % 5 == 3) {
                std::abort();
            }
            return std::to_string(i);
        },
        [&](std::size_t i, std::optional<std::string> result) {
            EXPECT_EQ(i, delivered++);
            if (!result) {
                dead.push_back(i);
            }
        });
    EXPECT_EQ(delivered, 20u);
    EXPECT_EQ(dead, (std::vector<std::size_t>{3, 8, 13, 18}));
}

TEST(ForkedWorkers, HaveNothingToDoWithoutWork)
{
    run_in_workers(
        0, 4, [](std::size_t) { return std::string(); },
        [](std::size_t, std::optional<std::string>) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace brownout::sim
