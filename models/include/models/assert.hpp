// Assertions: our own bugs, always on. A failed one prints the place and ends the program with
// exit code 3.
#pragma once

namespace brownout::models {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace brownout::models

#define BROWNOUT_ASSERT(condition)                                                                 \
    (static_cast<bool>(condition)                                                                  \
         ? static_cast<void>(0)                                                                    \
         : ::brownout::models::assertion_failed(#condition, __FILE__, __LINE__))
