#include "firmware_run.hpp"

#include <sim/error.hpp>

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace brownout::sim {
namespace {

std::string load_error(const std::string& path, const FirmwarePlacement& placement = {})
{
    try {
        Firmware::load(path, placement);
    } catch (const InputError& error) {
        EXPECT_EQ(error.place().file, path);
        return error.sentence();
    }
    return "loaded";
}

std::string bytes_of_file(const std::string& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// A file that goes away with the test.
class ScratchFile {
public:
    explicit ScratchFile(const std::string& content)
        : path_(testing::TempDir() + "firmware_" + std::to_string(getpid()) + ".so")
    {
        write(content);
    }
    ~ScratchFile() { std::filesystem::remove(path_); }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    // A new file each time: the old one may be mapped.
    void write(const std::string& content)
    {
        std::filesystem::remove(path_);
        std::ofstream(path_, std::ios::binary) << content;
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

TEST(FirmwareLoading, LoadsAWellFormedImage)
{
    const auto firmware = Firmware::load(image_path("sample_firmware.so"), {});
    EXPECT_STREQ(firmware->table().name, "sample");
    EXPECT_EQ(firmware->path(), image_path("sample_firmware.so"));
    EXPECT_EQ(load_error(image_path("sample_firmware.so")), "loaded");
}

TEST(FirmwareLoading, RefusesWhatIsNoFile)
{
    EXPECT_EQ(load_error(image_path("missing.so")), "no such firmware image");
    EXPECT_EQ(load_error(TEST_FIRMWARE_FOLDER), "not a file: a firmware image is a shared object");
}

TEST(FirmwareLoading, RefusesTextAndEmptyFiles)
{
    ScratchFile file("int main(void) { return 0; }\n");
    EXPECT_EQ(load_error(file.path()), "not a firmware image: a shared object (ELF) is expected");
    file.write("");
    EXPECT_EQ(load_error(file.path()), "not a firmware image: a shared object (ELF) is expected");
}

TEST(FirmwareLoading, RefusesAProgram)
{
    EXPECT_EQ(load_error(image_path("bad_program")),
              "a program, not a shared object: link it with -shared");
}

TEST(FirmwareLoading, RefusesAnotherMachine)
{
    std::string bytes = bytes_of_file(image_path("sample_firmware.so"));
    bytes[offsetof(Elf64_Ehdr, e_machine)] = EM_ARM;
    bytes[offsetof(Elf64_Ehdr, e_machine) + 1] = 0;
    const ScratchFile file(bytes);
    EXPECT_NE(load_error(file.path()).find("built for another machine (ELF machine 40"),
              std::string::npos);
}

TEST(FirmwareLoading, RefusesAFileCutShortAnywhere)
{
    const std::string bytes = bytes_of_file(image_path("sample_firmware.so"));
    ScratchFile file("");
    for (std::size_t i = 0; i < 64; ++i) {
        // The section table ends the file, so no length but the full one is whole.
        file.write(bytes.substr(0, bytes.size() * i / 64));
        EXPECT_NE(load_error(file.path()), "loaded") << i;
    }
    file.write(bytes.substr(0, bytes.size() - 1));
    EXPECT_NE(load_error(file.path()), "loaded");
    file.write(bytes);
    EXPECT_EQ(load_error(file.path()), "loaded");
}

TEST(FirmwareLoading, SurvivesDamageToAnyByteOfTheHeaders)
{
    const std::string bytes = bytes_of_file(image_path("sample_firmware.so"));
    Elf64_Ehdr header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    const std::size_t end = header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr);
    ScratchFile file("");
    std::size_t refused = 0;
    for (std::size_t i = 0; i < end; i += 3) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(~damaged[i]);
        file.write(damaged);
        refused += load_error(file.path()) != "loaded" ? 1u : 0u;
    }
    EXPECT_GT(refused, end / 12);
}

TEST(FirmwareLoading, RefusesAnObjectWithoutTheEntryPoint)
{
    EXPECT_EQ(load_error(image_path("bad_no_entry.so")),
              "not a firmware image: it does not export boot_firmware_query()");
}

TEST(FirmwareLoading, NamesForbiddenImports)
{
    for (const std::string name : {"printf", "malloc", "pthread_create"}) {
        EXPECT_EQ(load_error(image_path("bad_import_" + name + ".so")),
                  "imports '" + name +
                      "': firmware may call nothing but its platform, memcpy, memmove, memset "
                      "and memcmp");
    }
}

TEST(FirmwareLoading, RefusesTablesThatAreWrongInOneWay)
{
    const auto error = [](const std::string& kind) {
        return load_error(image_path("bad_table_" + kind + ".so"));
    };
    EXPECT_EQ(error("version"), "does not serve version 1 of the firmware ABI");
    EXPECT_EQ(error("small").find("its firmware table has 16 bytes,"), 0u);
    EXPECT_EQ(error("entry"), "its firmware table has no entry function of its own");
    EXPECT_EQ(error("name").find("its firmware table has no name"), 0u);
    EXPECT_EQ(error("stack"), "its firmware table asks for no stack");
    EXPECT_EQ(error("pointer").find("crashes while being loaded"), 0u);
    EXPECT_EQ(error("crash").find("crashes while being loaded (Illegal instruction)"), 0u);
}

TEST(FirmwareLoading, RefusesMoreRamThanTheBoardHas)
{
    FirmwarePlacement placement;
    placement.ram_bytes = 8192;
    EXPECT_EQ(load_error(image_path("sample_firmware.so"), placement).find("needs "), 0u);
    placement.ram_bytes += 16384 + 64;
    EXPECT_EQ(load_error(image_path("sample_firmware.so"), placement), "loaded");
}

class FirmwareWindows : public testing::Test {
protected:
    FirmwareWindows() : run_(*firmware_)
    {
        EXPECT_EQ(run_.run(SAMPLE_TELL_ADDRESSES), FiberEvent::kReturned);
    }

    const models::MemoryWindow* window(sample_address what) const
    {
        const auto* pointer = static_cast<const std::uint8_t*>(run_.address(what));
        for (const models::MemoryWindow& window : windows_) {
            if (pointer >= window.bytes.data() &&
                pointer < window.bytes.data() + window.bytes.size()) {
                return &window;
            }
        }
        ADD_FAILURE() << "no window holds address " << what;
        return &windows_.front();
    }

    std::string symbol(sample_address what) const
    {
        return firmware_->symbol_at(run_.address(what)).value_or("none");
    }

    std::unique_ptr<Firmware> firmware_ =
        Firmware::load(image_path("sample_firmware.so"), {.flash_address = 0x4000});
    std::vector<models::MemoryWindow> windows_ = firmware_->windows();
    FirmwareRun run_;
};

TEST_F(FirmwareWindows, ConstantsAndCodeLieInFlash)
{
    EXPECT_FALSE(window(ADDRESS_OF_CONSTANT)->is_ram);
    EXPECT_FALSE(window(ADDRESS_OF_RELRO)->is_ram);
    EXPECT_FALSE(window(ADDRESS_OF_CODE)->is_ram);
    EXPECT_EQ(window(ADDRESS_OF_CODE)->label, "flash (.text) of sample");
}

TEST_F(FirmwareWindows, StaticsLocalsAndStateLieInRam)
{
    EXPECT_TRUE(window(ADDRESS_OF_STATIC)->is_ram);
    EXPECT_TRUE(window(ADDRESS_OF_LOCAL)->is_ram);
    EXPECT_TRUE(window(ADDRESS_OF_STATE)->is_ram);
    EXPECT_EQ(window(ADDRESS_OF_LOCAL)->label, "stack of sample");
    EXPECT_EQ(window(ADDRESS_OF_STATE)->label, "state of sample");
}

TEST_F(FirmwareWindows, SymbolsNameWhatLiesAtAnAddress)
{
    EXPECT_EQ(symbol(ADDRESS_OF_CONSTANT), "sample_magic + 0x4 (16 bytes, .rodata of sample)");
    EXPECT_EQ(symbol(ADDRESS_OF_STATIC), "transfer_buffer (32 bytes, .bss of sample)");
    EXPECT_EQ(symbol(ADDRESS_OF_LOCAL), "stack of sample");
    EXPECT_EQ(symbol(ADDRESS_OF_STATE), "state of sample + 0x4");
    EXPECT_EQ(symbol(ADDRESS_OF_CODE), "boot_firmware_query");
    EXPECT_EQ(firmware_->symbol_at(&run_), std::nullopt);
    EXPECT_EQ(firmware_->symbol_at(nullptr), std::nullopt);
}

TEST_F(FirmwareWindows, FollowEachOtherFromThePlacement)
{
    std::uint32_t flash = 0x4000;
    std::uint32_t ram = 0x20000000;
    std::uint32_t sanitized_data = 0x28000000;  // where sanitizers move it
    for (const models::MemoryWindow& window : windows_) {
        std::uint32_t& data = window.address >= 0x28000000 ? sanitized_data : ram;
        std::uint32_t& next = window.is_ram ? data : flash;
        EXPECT_GE(window.address, next) << window.label;
        EXPECT_LT(window.address, next + 64) << window.label;
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(window.bytes.data()) % 64, window.address % 64);
        next = window.address + static_cast<std::uint32_t>(window.bytes.size());
    }
}

TEST(FirmwareSymbols, AStrippedImageNamesSectionsOnly)
{
    const ScratchFile file(bytes_of_file(image_path("sample_firmware.so")));
    const pid_t child = fork();
    if (child == 0) {
        execlp("strip", "strip", "--strip-all", file.path().c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);

    const auto firmware = Firmware::load(file.path(), {});
    FirmwareRun run(*firmware);
    ASSERT_EQ(run.run(SAMPLE_TELL_ADDRESSES), FiberEvent::kReturned);
    const std::string place = firmware->symbol_at(run.address(ADDRESS_OF_CONSTANT)).value_or("");
    EXPECT_EQ(place.find("0x"), 0u) << place;
    EXPECT_NE(place.find(" in .rodata of sample"), std::string::npos) << place;
}

}  // namespace
}  // namespace brownout::sim
