// A sentence for a rule violation, put together without the heap.
#pragma once

#include <models/operation.hpp>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace brownout::models {

#if defined(__GNUC__)
__attribute__((format(printf, 6, 7)))
#endif
inline void
report_violation(RuleObserver& rules, std::string_view rule, std::string_view device,
                 std::uint64_t address, std::string_view source, const char* format, ...) noexcept
{
    std::array<char, 240> text;
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    rules.violated({rule, device, address, text.data(), source});
}

}  // namespace brownout::models
