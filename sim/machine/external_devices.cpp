#include "external_devices.hpp"

#include "soc_pins.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

bool has_anomaly(const BusPlan& bus, std::uint32_t number)
{
    return std::find(bus.anomalies.begin(), bus.anomalies.end(), number) != bus.anomalies.end();
}

models::SpimData spim_data(const BoardPlan& board, const BusPlan& bus)
{
    const models::SpimInstance* const instance = spim_instance(board, bus.controller);
    models::SpimData data;
    data.name = bus.controller;
    data.register_base = instance->register_base;
    data.frequency_max_hz = instance->frequency_max_hz;
    data.maxcnt_bits = instance->maxcnt_bits;
    data.hfclk_hz = board.hfclk_hz;
    data.has_dedicated_pins = instance->has_dedicated_pins;
    data.anomalies.anomaly_58 = has_anomaly(bus, 58);
    data.anomalies.anomaly_109 = has_anomaly(bus, 109);
    data.anomalies.anomaly_198 = has_anomaly(bus, 198);
    data.anomalies.seed = bus.ram_collisions.seed;
    return data;
}

class SpiPartModel final : public DeviceModel {
public:
    // `faulty_in_boots`: the part, if it is one whose fault shows in boots alone, or nullptr.
    SpiPartModel(std::unique_ptr<models::SpiPart> part, models::SpiNor* faulty_in_boots,
                 const BusPlan& bus, SharedControllers& shared)
        : part_(std::move(part)), faulty_in_boots_(faulty_in_boots), wire_(*part_)
    {
        shared.spim(bus).connect(wire_);
        shared.gpio(bus.cs).connect(bus.cs.pin, &wire_);
    }

    void map(models::Bus&) override {}  // the shared controllers have the registers
    void attach(models::FlashArray& cells, models::PartState& state) override
    {
        part_->attach(cells, state);
    }
    void run_begins(bool is_boot) override
    {
        if (faulty_in_boots_ != nullptr) {
            faulty_in_boots_->arm_mute(is_boot);
        }
    }
    void reset(models::ResetKind kind) override
    {
        wire_.reset();
        part_->reset(kind);
    }
    void set_wave_observer(models::WaveObserver* waves) override { wire_.set_wave_observer(waves); }

private:
    std::unique_ptr<models::SpiPart> part_;
    models::SpiNor* faulty_in_boots_;
    models::SpiWire wire_;
};

}  // namespace

bool is_free(const models::Bus& bus, std::uint32_t address, std::uint32_t byte_count)
{
    return std::none_of(bus.ranges().begin(), bus.ranges().end(), [&](const auto& range) {
        return range.address < std::uint64_t{address} + byte_count &&
               address < std::uint64_t{range.address} + range.size_bytes;
    });
}

models::Spim& SharedControllers::spim(const BusPlan& bus)
{
    std::unique_ptr<models::Spim>& entry = spims_[bus.controller];
    if (entry == nullptr) {
        entry = std::make_unique<models::Spim>(spim_data(board_, bus));
        seeds_[bus.controller] = bus.ram_collisions.seed;
        const RamCollisionPlan& collisions = bus.ram_collisions;
        if (collisions.per_million > 0) {
            activities_.push_back(std::make_unique<models::FittedRamActivity>(
                *models::find_soc(board_.soc), collisions.slaves(), collisions.per_million * 1e-6));
            activities_.back()->heed_locks(ram_lock_.locked_slaves());
            if (collisions.during == RamUse::kReception) {
                activities_.back()->only_while_receiving(receiver_);
            }
            entry->set_ram_activity(activities_.back().get());
        }
    }
    return *entry;
}

models::Gpio& SharedControllers::gpio(const PinPlan& pin)
{
    std::unique_ptr<models::Gpio>& entry = ports_[pin.port];
    if (entry == nullptr) {
        models::GpioData data;
        data.register_base = gpio_base(board_, pin.port);
        entry = std::make_unique<models::Gpio>(data);
    }
    return *entry;
}

void SharedControllers::map(models::Bus& bus)
{
    for (const auto& [name, spim] : spims_) {
        spim->map(bus);
    }
    for (const auto& [port, gpio] : ports_) {
        gpio->map(bus);
    }
    using Lock = models::RamLockRegister;
    if (board_.soc == "nrf52840" && is_free(bus, Lock::kAddress, Lock::kBlockBytes)) {
        bus.map({Lock::kAddress, Lock::kBlockBytes, &ram_lock_});
    }
}

bool SharedControllers::has_drawn() const
{
    return std::any_of(spims_.begin(), spims_.end(),
                       [](const auto& entry) { return entry.second->has_drawn(); });
}

void SharedControllers::reset(std::optional<std::uint64_t> seed)
{
    ram_lock_.reset();
    for (const auto& [name, spim] : spims_) {
        spim->set_seed(seed.value_or(seeds_[name]));
        spim->reset();
    }
    for (const auto& [port, gpio] : ports_) {
        gpio->reset();
    }
}

std::unique_ptr<DeviceModel> make_spi_device(const DevicePlan& plan, std::uint32_t device_index,
                                             SharedControllers& shared)
{
    const ExternalPlan& external = *plan.external;
    if (external.nand.data) {
        auto nand = std::make_unique<models::SpiNand>(*external.nand.data, external.nand.options,
                                                      device_index);
        return std::make_unique<SpiPartModel>(std::move(nand), nullptr, external.bus, shared);
    }
    auto nor = std::make_unique<models::SpiNor>(external.nor, external.nor_options, device_index);
    if (const std::optional<PinPlan>& pin = external.bus.write_protect.pin) {
        shared.gpio(*pin).connect(pin->pin, &nor->write_protect_pin());
    }
    if (const std::optional<PinPlan>& pin = external.bus.hold.pin) {
        shared.gpio(*pin).connect(pin->pin, &nor->hold_pin());
    }
    models::SpiNor* const faulty = external.mute_in == FaultRuns::kBoots ? nor.get() : nullptr;
    return std::make_unique<SpiPartModel>(std::move(nor), faulty, external.bus, shared);
}

}  // namespace brownout::sim
