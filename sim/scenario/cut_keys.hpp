// cut: where the power fails in a step.
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

// Samples of a random tear that may be asked for, at most.
constexpr std::uint64_t kTearSamplesMax = 1000;

struct CutValue {
    using Value = StepCut;
    bool read(Reader& reader, const YamlNode& node, Value& cut) const;
    Json schema() const;
};

}  // namespace brownout::sim
