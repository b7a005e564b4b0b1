#include "processor.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstring>

namespace brownout::sim {

namespace {

// No word takes longer to be written, whatever the flash.
constexpr models::Duration kWordTimeMax = models::milliseconds(1);

models::Duration one_cycle(std::uint32_t cpu_hz)
{
    return models::Duration{1'000'000'000'000 / std::int64_t{cpu_hz}};
}

// How a start of b0n ended, from what it returned.
Outcome network_outcome(int code)
{
    switch (code) {
    case B0N_STARTS:
        return Outcome{OutcomeKind::kHandedOver, code, {}, {}};
    case B0N_COMMAND_DONE:
        return Outcome{OutcomeKind::kCommandDone, code, {}, {}};
    case B0N_COMMAND_FAILED:
        return Outcome{OutcomeKind::kNoImage, code, {}, "it answered FAIL and waits for a reset"};
    case B0N_NOT_PROTECTED:
        return Outcome{OutcomeKind::kNoImage, code, {}, "it could not protect itself"};
    default:
        return Outcome{OutcomeKind::kNoImage, code, {}, "its slot holds no firmware information"};
    }
}

// Bytes that answer a memory access at `address`, without leaving the range or window.
struct Piece {
    models::BusTarget* target = nullptr;
    std::uint32_t offset = 0;
    std::span<std::uint8_t> window;
    std::uint32_t byte_count = 0;
};

Piece piece_at(const models::Bus& bus, std::uint32_t address, std::uint32_t byte_count)
{
    Piece piece;
    if (const models::BusRange* range = bus.find(address)) {
        piece.target = range->target;
        piece.offset = address - range->address;
        piece.byte_count = std::min(byte_count, range->size_bytes - piece.offset);
    } else if (const models::MemoryWindow* window = bus.find_window(address, 1)) {
        const std::size_t offset = address - window->address;
        const std::size_t left = window->bytes.size() - offset;
        piece.byte_count = static_cast<std::uint32_t>(std::min<std::size_t>(byte_count, left));
        piece.window = window->bytes.subspan(offset, piece.byte_count);
    }
    return piece;
}

}  // namespace

// The functions of the io table. Static members of a friend, so that they may reach the processor
// without being part of its interface.
struct ProcessorIo {
    static Processor& self(void* context) { return *static_cast<Processor*>(context); }

    static std::uint32_t read32(void* context, std::uint32_t address) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        return core.read_register(address);
    }

    static void write32(void* context, std::uint32_t address, std::uint32_t value) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0),
                                           __builtin_frame_address(0));
        core.write_register(address, value);
    }

    static bool poll32(void* context, std::uint32_t address, std::uint32_t mask,
                       std::uint32_t expected, std::uint32_t timeout_us) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        return core.poll_register(address, mask, expected, timeout_us);
    }

    static void write_words(void* context, std::uint32_t address, const void* source,
                            std::uint32_t word_count, std::uint32_t ready_address,
                            std::uint32_t ready_mask) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        const auto* bytes = static_cast<const std::uint8_t*>(source);
        const std::span<const std::uint8_t> words(bytes, std::size_t{word_count} * 4);
        const models::BusRange* range = core.bus_.find(address);
        // With other processors about that act before it is done, the word loop keeps the order.
        const models::Duration longest = kWordTimeMax * std::int64_t{word_count};
        const bool alone = core.horizon_ - core.now_ > longest;
        if (range != nullptr && alone) {
            models::AccessContext access = core.access();
            if (range->target->write_words(address - range->address, words, ready_address,
                                           ready_mask, access)) {
                core.advanced();
                return;
            }
        }
        for (std::uint32_t i = 0; i < word_count; ++i) {
            std::uint32_t word = 0;
            std::memcpy(&word, bytes + std::size_t{i} * 4, 4);
            core.write_register(address + 4 * i, word);
            core.poll_register(ready_address, ready_mask, ready_mask, 0);
        }
    }

    static void mem_read(void* context, std::uint32_t address, void* destination,
                         std::uint32_t byte_count) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        auto* to = static_cast<std::uint8_t*>(destination);
        while (byte_count > 0) {
            const Piece piece = piece_at(core.bus_, address, byte_count);
            if (piece.byte_count == 0) {
                core.bus_fault("read", address);
                return;
            }
            if (piece.target != nullptr) {
                const std::string_view why = piece.target->refuses(piece.offset, false);
                if (!why.empty()) {
                    core.refused("read", address, why);
                    return;
                }
                models::AccessContext access = core.access();
                piece.target->read_bytes(piece.offset, {to, piece.byte_count}, access);
            } else {
                std::memcpy(to, piece.window.data(), piece.byte_count);
            }
            core.now_ += core.cycles(std::uint64_t{core.costs_.mem_read_cycles_per_word} *
                                     ((piece.byte_count + 3) / 4));
            to += piece.byte_count;
            address += piece.byte_count;
            byte_count -= piece.byte_count;
        }
        core.advanced();
    }

    static void mem_write(void* context, std::uint32_t address, const void* source,
                          std::uint32_t byte_count) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        const auto* from = static_cast<const std::uint8_t*>(source);
        while (byte_count > 0) {
            const Piece piece = piece_at(core.bus_, address, byte_count);
            if (piece.target == nullptr) {
                core.bus_fault("write", address);
                return;
            }
            const std::string_view why = piece.target->refuses(piece.offset, true);
            if (!why.empty()) {
                core.refused("write", address, why);
                return;
            }
            models::AccessContext access = core.access();
            piece.target->write_bytes(piece.offset, {from, piece.byte_count}, access);
            core.now_ += core.cycles((piece.byte_count + 3) / 4);
            from += piece.byte_count;
            address += piece.byte_count;
            byte_count -= piece.byte_count;
        }
        core.advanced();
    }

    static std::uint32_t dma_address(void* context, const void* pointer) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        return core.bus_.address_of(pointer).value_or(IO_ADDRESS_NONE);
    }

    static void charge_cycles(void* context, std::uint32_t cycles) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        core.charge(cycles);
    }

    static void wait_us(void* context, std::uint32_t microseconds) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        core.now_ += models::microseconds(microseconds);
        core.advanced();
    }

    static void area_begin(void* context, io_area_call kind, std::uint32_t area_id,
                           std::uint32_t offset_bytes, std::uint32_t byte_count) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        core.recorder_->area_begin(kind, area_id, offset_bytes, byte_count, core.now_);
    }

    static void area_end(void* context, int result) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        core.recorder_->area_end(result);
    }

    static void log(void* context, io_log_level level, const char* format,
                    va_list arguments) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        std::array<char, 512> text{};
        std::vsnprintf(text.data(), text.size(), format, arguments);
        core.recorder_->log(level, text.data(), core.now_);
    }

    static void halt(void* context, io_halt_reason reason, const char* where) noexcept
    {
        Processor& core = self(context);
        const Processor::PlatformCall call(core, __builtin_return_address(0));
        OutcomeKind kind = OutcomeKind::kAssert;
        switch (reason) {
        case IO_HALT_ASSERT:
            kind = OutcomeKind::kAssert;
            break;
        case IO_HALT_PANIC:
            kind = OutcomeKind::kPanic;
            break;
        case IO_HALT_STACK_SMASHED:
            kind = OutcomeKind::kFirmwareFault;
            break;
        case IO_HALT_RESET_REQUESTED:
            kind = OutcomeKind::kResetRequested;
            break;
        }
        core.end(kind, where != nullptr ? where : "");
        core.leave();
    }
};

Processor::Processor(std::string name, ProcessorCosts costs) : name_(std::move(name)), costs_(costs)
{
    io_.struct_bytes = sizeof io_;
    io_.version = BOOT_IO_VERSION;
    io_.context = this;
    io_.read32 = ProcessorIo::read32;
    io_.write32 = ProcessorIo::write32;
    io_.poll32 = ProcessorIo::poll32;
    io_.write_words = ProcessorIo::write_words;
    io_.mem_read = ProcessorIo::mem_read;
    io_.mem_write = ProcessorIo::mem_write;
    io_.dma_address = ProcessorIo::dma_address;
    io_.charge_cycles = ProcessorIo::charge_cycles;
    io_.wait_us = ProcessorIo::wait_us;
    io_.area_begin = ProcessorIo::area_begin;
    io_.area_end = ProcessorIo::area_end;
    io_.log = ProcessorIo::log;
    io_.halt = ProcessorIo::halt;
    install_scripts();
}

void Processor::reset(Firmware& firmware, FirmwareFiber& fiber, const boot_platform& platform,
                      RunRecorder& recorder, const RunOptions& options)
{
    firmware_ = &firmware;
    fiber_ = &fiber;
    recorder_ = &recorder;
    now_ = options.start;
    const bool cut_by_time = options.cut && options.cut->at == PowerCut::At::kTime;
    const bool watched = options.observer != nullptr && options.observer->watches_time();
    jump_max_ = options.every_poll || cut_by_time ? models::Duration{}
                : watched                         ? models::milliseconds(1)
                                                  : models::Duration::max();
    deadline_ = options.start + options.time_budget;
    advanced_to_ = now_;
    outcome_.reset();
    caller_ = frame_ = nullptr;
    bus_.clear_windows();
    for (models::MemoryWindow& window : firmware.windows()) {
        bus_.add_window(std::move(window));
    }
    fiber.start(platform, options.noise_seed);
}

bool Processor::run_until(models::Duration horizon)
{
    horizon_ = horizon;
    on_fiber_ = true;
    recorder_->set_core(costs_.core);
    const FiberEvent event = fiber_->resume();
    on_fiber_ = false;
    switch (event) {
    case FiberEvent::kSuspended:
        return !outcome_ && !recorder_->power_lost();
    case FiberEvent::kReturned: {
        Outcome outcome;
        outcome.code = fiber_->return_value();
        outcome.kind = OutcomeKind::kCommandDone;
        if (firmware_->table().kind == BOOT_FIRMWARE_LOADER) {
            outcome.kind = outcome.code == 0 ? OutcomeKind::kHandedOver : OutcomeKind::kNoImage;
        } else if (firmware_->table().kind == BOOT_FIRMWARE_NETWORK_LOADER) {
            outcome = network_outcome(outcome.code);
        }
        outcome_ = outcome;
        return false;
    }
    case FiberEvent::kFault:
        outcome_ = Outcome{OutcomeKind::kFirmwareFault, 0, {}, fiber_->fault_text()};
        return false;
    case FiberEvent::kStackOverflow:
        outcome_ = Outcome{OutcomeKind::kStackOverflow, 0, {}, fiber_->fault_text()};
        return false;
    case FiberEvent::kHang:
        outcome_ = Outcome{OutcomeKind::kHang, 0, {}, fiber_->fault_text()};
        return false;
    }
    return false;
}

std::uint32_t Processor::read_register(std::uint32_t address) noexcept
{
    take_turn();
    const models::BusRange* range = bus_.find(address);
    if (range == nullptr) {
        bus_fault("read", address);
        return 0;
    }
    models::AccessContext access = this->access();
    const std::uint32_t value = range->target->read32(address - range->address, access);
    advanced();
    return value;
}

void Processor::write_register(std::uint32_t address, std::uint32_t value) noexcept
{
    take_turn();
    const models::BusRange* range = bus_.find(address);
    if (range == nullptr) {
        bus_fault("write", address);
        return;
    }
    models::AccessContext access = this->access();
    range->target->write32(address - range->address, value, access);
    advanced();
}

bool Processor::poll_register(std::uint32_t address, std::uint32_t mask, std::uint32_t expected,
                              std::uint32_t timeout_us) noexcept
{
    const models::Duration deadline = now_ + models::microseconds(timeout_us);
    for (;;) {
        const std::uint32_t value = read_register(address);
        if ((value & mask) == expected) {
            return true;
        }
        if (timeout_us != 0 && now_ >= deadline) {
            return false;
        }
        const models::BusRange* range = bus_.find(address);
        const auto settles =
            range->target->settles_at(address - range->address, mask, expected, now_);
        if (!settles && timeout_us == 0) {
            end(OutcomeKind::kHang, fmt::format("endless wait for register 0x{:08X} of {} in {}",
                                                address, range->target->name(), caller_symbol()));
            leave();
            return false;
        }
        const models::Duration next = settles.value_or(deadline);
        now_ = std::max(now_, timeout_us == 0 ? next : std::min(next, deadline));
        advanced();
    }
}

void Processor::leave() noexcept
{
    if (on_fiber_) {
        fiber_->suspend();
    }
}

void Processor::enter(const void* caller, const void* frame) noexcept
{
    caller_ = caller;
    frame_ = frame;
    fiber_->enter_platform();
    take_turn();
}

void Processor::take_turn() noexcept
{
    while (now_ > horizon_) {
        fiber_->suspend();
    }
}

void Processor::leave_platform() noexcept
{
    fiber_->leave_platform();
}

// Two steps, so that nothing that owns memory is on the stack when it is left for good.
void Processor::end(OutcomeKind kind, std::string text) noexcept
{
    outcome_ = Outcome{kind, 0, {}, std::move(text)};
}

void Processor::advanced() noexcept
{
    if (now_ >= models::kNever) {
        now_ = advanced_to_;
        end(OutcomeKind::kHang,
            fmt::format("the core is halted by its bus, in {}", caller_symbol()));
        leave();
        return;
    }
    advanced_to_ = now_;
    recorder_->time_passed(now_);
    if (receiver_ != nullptr) {
        models::AccessContext context = access();
        receiver_->advance(context);
    }
    if (now_ > deadline_) {
        end(OutcomeKind::kCycleBudget,
            fmt::format("still running after {:.3f} s of device time, in {}", models::seconds(now_),
                        caller_symbol()));
        leave();
    }
}

void Processor::bus_fault(const char* access, std::uint32_t address) noexcept
{
    end(OutcomeKind::kBusFault,
        fmt::format("{} of 0x{:08X} in {}: nothing is mapped there{}", access, address,
                    caller_symbol(), explain_(address)));
    leave();
}

void Processor::refused(const char* access, std::uint32_t address, std::string_view why) noexcept
{
    end(OutcomeKind::kBusFault,
        fmt::format("{} of 0x{:08X} in {}: {}", access, address, caller_symbol(), why));
    leave();
}

models::AccessContext Processor::access() noexcept
{
    return models::AccessContext{now_, *recorder_, *recorder_, bus_};
}

models::Duration Processor::cycles(std::uint64_t count) const noexcept
{
    return one_cycle(costs_.cpu_hz) * static_cast<std::int64_t>(count);
}

void Processor::charge(std::uint64_t count) noexcept
{
    now_ += cycles(count);
    advanced();
}

std::string Processor::caller_symbol() const
{
    if (firmware_ == nullptr || caller_ == nullptr) {
        return {};
    }
    return firmware_->symbol_at(caller_).value_or("unknown code");
}

std::string Processor::symbol_of_address(std::uint64_t device_address) const
{
    if (firmware_ == nullptr || device_address > 0xFFFFFFFFu) {
        return {};
    }
    const auto address = static_cast<std::uint32_t>(device_address);
    const models::MemoryWindow* window = bus_.find_window(address, 1);
    if (window == nullptr) {
        return {};
    }
    return firmware_->symbol_at(window->bytes.data() + (address - window->address)).value_or("");
}

}  // namespace brownout::sim
