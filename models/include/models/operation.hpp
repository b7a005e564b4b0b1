// Operations: changes of device state, and the supply that may fail before any of them.
//
// A controller or part announces every operation before applying it. The supply answers how many
// may happen; when it answers 0 the power is gone and the caller never gets control back to act on
// it (the simulator leaves the firmware's stack), or, for a model used alone in a test, the model
// returns without a change.
#pragma once

#include <models/time.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace brownout::models {

enum class OperationKind : std::uint8_t {
    kProgramWord,  // NVMC word write, plain write unit
    kProgramPage,  // NOR or NAND page program
    kEraseSector,  // page, sector, block: the unit the device erases at once
    kEraseChip,
    kWriteStatus,   // status or configuration register of a part
    kStoreRetained  // RAM that survives some resets
};

// `count` equal operations one after the other: operation i covers `unit_bytes` at
// offset + i * unit_bytes, starts at start + i * interval and lasts `duration`.
struct OperationBatch {
    OperationKind kind = OperationKind::kProgramWord;
    std::uint32_t device = 0;  // index of the device on its board
    std::uint64_t offset = 0;
    std::uint32_t unit_bytes = 0;
    std::uint32_t count = 1;
    Duration start{};
    Duration duration{};
    Duration interval{};
    std::span<const std::uint8_t> data;  // what is programmed; empty for erases
};

class Supply {
public:
    // How many of the batch, from its first, may complete before the model must ask again with the
    // rest; 1..batch.count, or 0 if the power fails before the first. Must not throw.
    virtual std::uint32_t admit(const OperationBatch& batch) noexcept = 0;

protected:
    ~Supply() = default;
};

// A rule of a data sheet that firmware broke. The text names device, address, rule and source; the
// simulator adds call and symbol.
struct RuleViolation {
    std::string_view rule;    // stable short name: "nvmc-write-not-enabled"
    std::string_view device;  // "nvmc"
    std::uint64_t address = 0;
    std::string_view text;    // one sentence
    std::string_view source;  // "nRF52840 PS v1.7, 4.3.1 Writing to flash"
};

class RuleObserver {
public:
    virtual void violated(const RuleViolation& violation) noexcept = 0;

protected:
    ~RuleObserver() = default;
};

}  // namespace brownout::models
