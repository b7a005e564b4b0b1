// flash: what lies in the partitions before the first step.
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr auto kOptional = Presence::kOptional;

struct ContentDraft {
    std::optional<std::string> image;
    std::optional<std::filesystem::path> file;
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
         key("fill", kOptional, WholeNumber{0, 255}, &ContentDraft::fill,
             "every byte has this "
             "value"),
         key("size", kOptional, ByteSize{1, UINT32_MAX}, &ContentDraft::size,
             "bytes to fill; default: to the end of the partition"),
         key("offset", kOptional, ByteSize{}, &ContentDraft::offset,
             "first byte, from the start of the partition; default 0 (an image for the secondary "
             "slot of swap-offset: its second sector)")},
        {"image", "file", "fill"}};
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
    contents.push_back(finished(reader, partition, node, draft));
}

struct Contents {
    using Value = std::vector<InitialContent>;
    bool read(Reader& reader, const YamlNode& node, Value& contents) const
    {
        const std::size_t errors_before = reader.error_count();
        if (!node.is_map()) {
            reader.must_be(node, "a mapping from partitions to what they hold");
            return false;
        }
        if (reader.scenario->partitions.empty()) {
            return false;  // an error is recorded there; names cannot be judged
        }
        std::vector<std::string> names;
        for (const Partition& partition : reader.scenario->partitions) {
            names.push_back(partition.name);
        }
        for (std::size_t index = 0; index < node.keys.size(); ++index) {
            const YamlKey& name = node.keys[index];
            const Partition* const partition = reader.scenario->partition(name.text);
            if (partition == nullptr) {
                reader.fail(reader.place(name),
                            fmt::format("there is no partition '{}'.{} Partitions: {}", name.text,
                                        did_you_mean(name.text, names), comma_list(names)));
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
