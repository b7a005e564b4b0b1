// Dumps of real devices: Intel HEX, raw binary, the text that `nrfjprog --memrd` prints.
//
// Every reader takes hostile bytes: what is wrong is an InputError with file and line, and memory
// follows the bytes that a file holds, never the sizes that it claims.
#pragma once

#include <sim/error.hpp>
#include <sim/machine.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

// Bytes that one file may supply, and the size of a text form that is read.
inline constexpr std::uint64_t kDumpBytesMax = 256ull * 1024 * 1024;
inline constexpr std::size_t kDumpTextBytesMax = 128u * 1024 * 1024;

// Bytes without a gap.
struct DumpSegment {
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
    int line = 0;  // where it begins; 0: not a text file

    std::uint64_t end() const { return address + bytes.size(); }
};

struct Dump {
    std::string file;
    std::vector<DumpSegment> segments;  // ascending, no overlap, at least one

    std::uint64_t byte_count() const;
};

enum class DumpFormat { kIntelHex, kBinary, kMemrd };

// Intel HEX with record types 00 to 05. `file` is what messages call it. InputError: damaged
// records, checksum, a byte given twice, no end-of-file record, nothing in it.
Dump parse_intel_hex(std::string_view text, const std::string& file);

// What `nrfjprog --memrd` prints, words of 8, 16 or 32 bits: "0x0000C000: 96F3B83D ...   |...|".
// Lines before the first of this form (a prompt, the command) are passed over. (Form from recall.)
Dump parse_memrd(std::string_view text, const std::string& file);

// Reads a file; without `format` by its content, .bin and .img as raw bytes. A raw file begins at
// address 0.
Dump read_dump(const std::filesystem::path& file, std::optional<DumpFormat> format = std::nullopt);

// A dump as a command names it: FILE, FILE@PLACE, FILE@PLACE+OFFSET or FILE+OFFSET; PLACE is a
// device or a partition, OFFSET where byte 0 of a raw file lies in it. A file whose name holds '@'
// is found by its whole name.
struct DumpArgument {
    std::filesystem::path file;
    std::string place;  // empty: the devices that the addresses belong to
    std::uint64_t offset_bytes = 0;
};
DumpArgument parse_dump_argument(const std::string& text);

// A range of a device that a dump may fill.
struct DumpWindow {
    std::uint32_t device = 0;  // index in BoardPlan::devices
    std::uint64_t offset_bytes = 0;
    std::uint64_t size_bytes = 0;
};

// The window of a device or partition; InputError for a name that the board does not have.
DumpWindow dump_window(const BoardPlan& board, const std::string& place);

// What was put where, for reports.
struct PlacedDump {
    std::string file;
    std::uint32_t device = 0;
    std::uint64_t offset_bytes = 0;  // in the device
    std::uint64_t byte_count = 0;
};

// Stores the dump in the window: its addresses are offsets in the device or device addresses, of
// the whole file alike. InputError naming the first line that lies outside.
std::vector<PlacedDump> place_dump(const BoardPlan& board, const Dump& dump,
                                   const DumpWindow& window, MachineState& state);

// Reads and stores what a command named. UICR and other registers in a HEX file are passed over.
std::vector<PlacedDump> place_dump(const BoardPlan& board, const DumpArgument& argument,
                                   MachineState& state);

// ---- export -------------------------------------------------------------------------------------

// Intel HEX of `bytes` at `address`; whole records of erased bytes are left out.
std::string intel_hex(std::uint64_t address, const std::vector<std::uint8_t>& bytes,
                      std::uint8_t erased_value);

// PLACE=FILE.hex or PLACE=FILE.bin; PLACE as in dump_window(). HEX carries device addresses.
struct ExportArgument {
    std::string place;
    std::filesystem::path file;
};
ExportArgument parse_export_argument(const std::string& text);

// The content of the file that the argument asks for.
std::string exported(const BoardPlan& board, const ExportArgument& argument,
                     const MachineState& state);

}  // namespace brownout::sim
