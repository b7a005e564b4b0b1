// What must hold of a network core that boots beside the application core.
#include "check_rules.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

#include <tuple>

namespace brownout::sim {

namespace {

bool is_newer(const KnownImage& image, const KnownImage& other)
{
    const boot_version& a = image.info.version;
    const boot_version& b = other.info.version;
    return std::tie(a.major, a.minor, a.revision) > std::tie(b.major, b.minor, b.revision);
}

class RunsWhole final : public Check {
public:
    std::string_view name() const override { return "network-core-runs-a-whole-image"; }

    std::string_view verifies() const override
    {
        return "Whenever the application runs, the network core runs, byte for byte, one of the "
               "scenario's images. Its bootloader checks nothing when it starts one.";
    }

    std::string_view does_not_verify() const override
    {
        return "Boots that start no application: nobody releases the network core then.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.outcome != OutcomeKind::kHandedOver || node.facts.network_image >= 0) {
            return std::nullopt;
        }
        return "the network core " + node.facts.network_text;
    }

    ExpectStep expectation(const Graph&, const Node&, const ScenarioMachine&) const override
    {
        ExpectStep expect;
        expect.network_core = Expected{"runs ", {}};
        return expect;
    }
};

class RunMatching final : public Check {
public:
    explicit RunMatching(const ScenarioMachine* machine) : machine_(machine) {}
    static constexpr std::string_view kName = "cores-run-the-same-version";
    std::string_view name() const override { return kName; }

    std::string_view verifies() const override
    {
        return "Whenever the application runs, the network core runs an image of its version: both "
               "old or both new.";
    }

    std::string_view does_not_verify() const override
    {
        return "Updates of one core alone; images that are none of the scenario's.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.image < 0 || node.facts.network_image < 0) {
            return std::nullopt;
        }
        const KnownImage& application = at(node.facts.image);
        const KnownImage& network = at(node.facts.network_image);
        if (to_string(application.info.version) == to_string(network.info.version)) {
            return std::nullopt;
        }
        return fmt::format("{} ({}) runs with {} ({}) on the network core", application.name,
                           to_string(application.info.version), network.name,
                           to_string(network.info.version));
    }

    ExpectStep expectation(const Graph&, const Node& node,
                           const ScenarioMachine& machine) const override
    {
        BROWNOUT_ASSERT(node.facts.image >= 0);  // judge() asks for it
        ExpectStep expect;
        const std::string version = to_string(at(node.facts.image).info.version);
        for (const KnownImage& image : machine.images()) {
            if (machine.is_for_network_core(image) && to_string(image.info.version) == version) {
                expect.network_core = Expected{"runs " + image.name, {}};
            }
        }
        return expect;
    }

private:
    const KnownImage& at(std::int32_t image) const
    {
        return machine_->images()[static_cast<std::size_t>(image)];
    }

    const ScenarioMachine* machine_;  // nullptr: to be listed only
};

class UpdateReachesNetworkCore final : public Check {
public:
    explicit UpdateReachesNetworkCore(const ScenarioMachine* machine)
        : machine_(machine), wanted_(machine != nullptr ? newest() : -1)
    {
    }
    std::string_view name() const override { return "requested-network-update-completes"; }

    std::string_view verifies() const override
    {
        return "Once all requests are complete, the first boot that is not cut leaves the network "
               "core running the newest network image of the scenario.";
    }

    std::string_view does_not_verify() const override
    {
        return "What a cut between the requests of two images leaves (cores-run-the-same-version "
               "does).";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        const bool applies = node.story.requested && wanted_ >= 0;
        if (!applies || node.facts.outcome != OutcomeKind::kHandedOver ||
            node.facts.network_image == wanted_) {
            return std::nullopt;
        }
        return "the network core " + node.facts.network_text;
    }

    ExpectStep expectation(const Graph&, const Node&, const ScenarioMachine& machine) const override
    {
        ExpectStep expect;
        const KnownImage& image = machine.images()[static_cast<std::size_t>(wanted_)];
        expect.network_core = Expected{"runs " + image.name, {}};
        return expect;
    }

private:
    std::int32_t newest() const
    {
        std::int32_t found = -1;
        for (std::size_t i = 0; i < machine_->images().size(); ++i) {
            const KnownImage& image = machine_->images()[i];
            if (machine_->is_for_network_core(image) && image.authentic &&
                (found < 0 ||
                 is_newer(image, machine_->images()[static_cast<std::size_t>(found)]))) {
                found = static_cast<std::int32_t>(i);
            }
        }
        return found;
    }

    const ScenarioMachine* machine_;  // nullptr: to be listed only
    std::int32_t wanted_;
};

// Of an update that goes back nothing is wanted but that it does not.
class NeverGoesBack final : public Check {
public:
    explicit NeverGoesBack(const ScenarioMachine* machine) : machine_(machine) {}
    static constexpr std::string_view kName = "network-core-does-not-go-back";
    std::string_view name() const override { return kName; }

    std::string_view verifies() const override
    {
        return "With 'boot: {downgrade: by-version}', the network core never runs an image older "
               "than the one that it had at the start.";
    }

    std::string_view does_not_verify() const override
    {
        return "Images that are none of the scenario's. The bootloader compares firmware_version, "
               "this check the version of the image.";
    }

    std::optional<std::string> judge(const Graph& graph, const Node& node) const override
    {
        const auto floor = machine_->network_image(graph.nodes.front().state);
        if (!floor || node.facts.network_image < 0) {
            return std::nullopt;
        }
        const KnownImage& first = machine_->images()[*floor];
        const KnownImage& now =
            machine_->images()[static_cast<std::size_t>(node.facts.network_image)];
        if (!is_newer(first, now)) {
            return std::nullopt;
        }
        return fmt::format("the network core went back to {} ({}) from {} ({})", now.name,
                           to_string(now.info.version), first.name, to_string(first.info.version));
    }

    ExpectStep expectation(const Graph& graph, const Node&,
                           const ScenarioMachine& machine) const override
    {
        ExpectStep expect;
        if (const auto floor = machine.network_image(graph.nodes.front().state)) {
            expect.network_core = Expected{"runs " + machine.images()[*floor].name, {}};
        }
        return expect;
    }

private:
    const ScenarioMachine* machine_;  // nullptr: to be listed only
};

}  // namespace

std::vector<std::unique_ptr<Check>> network_checks(const ScenarioMachine* machine)
{
    std::vector<std::unique_ptr<Check>> checks;
    checks.push_back(std::make_unique<RunsWhole>());
    checks.push_back(std::make_unique<UpdateReachesNetworkCore>(machine));
    checks.push_back(std::make_unique<RunMatching>(machine));
    checks.push_back(std::make_unique<NeverGoesBack>(machine));
    return checks;
}

void add_network_checks(const ScenarioMachine& machine, std::vector<std::unique_ptr<Check>>& checks)
{
    const std::optional<NetcoreOptions>& netcore = machine.scenario().netcore;
    if (!netcore) {
        return;
    }
    const bool prevents = machine.scenario().boot.downgrade == BOOT_DOWNGRADE_BY_VERSION;
    for (auto& check : network_checks(&machine)) {
        const bool matches = check->name() == RunMatching::kName;
        const bool goes_back = check->name() == NeverGoesBack::kName;
        if ((!matches || netcore->flavour == NETCORE_SIMULTANEOUS) && (!goes_back || prevents)) {
            checks.push_back(std::move(check));
        }
    }
}

}  // namespace brownout::sim
