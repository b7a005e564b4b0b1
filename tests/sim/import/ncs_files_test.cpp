// The files of a build folder: what is read of them, and where damage is.
#include "import/dts_file.hpp"
#include "import/kconfig_file.hpp"
#include "import/zip_file.hpp"

#include <sim/error.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace brownout::sim {
namespace {

std::string refusal_of(const std::function<void()>& read)
{
    try {
        read();
        return "nothing is wrong";
    } catch (const InputError& error) {
        return error.what();
    }
}

std::string kconfig_refusal(std::string_view text)
{
    return refusal_of([text] { parse_kconfig(text, ".config"); });
}

std::string dts_refusal(std::string_view text)
{
    return refusal_of([text] { parse_dts(text, "zephyr.dts"); });
}

TEST(KconfigFile, OptionsAreReadWithTheirLines)
{
    const KconfigFile config =
        parse_kconfig("# a comment\nCONFIG_A=y\r\n# CONFIG_B is not set\n\n"
                      "CONFIG_C=\"say \\\"x\\\"\"\nCONFIG_D=0x20\nCONFIG_E=n",
                      ".config");
    EXPECT_TRUE(config.is_set("A"));
    EXPECT_FALSE(config.is_set("B"));
    EXPECT_FALSE(config.is_set("E"));
    EXPECT_EQ(config.text("C"), "say \"x\"");
    EXPECT_EQ(config.values.at("C").line, 5);
    EXPECT_EQ(config.number("D", 7, 0x20), 0x20u);
    EXPECT_EQ(config.number("B", 7, 7), 7u);
}

TEST(KconfigFile, DamageHasItsLine)
{
    EXPECT_EQ(kconfig_refusal("CONFIG_A=y\nCONF"),
              ".config:2: 'CONF' is neither CONFIG_NAME=value nor a comment");
    EXPECT_EQ(kconfig_refusal("CONFIG_A B=y\n"),
              ".config:1: 'CONFIG_A B=y' is neither CONFIG_NAME=value nor a comment");
    EXPECT_EQ(kconfig_refusal("\n\nCONFIG_A=\"y\n"),
              ".config:3: this text in quotes is not closed");
    EXPECT_EQ(kconfig_refusal("CONFIG_A=y\n\xFF\n").substr(0, 12), ".config:2:1:");
    EXPECT_EQ(refusal_of([] {
                  parse_kconfig("CONFIG_N=99999999999999999999\n", ".config").number("N", 1, 65536);
              }),
              ".config:1: CONFIG_N must be a whole number of at most 65536, not "
              "'99999999999999999999'");
    EXPECT_EQ(refusal_of([] { parse_kconfig("CONFIG_N=33\n", ".config").number("N", 1, 32); }),
              ".config:1: CONFIG_N must be a whole number of at most 32, not '33'");
}

constexpr const char* kDts = R"(/dts-v1/;
/* { */ // "
/ {
  chosen { nordic,pm-ext-flash = &ext; zephyr,code-partition = &{/soc/flash@0}; };
  soc {
    flash0: flash@0 {
      compatible = "soc-nv-flash";
      partitions {
        compatible = "fixed-partitions";
        a: slot0_partition: partition@c000 {
          label = "a } { \" ; /* b";
          reg = < 0xc000 0x1000 >;
        };
      };
    };
    spi3: arduino_spi: spi@4002f000 {
      other: nor@0 { compatible = "jedec,spi-nor"; jedec-id = [c8 4015]; size = < 0x1000000 >;
                     spi-max-frequency = < 8000000 >; };
      gone: nor@1 { compatible = "jedec,spi-nor"; status = "disabled"; };
    };
    qspi: qspi@40029000 {
      ext: mx25r6435f@0 {
        compatible = "nordic,qspi-nor";
        sck-frequency = < 0x7a1200 >;
        readoc = "read4io";
        partitions {
          compatible = "fixed-partitions";
          slot1_partition: partition@0 { reg = < 0x0 0x2000 >; };
        };
      };
    };
  };
};
)";

TEST(DtsFile, PartitionsAndPartsAreFound)
{
    const DtsFile dts = parse_dts(kDts, "zephyr.dts");
    ASSERT_EQ(dts.partitions.size(), 2u);
    EXPECT_EQ(dts.partitions[0].label, "slot0_partition");
    EXPECT_TRUE(dts.partitions[0].on_chip);
    EXPECT_EQ(dts.partitions[0].address, 0xC000u);
    EXPECT_EQ(dts.partitions[1].parent, "mx25r6435f@0");
    EXPECT_FALSE(dts.partitions[1].on_chip);
    ASSERT_EQ(dts.flash_parts.size(), 2u);
    EXPECT_EQ(dts.flash_parts[0].bus, "spi3");
    EXPECT_EQ(dts.flash_parts[0].jedec_id, (std::vector<std::uint8_t>{0xC8, 0x40, 0x15}));
    EXPECT_EQ(dts.flash_parts[0].size_bytes, 2u << 20);
    EXPECT_FALSE(dts.flash_parts[0].is_chosen);
    EXPECT_TRUE(dts.flash_parts[1].is_chosen);
    EXPECT_TRUE(dts.flash_parts[1].is_qspi);
    EXPECT_EQ(dts.flash_parts[1].frequency_hz, 8'000'000u);
    EXPECT_EQ(dts.flash_parts[1].read_mode, "read4io");
    EXPECT_TRUE(dts.flash_parts[1].jedec_id.empty());
}

TEST(DtsFile, DamageHasItsLine)
{
    const std::pair<const char*, const char*> kCases[] = {
        {"/ {\n a {\n };\n", "zephyr.dts:1: '}' is missing: node '/' is not closed"},
        {"/ {\n};\n}", "zephyr.dts:3: this '}' closes nothing"},
        {"/ {\n b = \"x;\n};", "zephyr.dts:2: a text in quotes is not closed"},
        {"/ {\n /* b };", "zephyr.dts:2: a comment is not closed"},
        {"/ {\n a = <1>\n}; ", "zephyr.dts:2: ';' is missing behind this statement"},
        {"/ {\n a = <&{/soc>;\n", "zephyr.dts:2: a reference to a path is not closed"},
        {"/ {};\nx", "zephyr.dts:2: the file ends in the middle of a statement"},
        {"f {\n p { compatible = \"fixed-partitions\";\n  s { reg = <0 0x1FFFFFFFF>; }; }; };",
         "zephyr.dts:3: '0x1FFFFFFFF' in reg is no number of 32 bits"},
        {"q { compatible = \"nordic,qspi-nor\";\n jedec-id = [ C2 2 ]; };",
         "zephyr.dts:2: jedec-id must be bytes in brackets ([ C2 28 17 ])"},
        {"q { compatible = \"nordic,qspi-nor\";\n\n sck-frequency = <200000001>; };",
         "zephyr.dts:3: sck-frequency of 200000001 Hz is above 200 MHz"}};
    for (const auto& [text, sentence] : kCases) {
        EXPECT_EQ(dts_refusal(text), sentence);
    }
    EXPECT_EQ(dts_refusal("/ {\n \xC3(; };").substr(0, 15), "zephyr.dts:2:2:");
    EXPECT_EQ(dts_refusal(std::string(65, '{')),
              "zephyr.dts:1: nodes are nested deeper than 64 levels");
    EXPECT_EQ(dts_refusal("q { compatible = \"nordic,qspi-nor\"; sck-frequency = <200000000>; };"),
              "nothing is wrong");
}

// One stored member "m" with two bytes.
const std::string kZip = [] {
    const auto bytes = [](std::initializer_list<int> values) {
        std::string out;
        for (const int value : values) {
            out += static_cast<char>(value);
        }
        return out;
    };
    const std::string sums = bytes({0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0});
    return "PK\3\4" + bytes({10, 0, 0, 0, 0, 0, 0, 0, 0, 0}) + sums + "mhi" + "PK\1\2" +
           bytes({10, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0}) + sums +
           bytes({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) + "m" + "PK\5\6" +
           bytes({0, 0, 0, 0, 1, 0, 1, 0, 47, 0, 0, 0, 33, 0, 0, 0, 0, 0});
}();

TEST(ZipArchive, AMemberIsReadAndDamageToAnyOfItsBytesIsNoticed)
{
    const std::vector<std::uint8_t> expected{'h', 'i'};
    const ZipArchive whole(kZip, "a.zip");
    EXPECT_EQ(whole.names(), std::vector<std::string>{"m"});
    EXPECT_EQ(whole.content("m"), expected);
    EXPECT_EQ(refusal_of([&] { whole.content("n"); }), "a.zip: has no member 'n'");
    std::string flipped = kZip;
    flipped[kZip.find("mhi") + 1] ^= 1;
    EXPECT_EQ(refusal_of([&] { ZipArchive(flipped, "a.zip").content("m"); }),
              "a.zip: is a damaged ZIP archive, or none");
    for (std::size_t count = 0; count < kZip.size(); ++count) {
        EXPECT_EQ(refusal_of([&] { ZipArchive(kZip.substr(0, count), "a.zip").content("m"); }),
                  "a.zip: is a damaged ZIP archive, or none")
            << count;
    }
}

}  // namespace
}  // namespace brownout::sim
