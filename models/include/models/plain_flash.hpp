// The plain flash controller: an ideal flash of any geometry, for chips that are not modelled in
// detail and for the reference cases. It is nobody's silicon; this header is its data sheet.
//
// A device of sectors (runs of equal ones from offset 0), programmed in units of 1 to 2048 bytes,
// mapped into memory for reading. Programming moves bits away from their erased level only; a
// device without erase stores bytes as they are.
//
// Registers (32 bits; offsets from the base; reset value 0)
//
//   0x000 CMD     W   1 PROGRAM: LEN bytes from device address SRC to offset DST of the flash
//                     2 ERASE_SECTOR: the sector whose first byte is at offset DST
//   0x004 SRC     RW  device address of the source buffer
//   0x008 DST     RW  offset in the flash
//   0x00C LEN     RW  bytes
//   0x010 STATUS  R   bit 0 BUSY: a command runs; bit 1 ERROR: the last command was refused
//
// A command is refused, with nothing changed, if DST or LEN is not a multiple of the write unit,
// the range leaves the flash, the source is not memory that the controller reaches, DST is not the
// first byte of a sector, the device has no erase, or the command is unknown. A command given while
// BUSY is ignored. Each of these breaks a rule and is reported. A read of the mapped memory while
// BUSY waits until the command has ended.
//
// Not modelled: suspend, protection, page boundaries, ECC, anything that a real part adds.
#pragma once

#include <models/bus.hpp>
#include <models/flash_array.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace brownout::models {

namespace plain_register {
constexpr std::uint32_t kCmd = 0x000;
constexpr std::uint32_t kSrc = 0x004;
constexpr std::uint32_t kDst = 0x008;
constexpr std::uint32_t kLen = 0x00C;
constexpr std::uint32_t kStatus = 0x010;
constexpr std::uint32_t kBlockBytes = 0x1000;
constexpr std::uint32_t kCmdProgram = 1;
constexpr std::uint32_t kCmdEraseSector = 2;
constexpr std::uint32_t kStatusBusy = 1;
constexpr std::uint32_t kStatusError = 2;
}  // namespace plain_register

struct PlainSectorRun {
    std::uint32_t size_bytes = 0;
    std::uint32_t count = 0;
};

struct PlainFlashData {
    std::string name = "flash";  // how violations call it
    std::vector<PlainSectorRun> sectors;
    std::uint32_t write_unit_bytes = 4;  // a power of two
    std::uint8_t erased_value = 0xFF;
    bool needs_erase = true;               // false: programs overwrite, ERASE_SECTOR is refused
    std::uint8_t writes_per_unit_max = 0;  // between erases; 0: no limit, not counted
    bool ram_only = false;                 // reads RAM windows only, as EasyDMA does
    Duration program_unit_time{};
    Duration erase_sector_time{};
    Duration register_access_time = picoseconds(31'250);  // 2 cycles at 64 MHz

    std::uint64_t size_bytes() const;
};

class PlainFlash {
public:
    // `device_index`: which device of the board its operations name.
    PlainFlash(const PlainFlashData& data, std::uint32_t device_index);
    ~PlainFlash();
    PlainFlash(const PlainFlash&) = delete;
    PlainFlash& operator=(const PlainFlash&) = delete;

    // The geometry that attach() needs, cells erased.
    static FlashGeometry geometry(const PlainFlashData& data);

    // The cells to work on; not owned, of geometry(data).
    void attach(FlashArray& cells);
    void power_on_reset();

    BusTarget& registers();  // kBlockBytes long
    // Read-only. Reads of bytes cost no time here (the copy loop belongs to the core).
    BusTarget& memory();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::models
