#include "nand_stand.hpp"

#include <boot/io.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace brownout::boot_test {

namespace {

constexpr std::uint32_t kSpimBase = 0x40023000;
constexpr std::uint32_t kGpioBase = 0x50000000;
constexpr std::uint32_t kRamBase = 0x20000000;
constexpr std::uint32_t kBufferBytesMax = 0x20000;
constexpr std::uint32_t kPageBytes = 2048;
constexpr std::uint32_t kBlockBytes = 64 * kPageBytes;

NandStand& self(void* context)
{
    return *static_cast<NandStand*>(context);
}

}  // namespace

NandStand::NandStand(const models::SpiNandData& of, const models::SpiNandOptions& with)
    : NandStand(of, with, Layout{})
{
}

NandStand::NandStand(const models::SpiNandData& of, const models::SpiNandOptions& with,
                     Layout layout)
    : data(of), cells(models::SpiNand::delivered_cells(of, with)), pages(of), part_(of, with, 0)
{
    io_.struct_bytes = sizeof io_;
    io_.version = BOOT_IO_VERSION;
    io_.context = this;
    io_.write32 = [](void* context, std::uint32_t address, std::uint32_t value) {
        self(context).write(address, value);
    };
    io_.poll32 = [](void*, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t) {
        return true;
    };
    io_.dma_address = [](void* context, const void* pointer) {
        return self(context).address_of(pointer);
    };
    io_.wait_us = [](void* context, std::uint32_t microseconds) {
        self(context).now += models::microseconds(microseconds);
    };
    io_.area_begin = [](void*, io_area_call, std::uint32_t, std::uint32_t, std::uint32_t) {};
    io_.area_end = [](void*, int) {};
    options.wiring.spim_base = kSpimBase;
    options.wiring.gpio_base = kGpioBase;
    options.wiring.cs_pin = 17;
    options.wiring.frequency_hz = 8'000'000;
    options.wiring.max_transfer_bytes = 65'535;
    options.wiring.bounce_bytes = 8;
    options.id = 0xEFAA21;
    options.id_bytes = 3;
    options.id_dummy_bytes = 1;
    options.configuration = 0x18;
    options.uncorrectable_codes = 0x0C;
    options.bad_block_column = kPageBytes;
    options.bad_block_marks = 1;
    options.region_count = 1;
    options.regions[0] = {layout.first_block, layout.usable_blocks, layout.reserve_blocks};
    board_device& device = described.devices[described.device_count++];
    device.driver = BOARD_DRIVER_SPI_NAND;
    device.register_base = kSpimBase;
    device.mapped_address = IO_ADDRESS_NONE;
    device.size_bytes = static_cast<std::uint32_t>(data.size_bytes());
    device.write_unit_bytes = kPageBytes;
    device.erased_value = 0xFF;
    device.needs_erase = true;
    device.sector_run_count = 1;
    device.sector_runs[0] = {kBlockBytes, data.geometry.blocks};
    device.options = &options;
    described.area_count = 1;
    described.areas[0] = {1,
                          FLASH_SECONDARY,
                          0,
                          0,
                          layout.first_block * kBlockBytes,
                          layout.usable_blocks * kBlockBytes};
}

int NandStand::start(models::ResetKind kind)
{
    if (kind == models::ResetKind::kPowerOn) {
        state.lose_power();
    }
    part_.attach(cells, state);
    part_.reset(kind);
    return flash_map_start(&map, &io_, &described);
}

std::vector<std::uint8_t> NandStand::read(std::uint32_t offset_bytes, std::uint32_t byte_count,
                                          int expected_result)
{
    std::vector<std::uint8_t> bytes(byte_count);
    EXPECT_EQ(flash_read(area(), offset_bytes, bytes.data(), byte_count), expected_result);
    return bytes;
}

void NandStand::write(std::uint32_t address, std::uint32_t value)
{
    models::AccessContext context = access();
    switch (address) {
    case kGpioBase + 0x508:
        part_.deselect(0, context);
        break;
    case kGpioBase + 0x50C:
        part_.select(context);
        break;
    case kSpimBase + 0x534:
        rx_address_ = value;
        break;
    case kSpimBase + 0x538:
        rx_bytes_ = value;
        break;
    case kSpimBase + 0x544:
        tx_address_ = value;
        break;
    case kSpimBase + 0x548:
        tx_bytes_ = value;
        break;
    case kSpimBase + 0x010:
        transfer();
        break;
    default:
        break;
    }
}

void NandStand::transfer()
{
    models::AccessContext context = access();
    models::SpiTransfer transfer;
    if (tx_bytes_ > 0) {
        const std::uint8_t* const tx = pointer_of(tx_address_);
        transfer.mosi = {tx, tx_bytes_};
        page_reads += tx[0] == 0x13 && tx_bytes_ == 4 ? 1 : 0;
    }
    if (rx_bytes_ > 0) {
        transfer.miso = {pointer_of(rx_address_), rx_bytes_};
    }
    transfer.byte_count = std::max(tx_bytes_, rx_bytes_);
    transfer.clock_period = models::nanoseconds(125);
    transfer.start = now;
    part_.transfer(transfer, context);
    now = transfer.end();
}

std::uint32_t NandStand::address_of(const void* pointer)
{
    buffers_.push_back(static_cast<std::uint8_t*>(const_cast<void*>(pointer)));
    return kRamBase + static_cast<std::uint32_t>(buffers_.size() - 1) % 0x1000 * kBufferBytesMax;
}

std::uint8_t* NandStand::pointer_of(std::uint32_t address) const
{
    const std::uint32_t slot = (address - kRamBase) / kBufferBytesMax;
    const auto newest = static_cast<std::uint32_t>(buffers_.size() - 1);
    const std::uint32_t index = newest - (newest - slot) % 0x1000;
    return buffers_[index] + (address - kRamBase) % kBufferBytesMax;
}

}  // namespace brownout::boot_test
