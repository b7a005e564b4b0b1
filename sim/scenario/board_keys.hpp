// Board files and inline boards.
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

// The keys of a board file; `board:` of a scenario takes the same.
const KeyTable<BoardPlan>& board_keys();

// The value of `board:`: a board of the data directory, a path, or the board itself.
struct BoardValue {
    using Value = BoardSource;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

}  // namespace brownout::sim
