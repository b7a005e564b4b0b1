// An external memory part of a board: which part, how it is wired, how its driver is built, and
// what is wrong with it. Plain data; read from `part`, `bus`, `driver`, `faults` of a device.
#pragma once

#include <boot/driver_options.h>
#include <models/spi_nor.hpp>
#include <sim/nand_plan.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// A pin, written P0.17.
struct PinPlan {
    std::uint8_t port = 0;
    std::uint8_t pin = 0;
};

// How WP# or HOLD# of a SPI NOR is wired: tied high (a pull-up), tied low, or to a pin of the SoC,
// which is high until firmware drives it.
struct LevelPlan {
    bool tied_low = false;
    std::optional<PinPlan> pin;
};

// When others use RAM.
enum class RamUse { kAlways, kReception };

// Bus masters that use RAM while the SPIM fetches from it: what anomaly 198 needs to show.
struct RamCollisionPlan {
    std::uint32_t per_million = 0;      // transfers of a million that collide; fitted, 0: none
    RamUse during = RamUse::kAlways;    // kReception: while bytes come in and are unpacked
    std::vector<std::uint64_t> blocks;  // RAM blocks (AHB slaves) in use by others; empty: all
    std::uint64_t seed = 0;

    std::uint32_t slaves() const
    {
        std::uint32_t mask = blocks.empty() ? 0xFFFF'FFFFu : 0;
        for (const std::uint64_t block : blocks) {
            mask |= 1u << block;
        }
        return mask;
    }
};

// Runs in which a fault of a part shows.
enum class FaultRuns { kAll, kBoots };

struct BusPlan {
    std::string controller;  // instance of the SoC: "spim2", or "qspi"
    std::uint32_t frequency_hz = 8'000'000;
    PinPlan cs{0, 17};  // defaults: the external flash of the nRF52840 DK
    PinPlan sck{0, 19};
    PinPlan mosi{0, 20};
    PinPlan miso{0, 21};
    LevelPlan write_protect;  // SPIM alone: a QSPI has them as IO2 and IO3
    LevelPlan hold;
    // Of the controller, by number. SPIM: 58, 109, 198. QSPI: 43, 121, 159, 215, 216, 244.
    std::vector<std::uint32_t> anomalies;
    RamCollisionPlan ram_collisions;  // SPIM alone
    // QSPI alone; the pins above are of a SPIM.
    std::uint8_t read_mode = 0;            // IFCONFIG0.READOC: 0 fastread ... 4 read4io
    std::uint8_t write_mode = 0;           // IFCONFIG0.WRITEOC: 0 pp ... 3 pp4io
    models::Duration clock_switch_from{};  // since its first use; anomaly 244
    models::Duration clock_switch_time{};  // 0: the source of HFCLK stays
};

// As Zephyr 2.4 builds its SPI NOR driver: 03h, sector erases, a bounce buffer of 8 bytes.
inline spi_nor_options usual_nor_driver()
{
    spi_nor_options options{};
    options.wiring.bounce_bytes = 8;
    options.read_opcode = 0x03;
    options.page_bytes = 256;
    return options;
}

struct ExternalPlan {
    std::string part;                 // as written: a name of scenarios/parts/, or a path
    std::filesystem::path part_file;  // what it was read from
    models::SpiNorData nor;
    models::SpiNorOptions nor_options;  // typical or maximum times, faults
    FaultRuns mute_in = FaultRuns::kAll;
    NandPlan nand;  // takes times and time-outs from the members for NOR
    BusPlan bus;
    bool check_id = true;  // the driver compares the JEDEC ID at start
    // Addresses, pins and `jedec_id` are filled in by wire_external_parts().
    spi_nor_options driver = usual_nor_driver();
    // Behind a QSPI, made from `driver` and `bus` by wire_external_parts().
    qspi_nor_options qspi_driver{};
};

struct BoardPlan;

// Fills in what follows from the SoC and the part: addresses of controllers, sectors, the options
// of drivers. Answers what is wrong, as a sentence; "" if the board can be built. Idempotent.
std::string wire_external_parts(BoardPlan& board);

}  // namespace brownout::sim
