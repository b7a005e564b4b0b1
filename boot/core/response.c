#include "core/response.h"

void response_fill(const struct slot_pair *pair, enum slot slot, struct boot_response *response)
{
    const struct image_slot *image = &pair->slots[slot];
    response->device_id = image->area->device->id;
    response->area_id = image->area->id;
    response->device_offset_bytes = image->area->device_offset_bytes;
    response->header_bytes = image->header.header_bytes;
    response->image_bytes = image->header.payload_bytes;
    response->load_address = image->header.load_address;
    response->in_ram = image->in_ram;
    response->version = image->header.version;
}
