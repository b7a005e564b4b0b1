// Names of TLV types, as imgtool prints them.
#pragma once

#include <cstdint>
#include <string>

namespace brownout::sim {

std::string tlv_name(std::uint16_t type);

}  // namespace brownout::sim
