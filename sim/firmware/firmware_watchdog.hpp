// Ends runs of firmware that burn CPU time without calling their platform.
//
// A timer on the thread's CPU time looks at the running firmware now and then. It is armed when
// firmware starts to run and stops by itself when it finds none running, so that resume() and
// suspend() need no system call. A forked child arms its own.
#pragma once

namespace brownout::sim {

// Firmware begins to run on this thread; running_firmware() is set already.
void watch_running_firmware();

double firmware_hang_limit_s() noexcept;

}  // namespace brownout::sim
