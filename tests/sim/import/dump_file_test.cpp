#include <sim/import.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace brownout::sim {

namespace {

std::string hex_error(std::string_view text)
{
    try {
        parse_intel_hex(text, "x.hex");
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

std::string memrd_error(std::string_view text)
{
    try {
        parse_memrd(text, "x.txt");
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

BoardPlan two_devices()
{
    BoardPlan board;
    board.devices.resize(2);
    board.devices[0].name = "internal";
    board.devices[1].name = "mx25";
    board.devices[0].sectors = {{4096, 256}};
    board.devices[1].sectors = {{4096, 16}};
    board.devices[1].mapped_address = 0x40000000;
    board.areas = {{"mcuboot_secondary", 2, FLASH_SECONDARY, 0, 1, 0x2000, 0x4000}};
    return board;
}

MachineState erased_state()
{
    MachineState state;
    state.devices.emplace_back(models::FlashGeometry{1024 * 1024});
    state.devices.emplace_back(models::FlashGeometry{64 * 1024});
    return state;
}

class TemporaryFile {
public:
    TemporaryFile(const std::string& name, const std::string& content)
        : path_(testing::TempDir() + name)
    {
        std::ofstream(path_, std::ios::binary) << content;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

const char* const kEnd = ":00000001FF\n";

}  // namespace

TEST(IntelHex, AllSixRecordTypesAreRead)
{
    const Dump dump = parse_intel_hex(":020000040001F9\r\n"
                                      ":02C0000011220B\r\n"
                                      ":0400000500000000F7\n"
                                      ":0400000300000000F9\n"
                                      ":020000021000EC\n"
                                      ":01001000559A\n"
                                      ":00000001FF\n\n",
                                      "x.hex");
    ASSERT_EQ(dump.segments.size(), 2u);
    EXPECT_EQ(dump.segments[0].address, 0x10010u);
    EXPECT_EQ(dump.segments[0].bytes, std::vector<std::uint8_t>{0x55});
    EXPECT_EQ(dump.segments[1].address, 0x1C000u);
    EXPECT_EQ(dump.segments[1].bytes, (std::vector<std::uint8_t>{0x11, 0x22}));
    EXPECT_EQ(dump.segments[1].line, 2);
    EXPECT_EQ(dump.byte_count(), 3u);
}

TEST(IntelHex, SegmentedAddressesWrapAroundWithinTheirSegment)
{
    const std::string segment = ":020000021000EC\n:02FFFF001122CD\n";
    const Dump dump = parse_intel_hex(segment + kEnd, "x.hex");
    ASSERT_EQ(dump.segments.size(), 2u);
    EXPECT_EQ(dump.segments[0].address, 0x10000u);
    EXPECT_EQ(dump.segments[0].bytes, std::vector<std::uint8_t>{0x22});
    EXPECT_EQ(dump.segments[1].address, 0x1FFFFu);
}

TEST(IntelHex, LinearAddressesEndAtFourGibibytes)
{
    EXPECT_NE(hex_error(":02000004FFFFFC\n:02FFFF000102FD\n").find("behind 4 GiB"),
              std::string::npos);
    EXPECT_EQ(hex_error(std::string(":02000004FFFFFC\n:01FFFF000100\n") + kEnd), "no error");
}

TEST(IntelHex, DamageIsNamedWithLineAddressAndBothSums)
{
    EXPECT_EQ(hex_error(":020000040003F7\n:01F7A000AABD\n"),
              "x.hex:2: checksum of the record at 0x0003F7A0 is 0xBD, computed 0xBE: the file is "
              "damaged here. Nothing was loaded.");
    EXPECT_NE(hex_error(":0100000055AA").find("end-of-file record"), std::string::npos);
    EXPECT_NE(hex_error("hello\n").find("begins with ':'"), std::string::npos);
    EXPECT_NE(hex_error(":01\n").find("from 10 to 520, this one has 2"), std::string::npos);
    EXPECT_NE(hex_error(":0200000055A9\n").find("it has 1"), std::string::npos);
    EXPECT_NE(hex_error(":01000000G5AA\n").find("column 10"), std::string::npos);
    EXPECT_NE(hex_error(":00000006FA\n").find("record type 06"), std::string::npos);
    EXPECT_NE(hex_error(":00000004FC\n").find("type 04 has 2"), std::string::npos);
    EXPECT_NE(hex_error(kEnd).find("holds no data"), std::string::npos);
    EXPECT_NE(hex_error(std::string(kEnd) + kEnd).find("follows"), std::string::npos);
}

TEST(IntelHex, BytesGivenTwiceAreRefusedAndNeighboursAreNot)
{
    const std::string a = ":020010001122BB\n";
    EXPECT_EQ(hex_error(a + ":010012005598\n" + kEnd), "no error");
    EXPECT_NE(hex_error(a + ":010011005599\n" + kEnd).find("x.hex:2: bytes at 0x00000011"),
              std::string::npos);
    EXPECT_NE(hex_error(a + ":02000F001122BC\n" + kEnd).find("0x00000010"), std::string::npos);
}

TEST(IntelHex, WhatIsExportedIsReadBack)
{
    std::vector<std::uint8_t> bytes(70'000, 0xFF);
    bytes[5] = 1;
    bytes[0x8003] = 2;
    bytes[69'999] = 3;
    const Dump dump = parse_intel_hex(intel_hex(0xC007, bytes, 0xFF), "x.hex");
    std::vector<std::uint8_t> back(bytes.size(), 0xFF);
    for (const DumpSegment& segment : dump.segments) {
        std::copy(segment.bytes.begin(), segment.bytes.end(),
                  back.begin() + static_cast<std::ptrdiff_t>(segment.address - 0xC007));
    }
    EXPECT_EQ(back, bytes);
    EXPECT_LT(dump.byte_count(), 64u);
}

TEST(Memrd, WordsOfEveryWidthAreLittleEndian)
{
    for (const char* text :
         {"0x00000010: 44332211   |\".3D:|\n", "0x00000010: 2211 4433 |x\n",
          "nrfjprog --memrd 0x10 --n 4\n\n0x00000010: 11 22 33 44  |0x1: 2|\n"}) {
        const Dump dump = parse_memrd(text, "x.txt");
        ASSERT_EQ(dump.segments.size(), 1u) << text;
        EXPECT_EQ(dump.segments[0].address, 0x10u);
        EXPECT_EQ(dump.segments[0].bytes, (std::vector<std::uint8_t>{0x11, 0x22, 0x33, 0x44}));
    }
}

TEST(Memrd, WhatIsNoMemoryIsRefused)
{
    EXPECT_NE(memrd_error("hello\n").find("holds no line"), std::string::npos);
    EXPECT_NE(memrd_error("0x10: 112233\n").find("'112233' is not a word"), std::string::npos);
    EXPECT_NE(memrd_error("0x10: 11 2233\n").find("widths"), std::string::npos);
    EXPECT_NE(memrd_error("0x10: 11\n0x10: 12\n").find("twice"), std::string::npos);
    EXPECT_NE(memrd_error("0x10: 11\nok\n").find("x.txt:2: "), std::string::npos);
    EXPECT_NE(memrd_error("0x123456789: 11\n").find("32 bits"), std::string::npos);
}

TEST(DumpArgument, NamesAFileAPlaceAndAnOffset)
{
    const DumpArgument full = parse_dump_argument("a/b.bin@mx25r64+0x1000");
    EXPECT_EQ(full.file, "a/b.bin");
    EXPECT_EQ(full.place, "mx25r64");
    EXPECT_EQ(full.offset_bytes, 0x1000u);
    EXPECT_EQ(parse_dump_argument("a.bin+4KiB").offset_bytes, 4096u);
    EXPECT_THROW(parse_dump_argument("a.bin@"), InputError);
    EXPECT_THROW(parse_dump_argument("a.bin+here"), InputError);
    const TemporaryFile odd("odd@name.bin", "x");
    EXPECT_EQ(parse_dump_argument(odd.path()).file, odd.path());
}

TEST(PlaceDump, AddressesAreDeviceAddressesOrOffsets)
{
    const BoardPlan board = two_devices();
    MachineState state = erased_state();
    const TemporaryFile mapped("mapped.txt", "0x40000010: 55\n");
    const auto placed = place_dump(board, parse_dump_argument(mapped.path()), state);
    ASSERT_EQ(placed.size(), 1u);
    EXPECT_EQ(placed[0].device, 1u);
    EXPECT_EQ(state.devices[1].byte_at(0x10), 0x55);
    const TemporaryFile offset("offset.txt", "0x20: 66\n");
    place_dump(board, parse_dump_argument(offset.path() + "@mx25"), state);
    EXPECT_EQ(state.devices[1].byte_at(0x20), 0x66);
    const TemporaryFile raw("raw.bin", "\x77");
    place_dump(board, parse_dump_argument(raw.path() + "@mcuboot_secondary+0x10"), state);
    EXPECT_EQ(state.devices[1].byte_at(0x2010), 0x77);
    place_dump(board, parse_dump_argument(raw.path() + "+0xC000"), state);
    EXPECT_EQ(state.devices[0].byte_at(0xC000), 0x77);
}

TEST(PlaceDump, WhatLiesOutsideIsRefusedAndTheRegistersOfUicrArePassedOver)
{
    const BoardPlan board = two_devices();
    MachineState state = erased_state();
    const TemporaryFile far_away("far.txt", "0x0: 11\n0x80000000: 22\n");
    EXPECT_THROW(place_dump(board, parse_dump_argument(far_away.path()), state), InputError);
    try {
        place_dump(board, parse_dump_argument(far_away.path() + "@mx25"), state);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_NE(std::string(error.what()).find("far.txt:2: "), std::string::npos);
    }
    const TemporaryFile uicr("uicr.txt", "0x10001018: FFFFFFFE\n0xC000: 12345678\n");
    place_dump(board, parse_dump_argument(uicr.path()), state);
    EXPECT_EQ(state.devices[0].word_at(0xC000), 0x12345678u);
    const TemporaryFile whole("whole.bin", std::string(0x4001, 'x'));
    EXPECT_THROW(place_dump(board, parse_dump_argument(whole.path() + "@mcuboot_secondary"), state),
                 InputError);
    EXPECT_THROW(place_dump(board, parse_dump_argument(uicr.path() + "@mx26"), state), InputError);
}

TEST(ReadDump, AFileOfTwoGibibytesIsRefusedAtOnce)
{
    const TemporaryFile sparse("sparse.bin", "x");
    std::filesystem::resize_file(sparse.path(), 2ull * 1024 * 1024 * 1024);
    EXPECT_THROW(read_dump(sparse.path()), InputError);
    EXPECT_THROW(read_dump(testing::TempDir()), InputError);
    EXPECT_THROW(read_dump("no/such/file.hex"), InputError);
}

TEST(Export, AnAreaBecomesAFileThatReadsBack)
{
    const BoardPlan board = two_devices();
    MachineState state = erased_state();
    const std::vector<std::uint8_t> byte = {0xA5};
    state.devices[1].poke(0x2001, byte);
    const auto hex = exported(board, parse_export_argument("mcuboot_secondary=out.hex"), state);
    EXPECT_EQ(parse_intel_hex(hex, "out.hex").segments[0].address, 0x40002000u);
    const auto raw = exported(board, parse_export_argument("mcuboot_secondary=out.bin"), state);
    EXPECT_EQ(raw.size(), 0x4000u);
    EXPECT_EQ(raw[1], '\xA5');
    EXPECT_THROW(parse_export_argument("mcuboot_secondary"), InputError);
    EXPECT_THROW(parse_export_argument("a=b.txt"), InputError);
}

}  // namespace brownout::sim
