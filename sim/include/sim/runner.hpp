// Runs the steps of a scenario one after the other and compares what happens with what is expected.
#pragma once

#include <sim/scenario_machine.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

// A stretch of one boot, for people: "move 6 sectors up", with its share of the time.
struct RunPhase {
    std::string name;
    models::Duration duration{};
    std::uint32_t erases = 0;
    models::Duration erase_time{};
    std::uint64_t bytes_written = 0;
    models::Duration write_time{};
};

// A slot as a device lists it.
struct SmpSlot {
    std::uint32_t image_index = 0;
    std::uint32_t slot = 0;
    std::string version;
    std::string image;  // of the scenario, by its hash; empty: none of them
    std::vector<std::string> flags;
};

// What became of a request of a management client.
struct SmpResult {
    const SmpRequest* request = nullptr;
    bool answered = false;
    SmpAnswer answer = SmpAnswer::kOk;
    models::Duration start{};
    models::Duration end{};
    models::Duration longest{};            // that the client waited for an answer
    std::uint32_t requests = 0;            // answered; an upload has one per chunk
    bool resumed = false;                  // upload: the server named another offset to begin with
    std::uint32_t first_offset_bytes = 0;  // upload: first byte that counted
    std::uint32_t next_offset_bytes = 0;   // upload: where it ended
    std::vector<SmpSlot> slots;            // list
};

// What a step did to one flash device.
struct DeviceUse {
    std::uint64_t erases = 0;  // sectors or blocks, as the device erases them
    std::uint64_t erased_bytes = 0;
    std::uint64_t programs = 0;  // words or pages
    std::uint64_t programmed_bytes = 0;
};

struct StepResult {
    const Step* step = nullptr;
    RunReport report;                   // of all that runs firmware
    std::vector<Call> calls;            // of the same
    std::vector<DeviceUse> use;         // by device, in board order; empty: nothing ran
    std::vector<RunPhase> phases;       // of a reset
    models::Duration start{};           // device time at which the step began
    std::vector<SmpResult> smp;         // of a management session: one per request sent
    std::vector<std::string> failures;  // what was not as expected, with its place
};

struct ScenarioResult {
    std::vector<StepResult> steps;
    MachineState state;  // after the last step
    bool holds = true;   // no expectation failed
    bool drawn = false;  // something was drawn: another seed may be another run
};

// Told of every step, in order.
class RunListener {
public:
    virtual ~RunListener() = default;
    // Before it: `state` is what it finds, `now` the device time.
    virtual void begins(const Step& step, const MachineState& state, models::Duration now);
    // Told of every call and operation of the runs, if there is one. Not owned.
    virtual RunObserver* observer() { return nullptr; }
    virtual void finished(const StepResult& step, const MachineState& state) = 0;
};

class WaveRecorder;

// InputError if a cut of the scenario never fires. `listener` and `waves` may be nullptr. Runs the
// first `step_count` steps. `seed` takes the place of all seeds of the scenario and its board.
ScenarioResult run_scenario(ScenarioMachine& machine, RunListener* listener,
                            std::size_t step_count = SIZE_MAX, WaveRecorder* waves = nullptr,
                            std::optional<std::uint64_t> seed = {});

// "call 13  W mcuboot_primary sector 0 (0x0000C000)  1024 bytes"
std::string call_text(const BoardPlan& board, const Call& call);

// What the steps of one kind did to the device, together.
DeviceUse use_by(const ScenarioResult& result, StepKind kind, std::size_t device);

// "v2 from mcuboot_primary", or the words for how else a run ended.
std::string outcome_text(const ScenarioMachine& machine, const MachineState& state,
                         const Outcome& outcome);

}  // namespace brownout::sim
