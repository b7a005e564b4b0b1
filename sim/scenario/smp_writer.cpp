#include "smp_writer.hpp"
#include "scalar_text.hpp"
#include "yaml_fields.hpp"

#include <yaml-cpp/null.h>

namespace brownout::sim {

namespace {

class SmpWriter {
public:
    explicit SmpWriter(YamlFields& to) : to_(to) {}

    void operator()(const SmpUpload& upload)
    {
        const SmpUpload usual;
        to_.begin_map("upload", true);
        to_.value("image", upload.image);
        to_.unless_default("number", upload.image_index, usual.image_index);
        to_.unless_default("chunk", upload.chunk_bytes, usual.chunk_bytes);
        to_.unless_default("sha", upload.has_sha, usual.has_sha);
        to_.unless_default("from", upload.from_bytes, usual.from_bytes);
        to_.unless_default("until", upload.until_bytes, usual.until_bytes);
        to_.end_map();
    }
    void operator()(const SmpErase& erase)
    {
        to_.begin_map("erase", true);
        to_.unless_default("number", erase.image_index, 0u);
        to_.end_map();
    }
    void operator()(const SmpList& list)
    {
        if (!list.expected) {
            to_.value("list", YAML::Null);
            return;
        }
        to_.begin_list("list");
        for (const SmpListed& slot : *list.expected) {
            to_.begin_item();
            to_.unless_default("number", slot.image_index, 0u);
            to_.value("slot", slot.slot);
            to_.value("holds", slot.image);
            to_.texts("flags", slot.flags);
            to_.end_map();
        }
        to_.end_list();
    }
    void operator()(const SmpTest& test) { to_.value("test", test.image); }
    void operator()(const SmpConfirm& confirm)
    {
        if (confirm.image.empty()) {
            to_.value("confirm", YAML::Null);
        } else {
            to_.value("confirm", confirm.image);
        }
    }

private:
    YamlFields& to_;
};

}  // namespace

void write_smp_session(YamlFields& to, const SmpStep& step)
{
    to.begin_list("requests");
    for (const SmpRequest& request : step.requests) {
        to.begin_item();
        std::visit(SmpWriter(to), request.action);
        if (request.answer != SmpAnswer::kOk) {
            to.choice("answer", smp_answer_names(), request.answer);
        }
        to.end_map();
    }
    to.end_list();
    if (step.interval.count() != 0) {
        to.plain("interval", duration_text(step.interval));
    }
    if (step.timeout) {
        to.plain("timeout", duration_text(*step.timeout));
    }
}

void write_image_manager(YamlFields& to, const ImageManagerOptions& options)
{
    const ImageManagerOptions usual;
    to.begin_map("image_manager", true);
    if (options.writer != usual.writer) {
        to.choice("writer", upload_via_names(), options.writer);
    }
    to.unless_default("block", options.block_bytes, usual.block_bytes);
    if (options.erases_before_upload) {
        to.value("erase", "before-upload");
    }
    to.unless_default("erase_pending", options.erases_pending, false);
    std::vector<std::string> older;
    for (const Named<image_manager_older>& defect : image_manager_older_names()) {
        if ((options.older & static_cast<std::uint32_t>(defect.value)) != 0) {
            older.emplace_back(defect.name);
        }
    }
    if (!older.empty()) {
        to.texts("older", older);
    }
    to.end_map();
}

}  // namespace brownout::sim
