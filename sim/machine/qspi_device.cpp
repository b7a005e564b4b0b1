#include "qspi_device.hpp"

#include <models/qspi.hpp>
#include <models/soc.hpp>
#include <models/spi_nor.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kQspiDividerMax = 16;
constexpr std::uint64_t kQspiAddressableBytes = 16 * 1024 * 1024;  // 3 bytes of address
// Opcodes of IFCONFIG0.READOC and WRITEOC (SVD).
constexpr std::uint8_t kQspiReadOpcodes[] = {0x0B, 0x3B, 0xBB, 0x6B, 0xEB};
constexpr std::uint8_t kQspiWriteOpcodes[] = {0x02, 0xA2, 0x32, 0x38};

template <class Commands>
bool knows(const Commands& commands, std::uint8_t opcode)
{
    return std::any_of(commands.begin(), commands.end(),
                       [opcode](const auto& command) { return command.opcode == opcode; });
}

qspi_quad_enable quad_enable_of(const models::SpiNorBit& bit)
{
    if (bit.mask == 0) {
        return QSPI_QUAD_ENABLE_NONE;
    }
    return bit.register_index == 0 ? QSPI_QUAD_ENABLE_S1B6 : QSPI_QUAD_ENABLE_S2B1;
}

// The driver's options: those that drivers of SPI NOR have in common, and the bus.
qspi_nor_options options_of(const ExternalPlan& external, const models::QspiData& data)
{
    const spi_nor_options& common = external.driver;
    qspi_nor_options options{};
    options.jedec_id = common.jedec_id;
    options.base_clock_hz = data.base_clock_hz;
    options.frequency_hz = std::min(external.bus.frequency_hz, data.base_clock_hz);
    options.read_mode = external.bus.read_mode;
    options.write_mode = external.bus.write_mode;
    options.page_bytes = common.page_bytes;
    options.quad_enable = quad_enable_of(external.nor.status.quad_enable);
    options.nrf53_timing = data.has_xip_enable;  // the chip that has anomaly 121
    options.high_performance = common.high_performance;
    options.use_block_erase = common.use_block_erase;
    options.release_power_down = common.release_power_down;
    options.word_alignment = common.word_alignment;
    options.bounce_bytes = common.wiring.bounce_bytes;
    options.stale_last_chunk = common.wiring.stale_last_chunk;
    options.unchecked_pointers = common.wiring.unchecked_pointers;
    options.transaction_overhead_us = common.wiring.transaction_overhead_us;
    return options;
}

models::QspiData data_of(const BoardPlan& board, const BusPlan& bus)
{
    const auto has = [&bus](std::uint32_t number) {
        return std::find(bus.anomalies.begin(), bus.anomalies.end(), number) != bus.anomalies.end();
    };
    models::QspiData data = *models::find_soc(board.soc)->qspi;
    data.cpu_hz = board.cpu_hz;
    data.base_clock_hz =
        static_cast<std::uint32_t>(std::uint64_t{data.base_clock_hz} * board.hfclk_hz / 64'000'000);
    data.anomalies.registers_after_xip = has(215) || has(43);
    data.anomalies.unaligned_xip_reads = has(216);
    data.anomalies.clock_switch = has(244);
    data.anomalies.interface_timing = has(121);
    data.anomalies.needs_64_mhz_cpu = has(159);
    return data;
}

class QspiPartModel final : public DeviceModel {
public:
    QspiPartModel(const models::QspiData& data, const DevicePlan& plan, std::uint32_t device_index)
        : part_(plan.external->nor, plan.external->nor_options, device_index), qspi_(data, part_),
          data_(data), bus_(plan.external->bus), mute_in_(plan.external->mute_in),
          window_bytes_(static_cast<std::uint32_t>(
              std::min<std::uint64_t>(plan.size_bytes(), data.xip_size_bytes)))
    {
        qspi_.connect_io(part_.write_protect_pin(), part_.hold_pin());
    }

    void map(models::Bus& bus) override
    {
        bus.map({data_.register_base, models::qspi_register::kBlockBytes, &qspi_.registers()});
        bus.map({data_.xip_address, window_bytes_, &qspi_.xip()});
    }
    void attach(models::FlashArray& cells, models::PartState& state) override
    {
        part_.attach(cells, state);
    }
    void run_begins(bool is_boot) override
    {
        part_.arm_mute(is_boot || mute_in_ == FaultRuns::kAll);
    }
    void reset(models::ResetKind kind) override
    {
        qspi_.reset();
        qspi_.set_clock_switch(bus_.clock_switch_from,
                               bus_.clock_switch_from + bus_.clock_switch_time);
        part_.reset(kind);
    }
    void set_wave_observer(models::WaveObserver* waves) override
    {
        qspi_.wire().set_wave_observer(waves);
    }

private:
    models::SpiNor part_;
    models::Qspi qspi_;
    models::QspiData data_;
    BusPlan bus_;
    FaultRuns mute_in_;
    std::uint32_t window_bytes_;
};

}  // namespace

std::string wire_qspi_device(const BoardPlan& board, DevicePlan& device)
{
    ExternalPlan& external = *device.external;
    const models::Soc* const soc = models::find_soc(board.soc);
    if (soc == nullptr || soc->qspi == nullptr) {
        return fmt::format("{} needs a soc with a QSPI, not '{}'", device.name, board.soc);
    }
    const models::QspiData& data = *soc->qspi;
    const std::uint8_t read = kQspiReadOpcodes[external.bus.read_mode];
    const std::uint8_t write = kQspiWriteOpcodes[external.bus.write_mode];
    if (!knows(external.nor.reads.commands, read) ||
        !knows(external.nor.programs.commands, write)) {
        return fmt::format("{} has no command 0x{:02X} or 0x{:02X}: read_mode and write_mode must "
                           "be modes of the part",
                           external.nor.name, read, write);
    }
    if (external.nor.identity.size_bytes > kQspiAddressableBytes) {
        return fmt::format("{} is larger than 16 MiB, which is what 3 bytes of address reach",
                           device.name);
    }
    if (external.bus.frequency_hz < data.base_clock_hz / kQspiDividerMax) {
        return fmt::format("the QSPI of the {} is no slower than {} Hz", board.soc,
                           data.base_clock_hz / kQspiDividerMax);
    }
    if (external.driver.wiring.bounce_bytes % 4 != 0) {
        return fmt::format("the bounce_buffer of {} is not a multiple of 4", device.name);
    }
    device.controller = ControllerKind::kQspiNor;
    device.register_base = data.register_base;
    external.qspi_driver = options_of(external, data);
    return {};
}

std::unique_ptr<DeviceModel> make_qspi_device(const BoardPlan& board, const DevicePlan& plan,
                                              std::uint32_t device_index)
{
    return std::make_unique<QspiPartModel>(data_of(board, plan.external->bus), plan, device_index);
}

}  // namespace brownout::sim
