// A small good scenario in text, to be changed by tests.
#pragma once

#include <sim/scenario.hpp>

#include <stdexcept>
#include <string>

namespace brownout::sim {

inline const char* const kSampleScenario = R"(scenario: A sample
board:
  name: plain
  devices:
    internal: {controller: plain, sectors: [{size: 4 KiB, count: 64}], write_unit: 4}
    external: {controller: plain, sectors: [{size: 0x1000, count: 32}], write_unit: 1}
partitions:
  mcuboot_primary: {address: 0x4000, size: 64 KiB}
  mcuboot_secondary: {address: 0, size: 0x10000, device: external}
boot: {strategy: swap-move, signature: {type: ecdsa-p256}}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 8 KiB, seed: v1}}
  v2: {generate: {version: 2.0.0+7, payload_bytes: 9000, seed: v2}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: test}
  - reset: {cut: {call: 13}}
  - reset:
  - expect: {boots: v2}
explore: {during: [reset]}
)";

// The sample with one piece of text replaced by another.
inline std::string sample_with(const std::string& old_text, const std::string& new_text)
{
    std::string text = kSampleScenario;
    const std::size_t at = text.find(old_text);
    if (at == std::string::npos) {
        throw std::logic_error("not in the sample: " + old_text);
    }
    return text.replace(at, old_text.size(), new_text);
}

inline Scenario parse_sample(const std::string& text)
{
    return parse_scenario(text, std::string(TEST_SCENARIOS_FOLDER) + "/sample.yaml");
}

// What is wrong with it, as "line:column: sentence"; empty if nothing is.
inline std::string error_of(const std::string& text)
{
    try {
        parse_scenario(text, "case.yaml");
        return {};
    } catch (const InputError& error) {
        return error.what();
    }
}

}  // namespace brownout::sim
