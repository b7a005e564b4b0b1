#include "network_reduction.hpp"

#include "image/image_layout.hpp"

#include <algorithm>
#include <array>

namespace brownout::sim {

namespace {

// The payload of the network image that a secondary slot holds with a request; 0: there is none.
std::uint32_t requested_bytes(const ScenarioMachine& machine, const MachineState& state)
{
    using namespace image_layout;
    const netcore_config& config = machine.machine().board().network->config;
    const std::uint32_t image = config.flavour == NETCORE_SIMULTANEOUS ? 1 : 0;
    const AreaPlan* const slot = machine.machine().area(FLASH_SECONDARY, image);
    std::array<std::uint8_t, kHeaderBytes> header{};
    std::array<std::uint8_t, kTrailerMagic.size()> magic{};
    std::array<std::uint8_t, 4> reset_vector{};
    if (slot == nullptr || !machine.read(state, *slot, slot->size_bytes - magic.size(), magic) ||
        magic != kTrailerMagic || !machine.read(state, *slot, 0, header) ||
        u32_at(header, 0) != kHeaderMagic) {
        return 0;
    }
    const std::uint32_t header_bytes = u16_at(header, 8);
    const std::uint32_t payload_bytes = u32_at(header, 12);
    if (header_bytes + reset_vector.size() * 2 > slot->size_bytes ||
        !machine.read(state, *slot, header_bytes + 4, reset_vector) ||
        u32_at(reset_vector, 0) - config.slot_address >= config.slot_bytes ||
        payload_bytes > config.slot_bytes) {
        return 0;
    }
    return payload_bytes;
}

}  // namespace

void forget_half_written_network_image(const ScenarioMachine& machine, MachineState& state)
{
    const BoardPlan& board = machine.machine().board();
    const AreaPlan& slot = board.areas[board.network->area];
    const std::uint32_t page_bytes = board.devices[slot.device].sectors.front().size_bytes;
    const std::uint32_t pages = (requested_bytes(machine, state) + page_bytes - 1) / page_bytes;
    if (pages < state.unknown_network_pages || pages == 0) {
        return;  // the request is gone: what is forgotten stays so, and whoever reads it is told
    }
    state.devices[slot.device].erase(slot.offset_bytes, std::uint64_t{pages} * page_bytes);
    state.unknown_network_pages = pages;
}

}  // namespace brownout::sim
