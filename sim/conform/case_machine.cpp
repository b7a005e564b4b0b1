#include "case_machine.hpp"

#include "reference_keys.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// Addresses are ours to choose: the recorded bootloader saw flash areas only.
constexpr std::uint32_t kRegisterBase = 0x5000'0000;
constexpr std::uint32_t kRegisterStride = 0x1000;
constexpr std::uint32_t kMappedBase = 0x8000'0000;
constexpr std::uint32_t kMappedStride = 0x0800'0000;
constexpr std::uint32_t kRamLoadAddress = 0x2000'0000;
constexpr std::uint32_t kRamLoadBytes = 0x4'0000;
constexpr std::uint32_t kFirmwareRamAddress = 0x3000'0000;
constexpr std::uint32_t kFirmwareRamBytes = 0x10'0000;  // plenty: its size is nothing we test

bool loads_to_ram(boot_strategy strategy)
{
    return strategy == BOOT_RAM_LOAD || strategy == BOOT_RAM_LOAD_REVERT;
}

DevicePlan device_plan(const CaseDevice& device, std::uint32_t index)
{
    DevicePlan plan;
    plan.name = fmt::format("device{}", index);
    plan.controller = ControllerKind::kPlain;
    plan.register_base = kRegisterBase + index * kRegisterStride;
    plan.mapped_address = kMappedBase + index * kMappedStride;
    plan.sectors = device.sectors;
    plan.write_unit_bytes = device.write_unit_bytes;
    plan.needs_erase = !device.overwrites;
    return plan;
}

AreaPlan area_plan(const CaseArea& area)
{
    AreaPlan plan;
    plan.name = area.role;
    plan.id = area.id;
    plan.device = area.device;
    plan.offset_bytes = area.offset_bytes;
    plan.size_bytes = area.size_bytes;
    plan.image_index = area.role.back() == '1' ? 1 : 0;
    plan.role = area.role.starts_with("primary")     ? FLASH_PRIMARY
                : area.role.starts_with("secondary") ? FLASH_SECONDARY
                                                     : FLASH_SCRATCH;
    return plan;
}

}  // namespace

FirmwarePlacement conform_placement()
{
    FirmwarePlacement placement;
    placement.ram_address = kFirmwareRamAddress;
    placement.ram_bytes = kFirmwareRamBytes;
    return placement;
}

BoardPlan board_of(const ReferenceCase& reference)
{
    BoardPlan board;
    board.name = reference.id;
    for (const CaseDevice& device : reference.devices) {
        board.devices.push_back(
            device_plan(device, static_cast<std::uint32_t>(board.devices.size())));
    }
    for (const CaseArea& area : reference.areas) {
        board.areas.push_back(area_plan(area));
    }
    const FirmwarePlacement placement = conform_placement();
    board.ram_address = placement.ram_address;
    board.ram_bytes = placement.ram_bytes;
    return board;
}

BootSetup setup_of(const ReferenceCase& reference, const std::filesystem::path& keys_folder)
{
    const CaseConfig& from = reference.config;
    BootSetup setup;
    boot_config& config = setup.config;
    config.strategy = from.strategy;
    config.image_count = from.images;
    config.max_image_sectors = from.max_sectors;
    config.max_align_bytes = from.max_align;
    config.validate_primary = from.validate_primary;
    config.bootstrap = from.bootstrap;
    config.downgrade = from.downgrade;
    config.minimal_scramble = from.minimal_scramble;
    config.tlv_allow_list = true;
    config.hash = CRYPTO_SHA256;
    config.signature = from.signature;
    config.encryption = from.encryption;
    config.image_key_bytes = 16;
    config.save_encrypted_tlv = from.save_enctlv;
    if (loads_to_ram(from.strategy)) {
        config.ram_load_address = kRamLoadAddress;
        config.ram_load_bytes = kRamLoadBytes;
    }
    if (from.signature != CRYPTO_SIGNATURE_NONE) {
        setup.signing_keys.push_back(read_signing_key(keys_folder, from.signature));
        config.signing_key_count = 1;
    }
    setup.encryption_key = read_encryption_key(keys_folder, from.encryption);
    return setup;
}

MachineState initial_state_of(const ReferenceCase& reference, const Machine& machine,
                              ImageStore& images)
{
    MachineState state = machine.blank_state();
    for (const CaseInitial& initial : reference.initial) {
        const CaseArea& area = reference.areas[initial.area];
        const std::uint64_t offset = std::uint64_t{area.offset_bytes} + initial.offset_bytes;
        models::FlashArray& cells = state.devices[area.device];
        if (!initial.image.empty()) {
            cells.poke(offset, images.bytes(reference.images.at(initial.image)));
        } else if (initial.fill_bytes > 0) {
            cells.poke(offset, std::vector<std::uint8_t>(initial.fill_bytes, initial.fill_value));
        }
    }
    return state;
}

void apply_upload(const ReferenceCase& reference, const UploadStepOfCase& upload,
                  ImageStore& images, MachineState& state)
{
    const CaseArea& area = reference.areas[upload.area];
    models::FlashArray& cells = state.devices[area.device];
    cells.poke(area.offset_bytes, std::vector<std::uint8_t>(area.size_bytes, 0xFF));
    cells.poke(std::uint64_t{area.offset_bytes} + upload.offset_bytes,
               images.bytes(reference.images.at(upload.image)));
}

std::string reason_to_skip(const ReferenceCase& reference, const boot_firmware& core)
{
    const CaseConfig& config = reference.config;
    const auto lacks = [&core](boot_capability capability) {
        return (core.capabilities & static_cast<std::uint32_t>(capability)) == 0;
    };
    if ((core.strategies & (1u << config.strategy)) == 0) {
        return fmt::format("the core has no strategy {}", config.strategy_name);
    }
    if (config.encryption != CRYPTO_WRAP_NONE && lacks(BOOT_CAN_ENCRYPT)) {
        return "the core cannot decrypt images";
    }
    if (config.images > 1 && lacks(BOOT_CAN_MULTIPLE_IMAGES)) {
        return "the core handles one image only";
    }
    if (config.bootstrap && lacks(BOOT_CAN_BOOTSTRAP)) {
        return "the core cannot bootstrap";
    }
    if (config.downgrade != BOOT_DOWNGRADE_ALLOWED && lacks(BOOT_CAN_PREVENT_DOWNGRADE)) {
        return "the core cannot prevent downgrades";
    }
    if (config.no_erase && lacks(BOOT_CAN_NO_ERASE)) {
        return "the core needs devices with erase";
    }
    return {};
}

}  // namespace brownout::sim
