// T5, erase phases: what an erase leaves depends on how far it got.
//
// NOR erases first program all bits to 0, then erase in pulses, then check (Infineon KBA223960):
//   0  pre-programmed from the end: zeros there, the head still holds valid old data (seen on
//      S29GL512N; UBI destroys header magics before erasing because of it)
//   1  pre-programmed in part: some bits of the whole sector are 0, the others old
//   2  erase pulses begun: nothing of the old data is left to rely on, bits are mixed
//   3  reads erased, but weak: some bits are marginal until a second, full erase (DAC11, UBI)
// Outcomes beyond four are further points in time of the same phases, in this order. What a weak
// cell does to data programmed over it: bits left at the erased level stay marginal.
// Not modelled: retention; the erase suspended and resumed.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kErasePhaseCount = 4;
constexpr std::uint64_t kWeakByteEvery = 64;  // on average; an assumption

class ErasePhasesTear final : public TearModel {
public:
    std::string_view name() const override { return "erase-phases"; }
    std::string_view leaves() const override
    {
        return "a sector partly zeroed, mixed, or erased but weak";
    }
    std::string_view source() const override { return "KBA223960; UBI on S29GL512N; DAC11"; }
    std::uint32_t default_samples() const override { return kErasePhaseCount; }

    std::uint32_t outcomes(const FlashArray& cells, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        const bool applies =
            operation.kind == OperationKind::kEraseSector && !cells.geometry().overwrites;
        return applies ? samples : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        const TearOutcome within{outcome.number / kErasePhaseCount,
                                 (outcome.count + kErasePhaseCount - 1) / kErasePhaseCount};
        const std::uint32_t progress = progress_of(within);
        switch (outcome.number % kErasePhaseCount) {
        case 0:
            zero_tail(cells, operation, progress);
            break;
        case 1:
            zero_some_bits(cells, operation, progress, hash);
            break;
        case 2:
            mix(cells, operation, progress, hash);
            break;
        default:
            erase_weakly(cells, operation, hash);
            break;
        }
    }

private:
    static std::uint8_t zero(const FlashArray& cells)
    {
        return static_cast<std::uint8_t>(~cells.geometry().erased_value);
    }

    static void zero_tail(FlashArray& cells, const TornOperation& operation, std::uint32_t progress)
    {
        const std::uint32_t length = operation.byte_count / 256 * progress;
        const std::vector<std::uint8_t> tail(length, zero(cells));
        cells.poke(operation.offset + operation.byte_count - length, tail);
    }

    static void zero_some_bits(FlashArray& cells, const TornOperation& operation,
                               std::uint32_t progress, const CellHash& hash)
    {
        std::vector<std::uint8_t> bytes(operation.byte_count);
        cells.read(operation.offset, bytes);
        for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
            const std::uint8_t changed = hash.changed_bits(operation.offset + i, progress);
            bytes[i] = static_cast<std::uint8_t>((bytes[i] & ~changed) | (zero(cells) & changed));
        }
        cells.poke(operation.offset, bytes);
    }

    static void mix(FlashArray& cells, const TornOperation& operation, std::uint32_t progress,
                    const CellHash& hash)
    {
        std::vector<std::uint8_t> bytes(operation.byte_count);
        const std::uint8_t erased = cells.geometry().erased_value;
        for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
            const std::uint8_t changed = hash.changed_bits(~(operation.offset + i), progress);
            bytes[i] = static_cast<std::uint8_t>(erased ^ static_cast<std::uint8_t>(~changed));
        }
        cells.poke(operation.offset, bytes);
    }

    static void erase_weakly(FlashArray& cells, const TornOperation& operation,
                             const CellHash& hash)
    {
        cells.erase(operation.offset, operation.byte_count);
        std::vector<std::uint8_t> masks(operation.byte_count, 0);
        for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
            const std::uint64_t drawn = hash.of(operation.offset + i);
            if (drawn % kWeakByteEvery == 0) {
                masks[i] = static_cast<std::uint8_t>(1u << (drawn >> 32 & 7u));
            }
        }
        cells.set_marginal(operation.offset, masks);
    }
};

}  // namespace

const TearModel& erase_phases_tear()
{
    static const ErasePhasesTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
