// flash: what lies in the partitions before the first step.
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

struct ContentDraft {
    std::optional<std::string> image;
    std::optional<std::filesystem::path> file;
    std::optional<std::filesystem::path> hex;
    std::optional<std::filesystem::path> memrd;
    std::optional<std::uint32_t> fill;
    std::optional<std::uint32_t> size;
    std::optional<std::uint32_t> offset;
};

const KeyTable<ContentDraft>& content_keys()
{
    static const KeyTable<ContentDraft> kTable{
        "flash content",
        {key("image", kOptional, Text{}, &ContentDraft::image, "name of an image"),
         key("file", kOptional, ExistingFile{}, &ContentDraft::file, "raw bytes"),
         key("hex", kOptional, ExistingFile{}, &ContentDraft::hex,
             "Intel HEX; its addresses lie in the partition or device"),
         key("memrd", kOptional, ExistingFile{}, &ContentDraft::memrd,
             "what nrfjprog --memrd printed; addresses as for hex"),
         key("fill", kOptional, WholeNumber{0, 255}, &ContentDraft::fill,
             "every byte has this "
             "value"),
         key("size", kOptional, ByteSize{1, UINT32_MAX}, &ContentDraft::size,
             "bytes to fill; default: to the end of the partition"),
         key("offset", kOptional, ByteSize{}, &ContentDraft::offset,
             "first byte, from the start of the partition; default 0 (an image for the secondary "
             "slot of swap-offset: its second sector)")},
        {"image", "file", "hex", "memrd", "fill"}};
    return kTable;
}

// One entry: a name ("v1", "erased") or a mapping.
struct Content {
    using Value = ContentDraft;
    bool read(Reader& reader, const YamlNode& node, Value& draft) const
    {
        if (node.is_scalar()) {
            draft.image = node.text;
            return true;
        }
        return read_fields(reader, node, content_keys(), draft);
    }
    Json schema() const
    {
        return {{"anyOf", Json::array({Text{}.schema(), fields_schema(content_keys())})}};
    }
};

InitialContent finished(const Reader& reader, const Partition& partition, const YamlNode& node,
                        const ContentDraft& draft)
{
    InitialContent content;
    content.partition = partition.name;
    content.place = reader.place(node);
    content.offset_bytes = draft.offset.value_or(0);
    if (draft.fill) {
        const std::uint32_t rest = partition.size_bytes > content.offset_bytes
                                       ? partition.size_bytes - content.offset_bytes
                                       : 0;
        content.content =
            FillContent{static_cast<std::uint8_t>(*draft.fill), draft.size.value_or(rest)};
    } else if (draft.file) {
        content.content = FileContent{*draft.file};
    } else if (draft.hex || draft.memrd) {
        content.content = draft.hex ? DumpContent{*draft.hex, DumpFormat::kIntelHex}
                                    : DumpContent{*draft.memrd, DumpFormat::kMemrd};
    } else if (draft.image == "erased") {
        content.content = ErasedContent{};
    } else {
        content.content = ImageContent{draft.image.value_or("")};
        content.offset_bytes =
            draft.offset.value_or(default_image_offset(*reader.scenario, partition));
    }
    return content;
}

void read_content(Reader& reader, const Partition& partition, const YamlNode& node,
                  std::vector<InitialContent>& contents)
{
    const SubjectScope subject(reader, "content of " + partition.name);
    ContentDraft draft;
    if (!Content{}.read(reader, node, draft)) {
        return;
    }
    if (draft.size && !draft.fill) {
        reader.fail(node, "'size' belongs to 'fill'");
        return;
    }
    if (draft.offset && (draft.hex || draft.memrd)) {
        reader.fail(node, "a file with addresses of its own takes no 'offset'");
        return;
    }
    contents.push_back(finished(reader, partition, node, draft));
}

// The partitions, then the devices as a whole.
std::vector<Partition> homes_of(const Scenario& scenario)
{
    std::vector<Partition> homes = scenario.partitions;
    for (const DevicePlan& device : scenario.board.plan.devices) {
        Partition whole;
        whole.name = device.name;
        whole.device = static_cast<std::uint32_t>(&device - scenario.board.plan.devices.data());
        whole.size_bytes = static_cast<std::uint32_t>(device.size_bytes());
        homes.push_back(std::move(whole));
    }
    return homes;
}

struct Contents {
    using Value = std::vector<InitialContent>;
    bool read(Reader& reader, const YamlNode& node, Value& contents) const
    {
        const std::size_t errors_before = reader.error_count();
        if (!node.is_map()) {
            reader.must_be(node, "a mapping from partitions or devices to what they hold");
            return false;
        }
        if (reader.scenario->partitions.empty()) {
            return false;  // an error is recorded there; names cannot be judged
        }
        const std::vector<Partition> homes = homes_of(*reader.scenario);
        std::vector<std::string> names;
        for (const Partition& home : homes) {
            names.push_back(home.name);
        }
        for (std::size_t index = 0; index < node.keys.size(); ++index) {
            const YamlKey& name = node.keys[index];
            const auto partition =
                std::find_if(homes.begin(), homes.end(),
                             [&](const Partition& home) { return home.name == name.text; });
            if (partition == homes.end()) {
                reader.fail(reader.place(name),
                            fmt::format("there is no partition or device '{}'.{} Known: {}",
                                        name.text, did_you_mean(name.text, names),
                                        comma_list(names)));
                continue;
            }
            const YamlNode& value = node.items[index];
            if (!value.is_list()) {
                read_content(reader, *partition, value, contents);
                continue;
            }
            for (const YamlNode& item : value.items) {
                read_content(reader, *partition, item, contents);
            }
        }
        return reader.error_count() == errors_before;
    }
    Json schema() const
    {
        return {{"type", "object"},
                {"additionalProperties",
                 {{"anyOf", Json::array({Content{}.schema(), ListOf<Content>{}.schema()})}}}};
    }
};

}  // namespace

Key<Scenario> flash_key()
{
    return key("flash", kOptional, Contents{}, &Scenario::flash,
               "content before the first step: an image name, erased, a mapping, or a list of "
               "these applied in order; what is not named is erased");
}

}  // namespace brownout::sim
