// The nodes and properties of a device tree source, each with its line; values are not interpreted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

struct DtsProperty {
    std::string name;
    std::string value;  // comments taken out; empty: a property without one
    int line = 0;
};

struct DtsNode {
    std::vector<std::string> labels;
    std::string name;
    std::ptrdiff_t parent = -1;  // index in the list; -1: none
    int line = 0;
    std::vector<DtsProperty> properties;

    const DtsProperty* property(std::string_view property_name) const;  // nullptr: none
    // Is `text` one of the texts of `compatible`?
    bool is_compatible(std::string_view text) const;
};

// In the order of the file: a parent before its children. InputError with the place, as
// parse_dts().
std::vector<DtsNode> parse_dts_tree(std::string_view text, const std::string& file);

}  // namespace brownout::sim
