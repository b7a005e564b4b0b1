// The exploration of a reference case against brute force, and against published figures.
#include "conform/case_machine.hpp"
#include "reference_set_probe.hpp"

#include <sim/case_exploration.hpp>
#include <sim/data_paths.hpp>

#include <algorithm>
#include <set>

namespace brownout::sim {
namespace {

const std::atomic<bool> kRunOn{false};

CaseExploration explored(const std::string& strategy, const std::string& id,
                         std::optional<std::uint32_t> step = {}, const ExploreLimits& limits = {})
{
    return explore_case({kConformanceFolder / "cases" / (strategy + ".json.gz"), id, step, limits},
                        {}, kRunOn);
}

// Contents of all flash at reset, whole, found by cutting the power for real at one call after the
// other, in boots from each content found.
class RealCuts {
public:
    RealCuts(const ReferenceCase& reference, std::uint32_t step)
        : loader_(Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), conform_placement())),
          application_(
              Firmware::load(builtin_firmware(BOOT_FIRMWARE_APPLICATION), conform_placement())),
          images_(kConformanceFolder),
          machine_(board_of(reference), setup_of(reference, images_.keys_folder()), *loader_,
                   application_.get())
    {
        MachineState start = initial_state_of(reference, machine_, images_);
        for (std::uint32_t i = 0; i < step; ++i) {
            const auto& action = reference.steps[i].action;
            if (const auto* command = std::get_if<CommandStep>(&action)) {
                machine_.command(start, command->command);
            } else {
                machine_.boot(start);
            }
        }
        visit(start);
    }

    std::set<std::vector<std::uint8_t>> contents;
    std::uint64_t cuts = 0;

private:
    void visit(const MachineState& start)
    {
        std::vector<std::uint8_t> all;
        for (const models::FlashArray& device : start.devices) {
            std::vector<std::uint8_t> bytes(device.geometry().size_bytes);
            device.read(0, bytes);
            all.insert(all.end(), bytes.begin(), bytes.end());
        }
        if (!contents.insert(std::move(all)).second) {
            return;
        }
        MachineState whole = start;
        const std::uint32_t calls = machine_.boot(whole).calls;
        visit(whole);
        for (std::uint32_t call = 0; call < calls; ++call) {
            MachineState cut = start;
            RunOptions options;
            options.cut = PowerCut{PowerCut::At::kCall, call, {}};
            ++cuts;
            machine_.boot(cut, options);
            visit(cut);
        }
    }

    std::unique_ptr<Firmware> loader_;
    std::unique_ptr<Firmware> application_;
    ImageStore images_;
    Machine machine_;
};

TEST(CaseExploration, FindsExactlyTheContentsThatRealCutsLeave)
{
    const std::pair<const char*, const char*> cases[] = {{"swap-move", "move-tiny-test"},
                                                         {"swap-scratch", "scratch-tiny-test"},
                                                         {"overwrite-only", "over-tiny"},
                                                         {"direct-xip-revert", "xiprev-tiny"}};
    for (const auto& [strategy, id] : cases) {
        SCOPED_TRACE(id);
        const CaseExploration exploration = explored(strategy, id);
        const RealCuts real(read_case(recorded_case(strategy, id).dump(), "case.json"),
                            exploration.step);
        EXPECT_TRUE(exploration.closed);
        EXPECT_EQ(exploration.states, real.contents.size());
        EXPECT_EQ(exploration.boots, exploration.states);
        EXPECT_EQ(exploration.cuts, real.cuts);
        EXPECT_EQ(exploration.edges, exploration.cuts + exploration.boots);
    }
}

TEST(CaseExploration, StartsAtTheBootStepThatIsAskedFor)
{
    const CaseExploration first = explored("swap-move", "move-tiny-test");
    const CaseExploration later = explored("swap-move", "move-tiny-test", 3);
    EXPECT_EQ(first.step, 1u);
    EXPECT_EQ(later.step, 3u);
    EXPECT_LT(later.states, first.states);
    EXPECT_NE(complaint([] {
                  explored("swap-move", "move-tiny-test", 0);
              }).find("step 0 is not a boot; steps that are: 1, 3"),
              std::string::npos);
    EXPECT_NE(complaint([] { explored("swap-move", ""); }).find("name one with --case-id"),
              std::string::npos);
}

TEST(CaseExploration, WithABudgetIsNotClosed)
{
    ExploreLimits limits;
    limits.states = 5;
    const CaseExploration exploration = explored("swap-move", "move-tiny-test", {}, limits);
    EXPECT_FALSE(exploration.closed);
    EXPECT_EQ(exploration.stopped_by, "budget of 5 states reached");
    EXPECT_GT(exploration.waiting, 0u);
}

}  // namespace
}  // namespace brownout::sim
