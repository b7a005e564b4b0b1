#include "exploration_root.hpp"

#include "image_rules.hpp"

#include <sim/runner.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// Does an image get into a slot in this step?
bool brings_image(const Step& step)
{
    const auto* const session = std::get_if<SmpStep>(&step.action);
    return step.kind() == StepKind::kUpload ||
           (session != nullptr &&
            std::any_of(session->requests.begin(), session->requests.end(),
                        [](const auto& request) { return request.kind() == SmpKind::kUpload; }));
}

// Whether the upgrade that a step asks for is for good; nullopt: it asks for none.
std::optional<bool> requested_permanence(const Step& step)
{
    if (const auto* const request = std::get_if<RequestUpgradeStep>(&step.action)) {
        return request->permanent;
    }
    if (const auto* const upload = std::get_if<UploadStep>(&step.action);
        upload != nullptr && upload->application.then_request != UpgradeRequest::kNone) {
        return upload->application.then_request == UpgradeRequest::kPermanent;
    }
    if (const auto* const session = std::get_if<SmpStep>(&step.action)) {
        for (const SmpRequest& request : session->requests) {
            const auto* const confirm = std::get_if<SmpConfirm>(&request.action);
            if (confirm != nullptr && !confirm->image.empty()) {
                return true;
            }
            if (request.kind() == SmpKind::kTest) {
                return false;
            }
        }
    }
    return std::nullopt;
}

bool is_during(const ExploreOptions& options, const Step& step)
{
    return std::find(options.during.begin(), options.during.end(), step.kind()) !=
           options.during.end();
}

// An image for the network core is nothing that a bootloader starts.
std::int16_t known_in(const ScenarioMachine& machine, const MachineState& state, flash_role role)
{
    const AreaPlan* area = machine.machine().area(role, 0);
    if (area == nullptr) {
        return kUnknownImageBooted;
    }
    const auto image = machine.image_in(state, *area);
    const bool usable = image && machine.images()[*image].authentic &&
                        !machine.is_for_network_core(machine.images()[*image]);
    return usable ? static_cast<std::int16_t>(*image) : std::int16_t{kUnknownImageBooted};
}

MachineState run_before(ScenarioMachine& machine, std::size_t steps)
{
    ScenarioResult setup = run_scenario(machine, nullptr, steps);
    for (const StepResult& step : setup.steps) {
        if (!step.failures.empty()) {
            throw InputError(step.failures.front() +
                             ": an expectation before the explored steps does not hold");
        }
    }
    setup.state.lose_power();  // as every state at reset
    return std::move(setup.state);
}

}  // namespace

Graph exploration_root(ScenarioMachine& machine, const ExploreOptions& options)
{
    const std::vector<Step>& steps = machine.scenario().steps;
    const auto explored = [&](const Step& step) { return is_during(options, step); };
    const auto last_upload = std::find_if(steps.rbegin(), steps.rend(), brings_image).base();
    const auto first = std::find_if(last_upload, steps.end(), explored);
    if (first == steps.end()) {
        throw InputError(options.place.line > 0 ? options.place
                                                : Place{machine.scenario().path, 0, 0},
                         "there is nothing to explore: no step after the last upload is of a "
                         "kind named in explore.during (default: reset)");
    }
    Graph graph;
    graph.first_step = static_cast<std::size_t>(first - steps.begin());
    const auto offers = [&](StepKind kind) {
        return std::any_of(first, steps.end(),
                           [&](const Step& step) { return step.kind() == kind && explored(step); });
    };
    graph.offers_request = offers(StepKind::kRequestUpgrade);
    graph.offers_confirm = offers(StepKind::kConfirm);
    Node root;
    root.story.permanent = !can_revert(machine);
    // A session may ask for the upgrade in the step that brings the image.
    for (auto step = last_upload - (last_upload == steps.begin() ? 0 : 1); step != steps.end();
         ++step) {
        if (const auto permanent = requested_permanence(*step)) {
            root.story.permanent = root.story.permanent || *permanent;
            root.story.requested = step < first;
            break;
        }
    }
    root.state = run_before(machine, graph.first_step);
    root.story.old_image = known_in(machine, root.state, FLASH_PRIMARY);
    root.story.new_image = known_in(machine, root.state, FLASH_SECONDARY);
    root.story.refused =
        must_be_refused(machine, root.state, root.story.old_image, root.story.new_image);
    graph.nodes.push_back(std::move(root));
    return graph;
}

}  // namespace brownout::sim
