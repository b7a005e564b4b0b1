#include "firmware/firmware_memory.hpp"

#include "firmware/sanitizer_fiber.hpp"

#include <models/assert.hpp>

#include <sim/error.hpp>

#include <fmt/format.h>

#include <sys/mman.h>

#include <algorithm>

namespace brownout::sim {
namespace {

constexpr std::size_t kPageBytes = 64 * 1024;  // the largest page of any host
constexpr std::size_t kPlatformBytes = 512 * 1024;
constexpr std::uint32_t kAlignmentBytes = 64;
// Sanitizers surround locals with red zones; the same firmware needs several times the stack.
constexpr std::uint32_t kStackFactor = kUnderAsan ? 4 : 1;
// Sanitizers put hundreds of kilobytes of their own into the writable segments; no board has room
// for those, nor has to: they get Data RAM addresses that no board uses.
constexpr std::uint32_t kSanitizedDataAddress = 0x2800'0000;
// The same for a stack that is larger than the firmware asked for, if it does not fit.
constexpr std::uint32_t kSanitizedStackAddress = 0x2900'0000;

constexpr std::size_t round_up(std::size_t value, std::size_t unit)
{
    return (value + unit - 1) / unit * unit;
}

std::size_t stack_room(std::uint32_t stack_bytes)
{
    return round_up(std::size_t{stack_bytes} * kStackFactor, kAlignmentBytes);
}

std::size_t state_room(std::uint32_t state_bytes)
{
    return round_up(std::max<std::size_t>(state_bytes, 1), kAlignmentBytes);
}

std::span<std::uint8_t> bytes_of(AddressRange range)
{
    return {reinterpret_cast<std::uint8_t*>(range.begin), range.size_bytes()};
}

std::uint64_t split_mix(std::uint64_t& state)
{
    state += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// `range` must be a multiple of eight bytes.
void fill(AddressRange range, std::uint64_t seed)
{
    const std::span<std::uint8_t> bytes = bytes_of(range);
    if (seed == 0) {
        std::memset(bytes.data(), 0, bytes.size());
        return;
    }
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t noise = split_mix(seed);
        std::memcpy(bytes.data() + i, &noise, sizeof noise);
    }
}

// Static locals carry a number after a dot that nobody wrote.
std::string written_name(const std::string& name)
{
    const std::size_t dot = name.find_last_of('.');
    const bool is_numbered = dot != std::string::npos && dot > 0 && dot + 1 < name.size() &&
                             name.find_first_not_of("0123456789", dot + 1) == std::string::npos;
    return is_numbered ? name.substr(0, dot) : name;
}

std::string with_offset(std::string text, std::uint64_t offset)
{
    return offset == 0 ? text : fmt::format("{} + 0x{:x}", text, offset);
}

}  // namespace

FirmwareMemory::FirmwareMemory(const ElfFile& file, std::uintptr_t bias, const boot_firmware& table,
                               const FirmwarePlacement& placement,
                               const std::filesystem::path& path)
    : file_(file), bias_(bias), name_(table.name), next_flash_(placement.flash_address),
      next_ram_(placement.ram_address)
{
    add_segments();
    // As the windows below are laid out.
    const std::uint64_t data_bytes = round_up(next_ram_, kAlignmentBytes) - placement.ram_address;
    const std::uint64_t needed =
        data_bytes + state_room(table.state_bytes) + round_up(table.stack_bytes, kAlignmentBytes);
    if (needed > placement.ram_bytes) {
        throw InputError(Place{path.string()},
                         fmt::format("needs {} bytes of RAM ({} data, {} state, {} stack), the "
                                     "board has {}",
                                     needed, data_bytes, table.state_bytes, table.stack_bytes,
                                     placement.ram_bytes));
    }
    map_state_and_stack(table.state_bytes, table.stack_bytes);
    add_window(state_, true, next_ram_, fmt::format("state of {}", name_));
    const std::uint64_t ram_end = std::uint64_t{placement.ram_address} + placement.ram_bytes;
    const bool fits = next_ram_ + stack_.stack.size_bytes() <= ram_end;
    std::uint32_t sanitized = kSanitizedStackAddress;
    add_window(stack_.stack, true, fits ? next_ram_ : sanitized, fmt::format("stack of {}", name_));
}

FirmwareMemory::~FirmwareMemory()
{
    restore_segments();  // the object's own clean-up runs after this
    unpoison(mapping_.begin, mapping_.size_bytes());
    munmap(reinterpret_cast<void*>(mapping_.begin), mapping_.size_bytes());
}

void FirmwareMemory::map_state_and_stack(std::uint32_t state_bytes, std::uint32_t stack_bytes)
{
    const std::size_t stack_size = stack_room(stack_bytes);
    const std::size_t state_size = state_room(state_bytes);
    const std::size_t stack_pages = round_up(stack_size + kPlatformBytes, kPageBytes);
    const std::size_t state_pages = round_up(state_size, kPageBytes);
    const std::size_t total = 3 * kPageBytes + stack_pages + state_pages;

    void* base = mmap(nullptr, total, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    BROWNOUT_ASSERT(base != MAP_FAILED);
    mapping_.begin = reinterpret_cast<std::uintptr_t>(base);
    mapping_.end = mapping_.begin + total;

    stack_.guard = {mapping_.begin, mapping_.begin + kPageBytes};
    stack_.stack.end = stack_.guard.end + stack_pages;
    stack_.stack.begin = stack_.stack.end - stack_size;
    stack_.platform = {stack_.guard.end, stack_.stack.begin};
    // The state ends at its guard, or starts one alignment unit earlier.
    state_.end = mapping_.end - kPageBytes;
    state_.begin = state_.end - state_size;

    const auto open = [](std::uintptr_t begin, std::size_t size_bytes) {
        BROWNOUT_ASSERT(
            mprotect(reinterpret_cast<void*>(begin), size_bytes, PROT_READ | PROT_WRITE) == 0);
    };
    open(stack_.guard.end, stack_pages);
    open(mapping_.end - kPageBytes - state_pages, state_pages);
}

void FirmwareMemory::add_segments()
{
    std::uint32_t next_sanitized = kSanitizedDataAddress;
    for (const ElfSegment& segment : file_.segments) {
        std::uint64_t read_only_end = segment.end();
        if (segment.writable) {
            const bool has_relro =
                file_.relro_begin >= segment.address && file_.relro_begin < segment.end();
            read_only_end = has_relro ? std::clamp(file_.relro_end, segment.address, segment.end())
                                      : segment.address;
        }
        const AddressRange flash = {bias_ + segment.address, bias_ + read_only_end};
        const AddressRange ram = {flash.end, bias_ + segment.end()};
        if (flash.size_bytes() > 0) {
            add_window(flash, false, next_flash_,
                       fmt::format("flash ({}) of {}", main_section(flash), name_));
            if (segment.executable) {
                code_.push_back(flash);
            }
        }
        if (ram.size_bytes() > 0) {
            add_window(ram, true, kUnderAsan ? next_sanitized : next_ram_,
                       fmt::format("RAM ({}) of {}", main_section(ram), name_));
            PowerOnContent content{ram, std::vector<std::uint8_t>(ram.size_bytes())};
            copy_unchecked(content.bytes.data(), bytes_of(ram).data(), content.bytes.size());
            power_on_.push_back(std::move(content));
        }
    }
}

void FirmwareMemory::add_window(AddressRange range, bool is_ram, std::uint32_t& next,
                                std::string label)
{
    const auto lag = static_cast<std::uint32_t>(range.begin - next) % kAlignmentBytes;
    windows_.push_back(models::MemoryWindow{.address = next + lag,
                                            .bytes = bytes_of(range),
                                            .is_ram = is_ram,
                                            .label = std::move(label)});
    next += lag + static_cast<std::uint32_t>(range.size_bytes());
}

std::string FirmwareMemory::main_section(AddressRange range) const
{
    const ElfSection* main = nullptr;
    for (const ElfSection& section : file_.sections) {
        if (range.holds(bias_ + section.address) &&
            (main == nullptr || section.size_bytes > main->size_bytes)) {
            main = &section;
        }
    }
    return main == nullptr ? "unnamed" : main->name;
}

void FirmwareMemory::restore_segments() noexcept
{
    for (const PowerOnContent& content : power_on_) {
        copy_unchecked(bytes_of(content.range).data(), content.bytes.data(), content.bytes.size());
    }
}

void FirmwareMemory::fill_no_init(std::uint64_t noise_seed) noexcept
{
    unpoison(stack_.platform.begin, stack_.usable().size_bytes());
    fill(stack_.stack, noise_seed);
    fill(state_, noise_seed == 0 ? 0 : ~noise_seed | 1);
}

bool FirmwareMemory::holds_code(std::uintptr_t address) const
{
    return std::any_of(code_.begin(), code_.end(),
                       [address](const AddressRange& range) { return range.holds(address); });
}

std::optional<std::uint32_t> FirmwareMemory::device_address(std::uintptr_t address) const
{
    for (const models::MemoryWindow& window : windows_) {
        const auto offset = address - reinterpret_cast<std::uintptr_t>(window.bytes.data());
        if (offset < window.bytes.size()) {
            return window.address + static_cast<std::uint32_t>(offset);
        }
    }
    return std::nullopt;
}

std::optional<std::string> FirmwareMemory::symbol_at(std::uintptr_t address) const
{
    if (state_.holds(address)) {
        return with_offset(fmt::format("state of {}", name_), address - state_.begin);
    }
    if (stack_.usable().holds(address)) {
        return fmt::format("stack of {}", name_);
    }
    if (!device_address(address)) {
        return std::nullopt;
    }
    return segment_symbol(address - bias_);
}

std::string FirmwareMemory::segment_symbol(std::uint64_t link_address) const
{
    const ElfSection* section = file_.section_at(link_address);
    const std::string place =
        fmt::format("{} of {}", section == nullptr ? "no section" : section->name, name_);
    const ElfSymbol* symbol = file_.symbol_at(link_address);
    if (symbol == nullptr) {
        return fmt::format("0x{:x} in {}", link_address, place);
    }
    const std::string name =
        with_offset(written_name(symbol->name), link_address - symbol->address);
    return symbol->is_function ? name
                               : fmt::format("{} ({} bytes, {})", name, symbol->size_bytes, place);
}

}  // namespace brownout::sim
