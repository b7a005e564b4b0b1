#include "netcore/ram_slot.h"

#include "image/bytes.h"

bool netcore_image_in_ram(const struct boot_io *io, const struct netcore_config *config,
                          const struct flash_area *area, struct image_header *header)
{
    struct image_source ram = {io, area, 0};
    uint8_t vector[4];
    return image_header_read(&ram, header) == 0 && image_header_has_magic(header) &&
           image_read(&ram, header->header_bytes + RESET_VECTOR_OFFSET, vector, sizeof(vector)) ==
               0 &&
           bytes_get_u32(vector) > config->container_address;
}
