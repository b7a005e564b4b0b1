// Which functions a firmware image may import.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

// True for the mem* functions that core_abi.h grants and for what toolchains insert unasked:
// start-up hooks, stack protection, sanitizer checks.
bool is_allowed_import(std::string_view name);

// "'printf'", "'free', 'malloc' and 3 more"; empty if all are allowed.
std::string forbidden_imports(const std::vector<std::string>& imports);

}  // namespace brownout::sim
