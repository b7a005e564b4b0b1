#include <sim/case_exploration.hpp>

#include "case_machine.hpp"
#include "case_reader.hpp"

#include <sim/data_paths.hpp>
#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

ReferenceCase chosen_case(const CaseExploreOptions& options)
{
    std::vector<ReferenceCase> cases = read_case_file(options.file);
    if (options.id.empty() && cases.size() == 1) {
        return std::move(cases.front());
    }
    const auto found = std::find_if(cases.begin(), cases.end(),
                                    [&](const ReferenceCase& one) { return one.id == options.id; });
    if (found != cases.end()) {
        return std::move(*found);
    }
    throw InputError(Place{options.file.string()},
                     options.id.empty()
                         ? fmt::format("holds {} cases: name one with --case-id, such as {}",
                                       cases.size(), cases.empty() ? "" : cases.front().id)
                         : fmt::format("holds no case '{}'", options.id));
}

std::uint32_t chosen_step(const CaseExploreOptions& options, const ReferenceCase& reference)
{
    std::string boots;
    for (std::uint32_t i = 0; i < reference.steps.size(); ++i) {
        if (!std::holds_alternative<BootStep>(reference.steps[i].action)) {
            continue;
        }
        if (options.step.value_or(i) == i) {
            return i;
        }
        boots += fmt::format("{}{}", boots.empty() ? "" : ", ", i);
    }
    throw InputError(Place{options.file.string()},
                     boots.empty() ? "no step of this case is a boot"
                                   : fmt::format("step {} is not a boot; steps that are: {}",
                                                 options.step.value_or(0), boots));
}

// Keeps the state before every call of a boot.
class CallStarts final : public RunObserver {
public:
    std::vector<MachineState> states;

    Power before_call(const Call&, const MachineState& state) noexcept override
    {
        states.push_back(state);
        return Power::kHolds;
    }
};

std::string end_text(const Outcome& outcome)
{
    return outcome.kind == OutcomeKind::kHandedOver
               ? fmt::format("starts {}.{}.{}", outcome.response.version.major,
                             outcome.response.version.minor, outcome.response.version.revision)
               : to_string(outcome.kind);
}

class CaseExplorer {
public:
    CaseExplorer(const CaseExploreOptions& options, const ReferenceCase& reference,
                 ImageStore& images, Machine& machine)
        : options_(options), reference_(reference), images_(images), machine_(machine)
    {
        result_.id = reference.id;
        result_.strategy = reference.config.strategy_name;
        result_.step = chosen_step(options, reference);
    }

    CaseExploration run(const std::function<void(const ExploreProgress&)>& progress,
                        const std::atomic<bool>& stop)
    {
        remember(state_before_step(), 0, true);
        while (!waiting_.empty()) {
            result_.stopped_by = why_stop(stop);
            if (!result_.stopped_by.empty()) {
                break;
            }
            expand();
            if (progress) {
                progress({known_.size(), waiting_.size(), result_.boots, seconds()});
            }
        }
        result_.closed = waiting_.empty();
        result_.waiting = waiting_.size();
        result_.states = known_.size();
        for (const auto& [digest, known] : known_) {
            result_.cut_states += known.is_cut ? 1 : 0;
            result_.depth = std::max(result_.depth, known.depth);
        }
        result_.elapsed_seconds = seconds();
        return result_;
    }

private:
    struct Known {
        std::uint32_t depth = 0;
        bool is_cut = false;
        bool expanded = false;
    };
    struct Waiting {
        MachineState state;
        Known* known = nullptr;
    };

    MachineState state_before_step()
    {
        MachineState state = initial_state_of(reference_, machine_, images_);
        for (std::uint32_t i = 0; i < result_.step; ++i) {
            const CaseStep& step = reference_.steps[i];
            if (const auto* upload = std::get_if<UploadStepOfCase>(&step.action)) {
                apply_upload(reference_, *upload, images_, state);
            } else if (const auto* command = std::get_if<CommandStep>(&step.action)) {
                machine_.command(state, command->command);
            } else {
                machine_.boot(state);
            }
        }
        return state;
    }

    // A completed boot costs no cut: its end is looked at before anything of the next depth.
    void remember(const MachineState& state, std::uint32_t depth, bool is_cut)
    {
        const auto [entry, is_new] = known_.try_emplace(state.content_digest(), Known{depth});
        Known& known = entry->second;
        known.is_cut = known.is_cut || is_cut;
        if (!is_new && (known.expanded || known.depth <= depth)) {
            return;
        }
        known.depth = depth;
        if (is_cut) {
            waiting_.push_back({state, &known});
        } else {
            waiting_.push_front({state, &known});
        }
    }

    void expand()
    {
        Waiting node = std::move(waiting_.front());
        waiting_.pop_front();
        if (std::exchange(node.known->expanded, true)) {
            return;
        }
        const std::uint32_t depth = node.known->depth;
        CallStarts starts;
        RunOptions run_options;
        run_options.observer = &starts;
        run_options.keep_log = false;
        const RunReport report = machine_.boot(node.state, run_options);
        ++result_.boots;
        ++result_.ends[end_text(report.outcome)];
        result_.cuts += starts.states.size();
        result_.edges += starts.states.size() + 1;
        remember(node.state, depth, false);
        for (const MachineState& cut : starts.states) {
            remember(cut, depth + 1, true);
        }
    }

    double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

    std::string why_stop(const std::atomic<bool>& stop) const
    {
        const ExploreLimits& limits = options_.limits;
        if (stop) {
            return "interrupted";
        }
        if (limits.seconds && seconds() > *limits.seconds) {
            return fmt::format("time budget of {:g} s reached", *limits.seconds);
        }
        if (limits.states && known_.size() >= *limits.states) {
            return fmt::format("budget of {} states reached", *limits.states);
        }
        if (limits.depth && waiting_.front().known->depth > *limits.depth) {
            return fmt::format("depth limit of {} cuts reached", *limits.depth);
        }
        return {};
    }

    const CaseExploreOptions& options_;
    const ReferenceCase& reference_;
    ImageStore& images_;
    Machine& machine_;
    CaseExploration result_;
    std::map<models::Digest128, Known> known_;
    std::deque<Waiting> waiting_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

CaseExploration explore_case(const CaseExploreOptions& options,
                             const std::function<void(const ExploreProgress&)>& progress,
                             const std::atomic<bool>& stop)
{
    const ReferenceCase reference = chosen_case(options);
    const auto firmware = [](boot_firmware_kind kind) {
        return Firmware::load(builtin_firmware(kind), conform_placement());
    };
    const auto loader = firmware(BOOT_FIRMWARE_LOADER);
    const auto application = firmware(BOOT_FIRMWARE_APPLICATION);
    const std::string reason = reason_to_skip(reference, loader->table());
    if (!reason.empty()) {
        throw InputError(Place{options.file.string()}, reference.id + ": " + reason);
    }
    ImageStore images(fs::weakly_canonical(options.file).parent_path().parent_path());
    Machine machine(board_of(reference), setup_of(reference, images.keys_folder()), *loader,
                    application.get());
    return CaseExplorer(options, reference, images, machine).run(progress, stop);
}

}  // namespace brownout::sim
