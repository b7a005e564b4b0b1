// A recording as the page reads it: columns of numbers, with tables for what repeats. The form is
// private to the page (tools/viewer/src/data.ts), which is built together with this.
#pragma once

#include <sim/viewer.hpp>

#include <nlohmann/json.hpp>

namespace brownout::sim {

nlohmann::json view_of(const Recording& recording, const TriedCuts& cuts);
nlohmann::json view_of(const ExploredView& explored);

}  // namespace brownout::sim
