// upload: ble: a Bluetooth link as a source of time.
#pragma once

#include "key_table.hpp"

#include <sim/scenario.hpp>

namespace brownout::sim {

struct BleValue {
    using Value = BleLink;
    bool read(Reader& reader, const YamlNode& node, Value& link) const;
    Json schema() const;
};

}  // namespace brownout::sim
