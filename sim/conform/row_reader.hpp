// The parts of a reference case that are lists of lists: operations and the rows of cut tables.
#pragma once

#include "json_fields.hpp"
#include "reference_case.hpp"

namespace brownout::sim {

// `where` is for complaints.
std::vector<CaseOperation> read_operations(const nlohmann::json& list, const JsonFields& where);

// Needs the dictionaries and the steps of `reference`.
CutTable read_table(const JsonFields& fields, const ReferenceCase& reference);

}  // namespace brownout::sim
