#include "app_actions.hpp"

#include "image_rules.hpp"

#include "scenario/image_place.hpp"

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

AppAction confirm_action(const Story& story)
{
    AppAction action;
    action.label.run = RunKind::kConfirm;
    action.after = story;
    action.after.confirmed = true;
    action.after.confirming = false;
    return action;
}

AppAction request_of_app(const ScenarioMachine& machine, const Story& story, bool permanent)
{
    AppAction action;
    action.label.run = RunKind::kRequest;
    action.label.permanent = permanent;
    action.after = story;
    action.after.requested = true;
    action.after.ran_new = false;
    action.after.confirming = false;
    action.after.permanent = permanent || !can_revert(machine);
    return action;
}

AppAction upload_action(const ScenarioMachine& machine, const MachineState& state,
                        std::int32_t running, std::int16_t image)
{
    AppAction action;
    action.label.run = RunKind::kUpload;
    action.label.image = image;
    action.after.permanent = !can_revert(machine);
    action.after.old_image = static_cast<std::int16_t>(running);
    action.after.new_image = image;
    action.after.refused = must_be_refused(machine, state, action.after.old_image, image);
    return action;
}

// Steps that were run before the explored ones.
std::size_t requests_before(const ScenarioMachine& machine, const Graph& graph)
{
    const std::vector<Step>& steps = machine.scenario().steps;
    const auto explored = steps.begin() + static_cast<std::ptrdiff_t>(graph.first_step);
    return static_cast<std::size_t>(std::count_if(steps.begin(), explored, [](const Step& step) {
        return step.kind() == StepKind::kRequestUpgrade;
    }));
}

std::int16_t index_of_image(const ScenarioMachine& machine, const std::string& name)
{
    const auto& images = machine.images();
    const auto found = std::find_if(images.begin(), images.end(),
                                    [&](const KnownImage& image) { return image.name == name; });
    BROWNOUT_ASSERT(found != images.end());  // the loader checked it
    return static_cast<std::int16_t>(found - images.begin());
}

bool secondary_holds(const ScenarioMachine& machine, const MachineState& state, std::int32_t image)
{
    const AreaPlan* const slot = machine.machine().area(FLASH_SECONDARY, 0);
    const auto held = slot != nullptr ? machine.image_in(state, *slot) : std::nullopt;
    return held && static_cast<std::int32_t>(*held) == image;
}

void add_app_choices(std::vector<AppAction>& actions, const ScenarioMachine& machine,
                     const BootFacts& boot, const Story& story, const MachineState& state)
{
    const AppMachine& app = *machine.scenario().app;
    const bool runs_new = boot.image == story.new_image;
    const bool runs_old = boot.image == story.old_image && !runs_new;
    const bool waits = story.requested && !story.ran_new && !story.refused;
    const bool settled = story.confirmed || (story.permanent && story.ran_new);
    if (runs_new && story.ran_new && app.confirms && !settled) {
        actions.push_back(confirm_action(story));
    }
    if (runs_old && !waits && secondary_holds(machine, state, story.new_image)) {
        for (const bool permanent : app.requests) {
            actions.push_back(request_of_app(machine, story, permanent));
        }
    }
    if ((runs_old && !waits) || (runs_new && settled)) {
        for (const Expected& upload : app.uploads) {
            const std::int16_t image = index_of_image(machine, upload.text);
            if (image != boot.image) {
                actions.push_back(upload_action(machine, state, boot.image, image));
            }
        }
    }
}

}  // namespace

std::vector<AppAction> app_actions(const ScenarioMachine& machine, const Graph& graph,
                                   const BootFacts& boot, const Story& story,
                                   const MachineState& state)
{
    std::vector<AppAction> actions;
    if (boot.image < 0) {
        return actions;
    }
    if (machine.scenario().app) {
        add_app_choices(actions, machine, boot, story, state);
    } else if (boot.image == story.new_image && graph.offers_confirm && !story.confirmed) {
        actions.push_back(confirm_action(story));
    } else if (boot.image == story.old_image && graph.offers_request && !story.requested) {
        AppAction request = request_of_app(machine, story, story.permanent);
        request.after.ran_new = story.ran_new;
        request.label.image = static_cast<std::int16_t>(requests_before(machine, graph));
        actions.push_back(request);
    }
    return actions;
}

RunReport run_action(ScenarioMachine& machine, const EdgeLabel& label, const Outcome& booted,
                     MachineState& state, RunOptions options)
{
    options.reset = models::ResetKind::kSystemReset;
    if (label.run != RunKind::kUpload) {
        const app_command command =
            label.run == RunKind::kConfirm
                ? command_of(ConfirmStep{}, machine.scenario().boot.strategy, booted)
                : command_of(request_step(machine, label));
        return machine.machine().command(state, command, options);
    }
    const UploadStep upload = upload_step(machine, label.image);
    const models::IncomingBytes incoming = incoming_bytes(machine, upload);
    options.incoming = &incoming;
    return machine.machine().command(state, command_of(machine, upload), options);
}

UploadStep upload_step(const ScenarioMachine& machine, std::int16_t image)
{
    const Scenario& scenario = machine.scenario();
    UploadStep step;
    step.image = machine.images()[static_cast<std::size_t>(image)].name;
    const bool by_writer = scenario.boot.strategy != BOOT_SWAP_OFFSET;
    step.via =
        scenario.app->uploads_via.value_or(by_writer ? UploadVia::kFlashImg : UploadVia::kDirect);
    for (const Partition& slot : scenario.partitions) {
        if (slot.role == FLASH_SECONDARY && slot.image_index == 0) {
            step.partition = slot.name;
            const DevicePlan& device = scenario.board.plan.devices[slot.device];
            step.application.block_bytes =
                std::max(step.application.block_bytes, device.write_unit_bytes);
            step.offset_bytes =
                step.via == UploadVia::kDirect ? default_image_offset(scenario, slot) : 0;
        }
    }
    return step;
}

std::vector<RequestUpgradeStep> requests_in_a_row(const Scenario& scenario, std::int16_t first)
{
    std::vector<RequestUpgradeStep> requests;
    std::int16_t number = 0;
    for (const Step& step : scenario.steps) {
        const auto* const request = std::get_if<RequestUpgradeStep>(&step.action);
        if (request != nullptr && number++ >= first) {
            requests.push_back(*request);
            requests.back().cut.reset();
        } else if (step.kind() == StepKind::kReset && !requests.empty()) {
            break;
        }
    }
    return requests;
}

RequestUpgradeStep request_step(const ScenarioMachine& machine, const EdgeLabel& label)
{
    if (label.image >= 0) {
        return requests_in_a_row(machine.scenario(), label.image).at(0);
    }
    RequestUpgradeStep step;
    step.permanent = label.permanent;
    return step;
}

}  // namespace brownout::sim
