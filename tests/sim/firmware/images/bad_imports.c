/* Firmware images that call what firmware does not have: FORBIDDEN names it. */
#include "firmware_table.h"

extern int FORBIDDEN(void);

static int entry(const struct boot_platform* platform, void* state)
{
    (void)platform;
    (void)state;
    return FORBIDDEN();
}

FIRMWARE_TABLE("bad_imports", entry)
