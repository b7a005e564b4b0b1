#include <sim/scenario_machine.hpp>

#include "crypto/key_unwrap.hpp"
#include "crypto/key_wrap.hpp"
#include "crypto/payload_cipher.hpp"
#include "machine/logical_flash.hpp"

#include <sim/core_fit.hpp>
#include <sim/data_paths.hpp>

#include <boot/image.h>
#include <models/assert.hpp>
#include <models/soc.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

bool is_authentic(const Scenario& scenario, const BootSetup& setup,
                  std::span<const std::uint8_t> bytes, const ImageInfo& info)
{
    if (!info.hash_matches) {
        return false;
    }
    if (scenario.boot.signature == CRYPTO_SIGNATURE_NONE) {
        return true;
    }
    return std::any_of(setup.signing_keys.begin(), setup.signing_keys.end(), [&](const auto& key) {
        return image_signature_matches(bytes, info, scenario.boot.signature, key);
    });
}

// With the payload decrypted, or encrypted if it is plain: CTR does either.
std::vector<std::uint8_t> other_form_of(const std::vector<std::uint8_t>& bytes,
                                        const ImageInfo& info, const BootSetup& setup)
{
    const ImageTlv* const tlv = info.tlv(tlv_of_key_wrap(setup.config.encryption));
    const bool is_flagged = (info.flags & IMAGE_FLAGS_ENCRYPTED) != 0;
    std::vector<std::uint8_t> key(setup.config.image_key_bytes);
    if (setup.config.encryption == CRYPTO_WRAP_NONE || !is_flagged || tlv == nullptr ||
        recover_image_key(setup.config.encryption, setup.encryption_key,
                          std::span(bytes).subspan(tlv->offset_bytes, tlv->byte_count),
                          key) != CRYPTO_OK) {
        return {};
    }
    std::vector<std::uint8_t> form = bytes;
    PayloadCipher cipher;
    cipher.begin(key, 0);
    cipher.apply(std::span(form).subspan(info.header_bytes, info.payload_bytes));
    return form;
}

// A bootloader that loads images to RAM does not live where they go.
FirmwarePlacement placement_of(const Scenario& scenario, const BoardPlan& board)
{
    const RamRegion& images = scenario.boot.ram_load;
    const std::uint32_t ram_bytes =
        images.size_bytes > 0 ? images.address - board.ram_address : board.ram_bytes;
    return {0, board.ram_address, ram_bytes};
}

// What is wrong with a firmware image is said at its file. That it lacks RAM is no fault of its
// own: it does not fit the board, or what ram_load leaves of it.
std::unique_ptr<Firmware> load_firmware(const Scenario& scenario, const std::filesystem::path& path,
                                        const FirmwarePlacement& placement)
{
    try {
        return Firmware::load(path, placement);
    } catch (const InputError& error) {
        const bool lacks_ram = error.sentence().find("bytes of RAM") != std::string::npos;
        if (!lacks_ram) {
            throw;
        }
        const std::string sentence = path.filename().string() + " " + error.sentence();
        if (scenario.boot.ram_load.size_bytes == 0) {
            throw CoreMismatch(scenario.boot.place, sentence);
        }
        throw CoreMismatch(scenario.boot.place,
                           "boot.ram_load leaves too little RAM below it: " + sentence);
    }
}

}  // namespace

ScenarioMachine::ScenarioMachine(Scenario scenario) : scenario_(std::move(scenario))
{
    const BoardPlan board = board_plan(scenario_);
    const BootSetup setup = boot_setup(scenario_);
    const FirmwarePlacement placement = placement_of(scenario_, board);
    const bool builtin = scenario_.boot.core == "builtin";
    loader_ = load_firmware(scenario_,
                            builtin ? builtin_firmware(BOOT_FIRMWARE_LOADER)
                                    : std::filesystem::path(scenario_.boot.core),
                            placement);
    const std::string mismatch = core_mismatch(loader_->table(), setup.config, board);
    if (!mismatch.empty()) {
        throw CoreMismatch(scenario_.boot.place, mismatch);
    }
    application_ = load_firmware(scenario_, builtin_firmware(BOOT_FIRMWARE_APPLICATION), placement);
    if (board.network) {
        const models::Soc& soc = models::soc::nrf5340_network;
        network_loader_ =
            Firmware::load(builtin_firmware(BOOT_FIRMWARE_NETWORK_LOADER),
                           {soc.nvmc.flash_address, soc.ram_address, soc.ram_size_bytes});
    }
    machine_ = std::make_unique<Machine>(board, setup, *loader_, application_.get(),
                                         network_loader_.get());
    flashes_ = logical_flashes(machine_->board());
    for (const ScenarioImage& source : scenario_.images) {
        KnownImage image;
        image.name = source.name;
        image.bytes = image_bytes(scenario_, source.name);
        if (auto info = parse_image(image.bytes)) {
            image.info = std::move(*info);
            image.is_image = true;
        }
        image.authentic = image.is_image && is_authentic(scenario_, setup, image.bytes, image.info);
        if (image.is_image) {
            image.other_form = other_form_of(image.bytes, image.info, setup);
        }
        if (const auto plain = parse_image(image.other_form); plain && !image.authentic) {
            image.authentic = is_authentic(scenario_, setup, image.other_form, *plain);
        }
        images_.push_back(std::move(image));
    }
}

ScenarioMachine::~ScenarioMachine() = default;

MachineState ScenarioMachine::initial_state() const
{
    MachineState state = machine_->blank_state();
    place_initial_content(scenario_, state);
    return state;
}

std::optional<std::size_t> ScenarioMachine::image_at(const MachineState& state,
                                                     std::uint32_t device,
                                                     std::uint64_t offset_bytes) const
{
    const models::FlashArray& cells = state.devices.at(device);
    std::vector<std::uint8_t> held;
    for (std::size_t i = 0; i < images_.size(); ++i) {
        const KnownImage& image = images_[i];
        const std::size_t length = image.is_image ? image.info.total_bytes : image.bytes.size();
        const LogicalFlash& flash = flashes_.at(device);
        if (length == 0 || offset_bytes + length > flash.size_bytes()) {
            continue;
        }
        held.resize(length);
        const bool is_read = flash.read(cells, offset_bytes, held);
        if (is_read && (std::equal(held.begin(), held.end(), image.bytes.begin()) ||
                        (!image.other_form.empty() &&
                         std::equal(held.begin(), held.end(), image.other_form.begin())))) {
            return i;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> ScenarioMachine::image_in(const MachineState& state,
                                                     const AreaPlan& area) const
{
    if (machine_->board().devices[area.device].core == CoreId::kNetwork) {
        return network_image(state);
    }
    if (auto found = image_at(state, area.device, area.offset_bytes)) {
        return found;
    }
    const bool at_second_sector =
        scenario_.boot.strategy == BOOT_SWAP_OFFSET && area.role == FLASH_SECONDARY;
    if (!at_second_sector) {
        return std::nullopt;
    }
    const std::uint32_t sector = machine_->board().devices[area.device].sectors.front().size_bytes;
    return image_at(state, area.device, std::uint64_t{area.offset_bytes} + sector);
}

bool ScenarioMachine::is_authentic_at(const MachineState& state,
                                      const boot_response& response) const
{
    const LogicalFlash& flash = flashes_.at(response.device_id);
    const std::uint64_t offset = response.device_offset_bytes;
    std::vector<std::uint8_t> held(flash.size_bytes() - offset);
    if (!flash.read(state.devices.at(response.device_id), offset, held)) {
        return false;
    }
    const auto info = parse_image(held);
    return info && is_authentic(scenario_, machine_->setup(), held, *info);
}

bool ScenarioMachine::read(const MachineState& state, const AreaPlan& area,
                           std::uint64_t offset_bytes, std::span<std::uint8_t> destination) const
{
    return flashes_.at(area.device)
        .read(state.devices.at(area.device), area.offset_bytes + offset_bytes, destination);
}

bool ScenarioMachine::is_erased(const MachineState& state, const AreaPlan& area) const
{
    return flashes_.at(area.device)
        .is_erased(state.devices.at(area.device), area.offset_bytes, area.size_bytes);
}

std::string ScenarioMachine::slot_text(const MachineState& state, const AreaPlan& area) const
{
    if (const auto known = image_in(state, area)) {
        const KnownImage& image = images_[*known];
        return image.is_image ? to_string(image.info.version) + " (" + image.name + ")"
                              : image.name;
    }
    if (is_erased(state, area)) {
        return "erased";
    }
    std::vector<std::uint8_t> held(area.size_bytes);
    if (!flashes_.at(area.device).read(state.devices.at(area.device), area.offset_bytes, held)) {
        return "unreadable";
    }
    if (const auto info = parse_image(held)) {
        return to_string(info->version) +
               (info->hash_matches ? ", none of the scenario's images" : ", damaged");
    }
    return "no image";
}

const KnownImage& ScenarioMachine::image(const std::string& name) const
{
    const auto found =
        std::find_if(images_.begin(), images_.end(),
                     [&](const KnownImage& candidate) { return candidate.name == name; });
    BROWNOUT_ASSERT(found != images_.end());
    return *found;
}

void ScenarioMachine::upload(MachineState& state, const UploadStep& step) const
{
    const AreaPlan* area = machine_->area(step.partition);
    models::FlashArray& cells = state.devices.at(area->device);
    const LogicalFlash& flash = flashes_.at(area->device);
    if (!flash.fill_erased(cells, area->offset_bytes, area->size_bytes) ||
        !flash.store(cells, std::uint64_t{area->offset_bytes} + step.offset_bytes,
                     image(step.image).bytes)) {
        throw InputError(Place{scenario_.path.string(), 1, 1},
                         "upload to " + area->name + ": more blocks are bad than the reserve has");
    }
}

std::string outcome_words(const ScenarioMachine& machine, const Outcome& outcome)
{
    std::string words = to_string(outcome.kind);
    if (outcome.kind == OutcomeKind::kHandedOver) {
        words += " " + to_string(outcome.response.version);
        for (const AreaPlan& area : machine.machine().board().areas) {
            if (area.id == outcome.response.area_id) {
                words += " from " + area.name;
            }
        }
    } else if (!outcome.text.empty()) {
        words += ": " + outcome.text;
    }
    return words;
}

app_command command_of(const RequestUpgradeStep& step)
{
    app_command command{};
    command.kind = APP_SET_PENDING;
    command.image_index = step.image_index;
    command.permanent = step.permanent;
    return command;
}

app_command command_of(const ConfirmStep& step, boot_strategy strategy, const Outcome& boot)
{
    app_command command{};
    command.kind = APP_SET_CONFIRMED;
    command.image_index = step.image_index;
    const bool from_either_slot = strategy >= BOOT_DIRECT_XIP && strategy <= BOOT_RAM_LOAD_REVERT;
    if (from_either_slot && step.image_index == 0 && boot.kind == OutcomeKind::kHandedOver) {
        command.kind = APP_SET_NEXT;
        command.area_id = boot.response.area_id;
        command.active = true;
        command.permanent = true;
    }
    return command;
}

}  // namespace brownout::sim
