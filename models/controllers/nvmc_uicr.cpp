// NVMC: UICR, the user information configuration registers; see models/nvmc.hpp.
//
// Reference: devices.md 1.1, 1.3; that a page erase does not reach UICR and that words are written
// as in flash: nRF5340 PS, NVMC, and the product specifications of the nRF52 series, from memory
// (unchecked). A store is one operation (kWriteStatus), because UICR is no part of the flash.
#include "controllers/nvmc_state.hpp"

#include <array>

namespace brownout::models {

namespace {

constexpr std::uint32_t kErasedUicrWord = 0xFFFF'FFFF;

}  // namespace

std::uint32_t Nvmc::Impl::Uicr::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += nvmc_.data.register_access_time;
    nvmc_.stall(access);
    if (nvmc_.uicr_state == nullptr || nvmc_.uicr_state->kept.empty()) {
        return kErasedUicrWord;
    }
    const std::span<const std::uint8_t> bytes(nvmc_.uicr_state->kept);
    std::uint32_t word = 0;
    for (std::uint32_t i = 0; i < kNvmcWordBytes; ++i) {
        word |= std::uint32_t{bytes[offset + i]} << (i * 8);
    }
    return word;
}

bool Nvmc::Impl::Uicr::takes(std::uint32_t offset, AccessContext& access) const
{
    const NvmcData& data = nvmc_.data;
    const std::uint32_t address = data.uicr_address + offset;
    if (offset % kNvmcWordBytes != 0) {
        report_violation(
            access.rules, "nvmc-word-stores-only", kNvmcDevice, address, data.write_source,
            "nvmc: store to 0x%08X (UICR) is not a whole aligned word: ignored", address);
        return false;
    }
    if (nvmc_.erase_by_store() &&
        (nvmc_.config == nvmc_mode::kEen || nvmc_.config == nvmc_mode::kPEen)) {
        report_violation(
            access.rules, "nvmc-erase-address", kNvmcDevice, address, data.erase_source,
            "nvmc: 0x%08X is in UICR, which ERASEALL alone erases: erase ignored", address);
        return false;
    }
    if (nvmc_.config != nvmc_mode::kWen) {
        report_violation(access.rules, "nvmc-write-not-enabled", kNvmcDevice, address,
                         data.write_source,
                         "nvmc: store to 0x%08X (UICR) without CONFIG.WEN = Wen: ignored", address);
        return false;
    }
    return nvmc_.uicr_state != nullptr && nvmc_.supply_holds(address, access);
}

void Nvmc::Impl::Uicr::program(std::uint32_t offset, std::uint32_t value)
{
    std::vector<std::uint8_t>& bytes = nvmc_.uicr_state->kept;
    if (bytes.empty() && value == kErasedUicrWord) {
        return;  // erased registers are stored as none
    }
    bytes.resize(nvmc_register::kUicrBytes, 0xFF);
    for (std::uint32_t i = 0; i < kNvmcWordBytes; ++i) {
        bytes[offset + i] &= static_cast<std::uint8_t>(value >> (i * 8));
    }
}

void Nvmc::Impl::Uicr::write32(std::uint32_t offset, std::uint32_t value,
                               AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    access.now += data.store_time;
    nvmc_.stall(access);
    if (!takes(offset, access)) {
        return;
    }
    const std::array<std::uint8_t, kNvmcWordBytes> bytes{
        static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
        static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
    OperationBatch batch;
    batch.kind = OperationKind::kWriteStatus;
    batch.device = nvmc_.device;
    batch.offset = offset;
    batch.unit_bytes = kNvmcWordBytes;
    batch.start = access.now;
    batch.duration = data.word_write_time;
    batch.interval = data.word_write_time;
    batch.data = bytes;
    if (access.supply.admit(batch) == 0) {
        return;
    }
    program(offset, value);
    nvmc_.run(access.now, data.word_write_time, access);
}

void Nvmc::Impl::erase_uicr_cells()
{
    if (uicr_state != nullptr) {
        uicr_state->kept.clear();
    }
}

void Nvmc::Impl::erase_uicr(AccessContext& access)
{
    if (!erase_enabled(config, nvmc_mode::kEen, data.uicr_address, "CONFIG", access) ||
        !announce_erase(OperationKind::kWriteStatus, 0, nvmc_register::kUicrBytes,
                        data.page_erase_time, access)) {
        return;
    }
    erase_uicr_cells();
    run(access.now, data.page_erase_time, access);
}

}  // namespace brownout::models
