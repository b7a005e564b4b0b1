#include <models/soc.hpp>

namespace brownout::models {

int Soc::ram_block(std::uint32_t address) const
{
    int number = 0;
    for (const RamBlockRun& run : ram_blocks) {
        const std::uint32_t offset = address - run.address;
        if (offset < run.size_bytes * run.count) {
            return number + static_cast<int>(offset / run.size_bytes);
        }
        number += static_cast<int>(run.count);
    }
    return -1;
}

NvmcData Soc::nvmc_with(std::uint32_t register_access_cycles) const
{
    constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;
    NvmcData data = nvmc;
    data.uicr_address = information.uicr_address;
    data.register_access_time =
        picoseconds(register_access_cycles * (kPicosecondsPerSecond / cpu_hz));
    data.store_time = data.register_access_time;
    return data;
}

std::span<const Soc* const> all_socs()
{
    static constexpr std::array<const Soc*, 5> kSocs{&soc::nrf52832, &soc::nrf52833, &soc::nrf52840,
                                                     &soc::nrf5340_application,
                                                     &soc::nrf5340_network};
    return kSocs;
}

const Soc* find_soc(std::string_view name)
{
    for (const Soc* soc : all_socs()) {
        if (soc->name == name) {
            return soc;
        }
    }
    return nullptr;
}

}  // namespace brownout::models
