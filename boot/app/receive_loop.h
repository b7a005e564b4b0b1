/*
 * receive_loop.h: an application receives an image and writes it into a slot.
 */
#ifndef BOOT_APP_RECEIVE_LOOP_H
#define BOOT_APP_RECEIVE_LOOP_H

#include <boot/app.h>
#include <boot/upload.h>

/* What an upload works with; in the RAM of the application. */
struct upload_memory {
    struct image_writer writer;
    uint8_t received[UPLOAD_BUFFER_BYTES];
};

/* Receives, writes and, if told so, asks for the upgrade. 0, an error of the flash calls, or
 * FLASH_EIO if the sender fell silent before the end. */
int app_upload(const struct app_context *app, const struct upload_order *order,
               struct upload_memory *memory);

#endif
