// NVMC of the nRF52840; reference, what is modelled and what is not: models/nvmc.hpp.
#include "controllers/violation.hpp"

#include <models/assert.hpp>
#include <models/nvmc.hpp>

#include <algorithm>
#include <array>

namespace brownout::models {

namespace {

constexpr std::string_view kDevice = "nvmc";
constexpr std::uint32_t kWordBytes = 4;
constexpr std::uint32_t kPartialMillisecondsReset = 10;
constexpr std::uint32_t kReadyBit = 1;

constexpr std::string_view kSourceWrite = "nRF52840 PS v1.7, 4.3.1 Writing to flash";
constexpr std::string_view kSourceErase = "nRF52840 PS v1.7, 4.3.2 Erasing a page in flash";

enum Mode : std::uint32_t { kRen = 0, kWen = 1, kEen = 2 };

std::array<std::uint8_t, kWordBytes> little_endian(std::uint32_t value)
{
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
            static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
}

}  // namespace

struct Nvmc::Impl {
    class Registers final : public BusTarget {
    public:
        explicit Registers(Impl& nvmc) : nvmc_(nvmc) {}
        std::string_view name() const noexcept override { return kDevice; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                           std::uint32_t expected, Duration now) noexcept override;

    private:
        Impl& nvmc_;
    };

    class Memory final : public BusTarget {
    public:
        explicit Memory(Impl& nvmc) : nvmc_(nvmc) {}
        std::string_view name() const noexcept override { return "flash"; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                        AccessContext& access) noexcept override;
        void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                         AccessContext& access) noexcept override;
        bool write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                         std::uint32_t ready_address, std::uint32_t ready_mask,
                         AccessContext& access) noexcept override;

    private:
        Impl& nvmc_;
    };

    Impl(const NvmcData& nvmc_data, std::uint32_t device_index)
        : data(nvmc_data), device(device_index)
    {
    }

    // A core that touches flash while an operation runs waits for its end.
    void stall(AccessContext& access) const { access.now = std::max(access.now, busy_until); }

    bool erase_allowed(std::uint32_t address, AccessContext& access) const;
    void start_erase(OperationKind kind, std::uint32_t offset, std::uint32_t byte_count,
                     Duration duration, AccessContext& access);
    void erase_page(std::uint32_t address, AccessContext& access);
    void erase_page_partially(std::uint32_t address, AccessContext& access);
    void erase_all(AccessContext& access);
    void erase_uicr(AccessContext& access);
    void report_overwritten_words(std::uint32_t offset, std::uint32_t byte_count,
                                  AccessContext& access) const;
    Duration after_store() const;

    NvmcData data;
    std::uint32_t device;
    FlashArray* cells = nullptr;

    std::uint32_t config = kRen;
    std::uint32_t partial_milliseconds = kPartialMillisecondsReset;
    std::uint32_t icache_config = 0;
    Duration busy_until{};
    std::uint32_t partial_page = 0;  // offset of the page that is being erased in slices
    Duration partial_done{};

    Registers registers{*this};
    Memory memory{*this};
};

// ---- registers ---------------------------------------------------------------------------------

std::uint32_t Nvmc::Impl::Registers::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += nvmc_.data.register_access_time;
    switch (offset) {
    case nvmc_register::kReady:
    case nvmc_register::kReadyNext:
        return access.now >= nvmc_.busy_until ? kReadyBit : 0;
    case nvmc_register::kConfig:
        return nvmc_.config;
    case nvmc_register::kErasePagePartialCfg:
        return nvmc_.partial_milliseconds;
    case nvmc_register::kICacheCnf:
        return nvmc_.icache_config;
    default:
        return 0;  // write-only, counters, reserved
    }
}

void Nvmc::Impl::Registers::write32(std::uint32_t offset, std::uint32_t value,
                                    AccessContext& access) noexcept
{
    access.now += nvmc_.data.register_access_time;
    switch (offset) {
    case nvmc_register::kConfig:
        nvmc_.config = value & 3u;
        break;
    case nvmc_register::kErasePage:
        nvmc_.erase_page(value, access);
        break;
    case nvmc_register::kEraseAll:
        if ((value & 1u) != 0) {
            nvmc_.erase_all(access);
        }
        break;
    case nvmc_register::kEraseUicr:
        if ((value & 1u) != 0) {
            nvmc_.erase_uicr(access);
        }
        break;
    case nvmc_register::kErasePagePartial:
        nvmc_.erase_page_partially(value, access);
        break;
    case nvmc_register::kErasePagePartialCfg:
        nvmc_.partial_milliseconds = value & 0x7Fu;
        break;
    case nvmc_register::kICacheCnf:
        nvmc_.icache_config = value & 0x101u;
        break;
    default:
        break;  // read-only and reserved registers ignore stores
    }
}

std::optional<Duration> Nvmc::Impl::Registers::settles_at(std::uint32_t offset, std::uint32_t mask,
                                                          std::uint32_t expected,
                                                          Duration now) noexcept
{
    const bool is_ready = offset == nvmc_register::kReady || offset == nvmc_register::kReadyNext;
    if (!is_ready || (mask & kReadyBit) == 0 || (kReadyBit & mask) != expected) {
        return std::nullopt;
    }
    return std::max(now, nvmc_.busy_until);
}

// ---- erasing -----------------------------------------------------------------------------------

bool Nvmc::Impl::erase_allowed(std::uint32_t address, AccessContext& access) const
{
    if (config == kEen) {
        return true;
    }
    report_violation(access.rules, "nvmc-erase-not-enabled", kDevice, address, kSourceErase,
                     "nvmc: erase of 0x%08X without CONFIG.WEN = Een: ignored", address);
    return false;
}

void Nvmc::Impl::start_erase(OperationKind kind, std::uint32_t offset, std::uint32_t byte_count,
                             Duration duration, AccessContext& access)
{
    stall(access);
    OperationBatch batch;
    batch.kind = kind;
    batch.device = device;
    batch.offset = offset;
    batch.unit_bytes = byte_count;
    batch.start = access.now;
    batch.duration = duration;
    batch.interval = duration;
    if (access.supply.admit(batch) == 0) {
        return;
    }
    cells->erase(offset, byte_count);
    busy_until = access.now + duration;
}

void Nvmc::Impl::erase_page(std::uint32_t address, AccessContext& access)
{
    if (!erase_allowed(address, access)) {
        return;
    }
    const std::uint32_t offset = address - data.flash_address;
    if (offset % data.page_bytes != 0 || offset >= data.flash_size_bytes) {
        report_violation(access.rules, "nvmc-erase-address", kDevice, address, kSourceErase,
                         "nvmc: 0x%08X is not the first word of a page: erase ignored", address);
        return;
    }
    start_erase(OperationKind::kEraseSector, offset, data.page_bytes, data.page_erase_time, access);
}

void Nvmc::Impl::erase_page_partially(std::uint32_t address, AccessContext& access)
{
    if (!erase_allowed(address, access)) {
        return;
    }
    const std::uint32_t offset = address - data.flash_address;
    if (offset % data.page_bytes != 0 || offset >= data.flash_size_bytes) {
        report_violation(access.rules, "nvmc-erase-address", kDevice, address, kSourceErase,
                         "nvmc: 0x%08X is not the first word of a page: erase ignored", address);
        return;
    }
    stall(access);
    if (offset != partial_page) {
        partial_page = offset;
        partial_done = Duration::zero();
    }
    const Duration slice = milliseconds(partial_milliseconds);
    if (partial_done + slice < data.page_erase_time) {
        partial_done += slice;  // the page keeps its content until the slices add up
        busy_until = access.now + slice;
        return;
    }
    partial_done = Duration::zero();
    start_erase(OperationKind::kEraseSector, offset, data.page_bytes, slice, access);
}

void Nvmc::Impl::erase_all(AccessContext& access)
{
    if (erase_allowed(data.flash_address, access)) {
        start_erase(OperationKind::kEraseChip, 0, data.flash_size_bytes, data.all_erase_time,
                    access);
    }
}

void Nvmc::Impl::erase_uicr(AccessContext& access)
{
    if (erase_allowed(data.flash_address, access)) {
        stall(access);
        busy_until = access.now + data.page_erase_time;
    }
}

// ---- flash memory ------------------------------------------------------------------------------

std::uint32_t Nvmc::Impl::Memory::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += nvmc_.data.store_time;
    nvmc_.stall(access);
    return nvmc_.cells->word_at(offset);
}

void Nvmc::Impl::Memory::read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                                    AccessContext& access) noexcept
{
    nvmc_.stall(access);
    nvmc_.cells->read(offset, destination);
}

void Nvmc::Impl::report_overwritten_words(std::uint32_t offset, std::uint32_t byte_count,
                                          AccessContext& access) const
{
    if (cells->most_writes_since_erase(offset, byte_count) < data.writes_per_word_max) {
        return;
    }
    for (std::uint32_t at = offset; at < offset + byte_count; at += kWordBytes) {
        if (cells->writes_since_erase(at) >= data.writes_per_word_max) {
            const std::uint32_t address = data.flash_address + at;
            report_violation(access.rules, "nvmc-write-count", kDevice, address, kSourceWrite,
                             "nvmc: word 0x%08X is written more than %u times since its erase",
                             address, unsigned{data.writes_per_word_max});
        }
    }
}

void Nvmc::Impl::Memory::write32(std::uint32_t offset, std::uint32_t value,
                                 AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    const std::uint32_t address = data.flash_address + offset;
    access.now += data.store_time;
    nvmc_.stall(access);
    if (offset % kWordBytes != 0) {
        report_violation(access.rules, "nvmc-word-stores-only", kDevice, address, kSourceWrite,
                         "nvmc: store to 0x%08X is not a whole aligned word: ignored", address);
        return;
    }
    if (nvmc_.config != kWen) {
        report_violation(access.rules, "nvmc-write-not-enabled", kDevice, address, kSourceWrite,
                         "nvmc: store to 0x%08X without CONFIG.WEN = Wen: ignored", address);
        return;
    }
    const std::array<std::uint8_t, kWordBytes> bytes = little_endian(value);
    OperationBatch batch;
    batch.kind = OperationKind::kProgramWord;
    batch.device = nvmc_.device;
    batch.offset = offset;
    batch.unit_bytes = kWordBytes;
    batch.start = access.now;
    batch.duration = data.word_write_time;
    batch.interval = data.word_write_time;
    batch.data = bytes;
    if (access.supply.admit(batch) == 0) {
        return;
    }
    nvmc_.report_overwritten_words(offset, kWordBytes, access);
    nvmc_.cells->program(offset, bytes);
    nvmc_.busy_until = access.now + data.word_write_time;
}

void Nvmc::Impl::Memory::write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                                     AccessContext& access) noexcept
{
    if (offset % kWordBytes != 0 || source.size() % kWordBytes != 0) {
        const std::uint32_t address = nvmc_.data.flash_address + offset;
        access.now += nvmc_.data.store_time;
        report_violation(access.rules, "nvmc-word-stores-only", kDevice, address, kSourceWrite,
                         "nvmc: store to 0x%08X is not a whole aligned word: ignored", address);
        return;
    }
    BusTarget::write_bytes(offset, source, access);
}

// From a store to the poll that finds it done: the first read of READY, and if that still finds the
// controller busy, one more when it has become ready.
Duration Nvmc::Impl::after_store() const
{
    const Duration read = data.register_access_time;
    return data.word_write_time <= read ? read : data.word_write_time + read;
}

bool Nvmc::Impl::Memory::write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                                     std::uint32_t ready_address, std::uint32_t ready_mask,
                                     AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    const bool polls_ready =
        ready_address == data.register_base + nvmc_register::kReady && ready_mask == kReadyBit;
    if (!polls_ready || nvmc_.config != kWen || offset % kWordBytes != 0 ||
        words.size() > data.flash_size_bytes - offset) {
        return false;
    }
    const Duration interval = nvmc_.after_store() + data.store_time;
    const auto word_count = static_cast<std::uint32_t>(words.size() / kWordBytes);
    for (std::uint32_t done = 0; done < word_count;) {
        access.now += data.store_time;
        nvmc_.stall(access);
        OperationBatch batch;
        batch.kind = OperationKind::kProgramWord;
        batch.device = nvmc_.device;
        batch.offset = offset + done * kWordBytes;
        batch.unit_bytes = kWordBytes;
        batch.count = word_count - done;
        batch.start = access.now;
        batch.duration = data.word_write_time;
        batch.interval = interval;
        batch.data = words.subspan(done * kWordBytes);
        const std::uint32_t admitted = access.supply.admit(batch);
        if (admitted == 0) {
            return true;
        }
        BROWNOUT_ASSERT(admitted <= batch.count);
        const std::uint32_t byte_count = admitted * kWordBytes;
        const auto at = static_cast<std::uint32_t>(batch.offset);
        nvmc_.report_overwritten_words(at, byte_count, access);
        nvmc_.cells->program(at, batch.data.first(byte_count));
        const Duration last_start = batch.start + (admitted - 1) * interval;
        nvmc_.busy_until = last_start + data.word_write_time;
        access.now = last_start + nvmc_.after_store();
        done += admitted;
    }
    return true;
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
    geometry.count_unit_bytes = kWordBytes;
    geometry.write_count_limit = data.writes_per_word_max;
    return geometry;
}

void Nvmc::attach(FlashArray& cells)
{
    BROWNOUT_ASSERT(cells.geometry().size_bytes == impl_->data.flash_size_bytes);
    impl_->cells = &cells;
}

void Nvmc::power_on_reset()
{
    impl_->config = kRen;
    impl_->partial_milliseconds = kPartialMillisecondsReset;
    impl_->icache_config = 0;
    impl_->busy_until = Duration::min();
    impl_->partial_page = 0;
    impl_->partial_done = Duration::zero();
}

BusTarget& Nvmc::registers()
{
    return impl_->registers;
}
BusTarget& Nvmc::memory()
{
    return impl_->memory;
}

}  // namespace brownout::models
