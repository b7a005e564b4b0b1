// nRF5340, application core, secure addresses: devices.md 1, 2 and 3.
#include "soc/nrf5340_common.hpp"

#include <models/qspi.hpp>

namespace brownout::models {

namespace {

constexpr SpimInstance kNrf5340ApplicationSpims[] = {{0, 0x5000'8000, 8'000'000, 16},
                                                     {1, 0x5000'9000, 8'000'000, 16},
                                                     {2, 0x5000'B000, 8'000'000, 16},
                                                     {3, 0x5000'C000, 8'000'000, 16},
                                                     {4, 0x5000'A000, 32'000'000, 16, true}};

QspiData make_nrf5340_qspi()
{
    QspiData data;
    data.source = "nRF5340 PS, QSPI (devices.md 3)";
    data.register_base = 0x5002'B000;
    data.xip_address = 0x1000'0000;
    data.base_clock_hz = 96'000'000;
    data.count_mask = 0x1F'FFFF;
    data.rx_delay_reset = 6;
    data.has_xip_enable = true;
    return data;
}

const QspiData kNrf5340Qspi = make_nrf5340_qspi();

Soc make_nrf5340_application()
{
    Soc soc;
    soc.name = "nrf5340_application";
    soc.chip = "nRF5340 application core";
    soc.cpu_hz = 64'000'000;  // after reset; 128 MHz with HFCLKCTRL
    soc.nvmc = nrf5340::nvmc(0x5003'9000, 0, 1024 * 1024, 4096);
    soc.nvmc.has_icache = false;    // SVD: the cache is a block of its own
    soc.nvmc.has_config_ns = true;  // SVD
    soc.ram_address = 0x2000'0000;
    soc.ram_size_bytes = 512 * 1024;
    soc.ram_blocks = {{{0x2000'0000, 0x1'0000, 8}, {}}};
    soc.spims = kNrf5340ApplicationSpims;
    soc.information = nrf5340::information(0x00FF'0000, 0x00FF'8000);
    soc.power_address = 0x5000'5000;
    soc.pofcon_address = 0x5000'4510;  // in REGULATORS
    soc.has_network_force_off = true;
    soc.qspi = &kNrf5340Qspi;
    return soc;
}

}  // namespace

const Soc soc::nrf5340_application = make_nrf5340_application();

}  // namespace brownout::models
