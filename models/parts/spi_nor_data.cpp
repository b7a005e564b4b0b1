#include "parts/spi_nor_registers.hpp"

#include <models/spi_nor.hpp>

#include <algorithm>
#include <bit>

namespace brownout::models {

namespace {

bool is_line_count(unsigned lines)
{
    return lines == 1 || lines == 2 || lines == 4;
}

bool bit_exists(const SpiNorBit& bit, std::size_t register_count)
{
    return bit.mask == 0 || bit.register_index < register_count;
}

std::string status_problem(const SpiNorStatus& status)
{
    const std::size_t count = status.registers.size();
    if (count == 0 || count > kSpiNorRegistersMax) {
        return "a part has 1 to 4 status and configuration registers";
    }
    if ((status.registers[0].writable & 3u) != 0 || (status.registers[0].delivered & 3u) != 0) {
        return "bits 0 and 1 of the first register are WIP and WEL: neither writable nor delivered";
    }
    for (const auto* accesses : {&status.read, &status.write}) {
        for (const SpiNorRegisterAccess& access : *accesses) {
            if (access.count == 0 || access.first + access.count > count) {
                return "an opcode reads or writes registers that the part does not have";
            }
        }
    }
    for (const SpiNorBit& bit :
         {status.quad_enable, status.erase_suspended, status.program_suspended,
          status.status_register_protect, status.status_register_lock, status.high_performance}) {
        if (!bit_exists(bit, count)) {
            return "a bit is in a register that the part does not have";
        }
    }
    const SpiNorBit& lock = status.status_register_lock;
    if (lock.mask != 0 && (status.registers[lock.register_index].kept & lock.mask) != 0) {
        return "status_register_lock is cleared by a power-on: it cannot be kept";
    }
    return {};
}

}  // namespace

std::string problem_with(const SpiNorData& data)
{
    const std::uint64_t size = data.identity.size_bytes;
    if (!std::has_single_bit(size) || size < 65'536 || size > 16'777'216) {
        return "size_bytes is a power of two from 64 KiB to 16 MiB (three address bytes)";
    }
    if (!std::has_single_bit(data.programs.page_bytes) || data.programs.page_bytes > 256) {
        return "page_bytes is a power of two, at most 256";
    }
    for (const SpiNorRead& read : data.reads.commands) {
        if (!is_line_count(read.address_lines) || !is_line_count(read.data_lines) ||
            read.dummy_clocks * read.address_lines % 8 != 0) {
            return "lines are 1, 2 or 4, and dummy clocks make whole bytes on the address lines";
        }
    }
    for (const SpiNorProgram& program : data.programs.commands) {
        if (!is_line_count(program.address_lines) || !is_line_count(program.data_lines)) {
            return "lines are 1, 2 or 4";
        }
    }
    if (data.modes.empty() || data.modes.size() > 2) {
        return "a part has one power mode, or two";
    }
    for (const SpiNorMode& mode : data.modes) {
        if (mode.clock.max_hz == 0) {
            return "a power mode lacks clock max_hz";
        }
    }
    if ((data.status.high_performance.mask != 0) != (data.modes.size() == 2)) {
        return "two power modes need the bit high_performance, one needs none";
    }
    if (!bit_exists(data.protection.block_protect, data.status.registers.size()) ||
        !bit_exists(data.protection.bottom, data.status.registers.size())) {
        return "a bit is in a register that the part does not have";
    }
    if (data.sfdp.table_address < 16 || data.sfdp.table_address > 0xFFFF ||
        data.sfdp.basic_table.size() > 64) {
        return "the SFDP table lies between 0x10 and 0xFFFF and has at most 64 words";
    }
    return status_problem(data.status);
}

std::string problem_with(const SpiNorData& data, const SpiNorOptions& options)
{
    const std::vector<SpiNorRegister>& registers = data.status.registers;
    if (options.registers.size() > registers.size()) {
        return data.name + " has " + std::to_string(registers.size()) + " registers";
    }
    for (std::size_t i = 0; i < options.registers.size(); ++i) {
        const unsigned kept = registers[i].kept & registers[i].writable;
        if (((options.registers[i] ^ registers[i].delivered) & ~kept) != 0) {
            return "'" + registers[i].name + "' of " + data.name +
                   " cannot hold this: it keeps other bits alone";
        }
    }
    return {};
}

}  // namespace brownout::models
