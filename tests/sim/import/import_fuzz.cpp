// Any bytes as a file of a build folder: a .config, a zephyr.dts, a ZIP archive, a partition file.
// Either a sentence, or values that hold what their headers promise.
#include "import/dts_file.hpp"
#include "import/kconfig_file.hpp"
#include "import/zip_file.hpp"

#include <sim/error.hpp>
#include <sim/partition_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace brownout::sim;

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

void read_kconfig_text(std::string_view text)
{
    const KconfigFile config = parse_kconfig(text, "fuzzed.config");
    for (const auto& [name, value] : config.values) {
        require(!name.empty() && value.line > 0);
        require(config.number("NOT_THERE", 3, 3) == 3);
        require(config.number(name, 0, 1000) <= 1000);
    }
}

void read_dts_text(std::string_view text)
{
    for (const DtsFlashPart& part : parse_dts(text, "fuzzed.dts").flash_parts) {
        require(part.line > 0 && part.frequency_hz <= 200'000'000);
        require(part.bus.empty() || part.bus.size() == 4);
    }
}

void read_archive(std::string_view bytes)
{
    const ZipArchive archive{std::string(bytes), "fuzzed.zip"};
    for (const std::string& name : archive.names()) {
        require(archive.content(name).size() <= 32u << 20);
    }
}

void read_partitions_text(std::string_view text)
{
    for (const FilePartition& one : parse_partition_file(text, "fuzzed.yml").partitions) {
        require(!one.name.empty() && one.size_bytes > 0);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    constexpr void (*kReaders[])(std::string_view) = {read_kconfig_text, read_dts_text,
                                                      read_archive, read_partitions_text};
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        kReaders[data[0] % std::size(kReaders)](rest);
    } catch (const InputError& error) {
        require(!error.sentence().empty());
    }
    return 0;
}
