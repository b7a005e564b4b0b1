#include "scalar_text.hpp"
#include "yaml_fields.hpp"

#include <fmt/format.h>

namespace brownout::sim {

void write_application_upload(YamlFields& to, const ApplicationUpload& upload)
{
    const ApplicationUpload usual;
    if (upload.ble) {
        to.begin_map("ble", true);
        to.plain("rate", fmt::format("{:.4f} KiB/s", upload.ble->bytes_per_second / 1024.0));
        to.value("mtu", upload.ble->mtu);
        to.plain("interval", duration_text(upload.ble->interval));
        to.end_map();
    }
    to.unless_default("baud", upload.baud, usual.baud);
    if (upload.pause_every_bytes > 0) {
        to.begin_map("pause", true);
        to.value("every", upload.pause_every_bytes);
        to.plain("for", duration_text(upload.pause));
        to.end_map();
    }
    to.unless_default("buffer", upload.buffer_bytes, usual.buffer_bytes);
    to.unless_default("block", upload.block_bytes, usual.block_bytes);
    if (upload.idle_timeout != usual.idle_timeout) {
        to.plain("idle", duration_text(upload.idle_timeout));
    }
    if (upload.erases_first) {
        to.value("erase", "first");
    }
    if (upload.faults != 0) {
        std::vector<std::string> names;
        for (const Named<upload_fault>& fault : upload_fault_names()) {
            if ((upload.faults & static_cast<std::uint32_t>(fault.value)) != 0) {
                names.emplace_back(fault.name);
            }
        }
        to.texts("loop", names);
    }
    if (upload.then_request != UpgradeRequest::kNone) {
        to.choice("then_request", upgrade_request_names(), upload.then_request);
    }
}

}  // namespace brownout::sim
