/*
 * port_hooks.h: hooks of the bootloader. The kit holds weak ones that answer "regular": go on as if
 * there were no hook. Define one yourself and it is used.
 *
 * The types of a bootloader's own headers differ from these by name alone: images, areas and states
 * are passed as pointers. If your core declares a hook itself, do not include this header there.
 */
#ifndef PORT_HOOKS_H
#define PORT_HOOKS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORT_HOOK_REGULAR 1

/* Events of mcuboot_status_change(). */
enum port_status {
    PORT_STATUS_STARTUP,
    PORT_STATUS_UPGRADING,
    PORT_STATUS_BOOTABLE_IMAGE_FOUND,
    PORT_STATUS_NO_BOOTABLE_IMAGE_FOUND,
    PORT_STATUS_BOOT_FAILED,
    PORT_STATUS_USB_DFU_WAITING,
    PORT_STATUS_USB_DFU_ENTERED,
    PORT_STATUS_USB_DFU_TIMED_OUT,
    PORT_STATUS_SERIAL_DFU_ENTERED
};

int boot_read_image_header_hook(int image_index, int slot, void *header);
int boot_image_check_hook(int image_index, int slot);
int boot_perform_update_hook(int image_index, void *header, const void *area);
int boot_copy_region_post_hook(int image_index, const void *area, size_t byte_count);
int boot_read_swap_state_primary_slot_hook(int image_index, void *state);
int boot_serial_uploaded_hook(int image_index, const void *area, size_t byte_count);
int boot_find_next_slot_hook(void *state, uint8_t image_index, uint32_t *slot);
int boot_go_hook(void *response);
int flash_area_id_from_multi_image_slot_hook(int image_index, int slot, int *id);
int flash_area_get_device_id_hook(const void *area, uint8_t *device_id);
void mcuboot_status_change(int status);

#ifdef __cplusplus
}
#endif

#endif
