// expect.bytes: bytes of a partition, compared or counted.
#pragma once

#include "value_types.hpp"
#include "yaml_fields.hpp"

namespace brownout::sim {

// {in: PARTITION, at: OFFSET, are: [BYTES]} or {in: PARTITION, at: OFFSET, size: N, not_erased: N}
struct BytesExpectation {
    using Value = ExpectedBytes;
    bool read(Reader& reader, const YamlNode& node, Value& expected) const;
    Json schema() const;
};

void write_expected_bytes(YamlFields& to, const std::vector<ExpectedBytes>& list);

}  // namespace brownout::sim
