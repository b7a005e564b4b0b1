// NVMC: registers and state; reference, what is modelled and what is not: models/nvmc.hpp.
#include "controllers/nvmc_state.hpp"

namespace brownout::models {

namespace {

constexpr std::uint32_t kNvmcPartialMillisecondsReset = 10;

}  // namespace

NvmcData at_clock(NvmcData data, std::uint32_t hfclk_hz)
{
    for (Duration* const time : {&data.word_write_time, &data.page_erase_time, &data.all_erase_time,
                                 &data.partial_erase_sum, &data.partial_erase_unit,
                                 &data.register_access_time, &data.store_time}) {
        *time = at_clock(*time, hfclk_hz);
    }
    return data;
}

void Nvmc::Impl::run(Duration start, Duration duration, AccessContext& access)
{
    busy_until = start + duration;
    word_start = busy_until;
    if (data.halts_cpu) {
        access.now = busy_until;
    }
}

bool Nvmc::Impl::supply_holds(std::uint32_t address, AccessContext& access)
{
    if (comparator == nullptr || !comparator->warns()) {
        return true;
    }
    if (!warned) {
        warned = true;
        report_violation(access.rules, "nvmc-power-warning", kNvmcDevice, address,
                         data.has_anomaly_242 ? "anomaly 242 (errata list of the chip)"
                                              : "PS, POF comparator (devices.md 1.7)",
                         "nvmc: the supply of %u mV is below the %u mV of POFCON: the operation at "
                         "0x%08X does not start%s",
                         comparator->supply_millivolts, comparator->threshold_millivolts(), address,
                         data.has_anomaly_242 ? " and the CPU hangs" : "");
    }
    if (data.has_anomaly_242) {
        access.now = kNever;
    }
    return false;
}

std::uint32_t Nvmc::Impl::Registers::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    access.now += data.register_access_time;
    switch (offset) {
    case nvmc_register::kReady:
        return access.now >= nvmc_.busy_until ? kNvmcReadyBit : 0;
    case nvmc_register::kReadyNext:
        return data.has_ready_next && access.now >= nvmc_.next_word_at() ? kNvmcReadyBit : 0;
    case nvmc_register::kConfig:
        return nvmc_.config;
    case nvmc_register::kErasePagePartialCfg:
        return data.has_partial_erase ? nvmc_.partial_milliseconds : 0;
    case nvmc_register::kICacheCnf:
        return nvmc_.icache_config;
    case nvmc_register::kConfigNs:
        return nvmc_.config_ns;
    default:
        return 0;  // write-only, counters, reserved
    }
}

void Nvmc::Impl::Registers::write32(std::uint32_t offset, std::uint32_t value,
                                    AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    access.now += data.register_access_time;
    switch (offset) {
    case nvmc_register::kConfig:
        nvmc_.config = value & (nvmc_.erase_by_store() ? 7u : 3u);
        break;
    case nvmc_register::kErasePcr0:
        if (!data.has_erase_pcr0) {
            break;
        }
        [[fallthrough]];
    case nvmc_register::kErasePage:
        if (data.has_erase_page) {
            nvmc_.erase_page(value, access);
        }
        break;
    case nvmc_register::kEraseAll:
        if ((value & 1u) != 0) {
            nvmc_.erase_all(access);
        }
        break;
    case nvmc_register::kEraseUicr:
        if (data.has_erase_page && (value & 1u) != 0) {
            nvmc_.erase_uicr(access);
        }
        break;
    case nvmc_register::kErasePagePartial:
        if (data.has_erase_page && data.has_partial_erase) {
            nvmc_.erase_page_partially(value, nvmc_mode::kEen, access);
        }
        break;
    case nvmc_register::kErasePagePartialCfg:
        nvmc_.partial_milliseconds = value & 0x7Fu;
        break;
    case nvmc_register::kICacheCnf:
        nvmc_.icache_config = data.has_icache ? value & 0x101u : 0;
        break;
    case nvmc_register::kConfigNs:
        nvmc_.config_ns = data.has_config_ns ? value & 3u : 0;
        break;
    default:
        break;  // read-only, absent and reserved registers ignore stores
    }
}

std::optional<Duration> Nvmc::Impl::Registers::settles_at(std::uint32_t offset, std::uint32_t mask,
                                                          std::uint32_t expected,
                                                          Duration now) noexcept
{
    if ((mask & kNvmcReadyBit) == 0 || (kNvmcReadyBit & mask) != expected) {
        return std::nullopt;
    }
    if (offset == nvmc_register::kReady) {
        return std::max(now, nvmc_.busy_until);
    }
    if (offset == nvmc_register::kReadyNext && nvmc_.data.has_ready_next) {
        return std::max(now, nvmc_.next_word_at());
    }
    return std::nullopt;
}

// ---- Nvmc --------------------------------------------------------------------------------------

Nvmc::Nvmc(const NvmcData& data, std::uint32_t device_index)
    : impl_(std::make_unique<Impl>(data, device_index))
{
}

Nvmc::~Nvmc() = default;

FlashGeometry Nvmc::geometry(const NvmcData& data)
{
    FlashGeometry geometry;
    geometry.size_bytes = data.flash_size_bytes;
    geometry.page_bytes = data.page_bytes;
    geometry.write_count_limit = std::max(data.writes_per_word_max, data.writes_per_block_max);
    geometry.count_unit_bytes = geometry.write_count_limit == 0 ? 0 : kNvmcWordBytes;
    return geometry;
}

void Nvmc::attach(FlashArray& cells)
{
    BROWNOUT_ASSERT(cells.geometry().size_bytes == impl_->data.flash_size_bytes);
    impl_->cells = &cells;
}

void Nvmc::attach_uicr(PartState& part)
{
    BROWNOUT_ASSERT(part.kept.empty() || part.kept.size() == nvmc_register::kUicrBytes);
    impl_->uicr_state = &part;
}

void Nvmc::set_security(const FlashSecurity* security)
{
    impl_->security = security;
}

void Nvmc::watch(const PowerFailComparator* comparator)
{
    impl_->comparator = comparator;
}

void Nvmc::power_on_reset()
{
    impl_->config = nvmc_mode::kRen;
    impl_->config_ns = nvmc_mode::kRen;
    impl_->partial_milliseconds = kNvmcPartialMillisecondsReset;
    impl_->icache_config = 0;
    impl_->busy_until = Duration::min();
    impl_->word_start = Duration::min();
    impl_->partial_page = 0;
    impl_->partial_done = Duration::zero();
    impl_->warned = false;
}

BusTarget& Nvmc::registers()
{
    return impl_->registers;
}
BusTarget& Nvmc::memory()
{
    return impl_->memory;
}
BusTarget& Nvmc::uicr()
{
    return impl_->uicr;
}

}  // namespace brownout::models
