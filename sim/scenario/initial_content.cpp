// What lies in flash before the first step.
#include "scenario_keys.hpp"

#include "machine/logical_flash.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr std::size_t kContentBytesMax = 256u * 1024 * 1024;

std::vector<std::uint8_t> content_bytes(const Scenario& scenario, const InitialContent& content)
{
    if (const auto* const fill = std::get_if<FillContent>(&content.content)) {
        return std::vector<std::uint8_t>(fill->byte_count, fill->value);
    }
    if (const auto* const file = std::get_if<FileContent>(&content.content)) {
        return read_content_file(file->path);
    }
    if (const auto* const image = std::get_if<ImageContent>(&content.content)) {
        return image_bytes(scenario, image->image);
    }
    return {};
}

// The network core runs a payload as it is: no header, no TLVs.
std::vector<std::uint8_t> payload_of(std::vector<std::uint8_t> image)
{
    const auto info = parse_image(image);
    if (!info) {
        return image;
    }
    const auto first = image.begin() + info->header_bytes;
    return {first, first + info->payload_bytes};
}

}  // namespace

std::vector<std::uint8_t> read_content_file(const std::filesystem::path& path)
{
    const std::string text = read_text_file(path.string(), kContentBytesMax);
    return {text.begin(), text.end()};
}

DumpWindow content_window(const Scenario& scenario, const std::string& name)
{
    if (const Partition* const partition = scenario.partition(name)) {
        return {partition->device, partition->offset_bytes, partition->size_bytes};
    }
    return dump_window(scenario.board.plan, name);
}

void place_initial_content(const Scenario& scenario, MachineState& state)
{
    const BoardPlan board = board_plan(scenario);
    for (const InitialContent& content : scenario.flash) {
        const DumpWindow window = content_window(scenario, content.partition);
        BROWNOUT_ASSERT(window.device < state.devices.size());
        if (const auto* const dump = std::get_if<DumpContent>(&content.content)) {
            if (board.devices[window.device].controller == ControllerKind::kSpiNand) {
                throw InputError(content.place, "dumps of NAND parts are not read: give what a "
                                                "partition holds as 'file'");
            }
            place_dump(scenario.board.plan, read_dump(dump->path, dump->format), window, state);
            continue;
        }
        std::vector<std::uint8_t> bytes = content_bytes(scenario, content);
        if (board.devices[window.device].core == CoreId::kNetwork &&
            std::holds_alternative<ImageContent>(content.content)) {
            bytes = payload_of(std::move(bytes));
        }
        if (content.offset_bytes + bytes.size() > window.size_bytes) {
            throw InputError(content.place,
                             fmt::format("{} bytes at offset 0x{:X} do not fit into {} ({} bytes)",
                                         bytes.size(), content.offset_bytes, content.partition,
                                         window.size_bytes));
        }
        if (!bytes.empty()) {
            const LogicalFlash flash(board, window.device);
            if (!flash.store(state.devices[window.device],
                             window.offset_bytes + content.offset_bytes, bytes)) {
                throw InputError(content.place,
                                 content.partition +
                                     ": it lies in no partition, or more blocks are bad than the "
                                     "reserve has");
            }
        }
    }
}

}  // namespace brownout::sim
