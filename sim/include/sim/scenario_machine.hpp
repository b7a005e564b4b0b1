// A scenario made real: its board as a machine, its firmware loaded, its images built.
#pragma once

#include <sim/firmware.hpp>
#include <sim/image.hpp>
#include <sim/machine.hpp>
#include <sim/scenario.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace brownout::sim {

class LogicalFlash;

// An image of the scenario with what an independent look says about it.
struct KnownImage {
    std::string name;
    std::vector<std::uint8_t> bytes;
    ImageInfo info;          // all zero if the bytes are no image
    bool is_image = false;   // header and TLVs can be read
    bool authentic = false;  // hash and, where one is asked for, signature are good
    // The same with the payload decrypted (or, if the file is plain, encrypted), as it lies in the
    // other slot; empty: it has no image key that the bootloader can unwrap.
    std::vector<std::uint8_t> other_form;
};

class ScenarioMachine {
public:
    // InputError: firmware that cannot be loaded, or lacks the strategy that the scenario asks for.
    explicit ScenarioMachine(Scenario scenario);
    ~ScenarioMachine();

    const Scenario& scenario() const { return scenario_; }
    Machine& machine() { return *machine_; }
    const Machine& machine() const { return *machine_; }
    const boot_firmware& core() const { return loader_->table(); }
    const std::vector<KnownImage>& images() const { return images_; }
    const KnownImage& image(const std::string& name) const;  // must exist

    // The devices as the scenario starts.
    MachineState initial_state() const;

    // The known image that lies bit-exact, in one of its forms, at `offset` of a device; nullopt if
    // none does.
    std::optional<std::size_t> image_at(const MachineState& state, std::uint32_t device,
                                        std::uint64_t offset_bytes) const;
    // The same for a slot: at its start or, for swap using offset, at its second sector.
    std::optional<std::size_t> image_in(const MachineState& state, const AreaPlan& area) const;

    // The known image whose payload is what the network core's slot holds; nullopt if it is none.
    std::optional<std::size_t> network_image(const MachineState& state) const;

    // Bytes of a partition as firmware reads them. False: some are beyond correction, and those of
    // their pages are left as they were.
    bool read(const MachineState& state, const AreaPlan& area, std::uint64_t offset_bytes,
              std::span<std::uint8_t> destination) const;

    // Does this image run on the network core? By its reset vector.
    bool is_for_network_core(const KnownImage& image) const;

    // Is there nothing but erased bytes in the slot?
    bool is_erased(const MachineState& state, const AreaPlan& area) const;

    // Is what a loader would start authentic: hash and signature good, whoever made it?
    bool is_authentic_at(const MachineState& state, const boot_response& response) const;

    // What a slot holds, in words: "2.0.0 (v2)", "erased", "1.0.0, damaged", "no image".
    std::string slot_text(const MachineState& state, const AreaPlan& area) const;

    // Executes a direct upload, as a programmer does: erased, then stored, no time, no operations.
    void upload(MachineState& state, const UploadStep& step) const;

private:
    Scenario scenario_;
    std::unique_ptr<Firmware> loader_;
    std::unique_ptr<Firmware> application_;
    std::unique_ptr<Firmware> network_loader_;  // boards with a network core
    std::unique_ptr<Machine> machine_;
    std::vector<LogicalFlash> flashes_;  // by device
    std::vector<KnownImage> images_;
};

// "handed over 2.0.0 from mcuboot_primary", "assertion failed: ...".
std::string outcome_words(const ScenarioMachine& machine, const Outcome& outcome);

// The network core after a boot: "runs net2", "is held", "waits: ...".
std::string network_words(const ScenarioMachine& machine, const MachineState& state,
                          const NetworkReport& report);

// The command that an application step stands for. An application confirms itself: `boot` is the
// outcome of the boot before, which says what slot of image 0 runs. Further images are confirmed in
// their primary slots.
app_command command_of(const RequestUpgradeStep& step);
app_command command_of(const ConfirmStep& step, boot_strategy strategy, const Outcome& boot);
// For an upload by the application; and what its sender sends, from bytes of `machine`.
app_command command_of(const ScenarioMachine& machine, const UploadStep& step);
models::IncomingBytes incoming_bytes(const ScenarioMachine& machine, const UploadStep& step);

}  // namespace brownout::sim
