/*
 * port_bridge.h: between the two sides of the kit. Both call their flash area `struct flash_area`,
 * so no file sees the headers of both.
 */
#ifndef PORT_BRIDGE_H
#define PORT_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_AREAS_MAX 24u

struct port_area_facts {
    uint32_t id;
    uint32_t device_id;
    uint32_t device_offset_bytes;
    uint32_t size_bytes;
    uint32_t write_unit_bytes;
    uint8_t erased_value;
    bool needs_erase;
};

uint32_t bridge_area_count(void);
void bridge_area_facts(uint32_t index, struct port_area_facts *facts);
/* Number of the area of an image's slot (0 primary, 1 secondary); -1: there is none. */
int bridge_area_of_slot(uint32_t image_index, uint32_t slot);
int bridge_read(uint32_t index, uint32_t offset_bytes, void *destination, uint32_t byte_count);
int bridge_write(uint32_t index, uint32_t offset_bytes, const void *source, uint32_t byte_count);
int bridge_erase(uint32_t index, uint32_t offset_bytes, uint32_t byte_count);
uint32_t bridge_sector_count(uint32_t index);
/* By number if `by_offset` is false. */
int bridge_sector(uint32_t index, uint32_t at, bool by_offset, uint32_t *offset_bytes,
                  uint32_t *size_bytes);
/* 0 and where the device is mapped. */
int bridge_device_base(uint32_t device_id, uint32_t *address);
int bridge_hash(uint32_t index, uint32_t offset_bytes, uint32_t byte_count, uint8_t digest[32]);

#endif
