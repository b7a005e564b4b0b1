// NVMC: erasing pages, slices of pages and everything; see models/nvmc.hpp.
#include "controllers/nvmc_state.hpp"

namespace brownout::models {

namespace {

constexpr std::uint32_t kNvmcEraseValue = 0xFFFFFFFF;

}  // namespace

bool Nvmc::Impl::erase_enabled(std::uint32_t held, std::uint32_t mode, std::uint32_t address,
                               const char* name, AccessContext& access) const
{
    if (held == mode) {
        return true;
    }
    report_violation(access.rules, "nvmc-erase-not-enabled", kNvmcDevice, address,
                     data.erase_source, "nvmc: erase of 0x%08X without %s.WEN = %s: ignored",
                     address, name, mode == nvmc_mode::kPEen ? "PEen" : "Een");
    return false;
}

bool Nvmc::Impl::page_may_be_erased(std::uint32_t address, std::uint32_t mode,
                                    AccessContext& access) const
{
    const std::uint32_t offset = address - data.flash_address;
    return erase_enabled(mode_at(offset), mode, address, mode_register(offset), access) &&
           starts_page(address, access);
}

bool Nvmc::Impl::starts_page(std::uint32_t address, AccessContext& access) const
{
    const std::uint32_t offset = address - data.flash_address;
    if (offset % data.page_bytes == 0 && offset < data.flash_size_bytes) {
        return true;
    }
    report_violation(access.rules, "nvmc-erase-address", kNvmcDevice, address, data.erase_source,
                     "nvmc: 0x%08X is not the first word of a page: erase ignored", address);
    return false;
}

void Nvmc::Impl::report_worn_page(std::uint32_t offset, AccessContext& access) const
{
    if (data.erase_cycles_max == 0 || cells->erase_count(offset) < data.erase_cycles_max) {
        return;
    }
    const std::uint32_t address = data.flash_address + offset;
    report_violation(access.rules, "nvmc-endurance", kNvmcDevice, address, data.erase_source,
                     "nvmc: page 0x%08X has been erased %u times: worn out", address,
                     data.erase_cycles_max);
}

// Every slice of a page is an operation: cells change in it, though here their content does not
// yet.
bool Nvmc::Impl::announce_erase(OperationKind kind, std::uint32_t offset, std::uint32_t byte_count,
                                Duration duration, AccessContext& access)
{
    stall(access);
    if (!supply_holds(data.flash_address + offset, access)) {
        return false;
    }
    OperationBatch batch;
    batch.kind = kind;
    batch.device = device;
    batch.offset = offset;
    batch.unit_bytes = byte_count;
    batch.start = access.now;
    batch.duration = duration;
    batch.interval = duration;
    return access.supply.admit(batch) != 0;
}

void Nvmc::Impl::finish_erase(std::uint32_t offset, std::uint32_t byte_count, Duration duration,
                              AccessContext& access)
{
    if (partial_page >= offset && partial_page - offset < byte_count) {
        partial_done = Duration::zero();
    }
    cells->erase(offset, byte_count);
    run(access.now, duration, access);
}

void Nvmc::Impl::erase_page(std::uint32_t address, AccessContext& access)
{
    const std::uint32_t offset = address - data.flash_address;
    if (!page_may_be_erased(address, nvmc_mode::kEen, access) ||
        !announce_erase(OperationKind::kEraseSector, offset, data.page_bytes, data.page_erase_time,
                        access)) {
        return;
    }
    report_worn_page(offset, access);
    finish_erase(offset, data.page_bytes, data.page_erase_time, access);
}

void Nvmc::Impl::erase_page_partially(std::uint32_t address, std::uint32_t mode,
                                      AccessContext& access)
{
    const Duration slice = data.partial_erase_unit * std::int64_t{partial_milliseconds};
    const std::uint32_t offset = address - data.flash_address;
    if (!page_may_be_erased(address, mode, access) ||
        !announce_erase(OperationKind::kEraseSector, offset, data.page_bytes, slice, access)) {
        return;
    }
    if (offset != partial_page) {
        partial_page = offset;
        partial_done = Duration::zero();
    }
    if (partial_done + slice < data.partial_erase_sum) {
        partial_done += slice;  // the page keeps its content until the slices add up
        run(access.now, slice, access);
        return;
    }
    report_worn_page(offset, access);
    finish_erase(offset, data.page_bytes, slice, access);
}

void Nvmc::Impl::erase_all(AccessContext& access)
{
    if (!erase_enabled(config, nvmc_mode::kEen, data.flash_address, "CONFIG", access) ||
        !announce_erase(OperationKind::kEraseChip, 0, data.flash_size_bytes, data.all_erase_time,
                        access)) {
        return;
    }
    erase_uicr_cells();
    finish_erase(0, data.flash_size_bytes, data.all_erase_time, access);
}

void Nvmc::Impl::erase_with_store(std::uint32_t address, std::uint32_t value, AccessContext& access)
{
    if (value != kNvmcEraseValue) {
        report_violation(access.rules, "nvmc-erase-value", kNvmcDevice, address, data.erase_source,
                         "nvmc: a page is erased by storing 0xFFFFFFFF; 0x%08X to 0x%08X: ignored",
                         value, address);
        return;
    }
    if (config == nvmc_mode::kPEen) {
        erase_page_partially(address, nvmc_mode::kPEen, access);
    } else {
        erase_page(address, access);
    }
}

void Nvmc::Impl::report_partly_erased(std::uint32_t offset, std::uint32_t byte_count,
                                      AccessContext& access) const
{
    if (partial_done == Duration::zero() || offset >= partial_page + data.page_bytes ||
        offset + byte_count <= partial_page) {
        return;
    }
    const std::uint32_t address = data.flash_address + std::max(offset, partial_page);
    report_violation(access.rules, "nvmc-partly-erased-page", kNvmcDevice, address,
                     data.erase_source,
                     "nvmc: access to 0x%08X, whose page has been erased for %lld of %lld ms",
                     address, static_cast<long long>(partial_done / milliseconds(1)),
                     static_cast<long long>(data.partial_erase_sum / milliseconds(1)));
}

}  // namespace brownout::models
