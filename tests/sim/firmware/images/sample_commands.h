/* What the firmware images of these tests can be told: app_command.area_id. */
#ifndef SAMPLE_COMMANDS_H
#define SAMPLE_COMMANDS_H

enum sample_command {
    SAMPLE_COUNT, /* returns 1002 after each power-on */
    SAMPLE_TELL_ADDRESSES,
    SAMPLE_PING_PONG,    /* image_index: rounds */
    SAMPLE_SUM_OF_STATE, /* returns the sum of the state block's bytes, then soils it */

    FAULT_NONE, /* returns 42 */
    FAULT_READ_NULL,
    FAULT_WRITE_CONSTANT,
    FAULT_CALL_NULL,
    FAULT_COPY_FROM_NULL,
    FAULT_ILLEGAL_INSTRUCTION,
    FAULT_DIVISION,
    FAULT_BREAKPOINT,
    FAULT_NON_CANONICAL,
    FAULT_RECURSION,
    FAULT_RECURSION_WITH_CALLS,
    FAULT_SPIN,
    FAULT_SPIN_WITH_CALLS, /* image_index: calls */
    FAULT_IN_PLATFORM
};

enum sample_address {
    ADDRESS_OF_CONSTANT,
    ADDRESS_OF_RELRO,
    ADDRESS_OF_STATIC,
    ADDRESS_OF_LOCAL,
    ADDRESS_OF_STATE,
    ADDRESS_OF_CODE,
    ADDRESS_KINDS
};

#endif
