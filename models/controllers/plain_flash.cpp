// The plain flash controller; its data sheet is models/plain_flash.hpp.
#include "controllers/violation.hpp"

#include <models/assert.hpp>
#include <models/plain_flash.hpp>

#include <algorithm>
#include <bit>
#include <optional>

namespace brownout::models {

namespace {

constexpr std::string_view kSource = "plain flash controller, models/plain_flash.hpp";
constexpr std::string_view kSourceEasyDma = "EasyDMA reaches Data RAM only (nRF52832 PS, EasyDMA)";
constexpr std::uint32_t kPageBytesMax = 4096;

struct Sector {
    std::uint64_t start = 0;
    std::uint32_t size_bytes = 0;
};

}  // namespace

struct PlainFlash::Impl {
    class Registers final : public BusTarget {
    public:
        explicit Registers(Impl& flash) : flash_(flash) {}
        std::string_view name() const noexcept override { return flash_.data.name; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                           std::uint32_t expected, Duration now) noexcept override;

    private:
        Impl& flash_;
    };

    class Memory final : public BusTarget {
    public:
        explicit Memory(Impl& flash) : flash_(flash) {}
        std::string_view name() const noexcept override { return flash_.data.name; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;
        void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                        AccessContext& access) noexcept override;
        void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                         AccessContext& access) noexcept override;

    private:
        void refuse_store(std::uint32_t offset, AccessContext& access) const;
        Impl& flash_;
    };

    Impl(const PlainFlashData& flash_data, std::uint32_t device_index)
        : data(flash_data), device(device_index), size_bytes(flash_data.size_bytes())
    {
    }

    std::optional<Sector> sector_at(std::uint64_t offset) const;
    void command(std::uint32_t value, AccessContext& access);
    bool range_allowed(AccessContext& access);
    const MemoryWindow* source_window(AccessContext& access);
    void program(AccessContext& access);
    void program_units(std::span<const std::uint8_t> bytes, AccessContext& access);
    void erase_sector(AccessContext& access);
    void report_overwritten_units(std::uint64_t offset, std::uint32_t byte_count,
                                  AccessContext& access) const;

    PlainFlashData data;
    std::uint32_t device;
    std::uint64_t size_bytes;
    FlashArray* cells = nullptr;

    std::uint32_t src = 0;
    std::uint32_t dst = 0;
    std::uint32_t len = 0;
    bool error = false;
    Duration busy_until{};

    Registers registers{*this};
    Memory memory{*this};
};

std::uint64_t PlainFlashData::size_bytes() const
{
    std::uint64_t total = 0;
    for (const PlainSectorRun& run : sectors) {
        total += std::uint64_t{run.size_bytes} * run.count;
    }
    return total;
}

// ---- registers ---------------------------------------------------------------------------------

std::uint32_t PlainFlash::Impl::Registers::read32(std::uint32_t offset,
                                                  AccessContext& access) noexcept
{
    access.now += flash_.data.register_access_time;
    switch (offset) {
    case plain_register::kSrc:
        return flash_.src;
    case plain_register::kDst:
        return flash_.dst;
    case plain_register::kLen:
        return flash_.len;
    case plain_register::kStatus:
        return (access.now < flash_.busy_until ? plain_register::kStatusBusy : 0u) |
               (flash_.error ? plain_register::kStatusError : 0u);
    default:
        return 0;
    }
}

void PlainFlash::Impl::Registers::write32(std::uint32_t offset, std::uint32_t value,
                                          AccessContext& access) noexcept
{
    access.now += flash_.data.register_access_time;
    switch (offset) {
    case plain_register::kCmd:
        flash_.command(value, access);
        break;
    case plain_register::kSrc:
        flash_.src = value;
        break;
    case plain_register::kDst:
        flash_.dst = value;
        break;
    case plain_register::kLen:
        flash_.len = value;
        break;
    default:
        break;
    }
}

std::optional<Duration> PlainFlash::Impl::Registers::settles_at(std::uint32_t offset,
                                                                std::uint32_t mask,
                                                                std::uint32_t expected,
                                                                Duration now) noexcept
{
    const std::uint32_t idle = flash_.error ? plain_register::kStatusError : 0u;
    if (offset != plain_register::kStatus || (idle & mask) != expected) {
        return std::nullopt;
    }
    return std::max(now, flash_.busy_until);
}

void PlainFlash::Impl::command(std::uint32_t value, AccessContext& access)
{
    if (access.now < busy_until) {
        report_violation(access.rules, "plain-flash-busy", data.name, dst, kSource,
                         "%s: command %u while BUSY: ignored", data.name.c_str(), value);
        return;
    }
    error = false;
    switch (value) {
    case plain_register::kCmdProgram:
        program(access);
        break;
    case plain_register::kCmdEraseSector:
        erase_sector(access);
        break;
    default:
        error = true;
        report_violation(access.rules, "plain-flash-command", data.name, dst, kSource,
                         "%s: %u is not a command", data.name.c_str(), value);
        break;
    }
}

// ---- programming -------------------------------------------------------------------------------

bool PlainFlash::Impl::range_allowed(AccessContext& access)
{
    if (((dst | len) & (data.write_unit_bytes - 1)) != 0) {
        report_violation(access.rules, "plain-flash-unit", data.name, dst, kSource,
                         "%s: program of %u bytes at 0x%08X is not in units of %u bytes",
                         data.name.c_str(), len, dst, data.write_unit_bytes);
        return false;
    }
    if (std::uint64_t{dst} + len > size_bytes) {
        report_violation(access.rules, "plain-flash-range", data.name, dst, kSource,
                         "%s: program of %u bytes at 0x%08X leaves the flash", data.name.c_str(),
                         len, dst);
        return false;
    }
    return true;
}

const MemoryWindow* PlainFlash::Impl::source_window(AccessContext& access)
{
    const MemoryWindow* window = access.bus.find_window(src, len);
    if (window == nullptr) {
        report_violation(access.rules, "plain-flash-source", data.name, src, kSource,
                         "%s: source 0x%08X, %u bytes, is not in one memory", data.name.c_str(),
                         src, len);
        return nullptr;
    }
    if (data.ram_only && !window->is_ram) {
        report_violation(access.rules, "easydma-ram-only", data.name, src, kSourceEasyDma,
                         "%s: source 0x%08X is in %s: EasyDMA reads only Data RAM",
                         data.name.c_str(), src, window->label.c_str());
        return nullptr;
    }
    return window;
}

void PlainFlash::Impl::program(AccessContext& access)
{
    if (!range_allowed(access)) {
        error = true;
        return;
    }
    if (len == 0) {
        return;
    }
    const MemoryWindow* window = source_window(access);
    if (window == nullptr) {
        error = true;
        return;
    }
    program_units(window->bytes.subspan(src - window->address, len), access);
}

// The units follow one another while the core goes on; their starts say when each happens.
void PlainFlash::Impl::program_units(std::span<const std::uint8_t> bytes, AccessContext& access)
{
    const std::uint32_t unit = data.write_unit_bytes;
    const auto unit_count = static_cast<std::uint32_t>(bytes.size() / unit);
    for (std::uint32_t done = 0; done < unit_count;) {
        OperationBatch batch;
        batch.kind = OperationKind::kProgramWord;
        batch.device = device;
        batch.offset = std::uint64_t{dst} + std::uint64_t{done} * unit;
        batch.unit_bytes = unit;
        batch.count = unit_count - done;
        batch.start = access.now + done * data.program_unit_time;
        batch.duration = data.program_unit_time;
        batch.interval = data.program_unit_time;
        batch.data = bytes.subspan(std::size_t{done} * unit);
        const std::uint32_t admitted = access.supply.admit(batch);
        if (admitted == 0) {
            return;
        }
        BROWNOUT_ASSERT(admitted <= batch.count);
        report_overwritten_units(batch.offset, admitted * unit, access);
        cells->program(batch.offset, batch.data.first(std::size_t{admitted} * unit));
        done += admitted;
        busy_until = access.now + done * data.program_unit_time;
    }
}

void PlainFlash::Impl::report_overwritten_units(std::uint64_t offset, std::uint32_t byte_count,
                                                AccessContext& access) const
{
    if (data.writes_per_unit_max == 0 ||
        cells->most_writes_since_erase(offset, byte_count) < data.writes_per_unit_max) {
        return;
    }
    for (std::uint64_t at = offset; at < offset + byte_count; at += data.write_unit_bytes) {
        if (cells->writes_since_erase(at) >= data.writes_per_unit_max) {
            report_violation(access.rules, "plain-flash-write-count", data.name, at, kSource,
                             "%s: unit at 0x%08X is written more than %u times since its erase",
                             data.name.c_str(), static_cast<unsigned>(at),
                             unsigned{data.writes_per_unit_max});
        }
    }
}

// ---- erasing -----------------------------------------------------------------------------------

std::optional<Sector> PlainFlash::Impl::sector_at(std::uint64_t offset) const
{
    std::uint64_t run_start = 0;
    for (const PlainSectorRun& run : data.sectors) {
        const std::uint64_t run_bytes = std::uint64_t{run.size_bytes} * run.count;
        if (offset < run_start + run_bytes) {
            return Sector{offset - (offset - run_start) % run.size_bytes, run.size_bytes};
        }
        run_start += run_bytes;
    }
    return std::nullopt;
}

void PlainFlash::Impl::erase_sector(AccessContext& access)
{
    const std::optional<Sector> sector = sector_at(dst);
    if (!data.needs_erase || !sector || sector->start != dst) {
        error = true;
        report_violation(access.rules,
                         data.needs_erase ? "plain-flash-sector" : "plain-flash-no-erase",
                         data.name, dst, kSource,
                         data.needs_erase ? "%s: 0x%08X is not the first byte of a sector"
                                          : "%s: erase at 0x%08X of a flash that has no erase",
                         data.name.c_str(), dst);
        return;
    }
    OperationBatch batch;
    batch.kind = OperationKind::kEraseSector;
    batch.device = device;
    batch.offset = dst;
    batch.unit_bytes = sector->size_bytes;
    batch.start = access.now;
    batch.duration = data.erase_sector_time;
    batch.interval = data.erase_sector_time;
    if (access.supply.admit(batch) == 0) {
        return;
    }
    cells->erase(dst, sector->size_bytes);
    busy_until = access.now + data.erase_sector_time;
}

// ---- mapped memory -----------------------------------------------------------------------------

std::uint32_t PlainFlash::Impl::Memory::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now = std::max(access.now + flash_.data.register_access_time, flash_.busy_until);
    return flash_.cells->word_at(offset);
}

void PlainFlash::Impl::Memory::read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                                          AccessContext& access) noexcept
{
    access.now = std::max(access.now, flash_.busy_until);
    flash_.cells->read(offset, destination);
}

void PlainFlash::Impl::Memory::refuse_store(std::uint32_t offset, AccessContext& access) const
{
    access.now += flash_.data.register_access_time;
    report_violation(access.rules, "plain-flash-read-only", flash_.data.name, offset, kSource,
                     "%s: store to mapped offset 0x%08X: ignored", flash_.data.name.c_str(),
                     offset);
}

void PlainFlash::Impl::Memory::write32(std::uint32_t offset, std::uint32_t,
                                       AccessContext& access) noexcept
{
    refuse_store(offset, access);
}

void PlainFlash::Impl::Memory::write_bytes(std::uint32_t offset, std::span<const std::uint8_t>,
                                           AccessContext& access) noexcept
{
    refuse_store(offset, access);
}

// ---- PlainFlash --------------------------------------------------------------------------------

PlainFlash::PlainFlash(const PlainFlashData& data, std::uint32_t device_index)
    : impl_(std::make_unique<Impl>(data, device_index))
{
    BROWNOUT_ASSERT(std::has_single_bit(data.write_unit_bytes));
    for (const PlainSectorRun& run : data.sectors) {
        BROWNOUT_ASSERT(run.size_bytes > 0 && run.size_bytes % data.write_unit_bytes == 0);
    }
}

PlainFlash::~PlainFlash() = default;

FlashGeometry PlainFlash::geometry(const PlainFlashData& data)
{
    FlashGeometry geometry;
    geometry.size_bytes = data.size_bytes();
    BROWNOUT_ASSERT(geometry.size_bytes > 0);
    // The largest granule that divides every sector, so that erase counts are those of sectors or
    // of equal parts of them.
    std::uint32_t sizes = kPageBytesMax;
    for (const PlainSectorRun& run : data.sectors) {
        sizes |= run.size_bytes;
    }
    geometry.page_bytes = 1u << std::countr_zero(sizes);
    geometry.count_unit_bytes = data.writes_per_unit_max != 0 ? data.write_unit_bytes : 0;
    geometry.write_count_limit = data.writes_per_unit_max;
    geometry.erased_value = data.erased_value;
    geometry.overwrites = !data.needs_erase;
    return geometry;
}

void PlainFlash::attach(FlashArray& cells)
{
    BROWNOUT_ASSERT(cells.geometry().size_bytes == impl_->size_bytes);
    impl_->cells = &cells;
}

void PlainFlash::power_on_reset()
{
    impl_->src = 0;
    impl_->dst = 0;
    impl_->len = 0;
    impl_->error = false;
    impl_->busy_until = Duration::min();
}

BusTarget& PlainFlash::registers()
{
    return impl_->registers;
}
BusTarget& PlainFlash::memory()
{
    return impl_->memory;
}

}  // namespace brownout::models
