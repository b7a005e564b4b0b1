// Tears: what an operation in flight leaves in the cells when the power fails.
//
// A tear model is an overlay on the cells: it knows geometry and data of one operation, nothing of
// the controller that started it. An operation has a bounded number of outcomes under a model; an
// outcome is a function of the seed, the cells and its number alone, so that the same operation on
// the same cells is torn the same way in every state of a machine, and graphs of states close.
//
// What is random is decided per cell: H(seed, model, device, cell) says when in the course of an
// operation a bit changes. The outcomes of one model are points in time of the same course, so a
// later outcome has changed every bit that an earlier one has.
//
// Sources: each model's file. Numbers (how many bits, in which order) are assumptions; no vendor
// publishes them. A set of sampled outcomes can find defects and never prove their absence.
#pragma once

#include <models/flash_array.hpp>
#include <models/operation.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace brownout::models {

struct PartState;
struct SpiNorStatus;

enum class TearKind : std::uint8_t {
    kNotStarted,      // atomic: the operation did not happen (complete: the cut after it)
    kPrefix,          // the first bytes of a page program, the first units of a longer write
    kMonotoneSubset,  // some of the bits that were to change have changed
    kMarginalBits,    // the same, with bits between the levels: undefined at the next power-on
    kErasePhases,     // an erase: pre-programmed in part, mixed, or erased but weak
    kCollateral,      // a program that also disturbs other pages of its sector
    kWriteBudget,     // a program beyond the limit of writes between erases, which drifts bits
    kNandPage,        // a NAND page program: uncorrectable, fragile, or not there
    kNandErase,       // a NAND block erase: random codewords, weak until erased again
    kBusError,  // a command of a SPI NOR that arrived shortened, prolonged or with a wrong byte
    kStatusRegister  // a status write of a SPI NOR: its kept bits are anything
};
inline constexpr std::uint32_t kTearKinds = 11;

// The operation in flight: one operation of an OperationBatch, and the erase unit around it.
struct TornOperation {
    OperationKind kind = OperationKind::kProgramWord;
    std::uint64_t offset = 0;
    std::uint32_t byte_count = 0;
    std::span<const std::uint8_t> data;  // byte_count bytes; empty for erases
    std::uint64_t sector_offset = 0;
    std::uint32_t sector_bytes = 0;
};

// When bits change: a 64-bit hash per byte, eight bits of it for each of its bits.
class CellHash {
public:
    CellHash(std::uint64_t seed, TearKind kind, std::uint32_t device);

    std::uint64_t of(std::uint64_t number) const;

    // The bits of the byte at `offset` that have changed when `progress` 256ths of the operation
    // are over: 0: none; 256: all.
    std::uint8_t changed_bits(std::uint64_t offset, std::uint32_t progress) const;

private:
    std::uint64_t key_;
};

// Outcome `number` (from 0) of `count`.
struct TearOutcome {
    std::uint32_t number = 0;
    std::uint32_t count = 1;
};

class TearModel {
public:
    virtual ~TearModel() = default;
    virtual std::string_view name() const = 0;    // in scenario files: "monotone-subset"
    virtual std::string_view leaves() const = 0;  // what it leaves, in words
    virtual std::string_view source() const = 0;  // why it is believed
    virtual std::uint32_t default_samples() const = 0;

    // How many outcomes `operation` has when `samples` are asked for; 0: the model says nothing
    // about operations of this kind (the cut leaves them not started).
    virtual std::uint32_t outcomes(const FlashArray& cells, const TornOperation& operation,
                                   std::uint32_t samples) const = 0;

    // Leaves in `cells`, which are as before the operation, what `outcome` is. Status writes change
    // no cells: tear_status_registers().
    virtual void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
                       const CellHash& hash) const = 0;
};

// The model of a kind; a constant of the program.
const TearModel& tear_model(TearKind kind);

// Leaves in `part` what `outcome` of kStatusRegister is, after a cut in a write of `count` status
// and configuration registers from `first` on. `status`: of that part.
void tear_status_registers(const SpiNorStatus& status, PartState& part, std::uint32_t first,
                           std::uint32_t count, TearOutcome outcome, const CellHash& hash);

// Which level marginal bits read as until the next power-on.
enum class MarginalLevels : std::uint8_t { kErased, kProgrammed, kMixed };
inline constexpr std::uint32_t kMarginalLevels = 3;

// Draws the levels of all marginal bits; they stay marginal.
void draw_marginal_levels(FlashArray& cells, MarginalLevels levels, std::uint64_t seed,
                          std::uint32_t device);

}  // namespace brownout::models
