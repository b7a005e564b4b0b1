#include "random_scenario.hpp"

#include <sim/scenario_names.hpp>
#include <sim/suite.hpp>

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// SplitMix64: the same numbers on every machine, which the distributions of <random> are not.
class ScenarioDice {
public:
    explicit ScenarioDice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
        return mixed ^ (mixed >> 31);
    }
    // min .. max
    std::uint32_t between(std::uint32_t min, std::uint32_t max)
    {
        return min + static_cast<std::uint32_t>(next() % (std::uint64_t{max} - min + 1));
    }
    bool one_in(std::uint32_t n) { return between(1, n) == 1; }
    template <class Value>
    Value of(const std::vector<Value>& values)
    {
        return values[between(0, static_cast<std::uint32_t>(values.size()) - 1)];
    }

private:
    std::uint64_t state_;
};

bool is_in(boot_strategy strategy, std::initializer_list<boot_strategy> list)
{
    return std::find(list.begin(), list.end(), strategy) != list.end();
}

struct RandomLayout {
    boot_strategy strategy = BOOT_SWAP_MOVE;
    bool needs_erase = true;
    bool external = false;  // the secondary slot lies on a device of its own
    std::uint32_t write_unit = 4;
    std::uint32_t external_write_unit = 4;
    std::uint32_t sector = 4096;
    std::uint32_t external_sector = 4096;  // also of the secondary slot if it is not external
    std::uint32_t primary_sectors = 8;
    std::uint32_t secondary_sectors = 8;
    std::uint32_t scratch_sectors = 0;
    std::uint32_t max_image_sectors = 128;
    std::uint32_t alignment = 8;
    std::uint32_t old_payload = 1;
    std::uint32_t new_payload = 1;
    bool permanent = false;
    bool confirms = false;

    bool loads_to_ram() const { return is_in(strategy, {BOOT_RAM_LOAD, BOOT_RAM_LOAD_REVERT}); }
    bool chooses_slot() const
    {
        return loads_to_ram() || is_in(strategy, {BOOT_DIRECT_XIP, BOOT_DIRECT_XIP_REVERT});
    }
    bool can_revert() const
    {
        return is_in(strategy, {BOOT_SWAP_MOVE, BOOT_SWAP_OFFSET, BOOT_SWAP_SCRATCH,
                                BOOT_DIRECT_XIP_REVERT, BOOT_RAM_LOAD_REVERT});
    }
};

// Header, digest TLV and their headers.
constexpr std::uint32_t kImageOverheadBytes = 0x200 + 40;
constexpr std::uint32_t kSlotAddress = 0x10000;
// Below it lie the bootloader and the application.
constexpr std::uint32_t kRamLoadAddress = 0x20010000;

void choose_sectors(ScenarioDice& dice, RandomLayout& layout)
{
    layout.sector = dice.of<std::uint32_t>({512, 1024, 2048, 4096});
    layout.external_sector = layout.sector;
    layout.primary_sectors = dice.between(3, 12);
    layout.secondary_sectors = layout.primary_sectors;
    const bool may_differ =
        layout.external && !is_in(layout.strategy, {BOOT_SWAP_MOVE, BOOT_SWAP_OFFSET});
    if (may_differ && dice.one_in(2)) {
        // One is a multiple of the other, and both slots have the same size.
        const std::uint32_t factor = dice.of<std::uint32_t>({2, 4});
        layout.external_sector = layout.sector * factor;
        layout.secondary_sectors = (layout.primary_sectors + factor - 1) / factor;
        layout.primary_sectors = layout.secondary_sectors * factor;
    }
    if (layout.strategy == BOOT_SWAP_MOVE && dice.one_in(3)) {
        ++layout.primary_sectors;
    }
    if (layout.strategy == BOOT_SWAP_OFFSET && dice.one_in(2)) {
        ++layout.secondary_sectors;
    }
    if (layout.strategy == BOOT_SWAP_SCRATCH) {
        const std::uint32_t largest = std::max(layout.sector, layout.external_sector);
        layout.scratch_sectors = largest / layout.sector * dice.between(1, 4);
    }
}

RandomLayout choose_layout(ScenarioDice& dice, const RandomMatrix& random)
{
    static const std::vector<boot_strategy> kAll = {
        BOOT_SWAP_MOVE,           BOOT_SWAP_OFFSET, BOOT_SWAP_SCRATCH,      BOOT_OVERWRITE_ONLY,
        BOOT_OVERWRITE_ONLY_FAST, BOOT_DIRECT_XIP,  BOOT_DIRECT_XIP_REVERT, BOOT_RAM_LOAD,
        BOOT_RAM_LOAD_REVERT};
    RandomLayout layout;
    layout.strategy = dice.of(random.strategies.empty() ? kAll : random.strategies);
    layout.needs_erase = !dice.one_in(8);
    layout.external = dice.one_in(3);
    layout.write_unit = layout.needs_erase ? dice.of<std::uint32_t>({1, 2, 4, 8, 16, 32})
                                           : dice.of<std::uint32_t>({4, 8, 16});
    layout.external_write_unit =
        dice.one_in(2) ? layout.write_unit : dice.of<std::uint32_t>({1, 4, 8});
    const std::uint32_t unit = std::max(layout.write_unit, layout.external_write_unit);
    layout.alignment = std::max<std::uint32_t>(unit, dice.of<std::uint32_t>({8, 8, 16, 32}));
    choose_sectors(dice, layout);
    const std::uint32_t sectors =
        std::max({layout.primary_sectors, layout.secondary_sectors, layout.scratch_sectors});
    layout.max_image_sectors = dice.one_in(2) ? sectors : dice.between(sectors, 64);
    layout.permanent = !layout.can_revert() || dice.one_in(3);
    layout.confirms = !layout.permanent && dice.one_in(2);
    return layout;
}

std::string device_text(const char* name, const RandomLayout& layout, std::uint32_t sector,
                        std::uint32_t count, std::uint32_t unit)
{
    return fmt::format("    {}: {{controller: plain, sectors: [{{size: {}, count: {}}}], "
                       "write_unit: {}, needs_erase: {}}}\n",
                       name, sector, count, unit, layout.needs_erase);
}

std::string devices_text(const RandomLayout& layout)
{
    const std::uint32_t before = kSlotAddress / layout.sector;
    const std::uint32_t own = layout.external ? 0 : layout.secondary_sectors;
    std::string text = device_text("internal", layout, layout.sector,
                                   before + layout.primary_sectors + own + layout.scratch_sectors,
                                   layout.write_unit);
    if (layout.external) {
        text += device_text("external", layout, layout.external_sector, layout.secondary_sectors,
                            layout.external_write_unit);
    }
    return text;
}

std::string partitions_text(const RandomLayout& layout)
{
    const std::uint32_t primary = layout.primary_sectors * layout.sector;
    const std::uint32_t secondary = layout.secondary_sectors * layout.external_sector;
    std::uint32_t end = kSlotAddress + primary;
    std::string text =
        fmt::format("  mcuboot_primary: {{address: {}, size: {}}}\n", kSlotAddress, primary);
    if (layout.external) {
        text += fmt::format("  mcuboot_secondary: {{device: external, address: 0, size: {}}}\n",
                            secondary);
    } else {
        text += fmt::format("  mcuboot_secondary: {{address: {}, size: {}}}\n", end, secondary);
        end += secondary;
    }
    if (layout.scratch_sectors > 0) {
        text += fmt::format("  mcuboot_scratch: {{address: {}, size: {}}}\n", end,
                            layout.scratch_sectors * layout.sector);
    }
    return text;
}

std::string image_text(const RandomLayout& layout, int number, std::uint32_t payload)
{
    // Without a trailer that says confirmed, a revert strategy that chooses a slot erases v1.
    const bool confirmed = number == 1 && layout.chooses_slot() && layout.can_revert();
    return fmt::format(
        "  v{0}: {{generate: {{version: {0}.0.0, payload_bytes: {1}, seed: v{0}{2}{3}}}}}\n",
        number, payload,
        layout.loads_to_ram() ? fmt::format(", flags: 0x20, load_address: {}", kRamLoadAddress)
                              : std::string(),
        confirmed ? fmt::format(", padding: {{slot_size: {}, alignment: {}, confirm: true}}",
                                layout.primary_sectors * layout.sector, layout.alignment)
                  : std::string());
}

std::string steps_text(const RandomLayout& layout)
{
    std::string during = "reset";
    std::string text = "  - upload: {image: v2, to: mcuboot_secondary}\n"
                       "  - request_upgrade: {type: ";
    text += layout.permanent ? "permanent}\n  - reset:\n" : "test}\n  - reset:\n";
    if (layout.confirms) {
        text += "  - confirm:\n  - reset:\n";
        during += ", confirm";
    }
    return "steps:\n" + text + "explore: {during: [" + during + "]}\n";
}

std::string yaml_text(const RandomLayout& layout, std::uint64_t index)
{
    const std::string secondary =
        layout.external ? fmt::format("{} x {} external, writes of {}", layout.secondary_sectors,
                                      layout.external_sector, layout.external_write_unit)
                        : fmt::format("{} x {}", layout.secondary_sectors, layout.external_sector);
    return fmt::format("scenario: \"Random {}: {}, {} x {}, writes of {}, and {}{}\"\n", index,
                       name_of(strategy_names(), layout.strategy), layout.primary_sectors,
                       layout.sector, layout.write_unit, secondary,
                       layout.needs_erase ? "" : ", no erase") +
           "board:\n  name: random\n  devices:\n" + devices_text(layout) + "partitions:\n" +
           partitions_text(layout) +
           fmt::format(
               "boot: {{strategy: {}, signature: {{type: none}}, max_image_sectors: {}, "
               "alignment: {}{}}}\n",
               name_of(strategy_names(), layout.strategy), layout.max_image_sectors,
               layout.alignment,
               layout.loads_to_ram()
                   ? fmt::format(", ram_load: {{address: {}, size: 0x20000}}", kRamLoadAddress)
                   : std::string()) +
           "images:\n" + image_text(layout, 1, layout.old_payload) +
           image_text(layout, 2, layout.new_payload) + "flash: {mcuboot_primary: v1}\n" +
           steps_text(layout);
}

std::uint32_t choose_payload(ScenarioDice& dice, const Scenario& scenario, std::uint32_t largest)
{
    if (dice.one_in(2)) {
        const std::vector<std::uint32_t> edges = edge_payload_bytes(scenario, "v2");
        if (!edges.empty()) {
            return dice.of(edges);
        }
    }
    return dice.between(1, largest - kImageOverheadBytes);
}

}  // namespace

Scenario random_scenario(const Scenario& base, std::uint64_t seed, std::uint64_t index)
{
    constexpr int kAttemptsMax = 1000;
    ScenarioDice dice(seed * 0xD1342543DE82EF95u + index);
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        RandomLayout layout = choose_layout(dice, *base.matrix->random);
        Scenario small = parse_scenario(yaml_text(layout, index), base.path);
        small.boot.fixes = base.boot.fixes;
        const std::uint32_t largest = largest_image_bytes(small);
        // Room for an image at all, and no address that ram-load would not copy to.
        if (largest < kImageOverheadBytes + 64 || layout.alignment > 32) {
            continue;
        }
        layout.old_payload = choose_payload(dice, small, largest);
        layout.new_payload = choose_payload(dice, small, largest);
        Scenario chosen = parse_scenario(yaml_text(layout, index), base.path);
        chosen.boot.fixes = base.boot.fixes;
        chosen.boot.core = base.boot.core;
        chosen.boot.older = base.boot.older;
        chosen.boot.mutant = base.boot.mutant;
        if (base.explore) {
            const std::vector<StepKind> during = chosen.explore->during;
            chosen.explore = base.explore;
            chosen.explore->during = during;
        }
        return chosen;
    }
    BROWNOUT_ASSERT(!"no layout of a thousand has room for an image");
    return base;
}

}  // namespace brownout::sim
