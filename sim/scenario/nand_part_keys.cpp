// The keys of a SPI NAND part file: the members of models::SpiNandData, one to one.
#include "part_key_tools.hpp"
#include "part_keys.hpp"

namespace brownout::sim {

namespace {

using namespace models;

constexpr auto kNandOptional = Presence::kOptional;
constexpr auto kNandRequired = Presence::kRequired;
constexpr WholeNumber kNandByte{0, 255};

const KeyTable<SpiNandIdentity>& nand_identity_keys()
{
    static const auto kTable = with_source<SpiNandIdentity>(
        "identity",
        {key("id", kNandRequired, Numbers<std::uint8_t, 255>{}, &SpiNandIdentity::id,
             "what 9Fh reads"),
         key("id_dummy_bytes", kNandOptional, WholeNumber{0, 1}, &SpiNandIdentity::id_dummy_bytes,
             "dummy or address bytes before it; default 1")});
    return kTable;
}

const KeyTable<SpiNandGeometry>& nand_geometry_keys()
{
    using Geometry = SpiNandGeometry;
    static const auto kTable = with_source<Geometry>(
        "geometry",
        {key("page_bytes", kNandRequired, WholeNumber{2048, 2048}, &Geometry::page_bytes,
             "bytes of a page without its spare bytes: 2048"),
         key("spare_bytes", kNandRequired, WholeNumber{4, 2048}, &Geometry::spare_bytes,
             "behind them"),
         key("pages_per_block", kNandRequired, WholeNumber{64, 64}, &Geometry::pages_per_block,
             "64"),
         key("blocks", kNandRequired, WholeNumber{1, 1024}, &Geometry::blocks, "at most 1024"),
         key("bad_blocks_max", kNandRequired, WholeNumber{0, 1023}, &Geometry::bad_blocks_max,
             "bad blocks as delivered, at most"),
         key("bad_block_marks", kNandOptional, WholeNumber{1, 64}, &Geometry::bad_block_marks,
             "pages of a bad block, from its first, with a mark; default 1"),
         key("bad_block_column", kNandOptional, WholeNumber{0, 2047}, &Geometry::bad_block_column,
             "of the mark, from the start of the spare bytes; default 0")});
    return kTable;
}

const KeyTable<SpiNandEccCode>& nand_ecc_code_keys()
{
    static const KeyTable<SpiNandEccCode> kTable{
        "ECC code",
        {key("errors", kNandRequired, WholeNumber{0, 8}, &SpiNandEccCode::errors,
             "up to so many corrected bits of a sector"),
         key("code", kNandRequired, WholeNumber{0, 3}, &SpiNandEccCode::code,
             "bits 5:4 of the status register")}};
    return kTable;
}

const KeyTable<SpiNandEcc>& nand_ecc_keys()
{
    static const auto kTable = with_source<SpiNandEcc>(
        "ecc",
        {key("strength", kNandRequired, WholeNumber{1, 8}, &SpiNandEcc::strength,
             "bits of a sector that are corrected"),
         key("corrected", kNandRequired, ListOf<Fields<SpiNandEccCode>>{{nand_ecc_code_keys}},
             &SpiNandEcc::corrected, "status codes, from 0 errors to the strength"),
         key("uncorrectable", kNandRequired, WholeNumber{0, 3}, &SpiNandEcc::uncorrectable,
             "status code"),
         key("count_opcode", kNandOptional, kNandByte, &SpiNandEcc::count_opcode,
             "reads the number of corrected bits; default 0: the part has none")});
    return kTable;
}

const KeyTable<SpiNandParity>& nand_parity_keys()
{
    static const auto kTable = with_source<SpiNandParity>(
        "parity",
        {key("parity_column", kNandRequired, WholeNumber{0, 2047}, &SpiNandParity::parity_column,
             "of the first sector, from the start of the spare bytes"),
         key("parity_stride", kNandRequired, WholeNumber{1, 512}, &SpiNandParity::parity_stride,
             "to that of the next sector")});
    return kTable;
}

const KeyTable<SpiNandFeatures>& nand_feature_keys()
{
    using Features = SpiNandFeatures;
    static const auto kTable = with_source<Features>(
        "features",
        {key("lock_at_power_up", kNandRequired, kNandByte, &Features::lock_at_power_up, "A0h"),
         key("lock_bits", kNandRequired, kNandByte, &Features::lock_bits,
             "any of them set: everything is locked"),
         key("configuration_at_power_up", kNandRequired, kNandByte,
             &Features::configuration_at_power_up, "B0h"),
         key("ecc_enable", kNandRequired, kNandByte, &Features::ecc_enable, "mask in B0h"),
         key("quad_enable", kNandOptional, kNandByte, &Features::quad_enable,
             "mask in B0h; 0: none"),
         key("buffer_read", kNandOptional, kNandByte, &Features::buffer_read,
             "mask in B0h, clear: continuous read; 0: none")});
    return kTable;
}

const KeyTable<SpiNandPrograms>& nand_program_keys()
{
    static const auto kTable = with_source<SpiNandPrograms>(
        "programs",
        {key("partial_programs_max", kNandRequired, WholeNumber{1, 253},
             &SpiNandPrograms::partial_programs_max, "NOP: programs of a page between erases"),
         key("load_needs_write_enable", kNandOptional, Flag{},
             &SpiNandPrograms::load_needs_write_enable, "loads are ignored without WEL")});
    return kTable;
}

const KeyTable<SpiNandClock>& nand_clock_keys()
{
    static const auto kTable = with_source<SpiNandClock>(
        "clock", {key("max_hz", kNandRequired, WholeNumber{1, 1'000'000'000}, &SpiNandClock::max_hz,
                      "SCK")});
    return kTable;
}

const KeyTable<SpiNandTimes>& nand_time_table()
{
    const auto time = [](std::string name, PartTime SpiNandTimes::*member, std::string doc) {
        return key(std::move(name), kNandRequired, Fields<PartTime>{part_time_keys}, member,
                   std::move(doc));
    };
    static const KeyTable<SpiNandTimes> kTable{
        "times",
        {time("read_page", &SpiNandTimes::read_page, "tRD with ECC"),
         time("read_page_raw", &SpiNandTimes::read_page_raw, "tRD without ECC"),
         time("program_page", &SpiNandTimes::program_page, "tPROG"),
         time("erase_block", &SpiNandTimes::erase_block, "tBERS"),
         time("reset_idle", &SpiNandTimes::reset_idle, "tRST of a part at rest"),
         time("reset_program", &SpiNandTimes::reset_program, "tRST while it programs"),
         time("reset_erase", &SpiNandTimes::reset_erase, "tRST while it erases")}};
    return kTable;
}

const KeyTable<SpiNandEndurance>& nand_endurance_keys()
{
    static const auto kTable = with_source<SpiNandEndurance>(
        "endurance", {key("erase_cycles", kNandOptional, WholeNumber{},
                          &SpiNandEndurance::erase_cycles, "of a block; 0: not given")});
    return kTable;
}

// Which part files are read with this table; see read_part().
Key<SpiNandData> nand_kind_key()
{
    Key<SpiNandData> result;
    result.name = "kind";
    result.doc = "spi-nand";
    result.required = true;
    result.read = [](Reader&, const YamlNode&, SpiNandData&) {};
    result.schema = [] { return Json{{"const", "spi-nand"}}; };
    return result;
}

}  // namespace

const KeyTable<SpiNandData>& spi_nand_part_keys()
{
    using Data = SpiNandData;
    static const KeyTable<Data> kTable{
        "part",
        {nand_kind_key(),
         key("name", kNandRequired, Text{}, &Data::name, "short, as boards call it"),
         key("description", kNandOptional, Text{}, &Data::description, "for people"),
         key("identity", kNandRequired, Fields<SpiNandIdentity>{nand_identity_keys},
             &Data::identity, "ID"),
         key("geometry", kNandRequired, Fields<SpiNandGeometry>{nand_geometry_keys},
             &Data::geometry, "sizes, bad blocks"),
         key("ecc", kNandRequired, Fields<SpiNandEcc>{nand_ecc_keys}, &Data::ecc, "on-die ECC"),
         key("parity", kNandRequired, Fields<SpiNandParity>{nand_parity_keys}, &Data::parity,
             "where its parity lies"),
         key("features", kNandRequired, Fields<SpiNandFeatures>{nand_feature_keys}, &Data::features,
             "feature registers"),
         key("programs", kNandRequired, Fields<SpiNandPrograms>{nand_program_keys}, &Data::programs,
             "rules on programs"),
         key("clock", kNandRequired, Fields<SpiNandClock>{nand_clock_keys}, &Data::clock, "SCK"),
         key("times", kNandRequired, Fields<SpiNandTimes>{nand_time_table}, &Data::times,
             "of self-timed operations"),
         key("endurance", kNandOptional, Fields<SpiNandEndurance>{nand_endurance_keys},
             &Data::endurance, "wear")}};
    return kTable;
}

}  // namespace brownout::sim
