// Any bytes as Intel HEX, memory text, partition file and field log: a sentence, or data that can
// be placed; HEX that was read survives being written and read again.
#include <sim/import.hpp>
#include <sim/log_release.hpp>
#include <sim/partition_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace brownout::sim;

template <class Parse>
void parse_any(Parse&& parse)
{
    try {
        parse();
    } catch (const InputError& error) {
        if (error.sentence().empty()) {
            std::abort();
        }
    }
}

void read_twice(std::string_view text)
{
    const Dump dump = parse_intel_hex(text, "fuzzed.hex");
    for (const DumpSegment& segment : dump.segments) {
        // Everything is kept: no byte has the erased value 0x5A if none is in the segment.
        const std::string written = intel_hex(segment.address, segment.bytes, 0x5A);
        parse_any([&] { parse_intel_hex(written, "written.hex"); });
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        parse_any([&] { read_twice(text); });
        break;
    case 1:
        parse_any([&] { parse_memrd(text, "fuzzed.txt"); });
        break;
    case 2:
        parse_any([&] { parse_partition_file(text, "fuzzed.yml"); });
        break;
    default:
        parse_any([&] { parse_field_log(text, "fuzzed.log"); });
        break;
    }
    return 0;
}
