// The inside of the NVMC, shared by its source files: registers and state (nvmc.cpp), erasing
// (nvmc_erase.cpp), mapped flash (nvmc_memory.cpp).
#pragma once

#include "controllers/violation.hpp"

#include <models/assert.hpp>
#include <models/nvmc.hpp>
#include <models/part_state.hpp>
#include <models/power_fail.hpp>

#include <algorithm>

namespace brownout::models {

constexpr std::string_view kNvmcDevice = "nvmc";
constexpr std::uint32_t kNvmcWordBytes = 4;
constexpr std::uint32_t kNvmcReadyBit = 1;

struct Nvmc::Impl {
    class Registers final : public BusTarget {
    public:
        explicit Registers(Impl& nvmc) : nvmc_(nvmc) {}
        std::string_view name() const noexcept override { return kNvmcDevice; }
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
        bool serves_block(std::uint32_t offset, std::size_t byte_count, std::uint32_t ready_address,
                          std::uint32_t ready_mask, Duration now) const;
        Impl& nvmc_;
    };

    // Words of configuration that are not erased with any page.
    class Uicr final : public BusTarget {
    public:
        explicit Uicr(Impl& nvmc) : nvmc_(nvmc) {}
        std::string_view name() const noexcept override { return "uicr"; }
        std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
        void write32(std::uint32_t offset, std::uint32_t value,
                     AccessContext& access) noexcept override;

    private:
        bool takes(std::uint32_t offset, AccessContext& access) const;
        void program(std::uint32_t offset, std::uint32_t value);
        Impl& nvmc_;
    };

    Impl(const NvmcData& nvmc_data, std::uint32_t device_index)
        : data(nvmc_data), device(device_index)
    {
    }

    // A core that touches flash while an operation runs waits for its end.
    void stall(AccessContext& access) const { access.now = std::max(access.now, busy_until); }
    // From when on another word can be stored.
    Duration next_word_at() const { return data.buffers_next_word ? word_start : busy_until; }
    // An operation runs from `start`, with nothing buffered behind it; a core that is halted by it
    // comes back at its end.
    void run(Duration start, Duration duration, AccessContext& access);
    // False: the supply is too low, the operation at `address` must not start.
    bool supply_holds(std::uint32_t address, AccessContext& access);

    bool erase_by_store() const { return !data.has_erase_page; }
    // Of the register that counts for this page.
    std::uint32_t mode_at(std::uint32_t flash_offset) const
    {
        return is_secure(flash_offset) ? config : config_ns;
    }
    bool is_secure(std::uint32_t flash_offset) const
    {
        return security == nullptr || !data.has_config_ns || security->is_secure(flash_offset);
    }
    const char* mode_register(std::uint32_t flash_offset) const
    {
        return is_secure(flash_offset) ? "CONFIG" : "CONFIGNS, for a non-secure page,";
    }
    // A loop of stores may be served as one: nothing in it can differ from word to word.
    bool writes_alike() const
    {
        return config == nvmc_mode::kWen &&
               (security == nullptr || !data.has_config_ns || security->all_secure());
    }
    void report_worn_page(std::uint32_t offset, AccessContext& access) const;
    // `held`: of the register `name`.
    bool erase_enabled(std::uint32_t held, std::uint32_t mode, std::uint32_t address,
                       const char* name, AccessContext& access) const;
    bool starts_page(std::uint32_t address, AccessContext& access) const;
    bool page_may_be_erased(std::uint32_t address, std::uint32_t mode, AccessContext& access) const;
    // False: it does not happen.
    bool announce_erase(OperationKind kind, std::uint32_t offset, std::uint32_t byte_count,
                        Duration duration, AccessContext& access);
    void finish_erase(std::uint32_t offset, std::uint32_t byte_count, Duration duration,
                      AccessContext& access);
    void erase_page(std::uint32_t address, AccessContext& access);
    void erase_page_partially(std::uint32_t address, std::uint32_t mode, AccessContext& access);
    void erase_all(AccessContext& access);
    void erase_uicr(AccessContext& access);
    void erase_uicr_cells();
    void erase_with_store(std::uint32_t address, std::uint32_t value, AccessContext& access);
    void report_partly_erased(std::uint32_t offset, std::uint32_t byte_count,
                              AccessContext& access) const;

    void report_write_counts(std::uint32_t offset, std::uint32_t byte_count,
                             AccessContext& access) const;
    void report_full_blocks(std::uint32_t offset, std::uint32_t byte_count,
                            AccessContext& access) const;
    Duration after_store() const;
    // Between the starts of two words of a block form.
    Duration block_interval() const;

    NvmcData data;
    std::uint32_t device;
    FlashArray* cells = nullptr;
    PartState* uicr_state = nullptr;
    const PowerFailComparator* comparator = nullptr;
    const FlashSecurity* security = nullptr;

    std::uint32_t config = nvmc_mode::kRen;
    std::uint32_t config_ns = nvmc_mode::kRen;
    std::uint32_t partial_milliseconds = 0;
    std::uint32_t icache_config = 0;
    Duration busy_until{};
    Duration word_start{};           // of the word stored last; it may lie ahead (READYNEXT)
    std::uint32_t partial_page = 0;  // offset of the page that is being erased in slices
    Duration partial_done{};
    bool warned = false;  // of a low supply, since the reset

    Registers registers{*this};
    Memory memory{*this};
    Uicr uicr{*this};
};

}  // namespace brownout::models
