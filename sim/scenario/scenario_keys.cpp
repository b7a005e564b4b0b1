#include "scenario_keys.hpp"

#include "board_keys.hpp"
#include "external_keys.hpp"
#include "netcore_keys.hpp"
#include "value_types.hpp"

namespace brownout::sim {

// The order is the order of reading: partitions need the board; images, flash and steps need boot.
const KeyTable<Scenario>& scenario_keys()
{
    static const KeyTable<Scenario> kTable{
        "scenario",
        {key("scenario", Presence::kRequired, Text{}, &Scenario::name,
             "what it shows, in one line"),
         key("board", Presence::kRequired, BoardValue{}, &Scenario::board,
             "a board of `brownout list`, the path of a board file, or a board written out here"),
         device_changes_key(), partitions_key(), boot_key(), netcore_key(), images_key(),
         flash_key(), steps_key(), explore_key(), app_key(), image_manager_key(), matrix_key(),
         seeds_key()}};
    return kTable;
}

std::string scenario_schema_json()
{
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "Brownout scenario"}};
    schema.update(fields_schema(scenario_keys()));
    return schema.dump(2) + "\n";
}

}  // namespace brownout::sim
