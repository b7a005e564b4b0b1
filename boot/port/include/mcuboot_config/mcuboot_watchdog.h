/*
 * mcuboot_watchdog.h: include it from your mcuboot_config.h, or define the macro yourself.
 */
#ifndef MCUBOOT_WATCHDOG_H
#define MCUBOOT_WATCHDOG_H

#include <brownout_port.h>

#ifndef MCUBOOT_WATCHDOG_FEED
#    define MCUBOOT_WATCHDOG_FEED() port_watchdog_feed()
#endif

#endif
