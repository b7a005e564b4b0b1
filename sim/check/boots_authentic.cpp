#include "check_rules.hpp"

namespace brownout::sim {

namespace {

class BootsAuthentic final : public Check {
public:
    std::string_view name() const override { return "always-boots-an-authentic-image"; }

    std::string_view verifies() const override
    {
        return "From every state that power cuts can leave, the next boot starts an image whose "
               "hash and signature an independent look (OpenSSL, not the core) finds good.";
    }

    std::string_view does_not_verify() const override
    {
        return "Which of the authentic images it is; that the image works.";
    }

    std::optional<std::string> judge(const Graph&, const Node& node) const override
    {
        if (node.facts.outcome != OutcomeKind::kHandedOver) {
            return "the device does not boot: " + node.facts.text;
        }
        if (!node.facts.authentic) {
            return "an image is started that is not authentic: " + node.facts.text;
        }
        return std::nullopt;
    }

    ExpectStep expectation(const Graph&, const Node&, const ScenarioMachine&) const override
    {
        ExpectStep expect;
        expect.outcome = OutcomeKind::kHandedOver;
        return expect;
    }
};

}  // namespace

std::unique_ptr<Check> make_boots_authentic()
{
    return std::make_unique<BootsAuthentic>();
}

}  // namespace brownout::sim
