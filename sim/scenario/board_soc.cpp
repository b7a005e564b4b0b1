#include "board_soc.hpp"

#include "machine/soc_pins.hpp"

#include <models/gpio.hpp>
#include <models/qspi.hpp>
#include <models/soc_registers.hpp>
#include <models/spim.hpp>
#include <models/uarte.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace brownout::sim {

namespace {

const models::Soc* known_soc(Reader& reader, const YamlNode& node, const std::string& name)
{
    const models::Soc* const found = models::find_soc(name);
    if (name.empty() || found != nullptr) {
        return found;
    }
    std::vector<std::string> names;
    for (const models::Soc* soc : models::all_socs()) {
        names.emplace_back(soc->name);
    }
    reader.fail(node, fmt::format("there is no soc '{}'.{} SoCs: {}", name,
                                  did_you_mean(name, names), fmt::join(names, ", ")));
    return nullptr;
}

void settle_nvmc(Reader& reader, const YamlNode& node, const models::Soc& soc, DevicePlan& device)
{
    const models::NvmcData& nvmc = soc.nvmc;
    if (device.register_base == 0) {
        device.register_base = nvmc.register_base;
    }
    if (device.mapped_address == 0) {
        device.mapped_address = nvmc.flash_address;
    }
    if (device.register_base != nvmc.register_base || device.mapped_address != nvmc.flash_address ||
        device.size_bytes() > nvmc.flash_size_bytes) {
        reader.fail(node, fmt::format("the nvmc of {} is at 0x{:08X}, its flash at 0x{:08X} with "
                                      "at most {} KiB",
                                      soc.name, nvmc.register_base, nvmc.flash_address,
                                      nvmc.flash_size_bytes / 1024));
    }
    if (device.write_unit_bytes != 4 || device.sectors.size() != 1 ||
        device.sectors[0].size_bytes != nvmc.page_bytes || device.erased_value != 0xFF ||
        !device.needs_erase) {
        reader.fail(node, fmt::format("the nvmc of {} has {} KiB sectors, a write unit of 4 and "
                                      "erases to 0xFF",
                                      soc.name, nvmc.page_bytes / 1024));
    }
}

// Where the board says it, or the board itself if another one does.
const YamlNode& node_of(const DevicePlan& device, const YamlNode& board)
{
    const YamlNode* const devices = board.find("devices");
    const YamlNode* const found = devices == nullptr ? nullptr : devices->find(device.name);
    return found == nullptr ? board : *found;
}

void check_power(Reader& reader, const YamlNode& node, const BoardPlan& board,
                 const models::Soc* soc)
{
    const std::uint32_t threshold = board.power_fail_millivolts;
    if (threshold == 0) {
        return;
    }
    if (soc == nullptr || soc->pofcon_address == 0) {
        reader.fail(node, "power_fail_millivolts needs a soc with a power-fail comparator");
    } else if (threshold < 1700 || threshold % 100 != 0) {
        reader.fail(node, "power_fail_millivolts is 0, or 1700 to 2800 in steps of 100");
    }
}

}  // namespace

void settle_soc(Reader& reader, const YamlNode& node, BoardPlan& board)
{
    const models::Soc* const soc = known_soc(reader, node, board.soc);
    for (DevicePlan& device : board.devices) {
        device.soc = soc;
        if (device.core == CoreId::kNetwork) {
            if (soc != &models::soc::nrf5340_application ||
                device.controller != ControllerKind::kNvmc) {
                reader.fail(node_of(device, node),
                            fmt::format("{}: a device of the network core is the nvmc flash of an "
                                        "nRF5340 whose soc is nrf5340_application",
                                        device.name));
                continue;
            }
            device.soc = &models::soc::nrf5340_network;
        }
        if (device.controller == ControllerKind::kNvmc) {
            settle_nvmc(reader, node_of(device, node),
                        device.soc == nullptr ? models::soc::nrf52840 : *device.soc, device);
        }
    }
    check_power(reader, node, board, soc);
    if (soc == nullptr && board.hfclk_hz != BoardPlan{}.hfclk_hz) {
        reader.fail(node, "hfclk_hz needs a soc");
    }
}

void add_soc_ranges(const BoardPlan& board, std::vector<NamedAddresses>& ranges)
{
    ranges.push_back({"the registers of UARTE0, which receives uploads", kReceiverBase,
                      models::uarte_register::kBlockBytes});
    const models::Soc* const soc = models::find_soc(board.soc);
    if (soc == nullptr) {
        return;
    }
    for (const DevicePlan& device : board.devices) {
        if (device.controller == ControllerKind::kQspiNor) {
            ranges.push_back({"registers of the QSPI", soc->qspi->register_base,
                              models::qspi_register::kBlockBytes});
            ranges.push_back(
                {"the XIP window", soc->qspi->xip_address,
                 std::min<std::uint64_t>(device.size_bytes(), soc->qspi->xip_size_bytes)});
        }
    }
    // Controllers that parts share, each once.
    std::map<std::uint32_t, std::uint32_t> controllers;
    for (const DevicePlan& device : board.devices) {
        if (device.external && device.external->bus.controller.starts_with("spim")) {
            controllers[device.register_base] = models::spim_register::kBlockBytes;
            const BusPlan& bus = device.external->bus;
            for (const auto& pin : {std::optional(bus.cs), bus.write_protect.pin, bus.hold.pin}) {
                if (pin) {
                    controllers[gpio_base(board, pin->port) + models::gpio_register::kFirst] =
                        models::gpio_register::kEnd - models::gpio_register::kFirst;
                }
            }
        }
    }
    for (const auto& [address, byte_count] : controllers) {
        ranges.push_back({fmt::format("a SPIM or GPIO of {}", soc->name), address, byte_count});
    }
    for (const models::BusRange& range : models::soc_register_ranges(*soc)) {
        ranges.push_back(
            {fmt::format("registers of {}", soc->name), range.address, range.size_bytes});
    }
}

}  // namespace brownout::sim
