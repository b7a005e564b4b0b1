#include "smp_keys.hpp"

#include "cut_keys.hpp"
#include "scenario_keys.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

// The names of what the image manager calls its block writers: no programmer among them, and no
// bootloader.
std::span<const Named<UploadVia>> block_writer_names()
{
    return upload_via_names().subspan(1, 3);
}

std::span<const Named<bool>> slot_erase_moments()
{
    static constexpr Named<bool> kNames[] = {{"progressive", false}, {"before-upload", true}};
    return kNames;
}

struct EraseBeforeUpload {
    using Value = bool;
    bool read(Reader& reader, const YamlNode& node, Value& before) const
    {
        return Choice<bool>{slot_erase_moments}.read(reader, node, before);
    }
    Json schema() const { return Choice<bool>{slot_erase_moments}.schema(); }
};

struct OlderManagers {
    using Value = std::uint32_t;
    using List = ListOf<Choice<image_manager_older>>;
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        std::vector<image_manager_older> chosen;
        const bool good = List{{image_manager_older_names}, 0}.read(reader, node, chosen);
        for (const image_manager_older defect : chosen) {
            bits |= static_cast<std::uint32_t>(defect);
        }
        return good;
    }
    Json schema() const { return List{{image_manager_older_names}, 0}.schema(); }
};

const KeyTable<ImageManagerOptions>& image_manager_keys()
{
    static const KeyTable<ImageManagerOptions> kTable{
        "image_manager",
        {key("writer", kOptional, Choice<UploadVia>{block_writer_names},
             &ImageManagerOptions::writer, "flash_img (default), flash_img_v1 or stream"),
         key("block", kOptional, ByteSize{4, IMAGE_WRITER_BLOCK_MAX},
             &ImageManagerOptions::block_bytes,
             "bytes that the writer collects before it writes; default 512"),
         key("erase", kOptional, EraseBeforeUpload{}, &ImageManagerOptions::erases_before_upload,
             "progressive (default): page by page; before-upload: with the first chunk, all that "
             "the image and its trailer need, unless the slot is blank"),
         key("erase_pending", kOptional, Flag{}, &ImageManagerOptions::erases_pending,
             "a slot with a request may be erased; default false"),
         key("older", kOptional, OlderManagers{}, &ImageManagerOptions::older,
             "defects of older releases that are brought back; default none")}};
    return kTable;
}

// ---- requests -----------------------------------------------------------------------------------

const KeyTable<SmpUpload>& smp_upload_keys()
{
    static const KeyTable<SmpUpload> kTable{
        "upload",
        {key("image", kRequired, Text{}, &SmpUpload::image, "name of an image"),
         key("number", kOptional, WholeNumber{0, FLASH_IMAGES_MAX - 1}, &SmpUpload::image_index,
             "image number; default 0"),
         key("chunk", kOptional, ByteSize{1, 4096}, &SmpUpload::chunk_bytes,
             "data bytes of a request; default 256"),
         key("sha", kOptional, Flag{}, &SmpUpload::has_sha,
             "the first chunk has the SHA-256 of the file; default true"),
         key("from", kOptional, ByteSize{}, &SmpUpload::from_bytes,
             "the client goes on with an upload that was cut off, here; default 0"),
         key("until", kOptional, ByteSize{1}, &SmpUpload::until_bytes,
             "the connection is lost when the server asks for this byte or a later one; default: "
             "never")}};
    return kTable;
}

const KeyTable<SmpErase>& smp_erase_keys()
{
    static const KeyTable<SmpErase> kTable{
        "erase",
        {key("number", kOptional, WholeNumber{0, FLASH_IMAGES_MAX - 1}, &SmpErase::image_index,
             "image number; default 0")}};
    return kTable;
}

std::span<const Named<int>> slot_flag_names()
{
    static constexpr Named<int> kNames[] = {
        {"active", 0}, {"confirmed", 1}, {"pending", 2}, {"permanent", 3}};
    return kNames;
}

struct SlotFlags {
    using Value = std::vector<std::string>;
    bool read(Reader& reader, const YamlNode& node, Value& flags) const
    {
        std::vector<int> chosen;
        const bool good = ListOf<Choice<int>>{{slot_flag_names}, 0}.read(reader, node, chosen);
        for (const int flag : chosen) {
            flags.emplace_back(name_of(slot_flag_names(), flag));
        }
        return good;
    }
    Json schema() const { return ListOf<Choice<int>>{{slot_flag_names}, 0}.schema(); }
};

const KeyTable<SmpListed>& smp_listed_keys()
{
    static const KeyTable<SmpListed> kTable{
        "list",
        {key("number", kOptional, WholeNumber{0, FLASH_IMAGES_MAX - 1}, &SmpListed::image_index,
             "image number; default 0"),
         key("slot", kRequired, WholeNumber{0, 1}, &SmpListed::slot, "0: primary, 1: secondary"),
         key("holds", kRequired, Text{}, &SmpListed::image, "name of an image"),
         key("flags", kRequired, SlotFlags{}, &SmpListed::flags,
             "which of active, confirmed, pending and permanent it has, no others")}};
    return kTable;
}

// Nothing, or the slots that are expected.
struct ListRequest {
    using Value = SmpList;
    bool read(Reader& reader, const YamlNode& node, Value& list) const
    {
        if (node.is_null()) {
            return true;
        }
        return Listed{{smp_listed_keys}, 0}.read(reader, node, list.expected.emplace());
    }
    Json schema() const
    {
        return {{"anyOf",
                 Json::array({Json{{"type", "null"}}, Listed{{smp_listed_keys}, 0}.schema()})}};
    }

private:
    using Listed = ListOf<Fields<SmpListed>>;
};

struct TestRequest {
    using Value = SmpTest;
    bool read(Reader& reader, const YamlNode& node, Value& test) const
    {
        return Text{}.read(reader, node, test.image);
    }
    Json schema() const { return Text{}.schema(); }
};

// An image, or nothing: the running one.
struct ConfirmRequest {
    using Value = SmpConfirm;
    bool read(Reader& reader, const YamlNode& node, Value& confirm) const
    {
        return node.is_null() || Text{}.read(reader, node, confirm.image);
    }
    Json schema() const
    {
        return {{"anyOf", Json::array({Json{{"type", "null"}}, Text{}.schema()})}};
    }
};

template <class Type>
Key<SmpRequest> request_key(SmpKind kind, Type type, std::string doc)
{
    Key<SmpRequest> result;
    result.name = std::string(name_of(smp_kind_names(), kind));
    result.doc = std::move(doc);
    result.read = [type](Reader& reader, const YamlNode& node, SmpRequest& request) {
        typename Type::Value action{};
        if (type.read(reader, node, action)) {
            request.action = std::move(action);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

const KeyTable<SmpRequest>& smp_request_keys()
{
    static const KeyTable<SmpRequest> kTable{
        "request",
        {request_key(SmpKind::kUpload, Fields<SmpUpload>{smp_upload_keys},
                     "a file, chunk by chunk, into the secondary slot"),
         request_key(SmpKind::kErase, Fields<SmpErase>{smp_erase_keys, true},
                     "erases the secondary slot"),
         request_key(SmpKind::kList, ListRequest{}, "asks for the state of the slots"),
         request_key(SmpKind::kTest, TestRequest{}, "requests a test of this image"),
         request_key(SmpKind::kConfirm, ConfirmRequest{},
                     "makes this image permanent; without one: the running image"),
         key("answer", kOptional, Choice<SmpAnswer>{smp_answer_names}, &SmpRequest::answer,
             "what the client is expected to be answered; default ok")},
        {"upload", "erase", "list", "test", "confirm"}};
    return kTable;
}

using Requests = ListOf<Fields<SmpRequest>>;

const KeyTable<SmpStep>& smp_session_keys()
{
    static const KeyTable<SmpStep> kTable{
        "smp",
        {key("requests", kRequired, Requests{{smp_request_keys}}, &SmpStep::requests,
             "what the client asks, one after the other"),
         key("interval", kOptional, TimeSpan{}, &SmpStep::interval,
             "from an answer to the next request; default 0 s"),
         key("timeout", kOptional, TimeSpan{}, &SmpStep::timeout,
             "the client waits no longer for an answer; default: for ever"),
         key("cut", kOptional, CutValue{}, &SmpStep::cut, "power fails during this step")}};
    return kTable;
}

}  // namespace

bool SmpSession::read(Reader& reader, const YamlNode& node, Value& step) const
{
    return node.is_list() ? Requests{{smp_request_keys}}.read(reader, node, step.requests)
                          : read_fields(reader, node, smp_session_keys(), step);
}

Json SmpSession::schema() const
{
    return {{"anyOf", Json::array({Requests{{smp_request_keys}}.schema(),
                                   fields_schema(smp_session_keys())})}};
}

Key<Scenario> image_manager_key()
{
    return key("image_manager", kOptional, Fields<ImageManagerOptions>{image_manager_keys},
               &Scenario::image_manager,
               "how the application's image manager is built, which smp steps talk to");
}

}  // namespace brownout::sim
