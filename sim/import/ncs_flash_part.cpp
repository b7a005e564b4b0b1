// Which part the external memory is: from its node in a zephyr.dts, by its JEDEC ID.
#include "import/ncs_parts.hpp"

#include "scenario/part_keys.hpp"
#include "scenario/part_list.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

// The name of the SPI NOR part with this ID; empty: no part file has it.
std::string part_with_id(const std::vector<std::uint8_t>& jedec_id)
{
    for (const std::string& name : part_names()) {
        Reader reader{fs::path(name)};
        ExternalPlan external;
        if (read_part(reader, YamlNode{}, name, external) && !external.nand.data &&
            std::equal(jedec_id.begin(), jedec_id.end(), external.nor.identity.jedec_id.begin(),
                       external.nor.identity.jedec_id.end())) {
            return name;
        }
    }
    return {};
}

// The chosen one, or the only one, of the first zephyr.dts that has any.
std::optional<DtsFlashPart> described_part(NcsBuild& build)
{
    std::vector<fs::path> folders{build.folder / "mcuboot"};
    const auto others = application_folders(build);
    folders.insert(folders.end(), others.begin(), others.end());
    for (const fs::path& folder : folders) {
        const auto file = first_file({folder}, {"zephyr/zephyr.dts"});
        if (!file) {
            continue;
        }
        const std::vector<DtsFlashPart> parts = read_dts(*file).flash_parts;
        const auto chosen = std::find_if(parts.begin(), parts.end(),
                                         [](const DtsFlashPart& part) { return part.is_chosen; });
        if (parts.empty()) {
            continue;
        }
        build.was_read(*file);
        if (parts.size() > 1 && chosen == parts.end()) {
            build.note(fmt::format("{} has {} memory parts and chooses none (nordic,pm-ext-flash): "
                                   "{} is taken",
                                   file->string(), parts.size(), parts.front().name));
        }
        return chosen != parts.end() ? *chosen : parts.front();
    }
    return std::nullopt;
}

}  // namespace

void read_flash_part(NcsBuild& build)
{
    if (!build.has_home(NcsHome::kExternal)) {
        return;
    }
    build.flash_part = described_part(build);
    const std::string stand_in =
        fmt::format("that of the kit, {} as `{}` of {}, takes its place; `devices` changes its "
                    "wiring",
                    build.kit.part, build.kit.device, build.kit.external);
    if (!build.flash_part) {
        build.note("no zephyr.dts describes the external memory (nordic,qspi-nor or "
                   "jedec,spi-nor): " +
                   stand_in);
        return;
    }
    const DtsFlashPart& part = *build.flash_part;
    if (part.jedec_id.empty()) {
        build.note(fmt::format("{} has no jedec-id in zephyr.dts: {}", part.name, stand_in));
        return;
    }
    build.part_name = part_with_id(part.jedec_id);
    if (build.part_name.empty()) {
        build.note(fmt::format(
            "{}: no file of parts has the JEDEC ID {:02X}{}: {}", part.name,
            fmt::join(part.jedec_id, " "),
            part.size_bytes != 0 ? fmt::format(" ({} bytes)", part.size_bytes) : "", stand_in));
        return;
    }
    build.note(fmt::format("external memory: {} by its JEDEC ID {:02X}; pins, errata of the chip "
                           "and options of its driver are not in a zephyr.dts, the defaults are "
                           "taken",
                           build.part_name, fmt::join(part.jedec_id, " ")));
    if (!part.is_qspi && part.bus.empty()) {
        build.note(fmt::format("{}: its SPI has no label spiN in zephyr.dts: SPIM2 is assumed",
                               part.name));
    }
    if (part.frequency_hz == 0) {
        build.note(fmt::format("{}: zephyr.dts gives no frequency: 8 MHz are assumed", part.name));
    }
}

}  // namespace brownout::sim
