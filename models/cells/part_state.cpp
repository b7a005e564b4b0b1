#include <models/part_state.hpp>

#include "cells/digest.hpp"

namespace brownout::models {

Digest128 digest_of(const PartState& state)
{
    // Lengths go in too: registers must not slide from one list into the other.
    std::vector<std::uint8_t> bytes(state.kept);
    bytes.insert(bytes.end(), state.running.begin(), state.running.end());
    const std::uint64_t numbers[] = {state.kept.size(), state.running.size(),
                                     static_cast<std::uint64_t>(state.busy_until.count())};
    for (const std::uint64_t number : numbers) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(number >> shift));
        }
    }
    return cells::digest_of(bytes);
}

}  // namespace brownout::models
