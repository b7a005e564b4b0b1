// What the SoC of a board decides: where its controllers and registers lie, what its flash is like.
#pragma once

#include "reader.hpp"

#include <sim/machine.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::sim {

// A range of device addresses and what answers there.
struct NamedAddresses {
    std::string what;
    std::uint64_t address = 0;
    std::uint64_t byte_count = 0;
};

// Finds the SoC, gives NVMCs their addresses, and checks what a table of keys cannot.
void settle_soc(Reader& reader, const YamlNode& node, BoardPlan& board);

// Appends the registers of the SoC, if the board names one, and those of the receiver of uploads.
void add_soc_ranges(const BoardPlan& board, std::vector<NamedAddresses>& ranges);

}  // namespace brownout::sim
