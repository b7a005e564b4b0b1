// What the network core holds and does, in words, and as images of the scenario.
#include "network_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace brownout::sim {

std::optional<std::size_t> ScenarioMachine::network_image(const MachineState& state) const
{
    const BoardPlan& board = machine_->board();
    if (!board.network) {
        return std::nullopt;
    }
    const AreaPlan& slot = board.areas[board.network->area];
    std::vector<std::uint8_t> held;
    for (std::size_t i = 0; i < images_.size(); ++i) {
        const ImageInfo& info = images_[i].info;
        if (!images_[i].is_image || info.payload_bytes == 0 ||
            info.payload_bytes > slot.size_bytes) {
            continue;
        }
        held.resize(info.payload_bytes);
        state.devices[slot.device].read(slot.offset_bytes, held);
        if (std::equal(held.begin(), held.end(), images_[i].bytes.begin() + info.header_bytes)) {
            return i;
        }
    }
    return std::nullopt;
}

bool ScenarioMachine::is_for_network_core(const KnownImage& image) const
{
    const std::optional<NetworkPlan>& network = machine_->board().network;
    const std::size_t at = image.info.header_bytes + std::size_t{4};
    if (!network || !image.is_image || image.bytes.size() < at + 4) {
        return false;
    }
    std::uint32_t reset_vector = 0;
    std::memcpy(&reset_vector, image.bytes.data() + at, sizeof reset_vector);
    return reset_vector - network->config.slot_address < network->config.slot_bytes;
}

std::string network_words(const ScenarioMachine& machine, const MachineState& state,
                          const NetworkReport& report)
{
    if (!report.outcome) {
        return report.starts == 0 ? "held in reset" : "at work when the run ended";
    }
    const Outcome& outcome = *report.outcome;
    if (report.read_unknown_pages) {
        return "starts from a half-written slot, unchecked";
    }
    switch (outcome.kind) {
    case OutcomeKind::kHandedOver: {
        const auto image = machine.network_image(state);
        return image ? "runs " + machine.images()[*image].name
                     : "runs what is none of the scenario's images, unchecked";
    }
    case OutcomeKind::kCommandDone:
        return "did a command and waits for a reset";
    case OutcomeKind::kNoImage:
        return "does not run: " + outcome.text;
    default:
        return std::string(to_string(outcome.kind)) +
               (outcome.text.empty() ? "" : ": " + outcome.text);
    }
}

std::optional<std::string> network_core_otherwise(const ScenarioMachine& machine,
                                                  const MachineState& state,
                                                  const RunReport& report, const ExpectStep& expect)
{
    if (!expect.network_core) {
        return std::nullopt;
    }
    const std::string does =
        network_words(machine, state, report.network.value_or(NetworkReport{}));
    if (does.find(expect.network_core->text) != std::string::npos) {
        return std::nullopt;
    }
    return fmt::format("expected of the network core: {}; instead: {}", expect.network_core->text,
                       does);
}

}  // namespace brownout::sim
