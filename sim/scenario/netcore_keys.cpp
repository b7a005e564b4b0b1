#include "netcore_keys.hpp"

#include "value_types.hpp"

#include <models/soc_registers.hpp>

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// Secure addresses of the application core; the network core's from its memory map.
constexpr std::uint32_t kSpuAddress = 0x5000'3000;  // from memory of the SVD file (unverified)
constexpr const char* kPcdDevice = "pcd_sram";
constexpr const char* kStagingDevice = "ram_flash";
constexpr const char* kRamPrimary = "mcuboot_primary_1";

// Those of boot/netcore.h, and what the simulator alone knows.
enum NetcoreFlaw : std::uint32_t { kLoaderMissing = 1u << 30, kAclSurvives = 1u << 31 };

std::span<const Named<netcore_flavour>> flavour_names()
{
    static constexpr Named<netcore_flavour> kNames[] = {{"sequential", NETCORE_SEQUENTIAL},
                                                        {"simultaneous", NETCORE_SIMULTANEOUS}};
    return kNames;
}

std::span<const Named<netcore_header_read>> header_read_names()
{
    static constexpr Named<netcore_header_read> kNames[] = {{"flash-api", NETCORE_HEADER_FLASH_API},
                                                            {"raw", NETCORE_HEADER_RAW},
                                                            {"xip", NETCORE_HEADER_XIP}};
    return kNames;
}

std::span<const Named<std::uint32_t>> netcore_switch_names()
{
    static constexpr Named<std::uint32_t> kNames[] = {
        {"request-stays", NETCORE_REQUEST_STAYS},
        {"drops-failed", NETCORE_DROPS_FAILED},
        {"ram-bounds", NETCORE_RAM_BOUNDS},
        {"no-pcd", NETCORE_NO_PCD},
        {"no-bounds", NETCORE_NO_BOUNDS},
        {"domain-not-secure", NETCORE_DOMAIN_NOT_SECURE},
        {"pcd-fails", NETCORE_PCD_FAILS},
        {"wrong-magic", NETCORE_WRONG_MAGIC},
        {"hardened", NETCORE_HARDENED},
        {"b0n-missing", kLoaderMissing},
        {"acl-survives-restart", kAclSurvives},
        {"wrong-offset", NETCORE_WRONG_OFFSET},
        {"reads-version", NETCORE_READS_VERSION},
        {"serial-numbers", NETCORE_SERIAL_NUMBERS},
        {"second-request-lost", NETCORE_SECOND_REQUEST_LOST}};
    return kNames;
}

struct NetcoreSwitches {
    using Value = std::uint32_t;
    using List = ListOf<Choice<std::uint32_t>>;
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        std::vector<std::uint32_t> chosen;
        const bool good = List{{netcore_switch_names}, 0}.read(reader, node, chosen);
        for (const std::uint32_t one : chosen) {
            bits |= one;
        }
        return good;
    }
    Json schema() const { return List{{netcore_switch_names}, 0}.schema(); }
};

const KeyTable<NetcoreOptions>& netcore_keys()
{
    static const KeyTable<NetcoreOptions> kTable{
        "netcore",
        {key("mode", kRequired, Choice<netcore_flavour>{flavour_names}, &NetcoreOptions::flavour,
             "sequential: one secondary slot for both cores; simultaneous: the network image is "
             "image 1, its primary slot is RAM"),
         key("header_read", kOptional, Choice<netcore_header_read>{header_read_names},
             &NetcoreOptions::header_read,
             "sequential: through the flash API (default), or through a pointer made from the "
             "slot's offset, as shipped (raw), or from its XIP address (xip)"),
         key("switches", kOptional, NetcoreSwitches{}, &NetcoreOptions::switches,
             "behaviour of releases, and faults; default none"),
         key("slot", kOptional, Text{}, &NetcoreOptions::slot,
             "partition that the network core runs from; default net_app")}};
    return kTable;
}

const DevicePlan* device_named(const BoardPlan& board, std::string_view name)
{
    const auto found =
        std::find_if(board.devices.begin(), board.devices.end(),
                     [name](const DevicePlan& device) { return device.name == name; });
    return found == board.devices.end() ? nullptr : &*found;
}

class NetcoreCheck {
public:
    NetcoreCheck(Reader& reader, const Scenario& scenario)
        : reader_(reader), scenario_(scenario), board_(scenario.board.plan)
    {
    }

    void run()
    {
        for (const Partition& partition : scenario_.partitions) {
            check_home(partition);
        }
        if (!scenario_.netcore) {
            return;
        }
        const NetcoreOptions& netcore = *scenario_.netcore;
        if (board_.soc != "nrf5340_application") {
            fail("netcore needs a board with soc nrf5340_application");
        }
        need_ram(kPcdDevice);
        need_ram(kStagingDevice);
        check_slot(netcore.slot);
        check_switches(netcore.switches);
        if (netcore.flavour == NETCORE_SIMULTANEOUS) {
            check_simultaneous();
        } else if (scenario_.boot.image_count != 1) {
            fail("netcore: mode sequential has one image: its slot serves both cores");
        }
    }

private:
    void fail(std::string sentence) { reader_.fail(scenario_.netcore->place, std::move(sentence)); }

    bool is_ram_primary(const Partition& partition) const
    {
        return scenario_.netcore && scenario_.netcore->flavour == NETCORE_SIMULTANEOUS &&
               partition.name == kRamPrimary;
    }

    void check_home(const Partition& partition)
    {
        const DevicePlan& device = board_.devices[partition.device];
        if (partition.role == FLASH_OTHER) {
            return;
        }
        if (device.core == CoreId::kNetwork) {
            reader_.fail(partition.place, fmt::format("{} lies in flash of the network core, which "
                                                      "the bootloader does not reach",
                                                      partition.name));
        } else if (device.controller == ControllerKind::kRam && !is_ram_primary(partition)) {
            reader_.fail(partition.place,
                         fmt::format("{} lies in RAM: only {} of netcore: {{mode: simultaneous}} "
                                     "does",
                                     partition.name, kRamPrimary));
        } else if (device.controller != ControllerKind::kRam && is_ram_primary(partition)) {
            reader_.fail(partition.place,
                         fmt::format("{} has to lie in RAM: device ram_flash", partition.name));
        }
    }

    void need_ram(const char* name)
    {
        const DevicePlan* const device = device_named(board_, name);
        if (device == nullptr || device->controller != ControllerKind::kRam) {
            fail(fmt::format("netcore needs a board with a device '{}' of controller ram; "
                             "nrf5340dk and nrf5340dk-nand have one",
                             name));
        }
    }

    void check_slot(const std::string& name)
    {
        const Partition* const slot = scenario_.partition(name);
        if (slot == nullptr) {
            fail(fmt::format("there is no partition '{}' for the network core to run from", name));
        } else if (board_.devices[slot->device].core != CoreId::kNetwork ||
                   slot->offset_bytes == 0) {
            reader_.fail(slot->place,
                         fmt::format("{} has to lie in flash of the network core, behind its "
                                     "bootloader",
                                     name));
        }
    }

    void check_switches(std::uint32_t switches)
    {
        if ((switches & NETCORE_READS_VERSION) != 0 &&
            scenario_.boot.downgrade != BOOT_DOWNGRADE_BY_VERSION) {
            fail("netcore: 'reads-version' is how 'boot: {downgrade: by-version}' covers the "
                 "network image: say that too");
        }
        constexpr std::uint32_t kOfTwoImages =
            NETCORE_SECOND_REQUEST_LOST | NETCORE_SERIAL_NUMBERS | NETCORE_HARDENED;
        if ((switches & kOfTwoImages) != 0 && scenario_.netcore->flavour == NETCORE_SEQUENTIAL) {
            fail("netcore: 'second-request-lost', 'serial-numbers' and 'hardened' are of mode "
                 "simultaneous");
        }
    }

    void check_simultaneous()
    {
        if (scenario_.boot.image_count != 2) {
            fail("netcore: mode simultaneous has two images: partitions mcuboot_primary_1 and "
                 "mcuboot_secondary_1");
        }
        const boot_strategy strategy = scenario_.boot.strategy;
        if (strategy != BOOT_OVERWRITE_ONLY && strategy != BOOT_OVERWRITE_ONLY_FAST) {
            fail("netcore: mode simultaneous overwrites: a network image cannot be swapped back "
                 "from RAM. Use overwrite-only");
        }
        if (scenario_.netcore->header_read != NETCORE_HEADER_FLASH_API) {
            fail("netcore: 'header_read' is of mode sequential");
        }
    }

    Reader& reader_;
    const Scenario& scenario_;
    const BoardPlan& board_;
};

}  // namespace

Key<Scenario> netcore_key()
{
    return key("netcore", kOptional, Fields<NetcoreOptions>{netcore_keys}, &Scenario::netcore,
               "the network core of an nRF5340 and how it is updated");
}

void check_netcore(Reader& reader, const Scenario& scenario)
{
    NetcoreCheck(reader, scenario).run();
}

namespace {

// What lies in front of the first slot of on-chip flash is the bootloader's.
std::uint32_t loader_bytes(const BoardPlan& plan)
{
    std::uint32_t end = static_cast<std::uint32_t>(plan.devices[0].size_bytes());
    for (const AreaPlan& area : plan.areas) {
        if (area.device == 0 && (area.role == FLASH_PRIMARY || area.role == FLASH_SECONDARY)) {
            end = std::min(end, area.offset_bytes);
        }
    }
    return end;
}

}  // namespace

NetworkPlan network_plan(const Scenario& scenario, const BoardPlan& plan)
{
    const NetcoreOptions& netcore = *scenario.netcore;
    const auto slot = std::find_if(plan.areas.begin(), plan.areas.end(),
                                   [&](const AreaPlan& area) { return area.name == netcore.slot; });
    BROWNOUT_ASSERT(slot != plan.areas.end());  // the loader checked it
    const DevicePlan& flash = plan.devices[slot->device];
    const DevicePlan& staging = *device_named(plan, kStagingDevice);
    NetworkPlan network;
    network.area = static_cast<std::uint32_t>(slot - plan.areas.begin());
    network.loader_missing = (netcore.switches & kLoaderMissing) != 0;
    network.acl_survives_restart = (netcore.switches & kAclSurvives) != 0;
    netcore_config& config = network.config;
    config.flavour = netcore.flavour;
    config.header_read = netcore.header_read;
    config.switches = netcore.switches & ~(kLoaderMissing | kAclSurvives);
    config.pcd_address = device_named(plan, kPcdDevice)->mapped_address;
    config.staging_address = staging.mapped_address;
    config.staging_bytes = static_cast<std::uint32_t>(staging.size_bytes());
    for (const AreaPlan& area : plan.areas) {
        if (netcore.flavour == NETCORE_SIMULTANEOUS && area.name == kRamPrimary) {
            config.staging_address += area.offset_bytes;
            config.staging_bytes = area.size_bytes;
        }
    }
    config.loader_bytes = loader_bytes(plan);
    config.application_flash_bytes = static_cast<std::uint32_t>(plan.devices[0].size_bytes());
    const models::Soc& soc = models::soc::nrf5340_application;
    config.xip_address = 0x1000'0000;
    config.force_off_address = soc.power_address + models::soc_register::kNetworkForceOff;
    config.spu_address = kSpuAddress;
    config.container_address = flash.mapped_address;
    config.slot_address = flash.mapped_address + slot->offset_bytes;
    config.slot_bytes = slot->size_bytes;
    config.acl_address = flash.register_base;
    return network;
}

void write_netcore(YamlFields& fields, const NetcoreOptions& netcore)
{
    fields.begin_map("netcore");
    fields.choice("mode", flavour_names(), netcore.flavour);
    fields.choice("header_read", header_read_names(), netcore.header_read);
    std::vector<std::string> switches;
    for (const Named<std::uint32_t>& entry : netcore_switch_names()) {
        if ((netcore.switches & entry.value) != 0) {
            switches.emplace_back(entry.name);
        }
    }
    fields.texts("switches", switches);
    fields.value("slot", netcore.slot);
    fields.end_map();
}

}  // namespace brownout::sim
