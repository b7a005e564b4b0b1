#include "part_keys.hpp"
#include "part_key_tools.hpp"

#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

using namespace models;

constexpr WholeNumber kByte{0, 255};
constexpr WholeNumber kLines{1, 4};
constexpr std::uint64_t kPartBytesMax = 256ull * 1024 * 1024;

// A list of exactly `count` bytes.
struct ByteArray3 {
    using Value = std::array<std::uint8_t, 3>;
    bool read(Reader& reader, const YamlNode& node, Value& value) const
    {
        std::vector<std::uint64_t> bytes;
        if (!node.is_list() || node.items.size() != value.size()) {
            reader.must_be(node, fmt::format("a list of {} bytes", value.size()));
            return false;
        }
        if (!ListOf<WholeNumber>{kByte}.read(reader, node, bytes)) {
            return false;
        }
        std::transform(bytes.begin(), bytes.end(), value.begin(),
                       [](std::uint64_t byte) { return static_cast<std::uint8_t>(byte); });
        return true;
    }
    Json schema() const
    {
        return {{"type", "array"}, {"items", kByte.schema()}, {"minItems", 3}, {"maxItems", 3}};
    }
};

std::span<const Named<SpiNorEraseSize>> erase_size_names()
{
    static constexpr Named<SpiNorEraseSize> kNames[] = {{"4 KiB", SpiNorEraseSize::k4KiB},
                                                        {"32 KiB", SpiNorEraseSize::k32KiB},
                                                        {"64 KiB", SpiNorEraseSize::k64KiB},
                                                        {"chip", SpiNorEraseSize::kChip}};
    return kNames;
}

const KeyTable<SpiNorClock>& clock_keys()
{
    static const auto kTable =
        with_source<SpiNorClock>("clock", {key("max_hz", kRequired, WholeNumber{1, 1'000'000'000},
                                               &SpiNorClock::max_hz, "SCK with one data line")});
    return kTable;
}

const KeyTable<SpiNorRead>& read_keys()
{
    static const KeyTable<SpiNorRead> kTable{
        "read command",
        {key("opcode", kRequired, kByte, &SpiNorRead::opcode, "first byte"),
         key("address_lines", kOptional, kLines, &SpiNorRead::address_lines, "1, 2 or 4"),
         key("data_lines", kOptional, kLines, &SpiNorRead::data_lines, "1, 2 or 4"),
         key("dummy_clocks", kOptional, WholeNumber{0, 64}, &SpiNorRead::dummy_clocks,
             "between address and data, mode clocks included")}};
    return kTable;
}

const KeyTable<SpiNorReads>& reads_keys()
{
    static const auto kTable = with_source<SpiNorReads>(
        "reads", {key("commands", kRequired, ListOf<Fields<SpiNorRead>>{{read_keys}},
                      &SpiNorReads::commands, "read commands")});
    return kTable;
}

const KeyTable<SpiNorProgram>& program_keys()
{
    static const KeyTable<SpiNorProgram> kTable{
        "program command",
        {key("opcode", kRequired, kByte, &SpiNorProgram::opcode, "first byte"),
         key("address_lines", kOptional, kLines, &SpiNorProgram::address_lines, "1, 2 or 4"),
         key("data_lines", kOptional, kLines, &SpiNorProgram::data_lines, "1, 2 or 4")}};
    return kTable;
}

const KeyTable<SpiNorPrograms>& programs_keys()
{
    static const auto kTable = with_source<SpiNorPrograms>(
        "programs", {key("page_bytes", kOptional, ByteSize{1, 256}, &SpiNorPrograms::page_bytes,
                         "bytes of a page; default 256"),
                     key("commands", kRequired, ListOf<Fields<SpiNorProgram>>{{program_keys}},
                         &SpiNorPrograms::commands, "page program commands")});
    return kTable;
}

const KeyTable<SpiNorErase>& erase_keys()
{
    static const KeyTable<SpiNorErase> kTable{
        "erase command",
        {key("opcode", kRequired, kByte, &SpiNorErase::opcode, "first byte"),
         key("size", kRequired, Choice<SpiNorEraseSize>{erase_size_names}, &SpiNorErase::size,
             "what it erases")}};
    return kTable;
}

const KeyTable<SpiNorErases>& erases_keys()
{
    static const auto kTable = with_source<SpiNorErases>(
        "erases", {key("commands", kRequired, ListOf<Fields<SpiNorErase>>{{erase_keys}},
                       &SpiNorErases::commands, "erase commands")});
    return kTable;
}

Key<SpiNorCommands> opcode_key(std::string name, std::uint8_t SpiNorCommands::*member)
{
    return key(std::move(name), kOptional, kByte, member, "opcode; 0: the part has none");
}

const KeyTable<SpiNorCommands>& command_keys()
{
    using Opcodes = Numbers<std::uint8_t, 255>;
    static const auto kTable = with_source<SpiNorCommands>(
        "commands", {opcode_key("write_enable", &SpiNorCommands::write_enable),
                     opcode_key("write_enable_volatile", &SpiNorCommands::write_enable_volatile),
                     opcode_key("write_disable", &SpiNorCommands::write_disable),
                     key("suspend", kOptional, Opcodes{}, &SpiNorCommands::suspend, "opcodes"),
                     key("resume", kOptional, Opcodes{}, &SpiNorCommands::resume, "opcodes"),
                     opcode_key("deep_power_down", &SpiNorCommands::deep_power_down),
                     opcode_key("release_power_down", &SpiNorCommands::release_power_down),
                     opcode_key("reset_enable", &SpiNorCommands::reset_enable),
                     opcode_key("reset", &SpiNorCommands::reset),
                     opcode_key("read_jedec_id", &SpiNorCommands::read_jedec_id),
                     opcode_key("read_device_id", &SpiNorCommands::read_device_id),
                     opcode_key("read_unique_id", &SpiNorCommands::read_unique_id),
                     opcode_key("read_sfdp", &SpiNorCommands::read_sfdp)});
    return kTable;
}

const KeyTable<SpiNorIdentity>& identity_keys()
{
    static const auto kTable = with_source<SpiNorIdentity>(
        "identity",
        {key("size_bytes", kRequired, ByteSize{4096, kPartBytesMax}, &SpiNorIdentity::size_bytes,
             "bytes"),
         key("jedec_id", kRequired, ByteArray3{}, &SpiNorIdentity::jedec_id, "what 9Fh reads"),
         key("device_id", kOptional, kByte, &SpiNorIdentity::device_id, "what ABh and 90h read")});
    return kTable;
}

const KeyTable<SpiNorBit>& bit_keys()
{
    static const KeyTable<SpiNorBit> kTable{
        "bit",
        {key("register_index", kOptional, WholeNumber{0, 3}, &SpiNorBit::register_index,
             "of `registers`, from 0"),
         key("mask", kRequired, kByte, &SpiNorBit::mask, "the bits in it; 0: none")}};
    return kTable;
}

const KeyTable<SpiNorRegister>& register_keys()
{
    static const KeyTable<SpiNorRegister> kTable{
        "register",
        {key("name", kRequired, Text{}, &SpiNorRegister::name, "as in the data sheet"),
         key("delivered", kOptional, kByte, &SpiNorRegister::delivered, "as delivered"),
         key("writable", kOptional, kByte, &SpiNorRegister::writable, "bits that can be written"),
         key("kept", kOptional, kByte, &SpiNorRegister::kept, "bits that survive power-off")}};
    return kTable;
}

const KeyTable<SpiNorRegisterAccess>& register_access_keys()
{
    static const KeyTable<SpiNorRegisterAccess> kTable{
        "register access",
        {key("opcode", kRequired, kByte, &SpiNorRegisterAccess::opcode, "first byte"),
         key("first", kOptional, WholeNumber{0, 3}, &SpiNorRegisterAccess::first,
             "register, from 0"),
         key("count", kOptional, WholeNumber{1, 4}, &SpiNorRegisterAccess::count, "registers")}};
    return kTable;
}

Key<SpiNorStatus> status_bit(std::string name, SpiNorBit SpiNorStatus::*member)
{
    return key(std::move(name), kOptional, Fields<SpiNorBit>{bit_keys}, member,
               "where the bit is; left out: the part has none");
}

const KeyTable<SpiNorStatus>& status_keys()
{
    using Accesses = ListOf<Fields<SpiNorRegisterAccess>>;
    static const auto kTable = with_source<SpiNorStatus>(
        "status", {key("registers", kRequired, ListOf<Fields<SpiNorRegister>>{{register_keys}},
                       &SpiNorStatus::registers, "1 to 4; the first has WIP and WEL"),
                   key("read", kRequired, Accesses{{register_access_keys}}, &SpiNorStatus::read,
                       "commands that read them"),
                   key("write", kOptional, Accesses{{register_access_keys}, 0},
                       &SpiNorStatus::write, "commands that write them"),
                   status_bit("quad_enable", &SpiNorStatus::quad_enable),
                   status_bit("erase_suspended", &SpiNorStatus::erase_suspended),
                   status_bit("program_suspended", &SpiNorStatus::program_suspended),
                   status_bit("status_register_protect", &SpiNorStatus::status_register_protect),
                   status_bit("status_register_lock", &SpiNorStatus::status_register_lock),
                   status_bit("high_performance", &SpiNorStatus::high_performance)});
    return kTable;
}

const KeyTable<SpiNorProtection>& protection_keys()
{
    static const auto kTable = with_source<SpiNorProtection>(
        "protection", {key("block_protect", kOptional, Fields<SpiNorBit>{bit_keys},
                           &SpiNorProtection::block_protect, "the BP bits"),
                       key("bottom", kOptional, Fields<SpiNorBit>{bit_keys},
                           &SpiNorProtection::bottom, "TB: protects from the bottom"),
                       key("unit_bytes", kOptional, ByteSize{}, &SpiNorProtection::unit_bytes,
                           "what BP = 1 protects")});
    return kTable;
}

const KeyTable<SpiNorMode>& mode_keys()
{
    using Time = Fields<PartTime>;
    static const KeyTable<SpiNorMode> kTable{
        "mode",
        {key("name", kRequired, Text{}, &SpiNorMode::name, "standard, high-performance, ..."),
         key("clock", kRequired, Fields<SpiNorClock>{clock_keys}, &SpiNorMode::clock,
             "how fast it may be clocked"),
         key("page_program", kRequired, Time{part_time_keys}, &SpiNorMode::page_program,
             "a whole page"),
         key("byte_program", kOptional, Time{part_time_keys}, &SpiNorMode::byte_program,
             "one byte"),
         key("erase_4k", kOptional, Time{part_time_keys}, &SpiNorMode::erase_4k,
             "a sector of 4 KiB"),
         key("erase_32k", kOptional, Time{part_time_keys}, &SpiNorMode::erase_32k,
             "a block of 32 KiB"),
         key("erase_64k", kOptional, Time{part_time_keys}, &SpiNorMode::erase_64k,
             "a block of 64 KiB"),
         key("erase_chip", kOptional, Time{part_time_keys}, &SpiNorMode::erase_chip, "everything"),
         key("write_status", kOptional, Time{part_time_keys}, &SpiNorMode::write_status,
             "a status write")}};
    return kTable;
}

Key<SpiNorLatencies> latency_key(std::string name, Duration SpiNorLatencies::*member,
                                 std::string doc)
{
    return key(std::move(name), kOptional, TimeSpan{}, member, std::move(doc));
}

const KeyTable<SpiNorLatencies>& latency_keys()
{
    static const auto kTable = with_source<SpiNorLatencies>(
        "latencies",
        {latency_key("suspend", &SpiNorLatencies::suspend, "from the command until WIP is clear"),
         latency_key("resume_to_suspend", &SpiNorLatencies::resume_to_suspend,
                     "least time between resume and suspend"),
         latency_key("enter_power_down", &SpiNorLatencies::enter_power_down, "tDP"),
         latency_key("exit_power_down", &SpiNorLatencies::exit_power_down, "tRES"),
         latency_key("reset", &SpiNorLatencies::reset, "after 99h, at rest"),
         latency_key("reset_busy", &SpiNorLatencies::reset_busy, "after 99h, while busy")});
    return kTable;
}

const KeyTable<SpiNorSfdp>& sfdp_keys()
{
    static const auto kTable = with_source<SpiNorSfdp>(
        "sfdp", {key("table_address", kOptional, ByteSize{}, &SpiNorSfdp::table_address,
                     "of the basic table; default 0x30"),
                 key("basic_table", kOptional, Numbers<std::uint32_t, UINT32_MAX>{},
                     &SpiNorSfdp::basic_table, "its DWORDs")});
    return kTable;
}

const KeyTable<SpiNorEndurance>& endurance_keys()
{
    static const auto kTable = with_source<SpiNorEndurance>(
        "endurance", {key("erase_cycles", kOptional, WholeNumber{}, &SpiNorEndurance::erase_cycles,
                          "of a sector; 0: not given")});
    return kTable;
}

}  // namespace

const KeyTable<PartTime>& part_time_keys()
{
    static const auto kTable = with_source<PartTime>(
        "time", {key("typ", kOptional, TimeSpan{}, &PartTime::typ, "typical"),
                 key("max", kOptional, TimeSpan{}, &PartTime::max, "maximum")});
    return kTable;
}

const KeyTable<SpiNorData>& spi_nor_part_keys()
{
    using Modes = ListOf<Fields<SpiNorMode>>;
    static const KeyTable<SpiNorData> kTable{
        "part",
        {key("name", kRequired, Text{}, &SpiNorData::name, "short, as boards call it"),
         key("description", kOptional, Text{}, &SpiNorData::description, "for people"),
         key("identity", kRequired, Fields<SpiNorIdentity>{identity_keys}, &SpiNorData::identity,
             "size and IDs"),
         key("reads", kRequired, Fields<SpiNorReads>{reads_keys}, &SpiNorData::reads, "reading"),
         key("programs", kRequired, Fields<SpiNorPrograms>{programs_keys}, &SpiNorData::programs,
             "programming"),
         key("erases", kRequired, Fields<SpiNorErases>{erases_keys}, &SpiNorData::erases,
             "erasing"),
         key("commands", kRequired, Fields<SpiNorCommands>{command_keys}, &SpiNorData::commands,
             "opcodes of everything else"),
         key("status", kRequired, Fields<SpiNorStatus>{status_keys}, &SpiNorData::status,
             "status and configuration registers"),
         key("protection", kOptional, Fields<SpiNorProtection>{protection_keys},
             &SpiNorData::protection, "block protection"),
         key("modes", kRequired, Modes{{mode_keys}}, &SpiNorData::modes,
             "times; a second mode needs `high_performance`"),
         key("latencies", kOptional, Fields<SpiNorLatencies>{latency_keys}, &SpiNorData::latencies,
             "times that do not depend on the mode"),
         key("sfdp", kOptional, Fields<SpiNorSfdp>{sfdp_keys}, &SpiNorData::sfdp,
             "parameters that 5Ah reads"),
         key("endurance", kOptional, Fields<SpiNorEndurance>{endurance_keys},
             &SpiNorData::endurance, "wear")}};
    return kTable;
}

}  // namespace brownout::sim
