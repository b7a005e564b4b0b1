// What a memory part remembers besides its cells.
//
// Between runs the state is settled: `busy_until` counts from the reset that starts the next run.
// During a run the part works on it in place and `busy_until` is a time of that run.
#pragma once

#include <models/time.hpp>

#include <cstdint>
#include <vector>

namespace brownout::models {

struct PartState {
    // Non-volatile registers (block protection, quad enable, ...): they survive everything.
    std::vector<std::uint8_t> kept;
    // Volatile registers, latches and buffers (WEL, suspended, power mode, page cache, ...). Empty:
    // the part was just powered on and its reset values apply.
    std::vector<std::uint8_t> running;
    // Until when a self-timed operation keeps the part busy. Zero or past: it is ready.
    Duration busy_until{};

    // What is left after a loss of power.
    void lose_power()
    {
        running.clear();
        busy_until = {};
    }

    // Times from now on: `now` becomes zero.
    void count_from(Duration now) { busy_until = busy_until > now ? busy_until - now : Duration{}; }

    bool operator==(const PartState&) const = default;
};

struct Digest128;
Digest128 digest_of(const PartState& state);

// Why a run starts.
enum class ResetKind : std::uint8_t {
    kPowerOn,     // everything that is volatile has its reset value
    kSystemReset  // the microcontroller alone: external parts go on with what they were doing
};

}  // namespace brownout::models
