#include "reference_set_probe.hpp"

namespace brownout::sim {
namespace {

TEST(GzipFile, ReadsBackWhatWasWritten)
{
    const TemporaryFolder folder;
    const std::string text(100'000, 'x');
    write_gzip_file(folder.path() / "a.gz", text);
    EXPECT_LT(std::filesystem::file_size(folder.path() / "a.gz"), 1000u);
    EXPECT_EQ(read_gzip_file(folder.path() / "a.gz", text.size()), text);
}

TEST(GzipFile, WritesTheSameBytesForTheSameText)
{
    const TemporaryFolder folder;
    write_gzip_file(folder.path() / "a.gz", "text");
    write_gzip_file(folder.path() / "b.gz", "text");
    EXPECT_EQ(read_whole_file(folder.path() / "a.gz", 1000),
              read_whole_file(folder.path() / "b.gz", 1000));
}

TEST(GzipFile, BoundsWhatComesOut)
{
    const TemporaryFolder folder;
    write_gzip_file(folder.path() / "bomb.gz", std::string(5'000'000, '\0'));
    EXPECT_NE(complaint([&] {
                  read_gzip_file(folder.path() / "bomb.gz", 4'999'999);
              }).find("decompresses to more than 4999999 bytes"),
              std::string::npos);
    EXPECT_EQ(read_gzip_file(folder.path() / "bomb.gz", 5'000'000).size(), 5'000'000u);
}

TEST(GzipFile, NeverGivesOutDamagedText)
{
    const TemporaryFolder folder;
    const std::string text = "some text that is worth compressing, some text";
    write_gzip_file(folder.path() / "a.gz", text);
    const std::string good = read_whole_file(folder.path() / "a.gz", 1000);
    for (std::size_t i = 0; i < good.size(); ++i) {
        const auto cut = folder.write("cut.gz", good.substr(0, i));
        EXPECT_NE(complaint([&] { read_gzip_file(cut, 1000); }), "") << "cut at " << i;
    }
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bent = good;
        bent[i] = static_cast<char>(bent[i] ^ 0x10);
        const auto file = folder.write("bent.gz", bent);
        std::string got = text;
        refused += complaint([&] { got = read_gzip_file(file, 1000); }).empty() ? 0u : 1u;
        EXPECT_EQ(got, text) << "bent at " << i;  // time stamp, padding: nothing that matters
    }
    EXPECT_GT(refused, good.size() / 2);
}

TEST(GzipFile, NamesAFileThatIsMissingOrAFolder)
{
    const TemporaryFolder folder;
    EXPECT_NE(complaint([&] { read_gzip_file(folder.path() / "none.gz", 10); }).find("none.gz"),
              std::string::npos);
    EXPECT_NE(complaint([&] { read_whole_file(folder.path(), 10); }), "");
}

}  // namespace
}  // namespace brownout::sim
