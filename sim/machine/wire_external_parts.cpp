// From the names in a board file to addresses: buses, sectors, driver options.
#include "soc_pins.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kSectorBytes = 4096;

std::string spim_names(const BoardPlan& board)
{
    std::string names;
    if (const models::Soc* const soc = models::find_soc(board.soc)) {
        for (const models::SpimInstance& instance : soc->spims) {
            names += fmt::format("{}spim{}", names.empty() ? "" : ", ", instance.number);
        }
    }
    return names;
}

spi_wiring wiring_of(const BoardPlan& board, const ExternalPlan& external,
                     const models::SpimInstance& spim)
{
    const BusPlan& bus = external.bus;
    const auto psel = [](const PinPlan& pin) { return std::uint32_t{pin.port} * 32 + pin.pin; };
    spi_wiring wiring = external.driver.wiring;
    wiring.spim_base = spim.register_base;
    wiring.sck_pin = psel(bus.sck);
    wiring.mosi_pin = psel(bus.mosi);
    wiring.miso_pin = psel(bus.miso);
    wiring.gpio_base = gpio_base(board, bus.cs.port);
    wiring.cs_pin = bus.cs.pin;
    wiring.frequency_hz = std::min(bus.frequency_hz, spim.frequency_max_hz);
    wiring.max_transfer_bytes = (1u << spim.maxcnt_bits) - 1;
    return wiring;
}

std::string wire_device(const BoardPlan& board, DevicePlan& device)
{
    ExternalPlan& external = *device.external;
    const models::SpimInstance* const spim = spim_instance(board, external.bus.controller);
    if (spim == nullptr) {
        const std::string names = spim_names(board);
        return names.empty() ? fmt::format("{} needs a soc whose buses are known, not '{}'",
                                           device.name, board.soc)
                             : fmt::format("the {} has no '{}' for {}. Buses: {}", board.soc,
                                           external.bus.controller, device.name, names);
    }
    device.controller = ControllerKind::kSpiNor;
    device.register_base = spim->register_base;
    device.mapped_address = IO_ADDRESS_NONE;
    device.sectors = {{kSectorBytes, static_cast<std::uint32_t>(external.nor.identity.size_bytes /
                                                                kSectorBytes)}};
    device.erased_value = 0xFF;
    device.needs_erase = true;
    device.erase_cycles_max = external.nor.endurance.erase_cycles;
    const auto& id = external.nor.identity.jedec_id;
    external.driver.wiring = wiring_of(board, external, *spim);
    external.driver.jedec_id =
        external.check_id ? std::uint32_t{id[0]} << 16 | std::uint32_t{id[1]} << 8 | id[2] : 0;
    external.driver.page_bytes = external.nor.programs.page_bytes;
    return {};
}

}  // namespace

const models::SpimInstance* spim_instance(const BoardPlan& board, std::string_view name)
{
    if (const models::Soc* const soc = models::find_soc(board.soc)) {
        for (const models::SpimInstance& instance : soc->spims) {
            if (name == fmt::format("spim{}", instance.number)) {
                return &instance;
            }
        }
    }
    return nullptr;
}

std::uint32_t gpio_base(const BoardPlan& board, unsigned port)
{
    // nRF5340: P0 at 0x50842500, its OUT at + 0x004. Application core, secure; from the SVD file.
    const bool is_nrf53 = board.soc.starts_with("nrf5340");
    return (is_nrf53 ? 0x5084'2000 : 0x5000'0000) + port * 0x300;
}

std::string wire_external_parts(BoardPlan& board)
{
    for (DevicePlan& device : board.devices) {
        if (!device.external) {
            continue;
        }
        std::string problem = wire_device(board, device);
        if (!problem.empty()) {
            return problem;
        }
    }
    return {};
}

}  // namespace brownout::sim
