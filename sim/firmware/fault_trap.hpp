// Turns signals that firmware raises into events of its run.
#pragma once

namespace brownout::sim {

// Installs the handlers for this process, once, and an alternate stack for this thread, once. A
// signal that is not the fault of running firmware goes to the handler that was there before.
// Cheap when called again.
void catch_firmware_faults();

}  // namespace brownout::sim
