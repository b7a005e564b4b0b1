#include "tears/tear_models.hpp"

#include <models/assert.hpp>

#include <algorithm>
#include <array>

namespace brownout::models {

namespace {

// SplitMix64's finaliser (public domain): every bit of the input reaches every bit of the output.
std::uint64_t mixed(std::uint64_t value)
{
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

}  // namespace

CellHash::CellHash(std::uint64_t seed, TearKind kind, std::uint32_t device)
    : key_(mixed(mixed(seed) ^ (std::uint64_t{device} << 8 | static_cast<std::uint64_t>(kind))))
{
}

std::uint64_t CellHash::of(std::uint64_t number) const
{
    return mixed(key_ ^ mixed(number));
}

std::uint8_t CellHash::changed_bits(std::uint64_t offset, std::uint32_t progress) const
{
    const std::uint64_t hash = of(offset);
    std::uint32_t changed = 0;
    for (std::uint32_t bit = 0; bit < 8; ++bit) {
        const auto when = static_cast<std::uint32_t>(hash >> (bit * 8) & 0xFFu);
        changed |= (when < progress ? 1u : 0u) << bit;
    }
    return static_cast<std::uint8_t>(changed);
}

const TearModel& tear_model(TearKind kind)
{
    using Getter = const TearModel& (*)();
    static constexpr std::array<Getter, kTearKinds> kModels = {
        tears::not_started_tear,   tears::prefix_tear,         tears::monotone_subset_tear,
        tears::marginal_bits_tear, tears::erase_phases_tear,   tears::collateral_tear,
        tears::write_budget_tear,  tears::nand_page_tear,      tears::nand_erase_tear,
        tears::bus_error_tear,     tears::status_register_tear};
    const auto index = static_cast<std::size_t>(kind);
    BROWNOUT_ASSERT(index < kModels.size());
    return kModels[index]();
}

namespace tears {

Target target_of(const FlashArray& cells, const TornOperation& operation)
{
    Target target;
    target.old.resize(operation.byte_count);
    cells.read(operation.offset, target.old);
    FlashArray done = cells;
    done.program(operation.offset, operation.data);
    target.wanted.resize(operation.byte_count);
    done.read(operation.offset, target.wanted);
    return target;
}

void program_changed_bits(FlashArray& cells, const TornOperation& operation, std::uint32_t progress,
                          const CellHash& hash)
{
    Target target = target_of(cells, operation);
    const bool overwrites = cells.geometry().overwrites;
    for (std::uint32_t i = 0; i < operation.byte_count; ++i) {
        const std::uint8_t changed = hash.changed_bits(operation.offset + i, progress);
        // Where programs move bits only one way, a bit that is not programmed has the erased level.
        const std::uint8_t kept = overwrites ? target.old[i] : cells.geometry().erased_value;
        target.wanted[i] =
            static_cast<std::uint8_t>((kept & ~changed) | (target.wanted[i] & changed));
    }
    cells.program(operation.offset, target.wanted);
}

void disturb_bits(FlashArray& cells, std::uint64_t offset, std::uint32_t byte_count,
                  const TornOperation& operation, std::uint32_t bits, std::uint64_t salt,
                  const CellHash& hash)
{
    const std::uint8_t erased = cells.geometry().erased_value;
    for (std::uint32_t i = 0; i < bits; ++i) {
        const std::uint64_t drawn = hash.of(salt * 64 + i);
        const std::uint64_t at = offset + drawn % byte_count;
        if (at >= operation.offset && at < operation.offset + operation.byte_count) {
            continue;
        }
        const auto bit = static_cast<std::uint8_t>(1u << (drawn >> 56 & 7u));
        const auto byte = static_cast<std::uint8_t>((cells.byte_at(at) & ~bit) | (~erased & bit));
        const std::uint8_t one[] = {byte};
        cells.disturb(at, one);
    }
}

void weaken_codewords(FlashArray& cells, std::uint64_t offset, std::uint32_t byte_count,
                      std::uint32_t codeword_bytes, std::uint32_t bits, const CellHash& hash)
{
    std::vector<std::uint8_t> masks(byte_count, 0);
    for (std::uint32_t start = 0; start < byte_count; start += codeword_bytes) {
        const std::uint32_t length = std::min(codeword_bytes, byte_count - start);
        for (std::uint32_t i = 0; i < bits; ++i) {
            // Distinct bytes, so that the number of bits is exact.
            const std::uint64_t drawn = hash.of(offset + start);
            const auto at = static_cast<std::uint32_t>((drawn + i) % length);
            masks[start + at] = static_cast<std::uint8_t>(1u << (drawn >> 32 & 7u));
        }
    }
    cells.set_marginal(offset, masks);
}

}  // namespace tears

void draw_marginal_levels(FlashArray& cells, MarginalLevels levels, std::uint64_t seed,
                          std::uint32_t device)
{
    const CellHash hash(seed, TearKind::kMarginalBits, device);
    const std::uint8_t erased = cells.geometry().erased_value;
    cells.set_marginal_levels([&](std::uint64_t offset) {
        switch (levels) {
        case MarginalLevels::kErased:
            return erased;
        case MarginalLevels::kProgrammed:
            return static_cast<std::uint8_t>(~erased);
        case MarginalLevels::kMixed:
            break;
        }
        // Not the bits that decided when these cells change.
        return static_cast<std::uint8_t>(hash.of(~offset) >> 24);
    });
}

}  // namespace brownout::models
