// T8, NAND torn erase: the block reads as random codewords; programs into it succeed and read back
// uncorrectable until it is erased again.
//
// Why: DAC11: an incomplete erase makes later programs to the block unreliable, although P_FAIL
// stays 0. More bits of every codeword are marginal than any ECC here corrects; programming moves
// some of them, never all.
// A NAND erase moves bits to 1 only (it does not program first, as NOR does): a block without a
// bad-block mark does not come to look like one with it.
#include "tears/tear_models.hpp"

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kNandBlockCodewordBytes = 512;
constexpr std::uint32_t kWeakBits = 64;

class NandEraseTear final : public TearModel {
public:
    std::string_view name() const override { return "nand-erase"; }
    std::string_view leaves() const override { return "a NAND block of weak, random codewords"; }
    std::string_view source() const override { return "DAC11 on incomplete erases"; }
    std::uint32_t default_samples() const override { return 1; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t) const override
    {
        return is_erase(operation) ? 1 : 0;
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome,
               const CellHash& hash) const override
    {
        std::vector<std::uint8_t> bytes(operation.byte_count);
        cells.read(operation.offset, bytes);
        for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
            const auto erased = static_cast<std::uint8_t>(hash.of(operation.offset + i));
            bytes[i] = static_cast<std::uint8_t>(bytes[i] | erased);
        }
        cells.poke(operation.offset, bytes);
        weaken_codewords(cells, operation.offset, operation.byte_count, kNandBlockCodewordBytes,
                         kWeakBits, hash);
    }
};

}  // namespace

const TearModel& nand_erase_tear()
{
    static const NandEraseTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
