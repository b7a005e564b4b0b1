// nRF5340, network core: devices.md 1 and 2.
#include "soc/nrf5340_common.hpp"

namespace brownout::models {

namespace {

constexpr SpimInstance kNrf5340NetworkSpims[] = {{0, 0x4101'3000, 8'000'000, 16}};

Soc make_nrf5340_network()
{
    Soc soc;
    soc.name = "nrf5340_network";
    soc.chip = "nRF5340 network core";
    soc.cpu_hz = 64'000'000;
    soc.nvmc = nrf5340::nvmc(0x4108'0000, 0x0100'0000, 256 * 1024, 2048);
    soc.ram_address = 0x2100'0000;
    soc.ram_size_bytes = 64 * 1024;
    soc.ram_blocks = {{{0x2100'0000, 0x4000, 4}, {}}};
    soc.spims = kNrf5340NetworkSpims;
    soc.information = nrf5340::information(0x01FF'0000, 0x01FF'8000);
    soc.power_address = 0x4100'5000;
    return soc;
}

}  // namespace

const Soc soc::nrf5340_network = make_nrf5340_network();

}  // namespace brownout::models
