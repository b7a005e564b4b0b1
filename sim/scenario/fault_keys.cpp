#include "fault_keys.hpp"

#include "part_key_tools.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

struct MuteDraft {
    models::SpiNorMute mute;
    FaultRuns in = FaultRuns::kAll;
};

template <class Type, class Member>
Key<MuteDraft> mute_member(std::string name, bool required, Type type,
                           Member models::SpiNorMute::*member, std::string doc)
{
    Key<MuteDraft> result;
    result.name = std::move(name);
    result.required = required;
    result.doc = std::move(doc);
    result.read = [type, member](Reader& reader, const YamlNode& node, MuteDraft& draft) {
        typename Type::Value value{};
        if (type.read(reader, node, value)) {
            draft.mute.*member = static_cast<Member>(value);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

const KeyTable<MuteDraft>& mute_keys()
{
    static const KeyTable<MuteDraft> kTable{
        "mute",
        {mute_member("from_op", true, WholeNumber{0, UINT64_MAX},
                     &models::SpiNorMute::from_operation,
                     "first operation of the part that it does not carry out, from 0 in each run"),
         mute_member("reads", false, WholeNumber{0, 255}, &models::SpiNorMute::reads_as,
                     "what it answers from then on; default 0x00"),
         key("in", kOptional, Choice<FaultRuns>{fault_run_names}, &MuteDraft::in,
             "all (default): runs of the application and of the bootloader; boots: the latter")}};
    return kTable;
}

// A key of `faults` that fills a member of a NAND part's options.
template <class Type, class Member>
Key<ExternalPlan> nand_fault_key(std::string name, Type type,
                                 Member models::SpiNandOptions::*member, std::string doc)
{
    Key<ExternalPlan> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [type, member](Reader& reader, const YamlNode& node, ExternalPlan& external) {
        typename Type::Value value{};
        if (type.read(reader, node, value)) {
            external.nand.options.*member = Member(value);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

Key<ExternalPlan> mute_key()
{
    Key<ExternalPlan> result;
    result.name = "mute";
    result.doc = "SPI NOR: the part stops answering";
    result.read = [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
        MuteDraft draft;
        if (read_fields(reader, node, mute_keys(), draft)) {
            external.nor_options.mute = draft.mute;
            external.mute_in = draft.in;
        }
    };
    result.schema = [] { return fields_schema(mute_keys()); };
    return result;
}

}  // namespace

const KeyTable<ExternalPlan>& fault_keys()
{
    using Nand = models::SpiNandOptions;
    using Blocks = Numbers<std::uint32_t, 1023>;
    static const KeyTable<ExternalPlan> kTable{
        "faults",
        {mute_key(),
         nand_fault_key("bad_blocks", Blocks{}, &Nand::bad_blocks,
                        "SPI NAND: blocks that are bad as delivered"),
         nand_fault_key("random_bad_blocks", WholeNumber{0, 1023}, &Nand::bad_block_count,
                        "SPI NAND: so many more, drawn by `bad_block_seed`"),
         nand_fault_key("bad_block_seed", WholeNumber{0, UINT64_MAX}, &Nand::bad_block_seed,
                        "default 1"),
         nand_fault_key("failing_erases", Blocks{}, &Nand::failing_erases,
                        "SPI NAND: blocks that fail to erase (E_FAIL)"),
         nand_fault_key("failing_programs", Blocks{}, &Nand::failing_programs,
                        "SPI NAND: blocks that fail to program (P_FAIL)")}};
    return kTable;
}

}  // namespace brownout::sim
