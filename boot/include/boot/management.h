/*
 * management.h: one session of a management client with the application, request by request.
 *
 * The link stands where a transport and its decoder would be. Its functions come from the host; a
 * request and what it points to stay valid until the next receive().
 */
#ifndef BOOT_MANAGEMENT_H
#define BOOT_MANAGEMENT_H

#include <boot/image_manager.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum management_command {
    MANAGEMENT_IMAGE_UPLOAD, /* chunk         */
    MANAGEMENT_IMAGE_ERASE,  /* image_index   */
    MANAGEMENT_IMAGE_LIST,
    MANAGEMENT_IMAGE_SET_STATE /* hash, confirm */
};

struct management_request {
    enum management_command command;
    uint32_t wait_us; /* until it arrives, after the answer before it */
    struct image_upload_chunk chunk;
    uint32_t image_index;
    const uint8_t *hash; /* or NULL */
    bool confirm;
};

struct management_answer {
    enum image_manager_result result;
    uint32_t next_offset_bytes; /* of an upload */
    uint32_t slot_count;        /* of a list    */
    struct image_slot_state slots[IMAGE_MANAGER_SLOTS_MAX];
};

struct management_link {
    void *context;
    /* The next request; false: the client is gone for good. */
    bool (*receive)(void *context, struct management_request *request);
    void (*answer)(void *context, const struct management_answer *answer);
};

/* A session, as a command of the application. */
struct management_order {
    struct image_manager_options image_manager;
    const struct management_link *link;
};

#ifdef __cplusplus
}
#endif

#endif
