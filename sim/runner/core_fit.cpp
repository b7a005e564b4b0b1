#include <sim/core_fit.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

std::string core_mismatch(const boot_firmware& core, const boot_config& config,
                          const BoardPlan& board)
{
    const auto lacks = [&](boot_capability capability) {
        return (core.capabilities & static_cast<std::uint32_t>(capability)) == 0;
    };
    const bool overwrites =
        std::any_of(board.areas.begin(), board.areas.end(), [&](const AreaPlan& area) {
            return area.role != FLASH_OTHER && !board.devices[area.device].needs_erase;
        });
    std::string what;
    if ((core.strategies >> config.strategy & 1u) == 0) {
        what = fmt::format("is not built for {}", name_of(strategy_names(), config.strategy));
    } else if (config.encryption != CRYPTO_WRAP_NONE && lacks(BOOT_CAN_ENCRYPT)) {
        what = "does not decrypt images";
    } else if (config.image_count > 1 && lacks(BOOT_CAN_MULTIPLE_IMAGES)) {
        what = "handles one image only";
    } else if (config.bootstrap && lacks(BOOT_CAN_BOOTSTRAP)) {
        what = "does not bootstrap";
    } else if (config.downgrade != BOOT_DOWNGRADE_ALLOWED && lacks(BOOT_CAN_PREVENT_DOWNGRADE)) {
        what = "does not prevent downgrades";
    } else if (overwrites && lacks(BOOT_CAN_NO_ERASE)) {
        what = "needs devices with erase";
    }
    return what.empty() ? what : fmt::format("the core '{}' {}", core.name, what);
}

}  // namespace brownout::sim
