// Is a file a text at all? Asked before any parser sees it.
#pragma once

#include <string>
#include <string_view>

namespace brownout::sim {

// InputError with the place of the first byte that is not UTF-8, or of the first control character
// other than tab and line ends.
void require_utf8_text(std::string_view text, const std::string& file);

}  // namespace brownout::sim
