// The explanation for machines. Where imgtool dumpinfo has a name for something, it is used.
#include "area_view.hpp"
#include "tlv_names.hpp"

#include "report/report_json.hpp"

#include <sim/scenario_names.hpp>

#include <boot/image.h>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

const char* mark_name(trailer_mark mark)
{
    return mark == TRAILER_SET ? "set" : mark == TRAILER_UNSET ? "unset" : "bad";
}

Json image_json(const ImageReport& image)
{
    const ImageInfo& info = image.info;
    Json tlvs = Json::array();
    std::size_t at = 0;
    for (const ImageTlv& tlv : info.tlvs) {
        std::string data;
        for (std::uint32_t i = 0; i < tlv.byte_count; ++i) {
            data += fmt::format("{:02x}", image.tlv_bytes[at++]);
        }
        tlvs.push_back(Json{{"type", tlv_name(tlv.type)},
                            {"len", tlv.byte_count},
                            {"protected", tlv.is_protected},
                            {"data", data}});
    }
    Json document{{"offset", image.offset_bytes},
                  {"header", Json{{"magic", IMAGE_MAGIC},
                                  {"load_addr", info.load_address},
                                  {"hdr_size", info.header_bytes},
                                  {"protected_tlv_size", info.protected_tlv_bytes},
                                  {"img_size", info.payload_bytes},
                                  {"flags", info.flags},
                                  {"version", to_string(info.version)}}},
                  {"tlv_area", Json{{"tlvs", std::move(tlvs)}}},
                  {"total_size", info.total_bytes},
                  {"hash_present", info.hash_present},
                  {"hash_valid", info.hash_matches},
                  {"signature_present", image.has_signature},
                  {"key_hash", image.key_hash},
                  {"signed_by", image.signed_by}};
    if (!image.known_as.empty()) {
        document["image"] = image.known_as;
    }
    return document;
}

Json trailer_json(const TrailerReport& trailer)
{
    Json status = Json::array();
    for (const StatusEntry& entry : trailer.entries) {
        status.push_back(Json{{"index", entry.index}, {"value", entry.value}});
    }
    const trailer_state& state = trailer.state;
    Json document{{"magic", state.magic == TRAILER_SET ? "good" : mark_name(state.magic)},
                  {"swap_info", nullptr},
                  {"swap_size", nullptr},
                  {"copy_done", mark_name(state.copy_done)},
                  {"image_ok", mark_name(state.image_ok)}};
    if (trailer.swap_info) {
        document["swap_info"] = Json{{"raw", *trailer.swap_info},
                                     {"type", swap_type_word(state.swap_type)},
                                     {"image", state.image_index}};
    }
    if (trailer.swap_size_bytes) {
        document["swap_size"] = *trailer.swap_size_bytes;
    }
    document["swap_status"] = Json{{"offset", trailer.offset_bytes},
                                   {"entry_size", trailer.entry_bytes},
                                   {"entry_count", trailer.entry_count},
                                   {"entries", std::move(status)}};
    return document;
}

Json area_json(const BoardPlan& board, const AreaReport& report)
{
    Json document{{"name", report.area.name},
                  {"device", board.devices[report.area.device].name},
                  {"address", report.area.offset_bytes},
                  {"size", report.area.size_bytes},
                  {"sectors", report.sector_count},
                  {"erased", report.erased},
                  {"bytes_used", report.bytes_used},
                  {"image", nullptr},
                  {"trailer", nullptr}};
    if (report.image) {
        document["image"] = image_json(*report.image);
    }
    if (report.trailer) {
        document["trailer"] = trailer_json(*report.trailer);
    }
    Json& held = document["held"] = Json::array();
    for (const HeldSectors& part : report.held) {
        held.push_back(Json{{"first_sector", part.first},
                            {"sectors", part.count},
                            {"image_sector", part.image_sector},
                            {"of", part.of_new ? "new" : "old"}});
    }
    document["inconsistencies"] = report.inconsistencies;
    return document;
}

Json swap_json(const SwapReport& swap)
{
    Json document{{"image", swap.image_index},
                  {"type", swap_type_word(swap.type)},
                  {"interrupted", swap.interrupted},
                  {"progress", swap.progress}};
    if (swap.interrupted) {
        document["status_in"] = swap.in_scratch ? "scratch" : "primary";
        document["index"] = swap.index;
        document["state"] = swap.state;
        document["total"] = swap.total;
        for (const auto& [name, info] :
             {std::pair{"new_image", &swap.new_image}, std::pair{"old_image", &swap.old_image}}) {
            if (*info) {
                document[name] = Json{{"version", to_string((*info)->version)},
                                      {"hash_valid", (*info)->hash_matches}};
            }
        }
    }
    return document;
}

Json boot_json(const BootPrediction& prediction)
{
    const RunReport& report = prediction.report;
    Json log = Json::array();
    for (const LogLine& line : report.log) {
        log.push_back(line.text);
    }
    Json document{{"words", prediction.words},
                  {"outcome", to_string(report.outcome.kind)},
                  {"version", nullptr},
                  {"calls", report.calls},
                  {"duration_s", models::seconds(report.end - report.start)},
                  {"log", std::move(log)}};
    if (report.outcome.kind == OutcomeKind::kHandedOver) {
        document["version"] = to_string(report.outcome.response.version);
    }
    return document;
}

// ---- schema ----

Json object_schema(Json properties, std::vector<std::string> optional = {})
{
    Json required = Json::array();
    for (const auto& [name, schema] : properties.items()) {
        if (std::find(optional.begin(), optional.end(), name) == optional.end()) {
            required.push_back(name);
        }
    }
    return Json{{"type", "object"},
                {"additionalProperties", false},
                {"properties", std::move(properties)},
                {"required", std::move(required)}};
}

Json of_type(const char* type)
{
    return Json{{"type", type}};
}

Json list_of(Json items)
{
    return Json{{"type", "array"}, {"items", std::move(items)}};
}

Json or_null(Json schema)
{
    return Json{{"anyOf", Json::array({of_type("null"), std::move(schema)})}};
}

Json integers(std::initializer_list<const char*> names)
{
    Json properties = Json::object();
    for (const char* const name : names) {
        properties[name] = of_type("integer");
    }
    return properties;
}

Json image_schema()
{
    Json header =
        integers({"magic", "load_addr", "hdr_size", "protected_tlv_size", "img_size", "flags"});
    header["version"] = of_type("string");
    const Json tlv = object_schema(Json{{"type", of_type("string")},
                                        {"len", of_type("integer")},
                                        {"protected", of_type("boolean")},
                                        {"data", of_type("string")}});
    return object_schema(Json{{"offset", of_type("integer")},
                              {"header", object_schema(std::move(header))},
                              {"tlv_area", object_schema(Json{{"tlvs", list_of(tlv)}})},
                              {"total_size", of_type("integer")},
                              {"hash_present", of_type("boolean")},
                              {"hash_valid", of_type("boolean")},
                              {"signature_present", of_type("boolean")},
                              {"key_hash", of_type("string")},
                              {"signed_by", of_type("string")},
                              {"image", of_type("string")}},
                         {"image"});
}

Json trailer_schema()
{
    const Json mark{{"enum", Json::array({"set", "unset", "bad"})}};
    const Json info = object_schema(Json{
        {"raw", of_type("integer")}, {"type", of_type("string")}, {"image", of_type("integer")}});
    Json status = integers({"offset", "entry_size", "entry_count"});
    status["entries"] = list_of(object_schema(integers({"index", "value"})));
    return object_schema(Json{{"magic", Json{{"enum", Json::array({"good", "unset", "bad"})}}},
                              {"swap_info", or_null(info)},
                              {"swap_size", or_null(of_type("integer"))},
                              {"copy_done", mark},
                              {"image_ok", mark},
                              {"swap_status", object_schema(std::move(status))}});
}

Json area_schema()
{
    Json held = integers({"first_sector", "sectors", "image_sector"});
    held["of"] = Json{{"enum", Json::array({"new", "old"})}};
    Json area = integers({"address", "size", "sectors", "bytes_used"});
    area["name"] = of_type("string");
    area["device"] = of_type("string");
    area["erased"] = of_type("boolean");
    area["image"] = or_null(image_schema());
    area["trailer"] = or_null(trailer_schema());
    area["held"] = list_of(object_schema(std::move(held)));
    area["inconsistencies"] = list_of(of_type("string"));
    return object_schema(std::move(area));
}

Json swap_schema()
{
    const Json pieced =
        object_schema(Json{{"version", of_type("string")}, {"hash_valid", of_type("boolean")}});
    Json swap = integers({"image", "index", "state", "total"});
    swap["type"] = of_type("string");
    swap["interrupted"] = of_type("boolean");
    swap["progress"] = of_type("string");
    swap["status_in"] = Json{{"enum", Json::array({"primary", "scratch"})}};
    swap["new_image"] = pieced;
    swap["old_image"] = pieced;
    return object_schema(std::move(swap),
                         {"index", "state", "total", "status_in", "new_image", "old_image"});
}

Json boot_schema()
{
    return object_schema(Json{{"words", of_type("string")},
                              {"outcome", of_type("string")},
                              {"version", or_null(of_type("string"))},
                              {"calls", of_type("integer")},
                              {"duration_s", of_type("number")},
                              {"log", list_of(of_type("string"))}});
}

}  // namespace

std::string inspection_json(const ScenarioMachine& machine, const Inspection& inspection,
                            const std::vector<std::string>& notes)
{
    Json document{{"format", 1},
                  {"core", core_json(machine)},
                  {"strategy", name_of(strategy_names(), machine.scenario().boot.strategy)}};
    Json& areas = document["areas"] = Json::array();
    for (const AreaReport& report : inspection.areas) {
        areas.push_back(area_json(machine.machine().board(), report));
    }
    Json& swaps = document["swaps"] = Json::array();
    for (const SwapReport& swap : inspection.swaps) {
        swaps.push_back(swap_json(swap));
    }
    document["next_boot"] = boot_json(inspection.next);
    document["boot_after"] = boot_json(inspection.after);
    document["notes"] = notes;
    return text_of(document);
}

std::string inspection_schema_json()
{
    Json schema = object_schema(
        Json{{"format", Json{{"const", 1}}},
             {"core",
              object_schema(Json{{"name", of_type("string")}, {"behaves_as", of_type("string")}})},
             {"strategy", of_type("string")},
             {"areas", list_of(area_schema())},
             {"swaps", list_of(swap_schema())},
             {"next_boot", boot_schema()},
             {"boot_after", boot_schema()},
             {"notes", list_of(of_type("string"))}});
    schema["title"] = "What brownout inspect --json writes";
    return text_of(schema);
}

}  // namespace brownout::sim
