// A generated zephyr.dts: what it says about flash. It needs no preprocessor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

struct DtsPartition {
    std::string label;   // "slot0_partition", of the node
    std::string parent;  // node name of the flash: "flash@0", "mx25r6435f@0"
    bool on_chip = false;
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
};

// A memory part behind a SPI or QSPI controller.
struct DtsFlashPart {
    std::string name;  // label, or node name
    bool is_qspi = false;
    std::string bus;                     // label of its controller of the form spiN; empty: none
    std::vector<std::uint8_t> jedec_id;  // empty: not given
    std::uint64_t size_bytes = 0;        // 0: not given
    std::uint32_t frequency_hz = 0;      // likewise
    std::string read_mode, write_mode;   // "read4io", "pp4io"; empty: not given
    bool is_chosen = false;              // nordic,pm-ext-flash
    int line = 0;
};

struct DtsFile {
    std::vector<DtsPartition> partitions;   // below `compatible = "fixed-partitions"`
    std::vector<DtsFlashPart> flash_parts;  // "nordic,qspi-nor" and "jedec,spi-nor", not disabled
};

// InputError with the place: not UTF-8, braces, texts or comments that are not closed, a number
// that does not fit.
DtsFile parse_dts(std::string_view text, const std::string& file);
// Likewise; InputError if it cannot be read.
DtsFile read_dts(const std::filesystem::path& file);

}  // namespace brownout::sim
