// The first difference between what was recorded and what happened, ready to be printed.
#pragma once

#include "reference_case.hpp"

#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

struct Difference {
    std::string place;               // "step 1 (boot), call 13"
    std::vector<std::string> lines;  // expected and got, side by side
};

// nullopt if the lists are equal. `item` names one element: "call", "log line". The place is
// "<place>, <item> <number>", counted from 0.
std::optional<Difference> compare_lists(const std::string& place, const std::string& item,
                                        const std::vector<std::string>& expected,
                                        const std::vector<std::string>& got);

// "E  secondary +0x5000  4096 bytes"; outside of every area the device is named.
std::string describe(const CaseOperation& operation, const std::vector<CaseArea>& areas);

std::optional<Difference> compare_operations(const std::string& place,
                                             const std::vector<CaseArea>& areas,
                                             const std::vector<CaseOperation>& expected,
                                             const std::vector<CaseOperation>& got);

}  // namespace brownout::sim
