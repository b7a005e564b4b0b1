#include "parts/spi_nor_command.hpp"

namespace brownout::models {

namespace {

constexpr std::uint8_t kAddressBytes = 3;

void add(SpiNorCommandTable& table, std::uint8_t opcode, SpiNorAction action,
         std::uint8_t address_bytes = 0, std::uint8_t dummy_bytes = 0)
{
    if (opcode != 0) {
        SpiNorCommand command;
        command.action = action;
        command.opcode = opcode;
        command.address_bytes = address_bytes;
        command.dummy_bytes = dummy_bytes;
        table[opcode] = command;
    }
}

void add_array_commands(SpiNorCommandTable& table, const SpiNorData& data)
{
    for (const SpiNorRead& read : data.reads.commands) {
        add(table, read.opcode, SpiNorAction::kRead, kAddressBytes,
            static_cast<std::uint8_t>(read.dummy_clocks * read.address_lines / 8));
        table[read.opcode].address_lines = static_cast<std::uint8_t>(read.address_lines);
        table[read.opcode].data_lines = static_cast<std::uint8_t>(read.data_lines);
    }
    for (const SpiNorProgram& program : data.programs.commands) {
        add(table, program.opcode, SpiNorAction::kProgram, kAddressBytes);
        table[program.opcode].address_lines = static_cast<std::uint8_t>(program.address_lines);
        table[program.opcode].data_lines = static_cast<std::uint8_t>(program.data_lines);
    }
    for (const SpiNorErase& erase : data.erases.commands) {
        const bool chip = erase.size == SpiNorEraseSize::kChip;
        add(table, erase.opcode, SpiNorAction::kErase, chip ? 0 : kAddressBytes);
        table[erase.opcode].erase_size = erase.size;
    }
}

void add_register_commands(SpiNorCommandTable& table, const SpiNorStatus& status)
{
    const auto add_accesses = [&](const auto& accesses, SpiNorAction action) {
        for (const SpiNorRegisterAccess& access : accesses) {
            add(table, access.opcode, action);
            table[access.opcode].first_register = static_cast<std::uint8_t>(access.first);
            table[access.opcode].register_count = static_cast<std::uint8_t>(access.count);
        }
    };
    add_accesses(status.read, SpiNorAction::kReadStatus);
    add_accesses(status.write, SpiNorAction::kWriteStatus);
}

}  // namespace

SpiNorCommandTable command_table(const SpiNorData& data)
{
    SpiNorCommandTable table{};
    const SpiNorCommands& commands = data.commands;
    add(table, commands.write_enable, SpiNorAction::kWriteEnable);
    add(table, commands.write_enable_volatile, SpiNorAction::kWriteEnableVolatile);
    add(table, commands.write_disable, SpiNorAction::kWriteDisable);
    for (const std::uint8_t opcode : commands.suspend) {
        add(table, opcode, SpiNorAction::kSuspend);
    }
    for (const std::uint8_t opcode : commands.resume) {
        add(table, opcode, SpiNorAction::kResume);
    }
    add(table, commands.deep_power_down, SpiNorAction::kPowerDown);
    add(table, commands.release_power_down, SpiNorAction::kRelease, 0, 3);
    add(table, commands.reset_enable, SpiNorAction::kResetEnable);
    add(table, commands.reset, SpiNorAction::kReset);
    add(table, commands.read_jedec_id, SpiNorAction::kReadJedecId);
    add(table, commands.read_device_id, SpiNorAction::kReadDeviceId, kAddressBytes);
    add(table, commands.read_unique_id, SpiNorAction::kReadUniqueId, 0, 4);
    add(table, commands.read_sfdp, SpiNorAction::kReadSfdp, kAddressBytes, 1);
    add_register_commands(table, data.status);
    add_array_commands(table, data);
    return table;
}

// JESD216: signature, one parameter header, the basic table where the header says.
std::vector<std::uint8_t> sfdp_bytes(const SpiNorSfdp& sfdp)
{
    if (sfdp.basic_table.empty()) {
        return {};
    }
    const auto words = static_cast<std::uint8_t>(sfdp.basic_table.size());
    const auto at = [&](unsigned shift) {
        return static_cast<std::uint8_t>(sfdp.table_address >> shift);
    };
    std::vector<std::uint8_t> bytes{'S', 'F', 'D', 'P',   6,     1,     0,      0xFF,
                                    0,   6,   1,   words, at(0), at(8), at(16), 0xFF};
    bytes.resize(sfdp.table_address, 0xFF);
    for (const std::uint32_t word : sfdp.basic_table) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(word >> shift));
        }
    }
    return bytes;
}

}  // namespace brownout::models
