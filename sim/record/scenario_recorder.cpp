// From the steps of a scenario to a recording.
#include "run_recording.hpp"

#include <sim/report.hpp>
#include <sim/scenario_names.hpp>

#include <models/assert.hpp>

namespace brownout::sim {

struct ScenarioRecorder::Impl {
    explicit Impl(ScenarioMachine& scenario_machine, RunListener* listener)
        : machine(scenario_machine), next(listener), cells(machine.machine().board()),
          reader(machine, cells), runs(machine, cells, reader, recording, map)
    {
        const Scenario& scenario = machine.scenario();
        recording.scenario = scenario.name;
        recording.file = scenario.path.string();
        recording.board = scenario.board.name;
        recording.soc = machine.machine().board().soc;
        recording.strategy = name_of(strategy_names(), scenario.boot.strategy);
        recording.core = machine.core().name;
        recording.release = machine.core().release;
        recording.cores = {"application core"};
        if (machine.machine().board().network) {
            recording.cores.push_back("network core");
        }
        add_devices();
        add_areas();
    }

    void add_devices()
    {
        for (const DevicePlan& plan : machine.machine().board().devices) {
            RecordedDevice device;
            device.name = plan.name;
            device.part = plan.external ? plan.external->part : "";
            device.controller = plan.controller;
            device.sectors = plan.sectors;
            device.size_bytes = plan.size_bytes();
            device.write_unit_bytes = plan.write_unit_bytes;
            device.erased_value = plan.erased_value;
            device.erase_cycles_max = plan.erase_cycles_max;
            recording.devices.push_back(std::move(device));
        }
    }

    void add_areas()
    {
        for (const AreaPlan& plan : machine.machine().board().areas) {
            RecordedArea area;
            area.name = plan.name;
            area.role = plan.role;
            area.image_index = plan.image_index;
            area.device = plan.device;
            area.offset_bytes = plan.offset_bytes;
            area.size_bytes = plan.size_bytes;
            const SectorRange range =
                cells.sectors_of(plan.device, plan.offset_bytes, plan.size_bytes);
            area.first_sector = range.first;
            for (std::uint32_t i = range.first; i < range.end; ++i) {
                area.sector_bytes.push_back(cells.sector_bytes(plan.device, i));
            }
            area.trailer_offset_bytes = reader.trailer_offset(plan);
            recording.areas.push_back(std::move(area));
        }
    }

    void begin_once(const MachineState& state)
    {
        if (!has_begun) {
            has_begun = true;
            runs.begin(state);
        }
    }

    std::uint32_t area_index(const std::string& name) const
    {
        std::uint32_t index = 0;
        while (recording.areas.at(index).name != name) {
            ++index;
        }
        return index;
    }

    // Why a boot starts: what ended the run before it.
    std::string reset_reason() const
    {
        for (std::size_t i = recording.runs.size(); i-- > 0;) {
            const RecordedRun& before = recording.runs[i];
            if (before.cut) {
                return before.cut->kind == models::ResetKind::kPowerOn ? "after a power cut"
                                                                       : "after an MCU reset";
            }
            if (before.kind != RecordedRunKind::kProgrammer) {
                return "reset";
            }
        }
        return "power-on";
    }

    ScenarioMachine& machine;
    RunListener* next;
    Recording recording;
    CellMap map;
    LogicalCells cells;
    SectorReader reader;
    RunRecording runs;
    bool has_begun = false;
    bool in_run = false;
};

ScenarioRecorder::ScenarioRecorder(ScenarioMachine& machine, RunListener* next)
    : impl_(std::make_unique<Impl>(machine, next))
{
}

ScenarioRecorder::~ScenarioRecorder() = default;

void ScenarioRecorder::begins(const Step& step, const MachineState& state, models::Duration now)
{
    impl_->begin_once(state);
    RecordedStep recorded;
    recorded.words = step_words(impl_->machine, step);
    recorded.kind = step.kind();
    recorded.start = now;
    recorded.runs_before = static_cast<std::uint32_t>(impl_->recording.runs.size());
    const auto* upload = std::get_if<UploadStep>(&step.action);
    const bool direct = upload != nullptr && upload->via == UploadVia::kDirect;
    impl_->in_run = step.kind() != StepKind::kExpect && !direct;
    if (step.kind() != StepKind::kExpect) {
        recorded.run = recorded.runs_before;
    }
    if (impl_->in_run) {
        const bool is_boot = step.kind() == StepKind::kReset;
        impl_->runs.run_begins(is_boot ? RecordedRunKind::kBoot : RecordedRunKind::kCommand,
                               is_boot ? impl_->reset_reason() : recorded.words, state, now);
        impl_->recording.runs.back().step =
            static_cast<std::uint32_t>(impl_->recording.steps.size());
    }
    impl_->recording.steps.push_back(std::move(recorded));
    if (impl_->next != nullptr) {
        impl_->next->begins(step, state, now);
    }
}

RunObserver* ScenarioRecorder::observer()
{
    return &impl_->runs;
}

void ScenarioRecorder::finished(const StepResult& result, const MachineState& state)
{
    Recording& recording = impl_->recording;
    const Step& step = *result.step;
    recording.steps.back().failures = result.failures;
    recording.holds = recording.holds && result.failures.empty();
    if (impl_->in_run) {
        const StepCut* const cut = step.cut();
        impl_->runs.run_ended(result.report, state, cut != nullptr ? &cut->where : nullptr);
        recording.runs.back().phases = result.phases;
    } else if (const auto* upload = std::get_if<UploadStep>(&step.action)) {
        impl_->runs.stored(impl_->area_index(upload->partition),
                           impl_->machine.image(upload->image).bytes.size(), state, result.start);
        recording.runs.back().step = static_cast<std::uint32_t>(recording.steps.size()) - 1;
    }
    impl_->in_run = false;
    if (impl_->next != nullptr) {
        impl_->next->finished(result, state);
    }
}

void ScenarioRecorder::boot_begins(std::string reason, const MachineState& state,
                                   models::Duration start)
{
    impl_->begin_once(state);
    impl_->runs.run_begins(RecordedRunKind::kBoot, std::move(reason), state, start);
}

void ScenarioRecorder::boot_finished(const RunReport& report, const MachineState& state)
{
    impl_->runs.run_ended(report, state, nullptr);
}

const Recording& ScenarioRecorder::recording() const
{
    return impl_->recording;
}

Recording ScenarioRecorder::take()
{
    return std::move(impl_->recording);
}

Recording record_scenario(ScenarioMachine& machine)
{
    ScenarioRecorder recorder(machine);
    run_scenario(machine, &recorder);
    return recorder.take();
}

}  // namespace brownout::sim
