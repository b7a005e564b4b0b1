/*
 * An application as a firmware image: performs one command per run.
 */
#include <boot/app.h>
#include <boot/core_abi.h>
#include <boot/error.h>

#include "app/management_session.h"
#include "app/receive_loop.h"

#define APPLICATION_STACK_BYTES (8u * 1024u)

static int set_next(const struct app_context *app, const struct app_command *command)
{
    const struct flash_area *area = flash_map_area_by_id(app->map, command->area_id);
    return area != 0 ? app_set_next(app, area, command->active, command->permanent)
                     : (int)BOOT_EBADARGS;
}

struct application_memory {
    struct flash_map map;
    union {
        struct upload_memory upload;
        struct image_manager manager;
    };
};

static int perform(const struct app_context *app, const struct app_command *command,
                   struct application_memory *memory)
{
    switch (command->kind) {
    case APP_SET_PENDING:
        return app_set_pending(app, command->image_index, command->permanent);
    case APP_SET_CONFIRMED:
        return app_set_confirmed(app, command->image_index);
    case APP_SET_NEXT:
        return set_next(app, command);
    case APP_SWAP_TYPE:
        return app_swap_type(app, command->image_index);
    case APP_UPLOAD:
        return app_upload(app, &command->upload, &memory->upload);
    case APP_MANAGE:
        return app_manage(app, &command->management, &memory->manager);
    default:
        return BOOT_EBADARGS;
    }
}

static int entry(const struct boot_platform *platform, void *state)
{
    struct application_memory *memory = state;
    struct app_context app = {platform->io, platform->config, &memory->map};
    if (flash_map_start(&memory->map, platform->io, platform->board) != 0) {
        return BOOT_EFLASH;
    }
    return perform(&app, platform->command, memory);
}

static const struct boot_firmware application = {
    .struct_bytes = sizeof(struct boot_firmware),
    .abi_version = BOOT_FIRMWARE_ABI_VERSION,
    .kind = BOOT_FIRMWARE_APPLICATION,
    .name = "builtin-app",
    .release = "MCUboot 2.4.0 (2d4bacc3)",
    .strategies = (1u << BOOT_STRATEGY_COUNT) - 1u,
    .state_bytes = sizeof(struct application_memory),
    .stack_bytes = APPLICATION_STACK_BYTES,
    .entry = entry,
};

const struct boot_firmware *boot_firmware_query(uint32_t abi_version)
{
    return abi_version == BOOT_FIRMWARE_ABI_VERSION ? &application : 0;
}
