// The bus of one core: decodes device addresses to register blocks, memories and DMA windows.
//
// Modelled: which address reaches what, word access to registers, byte access to memories, bus
// faults for addresses that nothing answers. Not modelled: arbitration, wait states (each access
// costs what its target says), caches.
#pragma once

#include <models/operation.hpp>
#include <models/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::models {

class Bus;

// What an access needs to know and what it may change: the time of the accessing core.
struct AccessContext {
    Duration& now;  // advanced by what the access costs
    Supply& supply;
    RuleObserver& rules;
    const Bus& bus;  // of the accessing core: what a DMA engine of its SoC can reach
};

// Registers or memory at a range of addresses. Offsets are relative to the range.
class BusTarget {
public:
    virtual ~BusTarget() = default;
    virtual std::string_view name() const noexcept = 0;

    virtual std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept = 0;
    virtual void write32(std::uint32_t offset, std::uint32_t value,
                         AccessContext& access) noexcept = 0;

    // Earliest time from `now` on at which (read32(offset) & mask) == expected can become true
    // without further accesses; nullopt: never. Lets a poll jump instead of spinning.
    virtual std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                               std::uint32_t expected, Duration now) noexcept;

    // Memory-mapped bytes. The default answers register reads word by word.
    virtual void read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                            AccessContext& access) noexcept;
    virtual void write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                             AccessContext& access) noexcept;

    // Why a core's access to memory here ends in a bus fault; empty: it does not.
    virtual std::string_view refuses(std::uint32_t offset, bool is_write) const noexcept;

    // The block form of io.h: true if this target served it, leaving the same state, counts and
    // time as the word loop; false: the caller runs the loop. `ready_address` and `ready_mask` are
    // the register that the firmware would poll between words.
    virtual bool write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                             std::uint32_t ready_address, std::uint32_t ready_mask,
                             AccessContext& access) noexcept;
};

// RAM that a DMA engine can reach, or flash that it cannot: host memory with a device address.
struct MemoryWindow {
    std::uint32_t address = 0;
    std::span<std::uint8_t> bytes;  // host memory, owned by whoever declared the window
    bool is_ram = false;            // DMA engines of this SoC reach RAM only
    std::string label;              // "RAM of builtin", "flash (.rodata) of app"
};

struct BusRange {
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
    BusTarget* target = nullptr;  // not owned
};

class Bus {
public:
    // Ranges must not overlap each other, nor windows each other, nor a RAM window a range
    // (asserted). A flash window may lie inside mapped flash: that is where code and constants are.
    void map(BusRange range);
    void add_window(MemoryWindow window);
    void clear_windows();

    // The range that answers `address`, or nullptr: a bus fault.
    const BusRange* find(std::uint32_t address) const noexcept;
    // The window that holds all of [address, address + byte_count), or nullptr.
    const MemoryWindow* find_window(std::uint32_t address, std::uint32_t byte_count) const noexcept;
    // The device address of a host pointer, or nullopt when no window holds it.
    std::optional<std::uint32_t> address_of(const void* pointer) const noexcept;

    const std::vector<BusRange>& ranges() const { return ranges_; }
    const std::vector<MemoryWindow>& windows() const { return windows_; }

private:
    std::vector<BusRange> ranges_;  // sorted by address
    std::vector<MemoryWindow> windows_;
    mutable std::size_t last_range_ = 0;
};

}  // namespace brownout::models
