// Plans and values of sim/machine.hpp: small functions without a machine.
#include <sim/machine.hpp>

#include <algorithm>
#include <bit>

namespace brownout::sim {

std::uint64_t DevicePlan::size_bytes() const
{
    std::uint64_t size = 0;
    for (const SectorRun& run : sectors) {
        size += std::uint64_t{run.size_bytes} * run.count;
    }
    return size;
}

std::uint32_t BoardPlan::cpu_hz_at_clock() const
{
    constexpr std::uint64_t kNominalHz = 64'000'000;
    return static_cast<std::uint32_t>(cpu_hz * std::uint64_t{hfclk_hz} / kNominalHz);
}

boot_config BootSetup::view() const
{
    boot_config view = config;
    view.signing_key_count = static_cast<std::uint32_t>(signing_keys.size());
    for (std::size_t i = 0; i < signing_keys.size() && i < BOOT_SIGNING_KEYS_MAX; ++i) {
        view.signing_keys[i] = {signing_keys[i].data(),
                                static_cast<std::uint32_t>(signing_keys[i].size())};
    }
    view.encryption_key = {encryption_key.data(),
                           static_cast<std::uint32_t>(encryption_key.size())};
    return view;
}

namespace {

// Order matters: the same content in another device is another state.
models::Digest128 combine(models::Digest128 sum, models::Digest128 next)
{
    sum.low = std::rotl(sum.low * 0x9E3779B97F4A7C15u, 29) ^ next.low;
    sum.high = std::rotl(sum.high * 0xC2B2AE3D27D4EB4Fu, 31) ^ next.high;
    return sum;
}

}  // namespace

void MachineState::lose_power()
{
    for (models::PartState& part : parts) {
        part.lose_power();
    }
    for (models::FlashArray& device : devices) {
        if (device.geometry().is_volatile) {
            device = models::FlashArray(device.geometry());
        }
    }
    locked_flash_regions = 0;
}

bool MachineState::has_running_parts() const
{
    const bool ram_is_used =
        std::any_of(devices.begin(), devices.end(), [](const models::FlashArray& device) {
            const models::FlashGeometry& geometry = device.geometry();
            return geometry.is_volatile && !device.is_erased(0, geometry.size_bytes);
        });
    return ram_is_used ||
           std::any_of(parts.begin(), parts.end(), [](const models::PartState& part) {
               return !part.running.empty() || part.busy_until.count() != 0;
           });
}

bool MachineState::has_marginal_bits() const
{
    return std::any_of(devices.begin(), devices.end(),
                       [](const models::FlashArray& cells) { return cells.has_marginal_bits(); });
}

void draw_marginal_levels(MachineState& state, models::MarginalLevels levels, std::uint64_t seed)
{
    for (std::uint32_t i = 0; i < state.devices.size(); ++i) {
        models::draw_marginal_levels(state.devices[i], levels, seed, i);
    }
}

models::Digest128 MachineState::digest() const
{
    models::Digest128 sum;
    for (const models::FlashArray& device : devices) {
        sum = combine(sum, device.digest());
    }
    for (const models::PartState& part : parts) {
        if (part != models::PartState{}) {
            sum = combine(sum, models::digest_of(part));
        }
    }
    if (unknown_network_pages != 0) {
        sum = combine(sum, {unknown_network_pages, 1});
    }
    return sum;
}

models::Digest128 MachineState::content_digest() const
{
    models::Digest128 sum;
    for (const models::FlashArray& device : devices) {
        sum = combine(sum, device.content_digest());
    }
    return sum;
}

bool MachineState::same_as(const MachineState& other) const
{
    if (devices.size() != other.devices.size() || parts != other.parts ||
        unknown_network_pages != other.unknown_network_pages) {
        return false;
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (!devices[i].same_as(other.devices[i])) {
            return false;
        }
    }
    return true;
}

const char* to_string(OutcomeKind kind)
{
    switch (kind) {
    case OutcomeKind::kHandedOver:
        return "handed over";
    case OutcomeKind::kCommandDone:
        return "command done";
    case OutcomeKind::kNoImage:
        return "no bootable image";
    case OutcomeKind::kAssert:
        return "assertion failed";
    case OutcomeKind::kPanic:
        return "panic";
    case OutcomeKind::kBusFault:
        return "bus fault";
    case OutcomeKind::kFirmwareFault:
        return "firmware fault";
    case OutcomeKind::kStackOverflow:
        return "stack overflow";
    case OutcomeKind::kCycleBudget:
        return "out of device time";
    case OutcomeKind::kHang:
        return "hang";
    case OutcomeKind::kPowerLost:
        return "power lost";
    case OutcomeKind::kResetRequested:
        return "reset requested";
    }
    return "unknown";
}

Power RunObserver::before_call(const Call&, const MachineState&) noexcept
{
    return Power::kHolds;
}

std::uint32_t RunObserver::before_operations(const models::OperationBatch& batch, std::uint64_t,
                                             const Call*, const MachineState&) noexcept
{
    return batch.count;
}

void RunObserver::after_call(const Call&, int, const MachineState&) noexcept {}

void RunObserver::time_passed(models::Duration, const MachineState&) noexcept {}
void RunObserver::logged(const LogLine&) noexcept {}

}  // namespace brownout::sim
