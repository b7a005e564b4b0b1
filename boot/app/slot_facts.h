/*
 * slot_facts.h: what an application reads from a slot without checking it.
 */
#ifndef BOOT_APP_SLOT_FACTS_H
#define BOOT_APP_SLOT_FACTS_H

#include <boot/app.h>
#include <boot/image.h>

/* The start of the image in a slot; swap using offset has the update in the second sector. */
struct image_source slot_image(const struct app_context *app, const struct flash_area *area);

/* Is there a header? `header` is filled only then. */
bool slot_has_header(const struct app_context *app, const struct flash_area *area,
                     struct image_header *header);

#endif
