#include "network_core.hpp"

#include <models/assert.hpp>
#include <models/nvmc.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace brownout::sim {

namespace {

constexpr models::Duration kNoHorizon = models::Duration::max();

// S0 alone, as the one device of its board.
::board network_record(const BoardPlan& board)
{
    const AreaPlan& slot = board.areas[board.network->area];
    BoardPlan own;
    own.devices.push_back(board.devices[slot.device]);
    own.areas.push_back(slot);
    own.areas[0].role = FLASH_PRIMARY;
    own.areas[0].device = 0;
    own.devices[0].core = CoreId::kApplication;  // the record is of the core that asks
    return board_record(own);
}

// Its flash, with an ear for reads.
class HeardFlash final : public models::BusTarget {
public:
    HeardFlash(models::BusTarget& flash, RunRecorder*& recorder)
        : flash_(flash), recorder_(recorder)
    {
    }
    std::string_view name() const noexcept override { return flash_.name(); }
    std::uint32_t read32(std::uint32_t offset, models::AccessContext& access) noexcept override
    {
        recorder_->network_flash_read(offset, 4);
        return flash_.read32(offset, access);
    }
    void write32(std::uint32_t offset, std::uint32_t value,
                 models::AccessContext& access) noexcept override
    {
        flash_.write32(offset, value, access);
    }
    std::optional<models::Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                               std::uint32_t expected,
                                               models::Duration now) noexcept override
    {
        return flash_.settles_at(offset, mask, expected, now);
    }
    void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                    models::AccessContext& access) noexcept override
    {
        recorder_->network_flash_read(offset, destination.size());
        flash_.read_bytes(offset, destination, access);
    }
    void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                     models::AccessContext& access) noexcept override
    {
        flash_.write_bytes(offset, source, access);
    }
    bool write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                     std::uint32_t ready_address, std::uint32_t ready_mask,
                     models::AccessContext& access) noexcept override
    {
        return flash_.write_words(offset, words, ready_address, ready_mask, access);
    }

private:
    models::BusTarget& flash_;
    RunRecorder*& recorder_;
};

ProcessorCosts network_costs(const BoardPlan& board)
{
    BoardPlan own = board;
    own.cpu_hz = models::soc::nrf5340_network.cpu_hz;
    ProcessorCosts costs;
    costs.cpu_hz = own.cpu_hz_at_clock();
    costs.core = CoreId::kNetwork;
    return costs;
}

}  // namespace

NetworkCore::NetworkCore(const BoardPlan& board, const boot_config& config, Firmware& firmware,
                         std::vector<std::unique_ptr<DeviceModel>>& devices, Processor& application,
                         models::Spu& spu)
    : board_(board), config_(config), firmware_(firmware), spu_(spu),
      soc_registers_(models::soc::nrf5340_network, models::picoseconds(31'250)),
      processor_("network core", network_costs(board))
{
    map_shared(devices, application);
    for (std::size_t i = 0; i < devices.size(); ++i) {
        models::BusTarget* const uicr = devices[i]->uicr();
        if (uicr != nullptr && board.devices[i].core == CoreId::kNetwork) {
            soc_registers_.set_uicr(*uicr);
        } else if (uicr != nullptr) {
            devices[i]->set_security(spu_);
        }
    }
    soc_registers_.map(processor_.bus());
    fiber_ = FirmwareFiber::create(firmware_);
    crypto_ = std::make_unique<CryptoProvider>(
        CryptoCosts{board.sha256_cycles_per_byte, board.verify_cycles}, crypto_host());
    guarded_crypto_ = std::make_unique<GuardedCrypto>(processor_, *crypto_->table());
    record_ = network_record(board);
    platform_.struct_bytes = sizeof platform_;
    platform_.version = BOOT_FIRMWARE_ABI_VERSION;
    platform_.io = processor_.io();
    platform_.crypto = guarded_crypto_->table();
    platform_.board = &record_;
    platform_.config = &config_;
    const std::uint32_t xip = board.network->config.xip_address;
    processor_.explain_faults([xip](std::uint32_t address) {
        constexpr std::uint32_t kXipBytes = 0x800'0000;
        return address - xip < kXipBytes
                   ? std::string("; it is the QSPI's XIP window, which the application core alone "
                                 "sees")
                   : std::string();
    });
}

NetworkCore::~NetworkCore() = default;

void NetworkCore::share(models::Bus& from, std::uint32_t address, std::uint32_t byte_count)
{
    const models::BusRange* const range = from.find(address);
    BROWNOUT_ASSERT(range != nullptr && range->address == address);
    guards_.push_back(std::make_unique<models::SpuGuard>(spu_, models::Spu::Master::kNetworkCore,
                                                         *range->target, address));
    processor_.bus().map({address, byte_count, guards_.back().get()});
}

// Its own flash, and of the application core RAM and internal flash, if the SPU lets it.
void NetworkCore::map_shared(std::vector<std::unique_ptr<DeviceModel>>& devices,
                             Processor& application)
{
    const netcore_config& config = board_.network->config;
    application.bus().map({config.spu_address, models::spu_register::kBlockBytes, &spu_});
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const DevicePlan& plan = board_.devices[i];
        const auto size_bytes = static_cast<std::uint32_t>(plan.size_bytes());
        const bool internal = plan.controller == ControllerKind::kNvmc;
        if (plan.core == CoreId::kNetwork) {
            models::Bus own;
            devices[i]->map(own);
            const models::BusRange registers = *own.find(plan.register_base);
            nvmc_with_acl_ = std::make_unique<models::NvmcWithAcl>(*registers.target);
            processor_.bus().map({registers.address, registers.size_bytes, nvmc_with_acl_.get()});
            models::BusRange memory = *own.find(plan.mapped_address);
            protected_flash_ = std::make_unique<models::ProtectedFlash>(
                *memory.target, *nvmc_with_acl_, memory.address);
            heard_flash_ = std::make_unique<HeardFlash>(*protected_flash_, recorder_);
            memory.target = heard_flash_.get();
            processor_.bus().map(memory);
        } else if (internal || plan.controller == ControllerKind::kRam) {
            share(application.bus(), plan.mapped_address, size_bytes);
        }
    }
}

CryptoHost NetworkCore::crypto_host()
{
    CryptoHost host;
    host.charge = [this](std::uint64_t cycles) { processor_.charge(cycles); };
    host.mapped = [](const flash_area&, std::uint32_t, std::uint64_t&) {
        return static_cast<const models::FlashArray*>(nullptr);
    };
    host.memory = [this](std::uint32_t address, std::uint32_t byte_count) {
        return memory(address, byte_count);
    };
    return host;
}

std::span<const std::uint8_t> NetworkCore::memory(std::uint32_t address, std::uint32_t byte_count)
{
    for (std::size_t i = 0; i < board_.devices.size(); ++i) {
        const DevicePlan& plan = board_.devices[i];
        const std::uint64_t offset = std::uint64_t{address} - plan.mapped_address;
        const bool seen = plan.core == CoreId::kNetwork ||
                          plan.controller == ControllerKind::kNvmc ||
                          plan.controller == ControllerKind::kRam;
        if (seen && address >= plan.mapped_address && offset + byte_count <= plan.size_bytes()) {
            if (plan.core == CoreId::kNetwork) {
                recorder_->network_flash_read(offset, byte_count);
            }
            hashed_.resize(byte_count);
            state_->devices[i].read(offset, hashed_);
            return hashed_;
        }
    }
    return {};
}

void NetworkCore::reset(MachineState& state, RunRecorder& recorder, const RunOptions& options)
{
    state_ = &state;
    recorder_ = &recorder;
    options_ = options;
    nvmc_with_acl_->reset();
    is_held_ = true;
    runs_ = false;
    starts_ = 0;
    outcome_.reset();
}

void NetworkCore::start(models::Duration now)
{
    ++starts_;
    outcome_.reset();
    if (board_.network->loader_missing) {
        outcome_ = Outcome{OutcomeKind::kFirmwareFault,
                           0,
                           {},
                           "there is no network bootloader: the reset vector is erased flash"};
        return;
    }
    if (starts_ == 1 || !board_.network->acl_survives_restart) {
        nvmc_with_acl_->reset();
    }
    soc_registers_.reset(models::ResetKind::kPowerOn);
    options_.start = now;
    processor_.reset(firmware_, *fiber_, platform_, *recorder_, options_);
    runs_ = true;
}

void NetworkCore::follow_hold(bool is_held, models::Duration now)
{
    if (is_held == is_held_) {
        return;
    }
    is_held_ = is_held;
    runs_ = false;  // whatever it did ends here
    if (!is_held) {
        start(now);
    }
}

void NetworkCore::application_starts(models::SocRegisters& registers)
{
    spu_.trust_network_core();
    registers.release_network_core();
    // It has its variables where its bootloader had the image; the command block is not its own.
    for (std::size_t i = 0; i < board_.devices.size(); ++i) {
        const DevicePlan& plan = board_.devices[i];
        const std::uint32_t pcd = board_.network->config.pcd_address;
        const bool holds_pcd = pcd - plan.mapped_address < plan.size_bytes();
        if (plan.controller == ControllerKind::kRam && !holds_pcd) {
            state_->devices[i] = blank_cells(plan);
        }
    }
}

void NetworkCore::run_until(models::Duration horizon)
{
    if (!processor_.run_until(horizon)) {
        runs_ = false;
        outcome_ = processor_.outcome();
    }
}

NetworkReport NetworkCore::report() const
{
    NetworkReport report;
    report.starts = starts_;
    report.outcome = outcome_;
    return report;
}

void run_both_cores(Processor& application, NetworkCore& network, models::SocRegisters& registers,
                    const RunRecorder& recorder)
{
    constexpr std::uint32_t kApplication = 0;
    constexpr std::uint32_t kNetwork = 1;
    EventQueue queue;
    queue.push({application.now(), kApplication});
    while (!queue.empty() && !recorder.power_lost()) {
        const EventQueue::Event event = queue.pop();
        if (event.processor == kApplication) {
            if (application.run_until(queue.horizon(kApplication))) {
                queue.push({application.now(), kApplication});
            } else if (application.outcome()) {
                break;
            }
            network.follow_hold(registers.holds_network_core(), application.now());
            queue.remove(kNetwork);
        } else {
            network.run_until(queue.horizon(kNetwork));
        }
        if (network.wants_to_run() && !queue.has(kNetwork)) {
            queue.push({network.processor().now(), kNetwork});
        }
    }
    const bool starts =
        application.outcome() && application.outcome()->kind == OutcomeKind::kHandedOver;
    if (starts && !recorder.power_lost()) {
        network.application_starts(registers);
        network.follow_hold(false, application.now());
        while (network.wants_to_run() && !recorder.power_lost()) {
            network.run_until(kNoHorizon);
        }
    }
}

}  // namespace brownout::sim
