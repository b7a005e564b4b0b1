/*
 * mcuboot_logging.h: log macros. Conversions: d u x lx zu s c %. Debug lines are not printed by the
 * reference, and MCUBOOT_LOG_SIM is for simulators that are not this one.
 */
#ifndef MCUBOOT_LOGGING_H
#define MCUBOOT_LOGGING_H

#include <brownout_port.h>

#define MCUBOOT_LOG_MODULE_DECLARE(domain) extern const struct port_core port_core
#define MCUBOOT_LOG_MODULE_REGISTER(domain) extern const struct port_core port_core

#define MCUBOOT_LOG_ERR(...) port_log(PORT_LOG_ERROR, __VA_ARGS__)
#define MCUBOOT_LOG_WRN(...) port_log(PORT_LOG_WARNING, __VA_ARGS__)
#define MCUBOOT_LOG_INF(...) port_log(PORT_LOG_INFO, __VA_ARGS__)
#define MCUBOOT_LOG_DBG(...) port_log(PORT_LOG_DEBUG, __VA_ARGS__)
#define MCUBOOT_LOG_SIM(...) ((void)0)

#endif
