// One sentence for each call: what it does to whom, and what for.
#pragma once

#include <sim/recording.hpp>

#include <optional>
#include <vector>

namespace brownout::sim {

struct SectorPlace {
    std::uint32_t area = 0;
    std::uint32_t sector = 0;  // of the area
};

// What is known of a call besides what the recording says.
struct CallFacts {
    std::uint32_t call = 0;  // index in Recording::calls
    HeldContent before;      // of its first sector
    HeldContent after;
    std::optional<SectorPlace> source;  // where else what it writes lay before it
    std::optional<SectorPlace> saved;   // an erase: where else what was there lies
    bool entirely_erased = false;       // an erase that had nothing to erase
};

// Which images a boot swaps: indices in Recording::images; -1: not known.
struct SwappedImages {
    std::int16_t old_image = -1;  // in the primary slot when it began
    std::int16_t new_image = -1;
};

// Explains the calls of one run, in order. `facts`: one for each of them. `swapped`: by image.
void explain_calls(Recording& recording, const boot_config& config,
                   const std::vector<CallFacts>& facts, const std::vector<SwappedImages>& swapped);

}  // namespace brownout::sim
