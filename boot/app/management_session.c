/*
 * management_session.c: requests to the image manager, one after the other.
 */
#include "management_session.h"

static void serve(struct image_manager *manager, const struct management_request *request,
                  struct management_answer *answer)
{
    answer->result = IMAGE_MANAGER_OK;
    answer->next_offset_bytes = 0u;
    answer->slot_count = 0u;
    switch (request->command) {
    case MANAGEMENT_IMAGE_UPLOAD:
        answer->result = image_manager_upload(manager, &request->chunk, &answer->next_offset_bytes);
        break;
    case MANAGEMENT_IMAGE_ERASE:
        answer->result = image_manager_erase(manager, request->image_index);
        break;
    case MANAGEMENT_IMAGE_LIST:
        answer->slot_count = image_manager_list(manager, answer->slots);
        break;
    case MANAGEMENT_IMAGE_SET_STATE:
        answer->result = image_manager_set_state(manager, request->hash, request->confirm);
        break;
    }
}

int app_manage(const struct app_context *app, const struct management_order *order,
               struct image_manager *manager)
{
    const struct management_link *link = order->link;
    struct management_request request;
    struct management_answer answer;

    image_manager_start(manager, app, &order->image_manager);
    while (link->receive(link->context, &request)) {
        if (request.wait_us != 0u) {
            io_wait_us(app->io, request.wait_us);
        }
        serve(manager, &request, &answer);
        link->answer(link->context, &answer);
    }
    return 0;
}
