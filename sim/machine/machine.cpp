#include <sim/machine.hpp>

#include "device_model.hpp"
#include "external_devices.hpp"
#include "guarded_crypto.hpp"
#include "guarded_link.hpp"
#include "logical_flash.hpp"
#include "network_core.hpp"
#include "processor.hpp"
#include "ram_target.hpp"
#include "scheduler.hpp"

#include <models/assert.hpp>
#include <models/soc_registers.hpp>
#include <sim/crypto.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace brownout::sim {

struct Machine::Impl {
    BoardPlan board;
    BootSetup setup;
    boot_config config{};  // key pointers into `setup`
    ::board record{};
    std::vector<std::unique_ptr<DeviceModel>> devices;
    std::unique_ptr<models::SocRegisters> soc_registers;
    std::unique_ptr<RamTarget> image_ram;
    models::Uarte receiver{"uarte0"};
    SharedControllers shared;
    Processor processor;
    models::Spu spu{0x2000'0000};  // boards with a network core
    std::vector<std::unique_ptr<models::ProtectedFlash>> protected_flash;  // likewise
    Firmware& loader;
    Firmware* application;
    std::unique_ptr<FirmwareFiber> loader_fiber;
    std::unique_ptr<FirmwareFiber> application_fiber;
    std::unique_ptr<CryptoProvider> crypto;
    std::unique_ptr<GuardedCrypto> guarded_crypto;
    std::unique_ptr<NetworkCore> network;
    MachineState* running = nullptr;

    Impl(BoardPlan board_plan, BootSetup boot_setup, Firmware& loader_firmware,
         Firmware* application_firmware, Firmware* network_firmware)
        : board(std::move(board_plan)), setup(std::move(boot_setup)), shared(board, receiver),
          processor(board.soc.empty() ? board.name : board.soc,
                    ProcessorCosts{board.cpu_hz_at_clock()}),
          loader(loader_firmware), application(application_firmware)
    {
        config = setup.view();
        config.netcore = board.network ? &board.network->config : nullptr;
        set_nand_regions(board);
        record = board_record(board);
        for (std::uint32_t i = 0; i < board.devices.size(); ++i) {
            devices.push_back(make_device_model(board.devices[i], i, shared));
            if (board.devices[i].core == CoreId::kApplication) {
                map_device(board.devices[i], *devices.back());
            }
        }
        if (const models::Soc* soc = models::find_soc(board.soc)) {
            add_soc_registers(*soc);
        }
        shared.map(processor.bus());
        processor.on_quiet([this](models::Duration now) { return next_change(now); });
        if (is_free(processor.bus(), kReceiverBase, models::uarte_register::kBlockBytes)) {
            processor.bus().map({kReceiverBase, models::uarte_register::kBlockBytes, &receiver});
        }
        if (config.ram_load_bytes > 0) {
            image_ram = std::make_unique<RamTarget>(config.ram_load_bytes);
            processor.bus().map({config.ram_load_address, config.ram_load_bytes, image_ram.get()});
        }
        loader_fiber = FirmwareFiber::create(loader);
        if (application != nullptr) {
            application_fiber = FirmwareFiber::create(*application);
        }
        crypto = std::make_unique<CryptoProvider>(
            CryptoCosts{board.sha256_cycles_per_byte, board.verify_cycles}, crypto_host());
        guarded_crypto = std::make_unique<GuardedCrypto>(processor, *crypto->table());
        processor.explain_faults([this](std::uint32_t address) { return explain_fault(address); });
        if (board.network) {
            BROWNOUT_ASSERT(network_firmware != nullptr && soc_registers != nullptr);
            network = std::make_unique<NetworkCore>(board, config, *network_firmware, devices,
                                                    processor, spu);
            soc_registers->on_network_hold([this] { processor.yield(); });
        }
    }

    // With a network core, the SPU stands before on-chip flash.
    void map_device(const DevicePlan& plan, DeviceModel& device)
    {
        if (!board.network || plan.controller != ControllerKind::kNvmc) {
            device.map(processor.bus());
            return;
        }
        models::Bus own;
        device.map(own);
        processor.bus().map(*own.find(plan.register_base));
        models::BusRange memory = *own.find(plan.mapped_address);
        protected_flash.push_back(
            std::make_unique<models::ProtectedFlash>(*memory.target, spu, memory.address));
        memory.target = protected_flash.back().get();
        processor.bus().map(memory);
    }

    // An address that is no address: the offset of something in an external part.
    std::string explain_fault(std::uint32_t address) const
    {
        for (const AreaPlan& area : board.areas) {
            const DevicePlan& device = board.devices[area.device];
            const bool is_external = device.external || device.mapped_address != 0;
            if (is_external && address >= area.offset_bytes &&
                address - area.offset_bytes < area.size_bytes) {
                return fmt::format("; 0x{:08X} is an offset in {}, in {}, and offsets in a part "
                                   "are no addresses of the core",
                                   address, device.name, area.name);
            }
        }
        return {};
    }

    void add_soc_registers(const models::Soc& soc)
    {
        const auto access_cycles = static_cast<std::int64_t>(board.register_access_cycles);
        soc_registers = std::make_unique<models::SocRegisters>(
            soc, models::picoseconds(1'000'000'000'000 / board.cpu_hz * access_cycles));
        for (std::size_t i = 0; i < devices.size(); ++i) {
            models::BusTarget* const uicr = devices[i]->uicr();
            if (uicr != nullptr && board.devices[i].core == CoreId::kApplication) {
                soc_registers->set_uicr(*uicr);
            }
        }
        soc_registers->map(processor.bus());
        models::PowerFailComparator& comparator = soc_registers->comparator();
        comparator.supply_millivolts = board.supply_millivolts;
        for (const std::unique_ptr<DeviceModel>& device : devices) {
            device->watch(comparator);
        }
    }

    void reset_soc_registers(models::ResetKind kind)
    {
        if (soc_registers == nullptr) {
            return;
        }
        soc_registers->reset(kind);
        const std::uint32_t threshold = board.power_fail_millivolts;
        soc_registers->comparator().pofcon =
            threshold == 0 ? 0 : models::PowerFailComparator::pofcon_for(threshold);
    }

    // When a part next changes by itself: the end of what keeps it busy.
    std::optional<models::Duration> next_change(models::Duration now) const
    {
        std::optional<models::Duration> next;
        for (const models::PartState& part : running->parts) {
            if (part.busy_until > now && (!next || part.busy_until < *next)) {
                next = part.busy_until;
            }
        }
        return next;
    }

    CryptoHost crypto_host()
    {
        CryptoHost host;
        host.charge = [this](std::uint64_t cycles) { processor.charge(cycles); };
        host.mapped = [this](const flash_area& area, std::uint32_t offset_bytes,
                             std::uint64_t& array_offset) -> const models::FlashArray* {
            // Directly readable flash is read without its driver, as a mapped pointer would be.
            const std::uint32_t device = area.device->id;
            if (area.device->mapped_address == IO_ADDRESS_NONE || device >= devices.size()) {
                return nullptr;
            }
            array_offset = std::uint64_t{area.device_offset_bytes} + offset_bytes;
            return &running->devices[device];
        };
        host.memory = [this](std::uint32_t address,
                             std::uint32_t byte_count) -> std::span<const std::uint8_t> {
            return image_memory(address, byte_count);
        };
        return host;
    }

    std::span<const std::uint8_t> image_memory(std::uint32_t address, std::uint32_t byte_count)
    {
        const std::uint32_t base = config.ram_load_address;
        if (image_ram == nullptr || address < base ||
            std::uint64_t{address} - base + byte_count > config.ram_load_bytes) {
            return {};
        }
        return std::span<const std::uint8_t>(image_ram->bytes())
            .subspan(address - base, byte_count);
    }

    void run_cores(MachineState& state, RunRecorder& recorder, const RunOptions& options,
                   bool needs_both, RunReport& report)
    {
        if (network == nullptr || !needs_both) {
            Processor* const processors[] = {&processor};
            run_processors(processors, recorder);
            return;
        }
        network->reset(state, recorder, options);
        recorder.on_slowest([this] {
            return network->wants_to_run() ? std::min(processor.now(), network->processor().now())
                                           : processor.now();
        });
        run_both_cores(processor, *network, *soc_registers, recorder);
        report.network = network->report();
        report.network->read_unknown_pages = recorder.read_unknown_pages();
        if (report.network->outcome && recorder.power_lost()) {
            report.network->outcome.reset();
        }
    }

    void reset_devices(MachineState& state, bool is_boot, const RunOptions& options)
    {
        if (options.reset == models::ResetKind::kPowerOn) {
            state.lose_power();
        }
        shared.reset(options.seed);
        for (std::size_t i = 0; i < devices.size(); ++i) {
            if (state.parts[i].busy_until.count() > 0) {
                state.parts[i].busy_until += options.start;
            }
            devices[i]->attach(state.devices[i], state.parts[i]);
            devices[i]->run_begins(is_boot);
            devices[i]->reset(options.reset);
        }
    }

    RunReport run(MachineState& state, Firmware& firmware, FirmwareFiber& fiber,
                  const app_command* command, const RunOptions& options)
    {
        BROWNOUT_ASSERT(state.devices.size() == devices.size());
        BROWNOUT_ASSERT(state.parts.size() == devices.size());
        RunReport report;
        report.start = options.start;
        running = &state;
        reset_devices(state, command == nullptr, options);
        reset_soc_registers(options.reset);
        spu.reset();
        spu.lock_flash_regions(command != nullptr ? state.locked_flash_regions : 0);
        boot_response response{};
        boot_platform platform{};
        platform.struct_bytes = sizeof platform;
        platform.version = BOOT_FIRMWARE_ABI_VERSION;
        platform.io = processor.io();
        platform.crypto = guarded_crypto->table();
        platform.board = &record;
        platform.config = &config;
        platform.command = command;
        platform.response = command == nullptr ? &response : nullptr;

        receiver.reset(options.incoming != nullptr ? *options.incoming : models::IncomingBytes{});
        processor.set_receiver(options.incoming != nullptr ? &receiver : nullptr);
        RunRecorder recorder(board, state, options, report);
        recorder.on_power_loss([this] {
            processor.leave();
            if (network != nullptr) {
                network->processor().leave();
            }
        });
        recorder.on_symbol([this, &recorder](std::optional<std::uint32_t> address) {
            const bool of_network = recorder.core() == CoreId::kNetwork;
            const Processor& running_on = of_network ? network->processor() : processor;
            const std::string named = address ? running_on.symbol_of_address(*address) : "";
            return named.empty() ? running_on.caller_symbol() : named;
        });
        recorder.on_call_chain([this] { return processor.call_chain(); });
        processor.reset(firmware, fiber, platform, recorder, options);
        // Serial recovery is a command here, and the bootloader's on a board.
        const bool is_recovery =
            command != nullptr && command->kind == APP_UPLOAD && command->upload.serial_recovery;
        run_cores(state, recorder, options, command == nullptr || is_recovery, report);
        if (command == nullptr) {
            state.locked_flash_regions = spu.locked_flash_regions();
        }

        report.end = processor.now();
        report.drawn = shared.has_drawn();
        for (models::PartState& part : state.parts) {
            part.count_from(report.end);
        }
        if (recorder.power_lost()) {
            if (!options.cut || options.cut->kind == models::ResetKind::kPowerOn) {
                state.lose_power();
            }
            report.outcome.kind = OutcomeKind::kPowerLost;
        } else {
            report.outcome = *processor.outcome();
            report.outcome.response = response;
        }
        running = nullptr;
        return report;
    }
};

Machine::Machine(BoardPlan board, BootSetup setup, Firmware& loader, Firmware* application,
                 Firmware* network_loader)
    : impl_(std::make_unique<Impl>(std::move(board), std::move(setup), loader, application,
                                   network_loader))
{
}

Machine::~Machine() = default;

const BoardPlan& Machine::board() const
{
    return impl_->board;
}

const BootSetup& Machine::setup() const
{
    return impl_->setup;
}

MachineState Machine::blank_state() const
{
    MachineState state;
    for (const DevicePlan& device : impl_->board.devices) {
        state.devices.push_back(blank_cells(device));
        state.parts.push_back(blank_part(device));
    }
    return state;
}

void Machine::set_wave_observer(models::WaveObserver* waves)
{
    for (const auto& device : impl_->devices) {
        device->set_wave_observer(waves);
    }
}

RunReport Machine::boot(MachineState& state, const RunOptions& options)
{
    if (impl_->image_ram != nullptr) {
        impl_->image_ram->power_on();
    }
    return impl_->run(state, impl_->loader, *impl_->loader_fiber, nullptr, options);
}

RunReport Machine::command(MachineState& state, const app_command& command,
                           const RunOptions& options)
{
    BROWNOUT_ASSERT(impl_->application != nullptr);
    const auto run = [&](const app_command& given) {
        return impl_->run(state, *impl_->application, *impl_->application_fiber, &given, options);
    };
    if (command.kind != APP_MANAGE) {
        return run(command);
    }
    const GuardedLink link(impl_->processor, *command.management.link);
    app_command managed = command;
    managed.management.link = link.link();
    return run(managed);
}

models::Duration Machine::now() const
{
    return impl_->processor.now();
}

std::vector<std::uint8_t> Machine::memory(std::uint32_t address, std::uint32_t byte_count) const
{
    const auto bytes = impl_->image_memory(address, byte_count);
    return {bytes.begin(), bytes.end()};
}

const AreaPlan* Machine::area(const std::string& name) const
{
    for (const AreaPlan& area : impl_->board.areas) {
        if (area.name == name) {
            return &area;
        }
    }
    return nullptr;
}

const AreaPlan* Machine::area(flash_role role, std::uint32_t image_index) const
{
    for (const AreaPlan& area : impl_->board.areas) {
        if (area.role == role && (role == FLASH_SCRATCH || area.image_index == image_index)) {
            return &area;
        }
    }
    return nullptr;
}

}  // namespace brownout::sim
