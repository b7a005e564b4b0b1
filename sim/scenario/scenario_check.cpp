// What refers to what, and what must fit: the checks across sections.
#include "netcore_keys.hpp"
#include "scenario_keys.hpp"

#include <sim/check.hpp>
#include <sim/log_release.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

class ScenarioCheck {
public:
    ScenarioCheck(Reader& reader, const Scenario& scenario) : reader_(reader), scenario_(scenario)
    {
    }

    void run()
    {
        check_roles();
        check_strategy();
        check_nand();
        check_ram_load();
        check_netcore(reader_, scenario_);
        for (const InitialContent& content : scenario_.flash) {
            check_content(content);
        }
        bool something_ran = false;
        for (const Step& step : scenario_.steps) {
            check_step(step, something_ran);
            something_ran = something_ran || runs_firmware(step);
        }
        check_explore();
    }

private:
    static bool runs_firmware(const Step& step)
    {
        const auto* const upload = std::get_if<UploadStep>(&step.action);
        return upload != nullptr ? upload->via != UploadVia::kDirect
                                 : step.kind() != StepKind::kExpect;
    }

    bool has_role(flash_role role, std::uint32_t image) const
    {
        return std::any_of(scenario_.partitions.begin(), scenario_.partitions.end(),
                           [&](const Partition& partition) {
                               return partition.role == role && partition.image_index == image;
                           });
    }

    Place top() const { return Place{reader_.file().string(), 1, 1}; }

    void need_partition(const std::string& name, const std::string& why)
    {
        const Place place =
            scenario_.partitions.empty() ? top() : scenario_.partitions.front().place;
        reader_.fail(place, fmt::format("partition {} is missing: {}", name, why));
    }

    void check_roles()
    {
        const bool single = scenario_.boot.strategy == BOOT_SINGLE_SLOT;
        for (std::uint32_t image = 0; image < FLASH_IMAGES_MAX; ++image) {
            const std::string suffix = image == 0 ? "" : fmt::format("_{}", image);
            const bool primary = has_role(FLASH_PRIMARY, image);
            if (!primary &&
                (image < scenario_.boot.image_count || has_role(FLASH_SECONDARY, image))) {
                need_partition("mcuboot_primary" + suffix, "every image needs a primary slot");
            }
            if (primary && !single && !has_role(FLASH_SECONDARY, image)) {
                need_partition("mcuboot_secondary" + suffix, "every image needs a secondary slot");
            }
        }
        if (scenario_.boot.strategy == BOOT_SWAP_SCRATCH && !has_role(FLASH_SCRATCH, 0)) {
            need_partition("mcuboot_scratch", "swap-scratch swaps through it");
        }
    }

    static bool swaps(boot_strategy strategy)
    {
        return strategy == BOOT_SWAP_MOVE || strategy == BOOT_SWAP_OFFSET ||
               strategy == BOOT_SWAP_SCRATCH;
    }

    void check_strategy()
    {
        if (swaps(scenario_.boot.strategy) && scenario_.boot.max_align_bytes > 32) {
            reader_.fail(scenario_.boot.place, "alignment of a swap strategy is at most 32");
        }
    }

    // Why boot/drivers/DESIGN.md has requests in one page, and no more.
    void check_nand()
    {
        for (const Partition& partition : scenario_.partitions) {
            const DevicePlan& device = scenario_.board.plan.devices[partition.device];
            if (device.controller != ControllerKind::kSpiNand) {
                continue;
            }
            const std::string where = partition.name + " lies on " + device.name + ", a NAND: ";
            if (partition.role == FLASH_PRIMARY || partition.role == FLASH_SCRATCH) {
                reader_.fail(partition.place,
                             where + "no image runs from there, and nothing is swapped there");
            } else if (partition.role == FLASH_SECONDARY) {
                check_nand_strategy(partition, where);
            }
            check_nand_reserve(partition, device);
        }
    }

    void check_nand_strategy(const Partition& partition, const std::string& where)
    {
        const boot_strategy strategy = scenario_.boot.strategy;
        if (swaps(strategy)) {
            reader_.fail(partition.place,
                         where + "it cannot be swapped. Its alignment of 2048 is above 32, its "
                                 "blocks of 128 KiB do not pair up with sectors of 4 KiB, and its "
                                 "ECC sectors are programmed once. Use overwrite-only");
        } else if (strategy != BOOT_OVERWRITE_ONLY && strategy != BOOT_OVERWRITE_ONLY_FAST) {
            reader_.fail(partition.place,
                         where + "its pages are programmed once, so there is one trailer write, "
                                 "the request. Use overwrite-only");
        }
    }

    // The blocks that replace bad ones belong to their partition.
    void check_nand_reserve(const Partition& partition, const DevicePlan& device)
    {
        const std::uint64_t end = std::uint64_t{partition.offset_bytes} + partition.size_bytes;
        const std::uint64_t reserve_end =
            end + std::uint64_t{device.external->nand.reserve_blocks} *
                      device.external->nand.data->block_bytes();
        if (reserve_end > device.size_bytes()) {
            reader_.fail(partition.place,
                         fmt::format("{} ends at 0x{:X} and has {} reserve blocks behind it, which "
                                     "{} has not",
                                     partition.name, end, device.external->nand.reserve_blocks,
                                     device.name));
        }
        for (const Partition& other : scenario_.partitions) {
            if (&other != &partition && other.device == partition.device &&
                other.offset_bytes >= end && other.offset_bytes < reserve_end) {
                reader_.fail(other.place, fmt::format("{} lies in the reserve blocks of {}, behind "
                                                      "0x{:X}",
                                                      other.name, partition.name, end));
            }
        }
    }

    void check_ram_load()
    {
        const BootOptions& boot = scenario_.boot;
        const BoardPlan& board = scenario_.board.plan;
        const RamRegion& region = boot.ram_load;
        const bool loads = boot.strategy == BOOT_RAM_LOAD || boot.strategy == BOOT_RAM_LOAD_REVERT;
        if (loads && region.size_bytes == 0) {
            reader_.fail(boot.place, "key 'ram_load' is missing in boot: where images may be "
                                     "copied to");
        }
        const std::uint64_t ram_end = std::uint64_t{board.ram_address} + board.ram_bytes;
        const std::uint64_t end = std::uint64_t{region.address} + region.size_bytes;
        if (region.size_bytes > 0 && (region.address <= board.ram_address || end > ram_end)) {
            reader_.fail(boot.place,
                         fmt::format("ram_load (0x{:08X} to 0x{:08X}) does not lie in the board's "
                                     "RAM (0x{:08X} to 0x{:08X}), above its start",
                                     region.address, end, board.ram_address, ram_end));
        }
    }

    std::vector<std::string> image_names() const
    {
        std::vector<std::string> names;
        for (const ScenarioImage& image : scenario_.images) {
            names.push_back(image.name);
        }
        return names;
    }

    const ScenarioImage* need_image(const std::string& name, const Place& place)
    {
        const ScenarioImage* const image = scenario_.image(name);
        if (image == nullptr) {
            const std::vector<std::string> names = image_names();
            reader_.fail(place, fmt::format("there is no image '{}'.{} Images: {}", name,
                                            did_you_mean(name, names),
                                            names.empty() ? "none" : comma_list(names)));
        }
        return image;
    }

    const Partition* need_partition_named(const std::string& name, const Place& place)
    {
        const Partition* const partition = scenario_.partition(name);
        if (partition == nullptr) {
            std::vector<std::string> names;
            for (const Partition& known : scenario_.partitions) {
                names.push_back(known.name);
            }
            reader_.fail(place, fmt::format("there is no partition '{}'.{} Partitions: {}", name,
                                            did_you_mean(name, names), comma_list(names)));
        }
        return partition;
    }

    // Bytes that the image has at least; exact for files.
    static std::uint64_t image_bytes_min(const ScenarioImage& image)
    {
        if (const auto* const spec = std::get_if<ImageSpec>(&image.source)) {
            const std::uint64_t signed_bytes =
                std::uint64_t{spec->header_bytes} + spec->payload_bytes + 40;
            return spec->padding ? std::max<std::uint64_t>(spec->padding->slot_bytes, signed_bytes)
                                 : signed_bytes;
        }
        std::error_code error;
        const auto size =
            std::filesystem::file_size(std::get<std::filesystem::path>(image.source), error);
        return error ? 0 : size;
    }

    void check_fits(const std::string& what, std::uint64_t byte_count, std::uint64_t offset,
                    const std::string& home, std::uint64_t home_bytes, const Place& place)
    {
        if (offset + byte_count > home_bytes) {
            reader_.fail(place, fmt::format("{} ({} bytes at offset 0x{:X}) does not fit into {} "
                                            "({} bytes)",
                                            what, byte_count, offset, home, home_bytes));
        }
    }

    void check_content(const InitialContent& content)
    {
        const std::string& home = content.partition;
        const std::uint64_t home_bytes = content_window(scenario_, home).size_bytes;
        const Place& place = content.place;
        if (const auto* const fill = std::get_if<FillContent>(&content.content)) {
            check_fits("the fill", fill->byte_count, content.offset_bytes, home, home_bytes, place);
        } else if (const auto* const file = std::get_if<FileContent>(&content.content)) {
            std::error_code error;
            const auto size = std::filesystem::file_size(file->path, error);
            check_fits(file->path.filename().string(), error ? 0 : size, content.offset_bytes, home,
                       home_bytes, place);
        } else if (const auto* const named = std::get_if<ImageContent>(&content.content)) {
            if (const ScenarioImage* const image = need_image(named->image, place)) {
                check_fits(image->name, image_bytes_min(*image), content.offset_bytes, home,
                           home_bytes, place);
            }
        }
    }

    void check_image_index(std::uint32_t image_index, const Place& place)
    {
        if (image_index >= scenario_.boot.image_count) {
            reader_.fail(place, fmt::format("there is no image {}: the partitions have slots for "
                                            "{}",
                                            image_index, scenario_.boot.image_count));
        }
    }

    void check_blocks(std::uint32_t block_bytes, const Partition& partition, const Place& place)
    {
        const std::uint32_t unit = scenario_.board.plan.devices[partition.device].write_unit_bytes;
        if (block_bytes % unit != 0) {
            reader_.fail(place, fmt::format("blocks of {} bytes are no multiple of the write unit "
                                            "of {}, {} bytes",
                                            block_bytes, partition.name, unit));
        }
    }

    void check_step(const Step& step, bool something_ran)
    {
        if (const auto* const upload = std::get_if<UploadStep>(&step.action)) {
            const ScenarioImage* const image = need_image(upload->image, step.place);
            const Partition* const partition = need_partition_named(upload->partition, step.place);
            if (image != nullptr && partition != nullptr) {
                check_fits(image->name, image_bytes_min(*image), upload->offset_bytes,
                           partition->name, partition->size_bytes, step.place);
                if (upload->via != UploadVia::kDirect) {
                    check_blocks(upload->application.block_bytes, *partition, step.place);
                }
                if (upload->via == UploadVia::kSerialRecovery && !scenario_.netcore) {
                    reader_.fail(step.place, "'via: serial_recovery' hands network images on: it "
                                             "needs netcore. Use 'stream'");
                }
            }
        } else if (const auto* const request = std::get_if<RequestUpgradeStep>(&step.action)) {
            check_image_index(request->image_index, step.place);
        } else if (const auto* const confirm = std::get_if<ConfirmStep>(&step.action)) {
            check_image_index(confirm->image_index, step.place);
        } else if (const auto* const expect = std::get_if<ExpectStep>(&step.action)) {
            check_expect(step, *expect, something_ran);
        } else if (const auto* const session = std::get_if<SmpStep>(&step.action)) {
            check_smp(step, *session);
        }
    }

    void check_smp(const Step& step, const SmpStep& session)
    {
        const boot_strategy strategy = scenario_.boot.strategy;
        if (strategy == BOOT_SWAP_OFFSET) {
            reader_.fail(
                step.place,
                "smp: with swap-offset an update lies behind the first sector of its slot, "
                "and what an image manager does with that sector is not on record. Use "
                "upload, request_upgrade and confirm");
            return;
        }
        if (!swaps(strategy) && strategy != BOOT_OVERWRITE_ONLY &&
            strategy != BOOT_OVERWRITE_ONLY_FAST) {
            reader_.fail(step.place, "the image manager of smp steps is modelled for swap-move, "
                                     "swap-scratch and overwrite-only");
            return;
        }
        if (session.interval > models::milliseconds(3'600'000)) {
            reader_.fail(step.place, "the interval between two requests is at most 3600 s");
        }
        for (const SmpRequest& request : session.requests) {
            std::visit([&](const auto& action) { check_request(action, request.place); },
                       request.action);
        }
    }

    void check_request(const SmpUpload& upload, const Place& place)
    {
        need_image(upload.image, place);
        check_image_index(upload.image_index, place);
        for (const Partition& partition : scenario_.partitions) {
            if (partition.role == FLASH_SECONDARY && partition.image_index == upload.image_index) {
                check_blocks(scenario_.image_manager.value_or(ImageManagerOptions{}).block_bytes,
                             partition, place);
            }
        }
    }
    void check_request(const SmpErase& erase, const Place& place)
    {
        check_image_index(erase.image_index, place);
    }
    void check_request(const SmpList& list, const Place&)
    {
        for (const SmpListed& slot : list.expected.value_or(std::vector<SmpListed>{})) {
            check_image_index(slot.image_index, slot.place);
            need_image(slot.image, slot.place);
        }
    }
    void check_request(const SmpTest& test, const Place& place) { need_image(test.image, place); }
    void check_request(const SmpConfirm& confirm, const Place& place)
    {
        if (!confirm.image.empty()) {
            need_image(confirm.image, place);
        }
    }

    void check_expect(const Step& step, const ExpectStep& expect, bool something_ran)
    {
        const bool about_a_run = expect.boots || expect.from || expect.outcome || expect.succeeds ||
                                 !expect.log.empty() || expect.field_log ||
                                 !expect.log_lacks.empty() || expect.violations ||
                                 expect.network_core;
        if (expect.network_core && !scenario_.netcore) {
            reader_.fail(expect.network_core->place,
                         "'network_core' needs a network core: netcore is missing");
        }
        if (!about_a_run && expect.holds.empty() && expect.bytes.empty()) {
            reader_.fail(step.place, "this expect expects nothing");
        }
        if (about_a_run && !something_ran) {
            reader_.fail(step.place, "nothing has run before this expect");
        }
        if (expect.boots) {
            need_image(expect.boots->text, expect.boots->place);
            if (expect.outcome && *expect.outcome != OutcomeKind::kHandedOver) {
                reader_.fail(expect.boots->place,
                             "'boots' contradicts 'outcome': only handed-over boots an image");
            }
        }
        if (expect.field_log && log_release(scenario_.boot.log) == nullptr) {
            reader_.fail(expect.field_log->place,
                         "a field log is compared in the wording of its release: say boot: {log: "
                         "ncs-1.4} or another of brownout list");
        }
        if (expect.from) {
            need_partition_named(expect.from->text, expect.from->place);
        }
        for (const ExpectedContent& content : expect.holds) {
            need_partition_named(content.partition, content.place);
            if (!content.image.empty()) {
                need_image(content.image, content.place);
            }
        }
        for (const ExpectedBytes& bytes : expect.bytes) {
            const Partition* const partition = need_partition_named(bytes.partition, bytes.place);
            const std::uint64_t end = bytes.offset_bytes + bytes.are.size() + bytes.size_bytes;
            if (partition != nullptr && end > partition->size_bytes) {
                reader_.fail(bytes.place, fmt::format("these bytes reach beyond the end of {}",
                                                      partition->name));
            }
        }
    }

    void require_network_core(const std::vector<Expected>& names)
    {
        for (const auto& check : network_checks()) {
            for (const Expected& name : names) {
                if (name.text == check->name() && !scenario_.netcore) {
                    reader_.fail(name.place, fmt::format("'{}' is about a network core: netcore is "
                                                         "missing",
                                                         name.text));
                }
            }
        }
    }

    void check_app()
    {
        const auto via = scenario_.app->uploads_via;
        if (scenario_.boot.strategy == BOOT_SWAP_OFFSET && via && *via != UploadVia::kDirect) {
            reader_.fail(scenario_.app->place, "no writer puts an image behind the first sector, "
                                               "where swap-offset wants it: 'uploads_via: direct'");
        }
        for (const Expected& image : scenario_.app->uploads) {
            if (const ScenarioImage* const found = need_image(image.text, image.place)) {
                for (const Partition& slot : scenario_.partitions) {
                    if (slot.role == FLASH_SECONDARY && slot.image_index == 0) {
                        check_fits(image.text, image_bytes_min(*found),
                                   default_image_offset(scenario_, slot), slot.name,
                                   slot.size_bytes, image.place);
                    }
                }
            }
        }
    }

    void check_rule(const CustomCheck& rule)
    {
        for (const Expected& image : rule.boots) {
            need_image(image.text, image.place);
        }
        for (const ExpectedContent& content : rule.holds) {
            need_partition_named(content.partition, content.place);
            if (!content.image.empty()) {
                need_image(content.image, content.place);
            }
        }
        if (rule.boots.empty() && rule.holds.empty() && rule.errors_lack.empty()) {
            reader_.fail(rule.place, "this check checks nothing");
        }
    }

    void check_explore()
    {
        if (scenario_.app) {
            check_app();
        }
        if (!scenario_.explore) {
            return;
        }
        try {
            checks_named(scenario_.explore->checks);
            require_network_core(scenario_.explore->checks);
        } catch (const InputError& error) {
            reader_.fail(error.place(), error.sentence());
        }
        for (const CustomCheck& rule : scenario_.explore->custom_checks) {
            check_rule(rule);
        }
        for (const StepKind kind : scenario_.explore->during) {
            const bool present = std::any_of(scenario_.steps.begin(), scenario_.steps.end(),
                                             [&](const Step& step) { return step.kind() == kind; });
            if (!present) {
                reader_.fail(scenario_.explore->place,
                             fmt::format("explore: during names {}, but there is no such step",
                                         name_of(step_names(), kind)));
            }
        }
    }

    Reader& reader_;
    const Scenario& scenario_;
};

}  // namespace

void check_scenario(Reader& reader, const Scenario& scenario)
{
    ScenarioCheck(reader, scenario).run();
}

}  // namespace brownout::sim
