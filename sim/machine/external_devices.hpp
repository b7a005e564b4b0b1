// External parts of a board with the controllers that they share: SPIM instances and GPIO ports.
#pragma once

#include "device_model.hpp"

#include <models/gpio.hpp>
#include <models/ram_activity.hpp>
#include <models/spim.hpp>

#include <map>
#include <memory>
#include <string>

namespace brownout::sim {

// The controllers that more than one part may hang on. Made on first use; one per board.
class SharedControllers {
public:
    explicit SharedControllers(const BoardPlan& board) : board_(board) {}

    models::Spim& spim(const BusPlan& bus);
    models::Gpio& gpio(const PinPlan& pin);

    const BoardPlan& board() const { return board_; }
    void map(models::Bus& bus);
    // At the start of a run, before parts are reset.
    void reset();

private:
    const BoardPlan& board_;
    std::map<std::string, std::unique_ptr<models::Spim>> spims_;
    std::map<unsigned, std::unique_ptr<models::Gpio>> ports_;
    std::vector<std::unique_ptr<models::FittedRamActivity>> activities_;
};

// A part behind a SPIM of `shared`, chip select by a GPIO.
std::unique_ptr<DeviceModel> make_spi_device(const DevicePlan& plan, std::uint32_t device_index,
                                             SharedControllers& shared);

}  // namespace brownout::sim
