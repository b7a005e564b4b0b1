#include "fault_keys.hpp"

#include "part_key_tools.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

struct MuteDraft {
    models::SpiNorMute mute;
    FaultRuns in = FaultRuns::kAll;
};

const KeyTable<MuteDraft>& mute_keys()
{
    using Mute = models::SpiNorMute;
    constexpr auto mute = +[](MuteDraft& draft) -> Mute& { return draft.mute; };
    static const KeyTable<MuteDraft> kTable{
        "mute",
        {key("from_op", kRequired, WholeNumber{0, UINT64_MAX}, mute, &Mute::from_operation,
             "first operation of the part that it does not carry out, from 0 in each run"),
         key("reads", kOptional, WholeNumber{0, 255}, mute, &Mute::reads_as,
             "what it answers from then on; default 0x00"),
         key("in", kOptional, Choice<FaultRuns>{fault_run_names}, &MuteDraft::in,
             "all (default): runs of the application and of the bootloader; boots: the latter")}};
    return kTable;
}

void store_mute(ExternalPlan& external, const MuteDraft& draft)
{
    external.nor_options.mute = draft.mute;
    external.mute_in = draft.in;
}

}  // namespace

const KeyTable<ExternalPlan>& fault_keys()
{
    using Nand = models::SpiNandOptions;
    using Nor = models::SpiNorOptions;
    using Blocks = Numbers<std::uint32_t, 1023>;
    constexpr auto nand = +[](ExternalPlan& external) -> Nand& { return external.nand.options; };
    constexpr auto nor = +[](ExternalPlan& external) -> Nor& { return external.nor_options; };
    static const KeyTable<ExternalPlan> kTable{
        "faults",
        {stored_key<ExternalPlan>("mute", kOptional, Fields<MuteDraft>{mute_keys}, store_mute,
                                  "SPI NOR: the part stops answering"),
         key("registers", kOptional, Numbers<std::uint8_t, 255>{}, nor, &Nor::registers,
             "SPI NOR: what its status and configuration registers held when it was mounted, from "
             "the first on; default as delivered"),
         key("bad_blocks", kOptional, Blocks{}, nand, &Nand::bad_blocks,
             "SPI NAND: blocks that are bad as delivered"),
         key("random_bad_blocks", kOptional, WholeNumber{0, 1023}, nand, &Nand::bad_block_count,
             "SPI NAND: so many more, drawn by `bad_block_seed`"),
         key("bad_block_seed", kOptional, WholeNumber{0, UINT64_MAX}, nand, &Nand::bad_block_seed,
             "default 1"),
         key("failing_erases", kOptional, Blocks{}, nand, &Nand::failing_erases,
             "SPI NAND: blocks that fail to erase (E_FAIL)"),
         key("failing_programs", kOptional, Blocks{}, nand, &Nand::failing_programs,
             "SPI NAND: blocks that fail to program (P_FAIL)")}};
    return kTable;
}

}  // namespace brownout::sim
