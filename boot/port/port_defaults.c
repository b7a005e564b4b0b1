/*
 * port_defaults.c: weak hooks and platform calls, and the few functions of a C library that
 * bootloaders use besides mem*.
 */
#include <brownout_port.h>
#include <port_hooks.h>
#include <port_keys.h>

#define NOT_MODELLED (-1)

__attribute__((weak)) int boot_read_image_header_hook(int image_index, int slot, void *header)
{
    (void)image_index, (void)slot, (void)header;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int boot_image_check_hook(int image_index, int slot)
{
    (void)image_index, (void)slot;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int boot_perform_update_hook(int image_index, void *header, const void *area)
{
    (void)image_index, (void)header, (void)area;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int boot_copy_region_post_hook(int image_index, const void *area,
                                                     size_t byte_count)
{
    (void)image_index, (void)area, (void)byte_count;
    return 0;
}

__attribute__((weak)) int boot_read_swap_state_primary_slot_hook(int image_index, void *state)
{
    (void)image_index, (void)state;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int boot_serial_uploaded_hook(int image_index, const void *area,
                                                    size_t byte_count)
{
    (void)image_index, (void)area, (void)byte_count;
    return 0;
}

__attribute__((weak)) int boot_find_next_slot_hook(void *state, uint8_t image_index, uint32_t *slot)
{
    (void)state, (void)image_index, (void)slot;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int boot_go_hook(void *response)
{
    (void)response;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int flash_area_id_from_multi_image_slot_hook(int image_index, int slot,
                                                                   int *id)
{
    (void)image_index, (void)slot, (void)id;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) int flash_area_get_device_id_hook(const void *area, uint8_t *device_id)
{
    (void)area, (void)device_id;
    return PORT_HOOK_REGULAR;
}

__attribute__((weak)) void mcuboot_status_change(int status)
{
    (void)status;
}

/* ---- what a device supplies and the models do not ---- */

__attribute__((weak)) int boot_nv_security_counter_init(void)
{
    return 0;
}

__attribute__((weak)) int boot_nv_security_counter_get(uint32_t image_index, uint32_t *counter)
{
    (void)image_index;
    *counter = 0u;
    return 0;
}

__attribute__((weak)) int boot_nv_security_counter_update(uint32_t image_index, uint32_t counter)
{
    (void)image_index, (void)counter;
    return NOT_MODELLED;
}

__attribute__((weak)) int boot_nv_security_counter_is_update_possible(uint32_t image_index,
                                                                      uint32_t counter)
{
    (void)image_index, (void)counter;
    return NOT_MODELLED;
}

__attribute__((weak)) int boot_nv_security_counter_lock(uint32_t image_index)
{
    (void)image_index;
    return 0;
}

__attribute__((weak)) int boot_uuid_init(void)
{
    return 0;
}

__attribute__((weak)) int boot_uuid_vid_match(uint32_t image_index, const void *uuid)
{
    (void)image_index, (void)uuid;
    return 0;
}

__attribute__((weak)) int boot_uuid_cid_match(uint32_t image_index, const void *uuid)
{
    (void)image_index, (void)uuid;
    return 0;
}

/* ---- C library ---- */

size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
void abort(void);
void __assert_fail(const char *condition, const char *file, unsigned int line,
                   const char *function);

size_t strlen(const char *text)
{
    const volatile char *end = text; /* volatile: or the compiler makes it a call of strlen() */

    while (*end != '\0') {
        ++end;
    }
    return (size_t)(end - text);
}

int strcmp(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        ++left;
        ++right;
    }
    return (int)(unsigned char)*left - (int)(unsigned char)*right;
}

__attribute__((noreturn)) void abort(void)
{
    port_panic("abort()");
}

__attribute__((noreturn)) void __assert_fail(const char *condition, const char *file,
                                             unsigned int line, const char *function)
{
    (void)function;
    port_assert_failed(file, (int)line, condition);
}
