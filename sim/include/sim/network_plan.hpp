// The network core of a board: its bootloader, where its slot lies, what is wrong with it.
#pragma once

#include <boot/netcore.h>

#include <cstdint>

namespace brownout::sim {

enum class CoreId : std::uint8_t { kApplication, kNetwork };

struct NetworkPlan {
    netcore_config config{};
    std::uint32_t area = 0;             // S0: index in BoardPlan::areas
    bool loader_missing = false;        // nothing was ever programmed at its reset vector
    bool acl_survives_restart = false;  // entries are not cleared by FORCEOFF (F52)
};

}  // namespace brownout::sim
