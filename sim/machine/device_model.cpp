#include "device_model.hpp"

#include "external_devices.hpp"
#include "qspi_device.hpp"
#include "ram_device.hpp"

#include <models/assert.hpp>
#include <models/nvmc.hpp>
#include <models/plain_flash.hpp>
#include <models/soc.hpp>

namespace brownout::sim {

namespace {

models::NvmcData nvmc_data(const DevicePlan& plan)
{
    constexpr std::uint32_t kRegisterAccessCycles = 2;
    const models::Soc& soc = plan.soc == nullptr ? models::soc::nrf52840 : *plan.soc;
    models::NvmcData data = soc.nvmc_with(kRegisterAccessCycles);
    data.register_base = plan.register_base;
    data.flash_address = plan.mapped_address;
    data.flash_size_bytes = static_cast<std::uint32_t>(plan.size_bytes());
    data.page_bytes = plan.sectors.front().size_bytes;
    data.writes_per_word_max = plan.writes_per_unit_max;
    data.erase_cycles_max = plan.erase_cycles_max;
    return data;
}

models::PlainFlashData plain_data(const DevicePlan& plan)
{
    models::PlainFlashData data;
    data.name = plan.name;
    for (const SectorRun& run : plan.sectors) {
        data.sectors.push_back({run.size_bytes, run.count});
    }
    data.write_unit_bytes = plan.write_unit_bytes;
    data.erased_value = plan.erased_value;
    data.needs_erase = plan.needs_erase;
    data.writes_per_unit_max = plan.writes_per_unit_max;
    data.ram_only = plan.dma_reads_ram_only;
    data.program_unit_time = plan.program_unit_time;
    data.erase_sector_time = plan.erase_sector_time;
    return data;
}

// Both controllers have the same shape: registers, mapped memory, cells.
template <class Controller, class Data>
class ControllerModel final : public DeviceModel {
public:
    ControllerModel(const DevicePlan& plan, const Data& data, std::uint32_t device_index,
                    std::uint32_t register_bytes)
        : controller_(data, device_index), register_base_(plan.register_base),
          register_bytes_(register_bytes), mapped_address_(plan.mapped_address),
          mapped_bytes_(static_cast<std::uint32_t>(plan.size_bytes()))
    {
    }

    void map(models::Bus& bus) override
    {
        bus.map({register_base_, register_bytes_, &controller_.registers()});
        bus.map({mapped_address_, mapped_bytes_, &controller_.memory()});
    }

    void attach(models::FlashArray& cells, models::PartState& part) override
    {
        controller_.attach(cells);
        if constexpr (requires { controller_.attach_uicr(part); }) {
            controller_.attach_uicr(part);
        }
    }
    models::BusTarget* uicr() override
    {
        if constexpr (requires { controller_.uicr(); }) {
            return &controller_.uicr();
        }
        return nullptr;
    }
    void set_security(const models::FlashSecurity& security) override
    {
        if constexpr (requires { controller_.set_security(&security); }) {
            controller_.set_security(&security);
        }
    }
    void reset(models::ResetKind) override { controller_.power_on_reset(); }
    void watch(const models::PowerFailComparator& comparator) override
    {
        if constexpr (requires { controller_.watch(&comparator); }) {
            controller_.watch(&comparator);
        }
    }

private:
    Controller controller_;
    std::uint32_t register_base_;
    std::uint32_t register_bytes_;
    std::uint32_t mapped_address_;
    std::uint32_t mapped_bytes_;
};

const void* driver_options(const DevicePlan& plan)
{
    if (!plan.external) {
        return nullptr;
    }
    if (plan.controller == ControllerKind::kSpiNand) {
        return &plan.external->nand.driver;
    }
    const void* const qspi = &plan.external->qspi_driver;
    return plan.controller == ControllerKind::kQspiNor ? qspi : &plan.external->driver;
}

board_driver driver_of(const DevicePlan& plan)
{
    switch (plan.controller) {
    case ControllerKind::kNvmc:
        return nvmc_data(plan).has_erase_page ? BOARD_DRIVER_NVMC : BOARD_DRIVER_NVMC_NRF53;
    case ControllerKind::kPlain:
        return BOARD_DRIVER_PLAIN;
    case ControllerKind::kSpiNor:
        return BOARD_DRIVER_SPI_NOR;
    case ControllerKind::kQspiNor:
        return BOARD_DRIVER_QSPI_NOR;
    case ControllerKind::kSpiNand:
        return BOARD_DRIVER_SPI_NAND;
    case ControllerKind::kRam:
        return BOARD_DRIVER_RAM;
    }
    return BOARD_DRIVER_NONE;
}

}  // namespace

models::FlashArray blank_cells(const DevicePlan& plan)
{
    switch (plan.controller) {
    case ControllerKind::kNvmc:
        return models::FlashArray(models::Nvmc::geometry(nvmc_data(plan)));
    case ControllerKind::kPlain:
        return models::FlashArray(models::PlainFlash::geometry(plain_data(plan)));
    case ControllerKind::kSpiNor:
    case ControllerKind::kQspiNor:
        return models::FlashArray(models::SpiNor::geometry(plan.external->nor));
    case ControllerKind::kSpiNand:
        return models::SpiNand::delivered_cells(*plan.external->nand.data,
                                                plan.external->nand.options);
    case ControllerKind::kRam:
        return models::FlashArray(ram_geometry(plan));
    }
    BROWNOUT_ASSERT(!"every controller has cells");
}

models::PartState blank_part(const DevicePlan& plan)
{
    const bool is_nor =
        plan.controller == ControllerKind::kSpiNor || plan.controller == ControllerKind::kQspiNor;
    return is_nor ? models::SpiNor::mounted_state(plan.external->nor, plan.external->nor_options)
                  : models::PartState{};
}

std::unique_ptr<DeviceModel> make_device_model(const DevicePlan& plan, std::uint32_t device_index,
                                               SharedControllers& shared)
{
    using models::Nvmc;
    using models::PlainFlash;
    switch (plan.controller) {
    case ControllerKind::kNvmc:
        return std::make_unique<ControllerModel<Nvmc, models::NvmcData>>(
            plan, models::at_clock(nvmc_data(plan), shared.board().hfclk_hz), device_index,
            models::nvmc_register::kBlockBytes);
    case ControllerKind::kPlain:
        return std::make_unique<ControllerModel<PlainFlash, models::PlainFlashData>>(
            plan, plain_data(plan), device_index, models::plain_register::kBlockBytes);
    case ControllerKind::kSpiNor:
    case ControllerKind::kSpiNand:
        return make_spi_device(plan, device_index, shared);
    case ControllerKind::kQspiNor:
        return make_qspi_device(shared.board(), plan, device_index);
    case ControllerKind::kRam:
        return make_ram_device(plan);
    }
    return nullptr;
}

::board board_record(const BoardPlan& plan)
{
    BROWNOUT_ASSERT(plan.devices.size() <= BOARD_DEVICES_MAX);
    BROWNOUT_ASSERT(plan.areas.size() <= BOARD_AREAS_MAX);
    ::board record{};
    for (const DevicePlan& device : plan.devices) {
        BROWNOUT_ASSERT(device.sectors.size() <= FLASH_SECTOR_RUNS_MAX);
        if (device.core == CoreId::kNetwork) {
            break;  // they come last: indices of the others are those of the board
        }
        board_device& entry = record.devices[record.device_count++];
        entry.driver = driver_of(device);
        entry.register_base = device.register_base;
        entry.mapped_address = device.mapped_address;
        entry.size_bytes = static_cast<std::uint32_t>(device.size_bytes());
        entry.write_unit_bytes = device.write_unit_bytes;
        entry.erased_value = device.erased_value;
        entry.needs_erase = device.needs_erase;
        entry.options = driver_options(device);
        for (const SectorRun& run : device.sectors) {
            entry.sector_runs[entry.sector_run_count++] = {run.size_bytes, run.count};
        }
    }
    for (const AreaPlan& area : plan.areas) {
        if (plan.devices[area.device].core == CoreId::kNetwork) {
            continue;
        }
        record.areas[record.area_count++] = {area.id,     area.role,         area.image_index,
                                             area.device, area.offset_bytes, area.size_bytes};
    }
    return record;
}

}  // namespace brownout::sim
