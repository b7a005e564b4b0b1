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

// Does nothing on the bus answer any of these addresses?
bool is_free(const models::Bus& bus, std::uint32_t address, std::uint32_t byte_count);

// The controllers that more than one part may hang on. Made on first use; one per board.
class SharedControllers {
public:
    // `receiver`: of uploads; others use RAM while it receives.
    SharedControllers(const BoardPlan& board, const models::Uarte& receiver)
        : board_(board), receiver_(receiver)
    {
    }

    models::Spim& spim(const BusPlan& bus);
    models::Gpio& gpio(const PinPlan& pin);

    const BoardPlan& board() const { return board_; }
    void map(models::Bus& bus);
    // At the start of a run, before parts are reset. `seed`: of everything that anomalies draw, in
    // place of that of the board.
    void reset(std::optional<std::uint64_t> seed);
    // Has a number been drawn since then whose outcome was open?
    bool has_drawn() const;

private:
    const BoardPlan& board_;
    const models::Uarte& receiver_;
    models::RamLockRegister ram_lock_;
    std::map<std::string, std::uint64_t> seeds_;  // of the board, by bus
    std::map<std::string, std::unique_ptr<models::Spim>> spims_;
    std::map<unsigned, std::unique_ptr<models::Gpio>> ports_;
    std::vector<std::unique_ptr<models::FittedRamActivity>> activities_;
};

// A part behind a SPIM of `shared`, chip select by a GPIO.
std::unique_ptr<DeviceModel> make_spi_device(const DevicePlan& plan, std::uint32_t device_index,
                                             SharedControllers& shared);

}  // namespace brownout::sim
