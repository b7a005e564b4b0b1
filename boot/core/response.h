/*
 * response.h: the answer to the platform.
 */
#ifndef BOOT_CORE_RESPONSE_H
#define BOOT_CORE_RESPONSE_H

#include "core/state.h"

void response_fill(const struct slot_pair *pair, enum slot slot, struct boot_response *response);

#endif
