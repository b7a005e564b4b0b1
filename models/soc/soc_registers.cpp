#include "controllers/violation.hpp"

#include <models/soc_registers.hpp>

namespace brownout::models {

namespace {

constexpr std::uint32_t kErasedWord = 0xFFFF'FFFF;
constexpr std::uint32_t kBytesPerKib = 1024;

// RESETREAS.SREQ: from memory of the product specifications (unchecked).
std::uint32_t soft_reset_bit(const Soc& soc)
{
    return soc.has_network_force_off || soc.nvmc.flash_address != 0 ? 1u << 3 : 1u << 2;
}

// Words from INFO.PART on, in FICR.
std::uint32_t info_word(const Soc& soc, std::uint32_t index)
{
    switch (index) {
    case 0:
        return soc.information.part;
    case 1:
        return 0x4141'4141;  // VARIANT "AAAA"
    case 2:
        return 0x2004;  // PACKAGE
    case 3:
        return soc.ram_size_bytes / kBytesPerKib;
    case 4:
        return soc.nvmc.flash_size_bytes / kBytesPerKib;
    default:
        return kErasedWord;
    }
}

std::uint32_t ficr_word(const Soc& soc, std::uint32_t offset)
{
    const InformationRegisters& at = soc.information;
    if (offset - at.info_offset < 5 * 4) {
        return info_word(soc, (offset - at.info_offset) / 4);
    }
    if (offset == at.page_size_offset) {
        return soc.nvmc.page_bytes;
    }
    if (offset == at.page_size_offset + 4) {
        return soc.nvmc.flash_size_bytes / soc.nvmc.page_bytes;
    }
    if (offset - at.device_id_offset < 8) {
        return 0xB0B0'0000u + (offset - at.device_id_offset) / 4;  // of no real chip
    }
    return kErasedWord;
}

}  // namespace

struct SocRegisters::Impl {
    enum class Block { kFicr, kUicr, kPower, kRegulators };

    // All blocks have the same shape; which one it is decides what a word is.
    class Words final : public BusTarget {
    public:
        Words(Impl& soc, Block block, std::string_view name) : soc_(soc), block_(block), name_(name)
        {
        }
        std::string_view name() const noexcept override { return name_; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override
        {
            access.now += soc_.access_time;
            return soc_.read(block_, offset);
        }
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override
        {
            access.now += soc_.access_time;
            soc_.write(block_, offset, value, access);
        }

    private:
        Impl& soc_;
        Block block_;
        std::string_view name_;
    };

    Impl(const Soc& of, Duration time) : soc(of), access_time(time) {}

    bool is_pofcon(Block block, std::uint32_t offset) const
    {
        const std::uint32_t base =
            block == Block::kPower ? soc.power_address : regulators_address();
        return soc.pofcon_address != 0 && base + offset == soc.pofcon_address;
    }
    // 0: POFCON lies in the power block.
    std::uint32_t regulators_address() const
    {
        const std::uint32_t base = soc.pofcon_address & ~0xFFFu;
        return base == soc.power_address ? 0 : base;
    }
    std::uint32_t read(Block block, std::uint32_t offset) const
    {
        switch (block) {
        case Block::kFicr:
            return ficr_word(soc, offset);
        case Block::kUicr:
            return kErasedWord;
        case Block::kPower:
        case Block::kRegulators:
            break;
        }
        if (is_pofcon(block, offset)) {
            return comparator.pofcon;
        }
        if (block == Block::kRegulators) {
            return 0;
        }
        switch (offset) {
        case soc_register::kEventsPofWarn:
            return comparator.warns() || power_warning ? 1 : 0;
        case soc_register::kResetReas:
            return reset_reason;
        case soc_register::kNetworkForceOff:
            return soc.has_network_force_off ? force_off : 0;
        default:
            return 0;
        }
    }
    void write(Block block, std::uint32_t offset, std::uint32_t value, AccessContext& access)
    {
        if (block == Block::kFicr || block == Block::kUicr) {
            const bool is_uicr = block == Block::kUicr;
            const std::uint32_t address =
                (is_uicr ? soc.information.uicr_address : soc.information.ficr_address) + offset;
            report_violation(access.rules, "information-read-only", is_uicr ? "uicr" : "ficr",
                             address, "models/soc_registers.hpp",
                             "%s: store to 0x%08X: its registers only read here: ignored",
                             is_uicr ? "uicr" : "ficr", address);
            return;
        }
        if (is_pofcon(block, offset)) {
            comparator.pofcon = value & 0xF1Fu;
            return;
        }
        if (block == Block::kRegulators) {
            return;
        }
        if (offset == soc_register::kEventsPofWarn) {
            power_warning = (value & 1u) != 0;
        } else if (offset == soc_register::kResetReas) {
            reset_reason &= ~value;
        } else if (offset == soc_register::kNetworkForceOff) {
            const bool changes = force_off != (value & 1u);
            force_off = value & 1u;
            if (changes && hold_changed) {
                hold_changed();
            }
        }
    }

    const Soc& soc;
    Duration access_time;
    PowerFailComparator comparator;
    bool power_warning = false;
    std::uint32_t reset_reason = 0;
    std::uint32_t force_off = 1;
    std::function<void()> hold_changed;

    Words ficr{*this, Block::kFicr, "ficr"};
    Words uicr{*this, Block::kUicr, "uicr"};
    Words power{*this, Block::kPower, "power"};
    BusTarget* programmable_uicr = nullptr;
    Words regulators{*this, Block::kRegulators, "regulators"};
};

SocRegisters::SocRegisters(const Soc& soc, Duration register_access_time)
    : impl_(std::make_unique<Impl>(soc, register_access_time))
{
}

SocRegisters::~SocRegisters() = default;

std::vector<BusRange> soc_register_ranges(const Soc& soc)
{
    std::vector<BusRange> ranges{
        {soc.information.ficr_address, soc_register::kInformationBytes, nullptr},
        {soc.information.uicr_address, soc_register::kInformationBytes, nullptr},
        {soc.power_address, soc_register::kPowerBytes, nullptr}};
    const std::uint32_t pofcon_block = soc.pofcon_address & ~0xFFFu;
    if (soc.pofcon_address != 0 && pofcon_block != soc.power_address) {
        ranges.push_back({pofcon_block, soc_register::kRegulatorBytes, nullptr});
    }
    return ranges;
}

void SocRegisters::set_uicr(BusTarget& uicr)
{
    impl_->programmable_uicr = &uicr;
}

void SocRegisters::map(Bus& bus)
{
    BusTarget* const uicr =
        impl_->programmable_uicr != nullptr ? impl_->programmable_uicr : &impl_->uicr;
    BusTarget* const targets[] = {&impl_->ficr, uicr, &impl_->power, &impl_->regulators};
    std::size_t index = 0;
    for (BusRange range : soc_register_ranges(impl_->soc)) {
        range.target = targets[index++];
        bus.map(range);
    }
}

void SocRegisters::reset(ResetKind kind)
{
    impl_->power_warning = false;
    impl_->reset_reason = kind == ResetKind::kSystemReset ? soft_reset_bit(impl_->soc) : 0;
    impl_->force_off = 1;
}

PowerFailComparator& SocRegisters::comparator()
{
    return impl_->comparator;
}

void SocRegisters::release_network_core()
{
    impl_->force_off = 0;
}

void SocRegisters::on_network_hold(std::function<void()> changed)
{
    impl_->hold_changed = std::move(changed);
}

bool SocRegisters::holds_network_core() const
{
    return impl_->soc.has_network_force_off && impl_->force_off != 0;
}

}  // namespace brownout::models
