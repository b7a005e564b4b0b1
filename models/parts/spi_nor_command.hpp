// What an opcode means to one part: its phases on the wire and what it does.
#pragma once

#include <models/spi_nor_data.hpp>

#include <array>

namespace brownout::models {

enum class SpiNorAction : std::uint8_t {
    kUnknown,
    kRead,
    kProgram,
    kErase,
    kReadStatus,
    kWriteStatus,
    kReadJedecId,
    kReadDeviceId,
    kReadUniqueId,
    kReadSfdp,
    kWriteEnable,
    kWriteEnableVolatile,
    kWriteDisable,
    kSuspend,
    kResume,
    kPowerDown,
    kRelease,
    kResetEnable,
    kReset
};

struct SpiNorCommand {
    SpiNorAction action = SpiNorAction::kUnknown;
    std::uint8_t opcode = 0;
    std::uint8_t address_bytes = 0;
    std::uint8_t dummy_bytes = 0;
    std::uint8_t address_lines = 1;
    std::uint8_t data_lines = 1;
    // What is special to the action: registers, or the size of an erase.
    std::uint8_t first_register = 0;
    std::uint8_t register_count = 0;
    SpiNorEraseSize erase_size = SpiNorEraseSize::k4KiB;

    std::uint32_t header_bytes() const { return 1u + address_bytes + dummy_bytes; }
    bool taken_while_busy() const
    {
        return action == SpiNorAction::kReadStatus || action == SpiNorAction::kSuspend ||
               action == SpiNorAction::kResetEnable || action == SpiNorAction::kReset;
    }
};

using SpiNorCommandTable = std::array<SpiNorCommand, 256>;

SpiNorCommandTable command_table(const SpiNorData& data);

// The SFDP area: header, one parameter header, the basic table. Empty if the part has none.
std::vector<std::uint8_t> sfdp_bytes(const SpiNorSfdp& sfdp);

}  // namespace brownout::models
