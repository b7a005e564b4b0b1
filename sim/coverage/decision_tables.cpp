#include "decision_tables.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr DecisionRow kSwapTypeRows[] = {
    {"revert, asked for by the loader: secondary good, image_ok unset, copy_done set"},
    {"test: secondary good, image_ok unset"},
    {"permanent: secondary good, image_ok set"},
    {"revert: primary good, image_ok unset, copy_done set"},
    {"none: otherwise"}};
// Overwriting writes no copy_done.
constexpr DecisionRow kOverwriteSwapTypeRows[] = {
    {kSwapTypeRows[0].name, "only swap using offset marks its own reverts with copy_done"},
    kSwapTypeRows[1],
    kSwapTypeRows[2],
    {kSwapTypeRows[3].name, "overwriting never writes copy_done: only the trailer of another "
                            "bootloader could have it"},
    kSwapTypeRows[4]};
constexpr DecisionRow kMoveSwapTypeRows[] = {
    {kSwapTypeRows[0].name, "only under the fix move-revert-becomes-permanent"},
    kSwapTypeRows[1],
    kSwapTypeRows[2],
    kSwapTypeRows[3],
    kSwapTypeRows[4]};
constexpr DecisionRow kScratchSwapTypeRows[] = {
    {kSwapTypeRows[0].name, "only swap using offset marks its own reverts with copy_done"},
    kSwapTypeRows[1],
    kSwapTypeRows[2],
    kSwapTypeRows[3],
    kSwapTypeRows[4]};

constexpr DecisionRow kInterruptedRows[] = {
    {"primary slot: primary good, copy_done unset, secondary not good"}, {"none: otherwise"}};
constexpr DecisionRow kInterruptedScratchRows[] = {
    {"none: primary good, copy_done set, scratch not good"},
    {"primary slot: primary good, copy_done unset, scratch not good"},
    {"scratch: scratch good"},
    {"primary slot: primary unset, copy_done unset"},
    {"none: otherwise"}};

constexpr DecisionRow kFinalFlagRows[] = {{"test: copy_done"},
                                          {"permanent: image_ok if unset, copy_done"},
                                          {"revert: image_ok if unset, copy_done"},
                                          {"fail: image_ok if unset"}};

constexpr DecisionRow kSlotChoiceRows[] = {{"magic not good: erased"},
                                           {"copy_done set, image_ok not: erased"},
                                           {"copy_done not set: copy_done written, started"},
                                           {"copy_done and image_ok set: started"}};

constexpr DecisionRow kApplicationRows[] = {{"request, magic unset, test: written"},
                                            {"request, magic unset, permanent: written"},
                                            {"request, magic good: left as it is"},
                                            {"request, magic bad: refused"},
                                            {"confirm, magic good, image_ok unset: written"},
                                            {"confirm, magic good, image_ok set: nothing"},
                                            {"confirm, magic unset: nothing"},
                                            {"confirm, magic bad: refused"}};

// A slot whose magic is not good is erased, not started.
constexpr std::string_view kNeverRuns = "the bootloader erases such a slot instead of starting it";
constexpr DecisionRow kEitherSlotApplicationRows[] = {kApplicationRows[0],
                                                      kApplicationRows[1],
                                                      kApplicationRows[2],
                                                      kApplicationRows[3],
                                                      kApplicationRows[4],
                                                      kApplicationRows[5],
                                                      {kApplicationRows[6].name, kNeverRuns},
                                                      {kApplicationRows[7].name, kNeverRuns}};

bool swaps(boot_strategy strategy)
{
    return strategy <= BOOT_SWAP_SCRATCH;
}

bool chooses_with_revert(boot_strategy strategy)
{
    return strategy == BOOT_DIRECT_XIP_REVERT || strategy == BOOT_RAM_LOAD_REVERT;
}

bool overwrites(boot_strategy strategy)
{
    return strategy == BOOT_OVERWRITE_ONLY || strategy == BOOT_OVERWRITE_ONLY_FAST;
}

std::span<const DecisionRow> swap_type_rows(boot_strategy strategy)
{
    if (overwrites(strategy)) {
        return kOverwriteSwapTypeRows;
    }
    if (strategy == BOOT_SWAP_OFFSET) {
        return kSwapTypeRows;
    }
    return strategy == BOOT_SWAP_MOVE      ? std::span<const DecisionRow>(kMoveSwapTypeRows)
           : strategy == BOOT_SWAP_SCRATCH ? std::span<const DecisionRow>(kScratchSwapTypeRows)
                                           : std::span<const DecisionRow>();
}

}  // namespace

std::span<const DecisionRow> decision_rows(boot_strategy strategy, DecisionTable table)
{
    switch (table) {
    case DecisionTable::kSwapType:
        return swap_type_rows(strategy);
    case DecisionTable::kInterruptedSwap:
        if (strategy == BOOT_SWAP_SCRATCH) {
            return kInterruptedScratchRows;
        }
        return swaps(strategy) ? std::span<const DecisionRow>(kInterruptedRows)
                               : std::span<const DecisionRow>();
    case DecisionTable::kFinalFlags:
        return swaps(strategy) ? std::span<const DecisionRow>(kFinalFlagRows)
                               : std::span<const DecisionRow>();
    case DecisionTable::kSlotChoice:
        return chooses_with_revert(strategy) ? std::span<const DecisionRow>(kSlotChoiceRows)
                                             : std::span<const DecisionRow>();
    case DecisionTable::kApplication:
        if (chooses_with_revert(strategy)) {
            return kEitherSlotApplicationRows;
        }
        return swaps(strategy) || overwrites(strategy)
                   ? std::span<const DecisionRow>(kApplicationRows)
                   : std::span<const DecisionRow>();
    case DecisionTable::kStatusEntries:
        break;
    }
    return {};
}

std::string_view table_name(DecisionTable table)
{
    switch (table) {
    case DecisionTable::kSwapType:
        return "swap type";
    case DecisionTable::kInterruptedSwap:
        return "interrupted swap";
    case DecisionTable::kStatusEntries:
        return "status entries";
    case DecisionTable::kFinalFlags:
        return "final flags";
    case DecisionTable::kSlotChoice:
        return "slot choice";
    case DecisionTable::kApplication:
        return "application calls";
    }
    return {};
}

std::string status_position_name(boot_strategy strategy, const StatusPosition& position)
{
    const std::string where = position.in_scratch ? "in the scratch area: " : "";
    if (position.ordinal == 0) {
        return where + "metadata written, no entry yet";
    }
    const std::uint32_t entry = position.ordinal - 1;
    if (strategy == BOOT_SWAP_MOVE && !position.swapping) {
        return where + fmt::format("{} sectors moved", position.ordinal);
    }
    const std::uint32_t states = strategy == BOOT_SWAP_SCRATCH ? 3 : 2;
    return where + fmt::format("step {}, state {} done", entry / states + 1, entry % states + 1);
}

std::size_t swap_type_row(const TrailerMarks& primary, const TrailerMarks& secondary,
                          bool marks_reverts)
{
    if (secondary.magic == TRAILER_SET && secondary.image_ok == TRAILER_UNSET) {
        return marks_reverts && secondary.copy_done == TRAILER_SET ? 0 : 1;
    }
    if (secondary.magic == TRAILER_SET && secondary.image_ok == TRAILER_SET) {
        return 2;
    }
    const bool unconfirmed = primary.magic == TRAILER_SET && primary.image_ok == TRAILER_UNSET &&
                             primary.copy_done == TRAILER_SET;
    return unconfirmed ? 3 : 4;
}

std::string_view swap_type_word(std::size_t row)
{
    constexpr std::string_view kWords[] = {"revert", "test", "perm", "revert", "none"};
    return kWords[row];
}

std::size_t interrupted_swap_row(boot_strategy strategy, const TrailerMarks& primary,
                                 const TrailerMarks& other)
{
    if (strategy != BOOT_SWAP_SCRATCH) {
        return primary.magic == TRAILER_SET && primary.copy_done == TRAILER_UNSET &&
                       other.magic != TRAILER_SET
                   ? 0
                   : 1;
    }
    if (primary.magic == TRAILER_SET && other.magic != TRAILER_SET) {
        if (primary.copy_done == TRAILER_SET) {
            return 0;
        }
        if (primary.copy_done == TRAILER_UNSET) {
            return 1;
        }
    }
    if (other.magic == TRAILER_SET) {
        return 2;
    }
    return primary.magic == TRAILER_UNSET && primary.copy_done == TRAILER_UNSET ? 3 : 4;
}

std::size_t request_row(const TrailerMarks& slot, bool permanent)
{
    if (slot.magic == TRAILER_UNSET) {
        return permanent ? 1 : 0;
    }
    return slot.magic == TRAILER_SET ? 2 : 3;
}

std::size_t confirm_row(const TrailerMarks& slot)
{
    if (slot.magic == TRAILER_SET) {
        return slot.image_ok == TRAILER_UNSET ? 4 : 5;
    }
    return slot.magic == TRAILER_UNSET ? 6 : 7;
}

}  // namespace brownout::sim
