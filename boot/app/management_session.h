/*
 * management_session.h: an application serves a management client until it goes.
 */
#ifndef BOOT_APP_MANAGEMENT_SESSION_H
#define BOOT_APP_MANAGEMENT_SESSION_H

#include <boot/app.h>
#include <boot/management.h>

/* Returns 0 when the client is gone. `manager` is memory for the session. */
int app_manage(const struct app_context *app, const struct management_order *order,
               struct image_manager *manager);

#endif
