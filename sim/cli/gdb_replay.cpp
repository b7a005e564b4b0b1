#include "gdb_replay.hpp"

#include <sim/data_paths.hpp>
#include <sim/error.hpp>
#include <sim/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <unistd.h>

// Where gdb stops. Not inlined, and a C name: the breakpoint is set by this name.
extern "C" __attribute__((noinline, used)) void brownout_before_op()
{
    __asm__ volatile("");
}

namespace brownout::sim::cli {

namespace {

// Selects the innermost frame of the firmware that is not a driver, and lists the way there. The
// simulator's own frames are in no shared object.
constexpr const char* kShowFirmware = R"(python
def brownout_show():
    chosen, way = None, []
    frame = gdb.newest_frame()
    while frame is not None:
        name = gdb.solib_name(frame.pc())
        if name and "boost_context" not in name:
            place = frame.find_sal()
            path = place.symtab.filename if place.symtab else "?"
            if "boot/" in path:
                path = "boot/" + path.split("boot/", 1)[1]
            is_driver = path.startswith(("boot/drivers/", "boot/include/"))
            if chosen is None and not is_driver:
                chosen = frame
            mark = "->" if frame == chosen else "  "
            way.append("%s %-24s %s:%d" % (mark, frame.name() or "?", path, place.line))
        frame = frame.older()
    print("\n".join(way))
    if chosen is not None:
        chosen.select()
        gdb.execute("frame")
brownout_show()
)";

// Looks for one operation of a run, and notes where the power would fail in it. Holds nothing that
// would have to be destroyed when the firmware is left.
class OperationFinder final : public RunObserver {
public:
    // What of the steps is looked at: `step` alone.
    struct Target {
        const Step* step = nullptr;
        std::optional<std::uint64_t> operation;  // nullopt: where `cut` is
        const PowerCut* cut = nullptr;
    };

    explicit OperationFinder(Target target) : target_(target) {}

    void step_begins(const Step& step, models::Duration start)
    {
        looking_ = &step == target_.step;
        start_ = start;
    }

    std::uint32_t before_operations(const models::OperationBatch& batch, std::uint64_t first,
                                    const Call* call, const MachineState&) noexcept override
    {
        if (!looking_) {
            return batch.count;
        }
        for (std::uint32_t i = 0; i < batch.count; ++i) {
            const models::Duration begins = batch.start + batch.interval * std::int64_t{i};
            look_at(batch, i, first + i, call, begins + batch.duration - start_);
        }
        operations_ = first + batch.count;
        return batch.count;
    }

    bool found() const { return found_; }
    std::uint64_t operation() const { return operation_; }  // that was found
    std::uint64_t operations() const { return operations_; }
    std::optional<std::uint64_t> cut_at() const { return cut_at_; }

    std::string words(const BoardPlan& board) const
    {
        const bool erases = kind_ == models::OperationKind::kEraseSector ||
                            kind_ == models::OperationKind::kEraseChip;
        const char* const verb = erases ? "erases"
                                 : kind_ == models::OperationKind::kWriteStatus
                                     ? "writes a register,"
                                 : kind_ == models::OperationKind::kStoreRetained ? "stores"
                                                                                  : "programs";
        std::string text = fmt::format("{} {} bytes at 0x{:08X} of {}", verb, byte_count_, offset_,
                                       board.devices[device_].name);
        return call_ ? text + "; " + call_text(board, *call_) : text;
    }

private:
    bool power_fails_at(std::uint64_t operation, const Call* call, models::Duration end) const
    {
        switch (target_.cut->at) {
        case PowerCut::At::kOperation:
            return operation >= target_.cut->index;
        case PowerCut::At::kCall:
            return call != nullptr && call->index >= target_.cut->index;
        case PowerCut::At::kTime:
            return end > target_.cut->time;
        }
        return false;
    }

    void look_at(const models::OperationBatch& batch, std::uint32_t i, std::uint64_t operation,
                 const Call* call, models::Duration end) noexcept
    {
        if (target_.cut != nullptr && !cut_at_ && power_fails_at(operation, call, end)) {
            cut_at_ = operation;
        }
        const bool wanted = target_.operation ? operation == *target_.operation
                                              : target_.cut == nullptr || cut_at_ == operation;
        if (found_ || !wanted) {
            return;
        }
        found_ = true;
        operation_ = operation;
        kind_ = batch.kind;
        device_ = batch.device;
        offset_ = batch.offset + std::uint64_t{batch.unit_bytes} * i;
        byte_count_ = batch.unit_bytes;
        if (call != nullptr) {
            call_ = *call;
        }
    }

    Target target_;
    bool looking_ = false;
    models::Duration start_{};
    bool found_ = false;
    std::uint64_t operation_ = 0;
    std::uint64_t operations_ = 0;
    std::optional<std::uint64_t> cut_at_;
    models::OperationKind kind_ = models::OperationKind::kProgramWord;
    std::uint32_t device_ = 0;
    std::uint64_t offset_ = 0;
    std::uint32_t byte_count_ = 0;
    std::optional<Call> call_;
};

class TellsFinder final : public RunListener {
public:
    explicit TellsFinder(OperationFinder& finder) : finder_(finder) {}
    void begins(const Step& step, const MachineState&, models::Duration start) override
    {
        finder_.step_begins(step, start);
    }
    RunObserver* observer() override { return &finder_; }
    void finished(const StepResult&, const MachineState&) override {}

private:
    OperationFinder& finder_;
};

// Calls brownout_before_op() there, on the firmware's stack.
class StopsBeforeOperation final : public RunObserver, public RunListener {
public:
    StopsBeforeOperation(RunListener& listener, const Step& step, std::uint64_t operation)
        : listener_(listener), step_(step), operation_(operation)
    {
    }

    void begins(const Step& step, const MachineState&, models::Duration) override
    {
        is_here_ = &step == &step_;
    }
    RunObserver* observer() override { return this; }
    void finished(const StepResult& step, const MachineState& state) override
    {
        listener_.finished(step, state);
        std::cout.flush();
    }

    std::uint32_t before_operations(const models::OperationBatch& batch, std::uint64_t first,
                                    const Call*, const MachineState&) noexcept override
    {
        if (!is_here_ || first > operation_ || first + batch.count <= operation_) {
            return batch.count;
        }
        if (first == operation_) {
            brownout_before_op();
            return batch.count;
        }
        return static_cast<std::uint32_t>(operation_ - first);
    }

private:
    RunListener& listener_;
    const Step& step_;
    std::uint64_t operation_;
    bool is_here_ = false;
};

bool runs_firmware(const Step& step)
{
    const auto* upload = std::get_if<UploadStep>(&step.action);
    return upload != nullptr ? upload->via != UploadVia::kDirect : step.kind() != StepKind::kExpect;
}

std::string step_name(const Scenario& scenario, std::size_t index)
{
    if (scenario.steps[index].kind() != StepKind::kReset) {
        return fmt::format("step {}", index + 1);
    }
    const auto end = scenario.steps.begin() + static_cast<std::ptrdiff_t>(index) + 1;
    return fmt::format("boot {}", std::count_if(scenario.steps.begin(), end, [](const Step& step) {
                           return step.kind() == StepKind::kReset;
                       }));
}

// The boot that was asked for, or the last step with a cut, or the last that runs firmware.
std::size_t step_to_stop_in(const Scenario& scenario, std::optional<std::uint32_t> boot)
{
    const Place file{scenario.path.string()};
    std::uint32_t boots = 0;
    std::optional<std::size_t> last_run;
    std::optional<std::size_t> last_cut;
    for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
        const Step& step = scenario.steps[i];
        boots += step.kind() == StepKind::kReset ? 1u : 0u;
        if (boot && step.kind() == StepKind::kReset && boots == *boot) {
            return i;
        }
        last_run = runs_firmware(step) ? i : last_run;
        last_cut = step.cut() != nullptr ? i : last_cut;
    }
    if (boot) {
        throw InputError(file, fmt::format("there is no boot {} to stop in: it has {} (a boot is a "
                                           "'reset' step; the first is 1)",
                                           *boot, boots));
    }
    if (!last_run) {
        throw InputError(file, "no step of it runs firmware: there is nothing to stop in");
    }
    return last_cut.value_or(*last_run);
}

// Cuts of the step end what can be looked at; the operation that they meet still can.
PowerCut take_cut(Step& step)
{
    PowerCut cut;
    std::visit(
        [&cut](auto& action) {
            if constexpr (requires { action.cut; }) {
                if (action.cut) {
                    cut = action.cut->where;
                }
                action.cut.reset();
            }
        },
        step.action);
    return cut;
}

struct Stop {
    std::size_t step = 0;
    std::uint64_t operation = 0;
    std::string words;  // one line for people
};

Stop find_stop(const std::string& file, std::optional<std::uint64_t> operation,
               std::optional<std::uint32_t> boot)
{
    Scenario scenario = load_scenario(file);
    Stop stop;
    stop.step = step_to_stop_in(scenario, boot);
    const std::string name = step_name(scenario, stop.step);
    Step& step = scenario.steps[stop.step];
    const bool is_cut = step.cut() != nullptr;
    const PowerCut cut = take_cut(step);
    ScenarioMachine machine(std::move(scenario));
    OperationFinder finder(
        {&machine.scenario().steps[stop.step], operation, is_cut ? &cut : nullptr});
    TellsFinder tells(finder);
    run_scenario(machine, &tells, stop.step + 1);
    if (finder.cut_at() && operation && *operation > *finder.cut_at()) {
        throw InputError(Place{file}, fmt::format("the power fails before op {} of {}: there is no "
                                                  "op {} to stop before",
                                                  *finder.cut_at(), name, *operation));
    }
    if (!finder.found() && operation) {
        throw InputError(Place{file},
                         fmt::format("there is no op {} to stop before: {} has {} ops{}",
                                     *operation, name, finder.operations(),
                                     finder.operations() > 0
                                         ? ", the first is op 0"
                                         : "; --gdb-boot chooses another boot"));
    }
    if (!finder.found()) {
        throw InputError(Place{file}, fmt::format("nothing changes flash in {}{}: there is no op "
                                                  "to stop before",
                                                  name, is_cut ? " after the power cut" : ""));
    }
    stop.operation = finder.operation();
    stop.words = fmt::format("op {} of {}, which {}", stop.operation, name,
                             finder.words(machine.machine().board()));
    return stop;
}

[[noreturn]] void become_gdb(const std::string& file, const Stop& stop)
{
    const std::string self = program_file().string();
    // Sources are named from the root of the repository, or from the build directory.
    const std::string sources =
        fmt::format("directory {}:{}", data_directory().parent_path().string(),
                    std::filesystem::path(self).parent_path().string());
    const std::string step = std::to_string(stop.step);
    const std::string operation = std::to_string(stop.operation);
    std::vector<std::string> words = {"gdb",  "-q",
                                      "-iex", "set debuginfod enabled off",
                                      "-iex", "set print inferior-events off",
                                      "-ex",  sources,
                                      "-ex",  "tbreak brownout_before_op",
                                      "-ex",  "run",
                                      "-ex",  kShowFirmware};
    if (isatty(STDIN_FILENO) != 1) {  // nobody types: show where it is, and end
        words.insert(words.begin() + 1, "-batch");
    }
    words.insert(words.end(), {"--args", self, "replay", file, "--stop-before", step, operation});
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::cout << "stops before " << stop.words << std::endl;
    execvp("gdb", arguments.data());
    throw InputError(errno == ENOENT
                         ? "gdb is not installed (Debian: apt-get install gdb); "
                           "without it nothing can be stopped"
                         : fmt::format("gdb cannot be started: {}", std::strerror(errno)));
}

// What runs under gdb.
void run_to_operation(const std::string& file, std::size_t step, std::uint64_t operation)
{
    Scenario scenario = load_scenario(file);
    if (step >= scenario.steps.size()) {
        throw InputError(Place{file}, "has no such step");
    }
    take_cut(scenario.steps[step]);
    ScenarioMachine machine(std::move(scenario));
    RunText text(machine, std::cout);
    StopsBeforeOperation stops(text, machine.scenario().steps[step], operation);
    run_scenario(machine, &stops, step + 1);
}

}  // namespace

void GdbOptions::add_to(CLI::App& command, bool is_replay)
{
    command
        .add_option("--gdb-before-op", before_op_,
                    "stop in gdb where the bootloader issues this operation (from 0) of the "
                    "last boot with a power cut, or of the last boot")
        ->check(CLI::Validator(
            [](std::string& text) {
                return text.find_first_not_of("0123456789") == std::string::npos
                           ? std::string()
                           : "must be the number of an operation, not " + text;
            },
            "NUMBER"));
    command.add_option("--gdb-boot", boot_, "of this boot (from 1), for --gdb-before-op");
    if (is_replay) {
        command.add_flag("--gdb", before_cut_, "stop in gdb right before the last power cut");
        command.add_option("--stop-before", stop_)->expected(2)->group("");
    }
}

bool GdbOptions::act(const std::vector<std::string>& files) const
{
    if (stop_.size() == 2) {
        run_to_operation(files.front(), stop_[0], stop_[1]);
        return true;
    }
    if (boot_ && !before_op_) {
        throw InputError("--gdb-boot belongs to --gdb-before-op");
    }
    if (!before_cut_ && !before_op_) {
        return false;
    }
    if (files.size() != 1) {
        throw InputError("gdb stops in one scenario: give one file");
    }
    become_gdb(files.front(), find_stop(files.front(), before_op_, boot_));
}

}  // namespace brownout::sim::cli
