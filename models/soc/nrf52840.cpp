#include <models/nrf52840.hpp>

namespace brownout::models::nrf52840 {

namespace {

constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;
static_assert(kPicosecondsPerSecond % kCpuHz == 0, "cycles are whole picoseconds");

}  // namespace

NvmcData nvmc_data(std::uint32_t register_access_cycles)
{
    NvmcData data;  // the defaults are those of this chip
    data.register_base = kNvmcAddress;
    data.flash_address = kFlashAddress;
    data.flash_size_bytes = kFlashSizeBytes;
    data.page_bytes = kFlashPageBytes;
    data.register_access_time =
        picoseconds(register_access_cycles * (kPicosecondsPerSecond / kCpuHz));
    data.store_time = data.register_access_time;
    return data;
}

}  // namespace brownout::models::nrf52840
