#include "inspected_device.hpp"

#include <sim/runner.hpp>

#include <gtest/gtest.h>

#include <random>

namespace brownout::sim {

namespace {

constexpr const char* kRequest = "  - request_upgrade: {type: test}\n";
constexpr const char* kSwap = "  - request_upgrade: {type: test}\n  - reset:\n";

struct Inspected {
    explicit Inspected(const std::string& strategy, const std::string& steps)
        : machine(inspected_device(strategy, steps)), state(run_scenario(machine, nullptr).state)
    {
    }
    std::string text() { return inspection_text(machine, inspect(machine, state), {}); }
    void poke(std::uint64_t offset, std::vector<std::uint8_t> bytes)
    {
        state.devices[0].poke(offset, bytes);
    }
    ScenarioMachine machine;
    MachineState state;
};

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST(Inspect, SaysWhatSlotsHoldAndWhatTheNextTwoBootsDo)
{
    Inspected device("swap-move", kSwap);
    const std::string text = device.text();
    EXPECT_TRUE(contains(text, "0x00000000  2.0.0 (v2), 672 bytes, hash good, not signed")) << text;
    EXPECT_TRUE(contains(text, "0x00001000  1.0.0 (v1), ")) << text;
    EXPECT_TRUE(contains(text, "magic good   swap_info test, image 0   swap_size 1172   "
                               "copy_done set   image_ok unset"))
        << text;
    EXPECT_TRUE(contains(text, "entries 0-2 hold 1; entries 8-13 hold 1 2 1 2 1 2")) << text;
    EXPECT_TRUE(contains(text, "next boot          reverts: the running image was never confirmed"))
        << text;
    EXPECT_TRUE(contains(text, ", then boots 1.0.0 from mcuboot_primary")) << text;
    EXPECT_TRUE(contains(text, "the one after      changes nothing in flash, then boots 1.0.0"))
        << text;
    EXPECT_TRUE(contains(text, "MCUboot 2.4.0")) << text;
}

TEST(Inspect, NamesAnImageThatIsDamaged)
{
    Inspected device("swap-move", kRequest);
    device.poke(0x1100, {0x00, 0x11});
    const std::string text = device.text();
    EXPECT_TRUE(contains(text, "2.0.0, 672 bytes, hash WRONG")) << text;
    EXPECT_TRUE(contains(text, "inconsistent    the hash does not match")) << text;
    EXPECT_TRUE(contains(text, "next boot          refuses the image in the secondary slot and "
                               "erases it"))
        << text;
    EXPECT_TRUE(contains(text, "E: Image in the secondary slot is not valid!")) << text;
}

TEST(Inspect, NamesTornAndImpossibleTrailers)
{
    Inspected torn("swap-move", kSwap);
    torn.poke(0xBF0, {0xFF, 0xFF});
    EXPECT_TRUE(contains(torn.text(), "magic is neither good nor erased"));

    Inspected odd("swap-move", kSwap);
    odd.poke(0xBD8, {0x09});
    odd.poke(0xBD0, {0x00, 0x00, 0x10, 0x00});
    odd.poke(0xBF0 - 0x8, {0x33});
    const std::string text = odd.text();
    EXPECT_TRUE(contains(text, "swap_info 0x09 holds no swap type")) << text;
    EXPECT_TRUE(contains(text, "swap_size 1048576 is larger than the slot")) << text;
    EXPECT_TRUE(contains(text, "image_ok is neither set nor erased")) << text;
}

TEST(Inspect, NamesARevertThatHasNothingToGoBackTo)
{
    Inspected device("swap-move", kSwap);
    device.poke(0x1000, std::vector<std::uint8_t>(0xC00, 0xFF));
    EXPECT_TRUE(contains(device.text(), "there is none to go back to in mcuboot_secondary"));
}

TEST(Inspect, NamesAnUpdateInTheWrongSectorForSwapUsingOffset)
{
    Inspected device("swap-offset", "  - upload: {image: v2, to: mcuboot_secondary, offset: 0}\n"
                                    "  - request_upgrade: {type: permanent}\n");
    EXPECT_TRUE(contains(device.text(), "swap using offset looks for an update in the second"));
}

TEST(Inspect, AnyBytesAreExplained)
{
    for (const char* const strategy : {"swap-move", "swap-offset", "swap-scratch", "overwrite-only",
                                       "direct-xip", "single-slot"}) {
        ScenarioMachine machine(inspected_device(strategy, "  - reset:\n"));
        std::mt19937 generator(7);
        for (int round = 0; round < 12; ++round) {
            MachineState state = machine.initial_state();
            std::vector<std::uint8_t> bytes(0x2400);
            for (std::uint8_t& byte : bytes) {
                byte = static_cast<std::uint8_t>(generator() % (round % 3 == 0 ? 256 : 3));
            }
            // Trailers that are believed: a magic before anything.
            std::uint8_t magic[TRAILER_MAGIC_BYTES];
            trailer_magic_value(8, magic);
            std::copy(std::begin(magic), std::end(magic), bytes.begin() + 0xBF0);
            state.devices[0].poke(0, bytes);
            if (round % 2 == 0) {
                place_initial_content(machine.scenario(), state);
            }
            const Inspection inspection = inspect(machine, state);
            EXPECT_FALSE(inspection_text(machine, inspection, {}).empty());
            EXPECT_FALSE(inspection_json(machine, inspection, {"n\xFF"}).empty());
        }
    }
}

}  // namespace brownout::sim
