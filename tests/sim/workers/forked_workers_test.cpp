#include "workers/forked_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <unistd.h>

namespace brownout::sim {
namespace {

TEST(ForkedWorkers, DeliverEveryResultInOrder)
{
    for (const unsigned jobs : {1u, 2u, 7u}) {
        std::vector<std::size_t> order;
        run_in_workers(
            50, jobs, [](std::size_t i) { return std::string(i * 5000, 'a'); },
            [&](std::size_t i, const WorkResult& result) {
                order.push_back(i);
                EXPECT_EQ(result.answer, std::string(i * 5000, 'a'));
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
        [&](std::size_t i, const WorkResult& result) {
            EXPECT_EQ(i, delivered++);
            if (!result.answer) {
                dead.push_back(i);
                EXPECT_EQ(result.death, "signal 6 (Aborted)");
            }
        });
    EXPECT_EQ(delivered, 20u);
    EXPECT_EQ(dead, (std::vector<std::size_t>{3, 8, 13, 18}));
}

// Whether work is tried again shows in a file that the first try leaves.
TEST(ForkedWorkers, TryWorkOnceMoreWhoseProcessWasKilled)
{
    const std::string marks = ::testing::TempDir() + "killed_work.";
    for (std::size_t i = 0; i < 6; ++i) {
        std::filesystem::remove(marks + std::to_string(i));
    }
    std::size_t delivered = 0;
    run_in_workers(
        6, 3,
        [&](std::size_t i) {
            const std::string mark = marks + std::to_string(i);
            if (!std::filesystem::exists(mark)) {
                std::ofstream(mark) << i;
                kill(getpid(), SIGKILL);
            }
            return std::to_string(i);
        },
        [&](std::size_t i, const WorkResult& result) {
            EXPECT_EQ(i, delivered++);
            EXPECT_EQ(result.answer, std::to_string(i));
        });
    EXPECT_EQ(delivered, 6u);
}

TEST(ForkedWorkers, ReportWorkThatDamagesTheirPipe)
{
    std::vector<std::string> deaths;
    run_in_workers(
        3, 1,
        [](std::size_t i) {
            if (i == 1) {
                const std::string noise(4096, 'x');
                for (int fd = 3; fd < 64; ++fd) {
                    [[maybe_unused]] const auto wrote = write(fd, noise.data(), noise.size());
                }
            }
            return std::string("fine");
        },
        [&](std::size_t, const WorkResult& result) { deaths.push_back(result.death); });
    EXPECT_EQ(deaths, (std::vector<std::string>{"", "damaged memory of the simulator", ""}));
}

TEST(ForkedWorkers, StopWhenTold)
{
    std::size_t delivered = 0;
    run_in_workers(
        1000, 2, [](std::size_t) { return std::string("x"); },
        [&](std::size_t, const WorkResult&) { ++delivered; }, [&] { return delivered >= 5; });
    EXPECT_EQ(delivered, 5u);
}

TEST(ForkedWorkers, HaveNothingToDoWithoutWork)
{
    run_in_workers(
        0, 4, [](std::size_t) { return std::string(); },
        [](std::size_t, const WorkResult&) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace brownout::sim
