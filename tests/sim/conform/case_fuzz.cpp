// Any bytes as a reference case: a complaint with a sentence, or a case.
#include "conform/case_reader.hpp"

#include <sim/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace brownout::sim;
    try {
        (void)read_case(std::string_view(reinterpret_cast<const char*>(data), size), "fuzzed.json");
    } catch (const InputError& error) {
        if (error.sentence().empty()) {
            std::abort();
        }
    }
    return 0;
}
