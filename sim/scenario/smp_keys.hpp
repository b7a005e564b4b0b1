// smp: a session of a management client, and how the application's image manager is built.
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

// A list of requests, or a mapping with more about the session.
struct SmpSession {
    using Value = SmpStep;
    bool read(Reader& reader, const YamlNode& node, Value& step) const;
    Json schema() const;
};

}  // namespace brownout::sim
