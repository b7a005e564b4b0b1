// From the names in a board file to addresses: buses, sectors, driver options.
#include "qspi_device.hpp"
#include "soc_pins.hpp"

#include <fmt/format.h>

#include <algorithm>

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
        names += soc->qspi == nullptr ? "" : ", qspi";
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

std::uint32_t expected_id(const ExternalPlan& external)
{
    const auto& id = external.nor.identity.jedec_id;
    return external.check_id ? std::uint32_t{id[0]} << 16 | std::uint32_t{id[1]} << 8 | id[2] : 0;
}

// What follows from the part, whatever it hangs on.
void describe_part(DevicePlan& device)
{
    const models::SpiNorData& nor = device.external->nor;
    device.mapped_address = IO_ADDRESS_NONE;
    device.sectors = {
        {kSectorBytes, static_cast<std::uint32_t>(nor.identity.size_bytes / kSectorBytes)}};
    device.erased_value = 0xFF;
    device.needs_erase = true;
    device.erase_cycles_max = nor.endurance.erase_cycles;
    device.external->driver.jedec_id = expected_id(*device.external);
    device.external->driver.page_bytes = nor.programs.page_bytes;
}

models::SpiNorPinWiring pin_wiring(const LevelPlan& level)
{
    return {level.tied_low, level.pin ? fmt::format("P{}.{:02}", level.pin->port, level.pin->pin)
                            : level.tied_low ? "tied low"
                                             : ""};
}

// WP# and HOLD#, and what the registers hold.
std::string nor_problem(DevicePlan& device)
{
    ExternalPlan& external = *device.external;
    models::SpiNorOptions& options = external.nor_options;
    options.write_protect = pin_wiring(external.bus.write_protect);
    options.hold = pin_wiring(external.bus.hold);
    const bool wired = !options.write_protect.name.empty() || !options.hold.name.empty();
    if (external.nand.data) {
        return wired || !options.registers.empty()
                   ? fmt::format("{} is a NAND: 'wp', 'hold' and 'registers' are modelled for SPI "
                                 "NOR alone",
                                 device.name)
                   : "";
    }
    if (wired && external.bus.controller == kQspiName) {
        return fmt::format("'wp' and 'hold' of {}: they are IO2 and IO3, which the QSPI drives",
                           device.name);
    }
    return models::problem_with(external.nor, options);
}

std::string nand_problem(const DevicePlan& device)
{
    const ExternalPlan& external = *device.external;
    const models::SpiNandOptions& options = external.nand.options;
    if (external.nand.data && external.bus.controller == kQspiName) {
        return fmt::format("{} is a NAND, and those are modelled behind a SPIM alone", device.name);
    }
    if (external.nand.data) {
        return external.nor_options.mute ? "the fault 'mute' is modelled for SPI NOR alone"
                                         : models::problem_with(*external.nand.data, options);
    }
    const bool has_bad_blocks = !options.bad_blocks.empty() || options.bad_block_count > 0 ||
                                !options.failing_erases.empty() ||
                                !options.failing_programs.empty();
    return has_bad_blocks ? fmt::format("{} is no NAND: it has no bad blocks", device.name) : "";
}

// Codes that a sector with too many wrong bits can have: all but those for corrected ones.
std::uint8_t uncorrectable_codes(const models::SpiNandEcc& ecc)
{
    std::uint32_t codes = 0xF;
    for (const models::SpiNandEccCode& corrected : ecc.corrected) {
        codes &= ~(1u << corrected.code);
    }
    return static_cast<std::uint8_t>(codes);
}

void wire_nand(DevicePlan& device)
{
    ExternalPlan& external = *device.external;
    const models::SpiNandData& data = *external.nand.data;
    external.nand.options.times = external.nor_options.times;
    device.controller = ControllerKind::kSpiNand;
    device.write_unit_bytes = data.geometry.page_bytes;
    device.sectors = {{data.block_bytes(), data.geometry.blocks}};
    device.erase_cycles_max = data.endurance.erase_cycles;
    spi_nand_options& driver = external.nand.driver;
    driver.wiring = external.driver.wiring;
    driver.id = 0;
    driver.id_bytes = static_cast<std::uint32_t>(std::min<std::size_t>(data.identity.id.size(), 3));
    for (std::uint32_t i = 0; i < driver.id_bytes && external.check_id; ++i) {
        driver.id = driver.id << 8 | data.identity.id[i];
    }
    driver.id_dummy_bytes = data.identity.id_dummy_bytes;
    const std::uint32_t ecc = external.nand.ecc ? data.features.ecc_enable : 0;
    driver.configuration = static_cast<std::uint8_t>(ecc | data.features.buffer_read);
    driver.uncorrectable_codes = uncorrectable_codes(data.ecc);
    driver.bad_block_column = data.geometry.page_bytes + data.geometry.bad_block_column;
    driver.bad_block_marks = data.geometry.bad_block_marks;
    driver.poll_interval_us = external.driver.poll_interval_us;
    driver.program_timeout_ms = external.driver.program_timeout_ms;
    driver.erase_timeout_ms = external.driver.erase_timeout_ms;
}

std::string wire_device(const BoardPlan& board, DevicePlan& device)
{
    ExternalPlan& external = *device.external;
    describe_part(device);
    std::string problem = nor_problem(device);
    if (problem.empty()) {
        problem = nand_problem(device);
    }
    if (!problem.empty()) {
        return problem;
    }
    if (external.bus.controller == kQspiName) {
        return wire_qspi_device(board, device);
    }
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
    external.driver.wiring = wiring_of(board, external, *spim);
    if (external.nand.data) {
        wire_nand(device);
    }
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
    const auto on_qspi = [](const DevicePlan& device) {
        return device.external && device.external->bus.controller == kQspiName;
    };
    if (std::count_if(board.devices.begin(), board.devices.end(), on_qspi) > 1) {
        return "a QSPI has one chip select, and so one part";
    }
    for (DevicePlan& device : board.devices) {
        if (!device.external) {
            continue;
        }
        std::string problem = wire_device(board, device);
        if (!problem.empty()) {
            return problem;
        }
    }
    return external_problem(board);
}

}  // namespace brownout::sim
