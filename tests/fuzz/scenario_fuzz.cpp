// Any bytes as a scenario file: an error with a sentence, or a scenario that survives being written
// and read again.
#include <sim/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace brownout::sim;
    const std::string path = TEST_SCENARIOS_FOLDER "/tutorial/fuzzed.yaml";
    try {
        const Scenario scenario =
            parse_scenario(std::string_view(reinterpret_cast<const char*>(data), size), path);
        const std::string text = to_yaml(scenario, path);
        if (to_yaml(parse_scenario(text, path), path) != text) {
            std::abort();
        }
    } catch (const InputError& error) {
        if (error.sentence().empty()) {
            std::abort();
        }
    }
    return 0;
}
