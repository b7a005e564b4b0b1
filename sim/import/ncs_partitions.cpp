// The slots: from partitions.yml or pm_static.yml, else from a zephyr.dts.
#include "import/ncs_parts.hpp"

#include <sim/error.hpp>
#include <sim/partition_file.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kPcdAddress = 0x2000'0000;  // of the modelled board

// The image of a slot, from its name; the scratch area belongs to image 0.
int image_of_slot(const std::string& name)
{
    const bool has_number = name.size() > 2 && name[name.size() - 2] == '_';
    return has_number ? name.back() - '0' : 0;
}

class NcsSlotReader {
public:
    explicit NcsSlotReader(NcsBuild& build) : build_(build) {}

    void read()
    {
        const auto file = first_file({build_.folder, build_.folder / "mcuboot"},
                                     {"partitions.yml", "pm_static.yml"});
        if (file) {
            from_partition_file(*file);
        } else {
            from_dts();
        }
        drop_incomplete_network();
        require_slots();
        if (build_.network != NcsNetwork::kNone) {
            find_network_slot();
        }
    }

private:
    void add(const NcsSlot& slot)
    {
        const int image = image_of_slot(slot.name);
        const bool is_scratch = slot.name == "mcuboot_scratch";
        const bool is_wanted =
            is_scratch ? build_.strategy == "swap-scratch"
                       : image == 0 || (image == 1 && build_.network == NcsNetwork::kSimultaneous);
        if (is_wanted) {
            build_.slots.push_back(slot);
        } else if (!is_scratch) {
            build_.note(fmt::format("{}: image {} is not imported", slot.name, image));
        }
    }

    void from_partition_file(const fs::path& file)
    {
        const PartitionFile partitions = read_partition_file(file);
        build_.was_read(file);
        build_.notes.insert(build_.notes.end(), partitions.notes.begin(), partitions.notes.end());
        for (const FilePartition& partition : partitions.partitions) {
            if (is_slot_name(partition.name)) {
                const NcsHome home = partition.region == "external_flash" ? NcsHome::kExternal
                                     : partition.region == "ram_flash"    ? NcsHome::kRam
                                                                          : NcsHome::kInternal;
                add({partition.name, home, partition.address, partition.size_bytes});
            } else if (partition.name == "pcd_sram" && build_.network != NcsNetwork::kNone &&
                       partition.address != kPcdAddress) {
                build_.note(fmt::format("pcd_sram lies at 0x{:08X}; that of the modelled board, at "
                                        "0x{:08X}, takes its place",
                                        partition.address, kPcdAddress));
            }
        }
    }

    void from_dts()
    {
        std::vector<fs::path> folders{build_.folder / "mcuboot"};
        const auto others = application_folders(build_);
        folders.insert(folders.end(), others.begin(), others.end());
        const auto file = first_file(folders, {"zephyr/zephyr.dts"});
        if (!file) {
            return;
        }
        const std::pair<const char*, const char*> kLabels[] = {
            {"slot0_partition", "mcuboot_primary"},
            {"slot1_partition", "mcuboot_secondary"},
            {"scratch_partition", "mcuboot_scratch"},
            {"slot2_partition", "mcuboot_primary_1"},
            {"slot3_partition", "mcuboot_secondary_1"}};
        const DtsFile dts = read_dts(*file);
        for (const DtsPartition& partition : dts.partitions) {
            for (const auto& [label, name] : kLabels) {
                if (partition.label == label) {
                    add({name, partition.on_chip ? NcsHome::kInternal : NcsHome::kExternal,
                         partition.address, partition.size_bytes});
                }
            }
        }
        build_.was_read(*file);
        build_.note("no partitions.yml: partitions are those of " + file->string());
    }

    // Two images whose slots are not all there, or not where the flavour has them.
    void drop_incomplete_network()
    {
        if (build_.network != NcsNetwork::kSimultaneous) {
            return;
        }
        const NcsSlot* const primary = build_.slot("mcuboot_primary_1");
        if (primary != nullptr && primary->home == NcsHome::kRam &&
            build_.slot("mcuboot_secondary_1") != nullptr) {
            return;
        }
        build_.note("image 1 is not imported: the simultaneous update of the network core has "
                    "mcuboot_primary_1 in region ram_flash, and mcuboot_secondary_1");
        std::erase_if(build_.slots,
                      [](const NcsSlot& slot) { return image_of_slot(slot.name) == 1; });
        build_.network = NcsNetwork::kNone;
    }

    void require_slots() const
    {
        if (build_.slot("mcuboot_primary") == nullptr ||
            (build_.strategy != "single-slot" && build_.slot("mcuboot_secondary") == nullptr)) {
            throw InputError(Place{build_.folder.string()},
                             "neither partitions.yml nor pm_static.yml nor a zephyr.dts names the "
                             "two slots of an image");
        }
        if (build_.strategy == "swap-scratch" && build_.slot("mcuboot_scratch") == nullptr) {
            throw InputError(Place{build_.folder.string()},
                             "the bootloader swaps using scratch, but no partition is the scratch "
                             "area");
        }
    }

    // partitions_CPUNET.yml: `app` is what the network core runs, at an address of its own core.
    void find_network_slot()
    {
        NcsSlot slot{"net_app", NcsHome::kNetwork, 0x8800, 0x37800};
        const auto file =
            first_file({build_.folder}, {"partitions_CPUNET.yml", "pm_static_CPUNET.yml"});
        if (file) {
            for (const FilePartition& partition : read_partition_file(*file).partitions) {
                if (partition.name == "app" && partition.address > kNetworkFlashAddress) {
                    slot.address = partition.address - kNetworkFlashAddress;
                    slot.size_bytes = partition.size_bytes;
                    build_.was_read(*file);
                    build_.slots.push_back(slot);
                    return;
                }
            }
        }
        build_.note("no partitions_CPUNET.yml with an `app`: the network core is taken to run from "
                    "0x01008800, 0x37800 bytes");
        build_.slots.push_back(slot);
    }

    NcsBuild& build_;
};

}  // namespace

void read_partitions(NcsBuild& build)
{
    NcsSlotReader(build).read();
}

}  // namespace brownout::sim
