#include "firmware/firmware_imports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace brownout::sim {

bool is_allowed_import(std::string_view name)
{
    static constexpr std::array<std::string_view, 11> kNames = {"memcpy",
                                                                "memmove",
                                                                "memset",
                                                                "memcmp",
                                                                "__memcpy_chk",
                                                                "__memset_chk",
                                                                "__memmove_chk",
                                                                "__stack_chk_fail",
                                                                "__cxa_finalize",
                                                                "__gmon_start__",
                                                                "_GLOBAL_OFFSET_TABLE_"};
    // What a compiler adds by itself: clones of functions, sanitizers and their coverage.
    static constexpr std::array<std::string_view, 5> kPrefixes = {"_ITM_", "__asan_", "__ubsan_",
                                                                  "__sanitizer_", "__sancov_"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
           std::any_of(kPrefixes.begin(), kPrefixes.end(),
                       [name](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string forbidden_imports(const std::vector<std::string>& imports)
{
    constexpr std::size_t kNamed = 3;
    std::string text;
    std::size_t count = 0;
    for (const std::string& name : imports) {
        if (is_allowed_import(name)) {
            continue;
        }
        if (count < kNamed) {
            text += fmt::format("{}'{}'", count == 0 ? "" : ", ", name);
        }
        ++count;
    }
    if (count > kNamed) {
        text += fmt::format(" and {} more", count - kNamed);
    }
    return text;
}

}  // namespace brownout::sim
