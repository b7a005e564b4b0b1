#include <sim/seed_sweep.hpp>

#include "workers/forked_workers.hpp"

#include <sim/runner.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kSeedsPerPiece = 16;
constexpr char kHeld = '+';
constexpr char kFailed = '-';
constexpr char kRefused = '!';

// "FILE:14:5: sentence" without the place, which is the same in every run.
std::string without_place(const std::string& failure)
{
    const std::size_t end = failure.find(": ");
    return end == std::string::npos ? failure : failure.substr(end + 2);
}

// One line per run: whether it held, and what failed first.
std::string sweep_line(const ScenarioResult& result)
{
    if (result.holds) {
        return {kHeld, '\n'};
    }
    const auto failed = std::find_if(result.steps.begin(), result.steps.end(),
                                     [](const StepResult& step) { return !step.failures.empty(); });
    std::string text = without_place(failed->failures.front());
    std::replace(text.begin(), text.end(), '\n', ' ');
    return kFailed + text + '\n';
}

class SweepCounter {
public:
    explicit SweepCounter(SweepRow& row) : row_(row) {}

    void take(const std::string& lines, std::uint64_t first_seed, const Place& place)
    {
        std::size_t start = 0;
        for (std::uint64_t seed = first_seed; start < lines.size(); ++seed) {
            const std::size_t end = std::min(lines.find('\n', start), lines.size());
            const std::string text = lines.substr(start + 1, end - start - 1);
            if (lines[start] == kRefused) {
                throw InputError(place, "seed " + std::to_string(seed) + ": " + text);
            }
            if (lines[start] == kFailed) {
                fail(seed, text, 1);
            }
            ++row_.runs;
            start = end + 1;
        }
    }

    void fail(std::uint64_t seed, const std::string& sentence, std::uint64_t runs)
    {
        row_.failed += runs;
        row_.first_failing_seed = row_.first_failing_seed.value_or(seed);
        for (SweepFailure& known : row_.failures) {
            if (known.sentence == sentence) {
                known.runs += runs;
                return;
            }
        }
        row_.failures.push_back({sentence, runs});
    }

private:
    SweepRow& row_;
};

std::string run_piece(ScenarioMachine& machine, std::uint64_t first, std::uint64_t end)
{
    std::string lines;
    for (std::uint64_t seed = first; seed < end; ++seed) {
        try {
            lines += sweep_line(run_scenario(machine, nullptr, SIZE_MAX, nullptr, seed));
        } catch (const InputError& error) {
            return lines + kRefused + error.sentence() + '\n';
        }
    }
    return lines;
}

}  // namespace

SweepRow sweep_seeds(const SuiteEntry& entry, const SweepOptions& options)
{
    SweepRow row;
    row.index = entry.index;
    row.name = entry.scenario.name;
    row.variant = entry.variant;
    row.wanted = entry.scenario.seeds.value_or(SeedSweep{});
    const std::uint64_t count = options.count.value_or(row.wanted.count);
    const Place place{entry.scenario.path.string()};
    ScenarioMachine machine(entry.scenario);
    SweepCounter counter(row);
    const ScenarioResult first = run_scenario(machine, nullptr, SIZE_MAX, nullptr, 0);
    counter.take(sweep_line(first), 0, place);
    if (!first.drawn) {
        row.same_for_all_seeds = true;
        row.runs = count;
        row.failed *= count;
        for (SweepFailure& failure : row.failures) {
            failure.runs *= count;
        }
    } else {
        run_in_workers((count - 1 + kSeedsPerPiece - 1) / kSeedsPerPiece, options.jobs,
                       [&](std::size_t piece) {
                           const std::uint64_t from = 1 + piece * kSeedsPerPiece;
                           return run_piece(machine, from, std::min(count, from + kSeedsPerPiece));
                       },
                       [&](std::size_t piece, const WorkResult& result) {
                           const std::uint64_t from = 1 + piece * kSeedsPerPiece;
                           if (result.answer) {
                               counter.take(*result.answer, from, place);
                               return;
                           }
                           const std::uint64_t lost = std::min(count, from + kSeedsPerPiece) - from;
                           counter.fail(from, "the process ended: " + result.death, lost);
                           row.runs += lost;
                       });
    }
    std::stable_sort(row.failures.begin(), row.failures.end(),
                     [](const SweepFailure& a, const SweepFailure& b) { return a.runs > b.runs; });
    const double ppm = row.failed_percent() * 1e4;
    row.holds = ppm >= row.wanted.fails_from_ppm && ppm <= row.wanted.fails_to_ppm;
    return row;
}

}  // namespace brownout::sim
