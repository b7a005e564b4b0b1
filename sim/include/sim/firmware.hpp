// Firmware images on the host: a shared object whose memory is the memory of a device.
//
// Read-only and RELRO segments are flash (code, constants); writable segments, the stack and the
// `state` block are RAM. Each gets a window of device addresses, so a pointer of the firmware has
// the address that a DMA engine would see. A reset restores every writable byte, so nothing
// survives in a firmware between boots but what the models hold.
#pragma once

#include <boot/core_abi.h>
#include <models/bus.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// Where the windows of a firmware image begin in the device's address space.
struct FirmwarePlacement {
    std::uint32_t flash_address = 0;         // code and constants
    std::uint32_t ram_address = 0x20000000;  // data, then state, then stack
    std::uint32_t ram_bytes = 256 * 1024;    // InputError if data, state and stack need more
};

class Firmware {
public:
    // Loads a shared object. InputError: not a shared object, entry point missing, ABI version or
    // table too old, a forbidden import (named), too large for its placement, crashes while being
    // loaded. The same file may be loaded several times: each Firmware has memory of its own.
    // Constructors of the object run here, once: what they and the query leave in writable
    // segments is the power-on content that every start restores.
    static std::unique_ptr<Firmware> load(const std::filesystem::path& path,
                                          const FirmwarePlacement& placement);
    virtual ~Firmware() = default;

    virtual const boot_firmware& table() const noexcept = 0;
    virtual const std::filesystem::path& path() const noexcept = 0;

    // Device windows, for the bus of the core that runs this firmware.
    virtual std::vector<models::MemoryWindow> windows() const = 0;

    // "boot_img_magic (16 bytes, .rodata of builtin)" for a host address inside this firmware;
    // nullopt for one outside. Functions as "swap_move + 0x1c".
    virtual std::optional<std::string> symbol_at(const void* host_address) const = 0;
};

// How a stretch of execution ended.
enum class FiberEvent {
    kSuspended,      // the firmware called suspend(); resume() continues it
    kReturned,       // entry() returned
    kFault,          // memory fault, illegal instruction, trap, abort()
    kStackOverflow,  // the guard below the stack was touched
    kHang            // no call to the platform for the CPU-time limit
};

// One run of a firmware image on its own stack. An abandoned run is never unwound: its memory is
// simply reset, so nothing with a destructor may live on it.
class FirmwareFiber {
public:
    static std::unique_ptr<FirmwareFiber> create(Firmware& firmware);
    virtual ~FirmwareFiber() = default;

    // Power-on: restores the writable segments and prepares entry(platform, state). What has no
    // power-on content, the state block and the stack, is filled with noise from `noise_seed`, or
    // with zeroes for 0. `platform` must outlive the run. All fibers of one Firmware share its
    // memory: a start() ends the run of any other.
    virtual void start(const boot_platform& platform, std::uint64_t noise_seed) = 0;

    // Runs until the next event. After start() or after kSuspended.
    virtual FiberEvent resume() = 0;

    // Back to the caller of resume(). Only from code called by this firmware. Returns when resumed.
    virtual void suspend() noexcept = 0;

    // Tells the watchdog that the firmware is alive; every platform call does. Cheap.
    virtual void mark_progress() noexcept = 0;

    // Around every call of the firmware to its platform; enter_platform() marks progress, too.
    // Between the two, our code runs on the firmware's stack: a fault is our bug and ends the
    // program, and the watchdog waits. So check pointers of the firmware against its windows before
    // following them. enter_platform() does not return if the firmware has used up its stack. Runs
    // abandoned inside need no leave_platform().
    virtual void enter_platform() noexcept = 0;
    virtual void leave_platform() noexcept = 0;

    // After kReturned: what entry() returned.
    virtual int return_value() const noexcept = 0;
    // After kFault, kStackOverflow, kHang: a sentence with what and where
    // ("SIGSEGV reading 0x0000000000000010 in swap_run + 0x44").
    virtual std::string fault_text() const = 0;
};

// CPU time that firmware may burn without calling its platform. Default 2 s.
void set_firmware_hang_limit(double cpu_seconds);

}  // namespace brownout::sim
