#include <models/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace brownout::models {

void assertion_failed(const char* condition, const char* file, int line) noexcept
{
    std::fprintf(stderr, "brownout: internal error: %s:%d: %s does not hold\n", file, line,
                 condition);
    std::fflush(stderr);
    std::_Exit(3);
}

}  // namespace brownout::models
