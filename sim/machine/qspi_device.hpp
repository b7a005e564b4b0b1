// A SPI NOR part behind the QSPI of a SoC.
#pragma once

#include "device_model.hpp"

#include <memory>
#include <string>

namespace brownout::sim {

inline constexpr const char* kQspiName = "qspi";  // as `bus: {controller: ...}` has it

// Fills in what follows from the SoC and the part for a device whose bus is "qspi". Answers what is
// wrong, as a sentence; "" if it can be built.
std::string wire_qspi_device(const BoardPlan& board, DevicePlan& device);

std::unique_ptr<DeviceModel> make_qspi_device(const BoardPlan& board, const DevicePlan& plan,
                                              std::uint32_t device_index);

}  // namespace brownout::sim
