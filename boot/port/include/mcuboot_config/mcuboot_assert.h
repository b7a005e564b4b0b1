/*
 * mcuboot_assert.h: assertions end the run; the report names the place.
 */
#ifndef MCUBOOT_ASSERT_H
#define MCUBOOT_ASSERT_H

#include <brownout_port.h>

#undef assert
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : port_assert_failed(__FILE__, __LINE__, #condition))

#endif
