// The machine that a reference case describes: plain controllers, and a bootloader configured as
// the recorded one was built.
#pragma once

#include "image_store.hpp"
#include "reference_case.hpp"

#include <sim/machine.hpp>

#include <string>

namespace brownout::sim {

// Where the firmware itself lies: clear of the devices and of the RAM that ram-load uses.
FirmwarePlacement conform_placement();

BoardPlan board_of(const ReferenceCase& reference);
BootSetup setup_of(const ReferenceCase& reference, const std::filesystem::path& keys_folder);

// The devices before the first step.
MachineState initial_state_of(const ReferenceCase& reference, const Machine& machine,
                              ImageStore& images);

// The area becomes erased, then holds the image.
void apply_upload(const ReferenceCase& reference, const UploadStepOfCase& upload,
                  ImageStore& images, MachineState& state);

// Why `core` cannot run the case; empty if it can.
std::string reason_to_skip(const ReferenceCase& reference, const boot_firmware& core);

}  // namespace brownout::sim
