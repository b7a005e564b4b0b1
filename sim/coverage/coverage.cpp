#include "decision_watcher.hpp"

#include <sim/runner.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr DecisionTable kTables[] = {DecisionTable::kSwapType,      DecisionTable::kInterruptedSwap,
                                     DecisionTable::kStatusEntries, DecisionTable::kFinalFlags,
                                     DecisionTable::kSlotChoice,    DecisionTable::kApplication};

// The application call that `node` offers after its boot: nothing, or the row that it meets.
class ApplicationRows {
public:
    ApplicationRows(ScenarioMachine& machine, Coverage& coverage)
        : machine_(machine), coverage_(coverage), strategy_(machine.scenario().boot.strategy)
    {
    }

    void request(const MachineState& state, const RequestUpgradeStep& step)
    {
        const AreaPlan* slot = machine_.machine().area(FLASH_SECONDARY, step.image_index);
        count(request_row(SlotTrailer(machine_.machine(), slot).marks(state), step.permanent));
    }

    void confirm(const MachineState& state, const ConfirmStep& step, const Outcome& boot)
    {
        const app_command command = command_of(step, strategy_, boot);
        const Machine& machine = machine_.machine();
        const AreaPlan* slot = machine.area(FLASH_PRIMARY, step.image_index);
        for (const AreaPlan& area : machine.board().areas) {
            if (command.kind == APP_SET_NEXT && area.id == command.area_id) {
                slot = &area;
            }
        }
        count(confirm_row(SlotTrailer(machine, slot).marks(state)));
    }

    // Those of the scenario's own steps.
    void add_steps()
    {
        const std::vector<Step>& steps = machine_.scenario().steps;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (steps[i].kind() == StepKind::kRequestUpgrade) {
                request(run_scenario(machine_, nullptr, i).state,
                        std::get<RequestUpgradeStep>(steps[i].action));
            } else if (steps[i].kind() == StepKind::kConfirm) {
                const ScenarioResult before = run_scenario(machine_, nullptr, i);
                confirm(before.state, std::get<ConfirmStep>(steps[i].action), last_boot(before));
            }
        }
    }

private:
    static Outcome last_boot(const ScenarioResult& result)
    {
        const auto boot =
            std::find_if(result.steps.rbegin(), result.steps.rend(), [](const StepResult& step) {
                return step.step->kind() == StepKind::kReset;
            });
        return boot != result.steps.rend() ? boot->report.outcome : Outcome{};
    }

    void count(std::size_t row) { coverage_.count(strategy_, DecisionTable::kApplication, row); }

    ScenarioMachine& machine_;
    Coverage& coverage_;
    boot_strategy strategy_;
};

}  // namespace

void Coverage::add(ScenarioMachine& machine, const Graph& graph)
{
    const boot_strategy strategy = machine.scenario().boot.strategy;
    ApplicationRows application(machine, *this);
    application.add_steps();
    for (const Node& node : graph.nodes) {
        if (!node.expanded) {
            continue;
        }
        ++states_[strategy];
        MachineState state = node.state;
        DecisionWatcher watcher(machine, state, *this);
        RunOptions options;
        options.observer = &watcher;
        const RunReport report = machine.machine().boot(state, options);
        watcher.finish(report.outcome);
        const bool booted = report.outcome.kind == OutcomeKind::kHandedOver;
        const bool is_new = booted && node.facts.image == node.story.new_image;
        if (is_new && graph.offers_confirm && !node.story.confirmed) {
            application.confirm(state, ConfirmStep{}, report.outcome);
        } else if (booted && !is_new && graph.offers_request && !node.story.requested) {
            RequestUpgradeStep request;
            request.permanent = node.story.permanent;
            application.request(state, request);
        }
    }
}

void Coverage::count(boot_strategy strategy, DecisionTable table, std::size_t row)
{
    ++rows_[{strategy, table, row}];
}

void Coverage::count_resumed(boot_strategy strategy, const StatusPosition& position)
{
    ++resumed_[{strategy, position}];
}

void Coverage::count_written(boot_strategy strategy, const StatusPosition& position)
{
    ++written_[{strategy, position}];
}

// Every entry up to the highest one that was written is to be resumed from.
CoverageTable Coverage::status_table(boot_strategy strategy) const
{
    CoverageTable table{strategy, DecisionTable::kStatusEntries, {}, {}};
    const auto add = [&](const StatusPosition& position) {
        const auto found = resumed_.find({strategy, position});
        table.rows.push_back({status_position_name(strategy, position),
                              found != resumed_.end() ? found->second : 0,
                              {}});
    };
    for (const bool in_scratch : {false, true}) {
        for (const bool swapping : {false, true}) {
            std::uint32_t highest = 0;
            for (const auto& [key, count] : written_) {
                const StatusPosition& position = key.second;
                if (key.first == strategy && position.in_scratch == in_scratch &&
                    position.swapping == swapping) {
                    highest = std::max(highest, position.ordinal);
                }
            }
            for (std::uint32_t ordinal = swapping ? 1 : 0; ordinal <= highest; ++ordinal) {
                if (ordinal > 0 || !in_scratch || strategy == BOOT_SWAP_SCRATCH) {
                    add({in_scratch, swapping, ordinal});
                }
            }
        }
    }
    return table;
}

std::vector<CoverageTable> Coverage::tables() const
{
    std::vector<CoverageTable> tables;
    for (const auto& [strategy, states] : states_) {
        for (const DecisionTable kind : kTables) {
            CoverageTable table{strategy, kind, {}, {}};
            if (kind == DecisionTable::kStatusEntries && strategy <= BOOT_SWAP_SCRATCH) {
                table = status_table(strategy);
            }
            std::size_t index = 0;
            for (const DecisionRow& row : decision_rows(strategy, kind)) {
                const auto found = rows_.find({strategy, kind, index++});
                table.rows.push_back({std::string(row.name),
                                      found != rows_.end() ? found->second : 0,
                                      std::string(row.unreachable_because)});
            }
            table.name = table_name(kind);
            if (!table.rows.empty()) {
                tables.push_back(std::move(table));
            }
        }
    }
    return tables;
}

}  // namespace brownout::sim
