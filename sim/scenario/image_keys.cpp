// images: files, or generated and signed here.
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kScenarioImageBytesMax = 64ull * 1024 * 1024;

const KeyTable<ImagePadding>& padding_keys()
{
    static const KeyTable<ImagePadding> kTable{
        "padding",
        {key("slot_size", kRequired, ByteSize{1024, kScenarioImageBytesMax},
             &ImagePadding::slot_bytes, "bytes of the slot that the image is padded to"),
         key("alignment", kOptional, WholeNumber{8, 32}, &ImagePadding::max_align_bytes,
             "8, 16 or 32; default 8"),
         key("confirm", kOptional, Flag{}, &ImagePadding::permanent,
             "set image_ok in the trailer: the update is for good; default false")}};
    return kTable;
}

const KeyTable<ImageDamage>& damage_keys()
{
    static const KeyTable<ImageDamage> kTable{
        "damage",
        {key("offset", kRequired, ByteSize{0, kScenarioImageBytesMax}, &ImageDamage::offset_bytes,
             "byte of the image"),
         key("xor", kRequired, WholeNumber{1, 255}, &ImageDamage::xor_mask, "bits to turn over")}};
    return kTable;
}

const KeyTable<NeededImage>& dependency_keys()
{
    static const KeyTable<NeededImage> kTable{
        "dependency",
        {key("image", kRequired, WholeNumber{0, FLASH_IMAGES_MAX - 1}, &NeededImage::image_index,
             "index of the image that is needed"),
         key("version", kRequired, VersionText{}, &NeededImage::version,
             "and its lowest version")}};
    return kTable;
}

// runs_at, and firmware_version, which needs it.
Key<ImageSpec> vector_key(std::string name, std::string doc,
                          void (*store)(ImageVectors& vectors, std::uint32_t value))
{
    Key<ImageSpec> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [store](Reader& reader, const YamlNode& node, ImageSpec& spec) {
        std::uint64_t value = 0;
        if (ByteSize{}.read(reader, node, value)) {
            spec.vectors = spec.vectors.value_or(ImageVectors{});
            store(*spec.vectors, static_cast<std::uint32_t>(value));
        }
    };
    result.schema = [] { return ByteSize{}.schema(); };
    return result;
}

const KeyTable<ImageSpec>& generate_keys()
{
    static const KeyTable<ImageSpec> kTable{
        "generate",
        {key("version", kRequired, VersionText{}, &ImageSpec::version, "1.2.3 or 1.2.3+4"),
         key("payload_bytes", kRequired, ByteSize{0, kScenarioImageBytesMax},
             &ImageSpec::payload_bytes, "bytes between header and TLVs"),
         key("seed", kRequired, Text{}, &ImageSpec::seed,
             "payload: SHA256(\"seed:0\"), SHA256(\"seed:1\"), ... one after the other"),
         key("header_bytes", kOptional, ByteSize{32, 0xFFFF}, &ImageSpec::header_bytes,
             "header area, 32 bytes of header, then 0xFF; default 0x200"),
         key("flags", kOptional, WholeNumber{}, &ImageSpec::flags, "header flags; default 0"),
         key("load_address", kOptional, ByteSize{}, &ImageSpec::load_address,
             "header field; default 0"),
         key("security_counter", kOptional, WholeNumber{}, &ImageSpec::security_counter,
             "adds a protected TLV; default: none"),
         key("dependencies", kOptional, ListOf<Fields<NeededImage>>{{dependency_keys}},
             &ImageSpec::dependencies, "images that have to be there; protected TLVs"),
         vector_key("runs_at", "where the payload runs: a vector table at its start; default: none",
                    [](ImageVectors& vectors, std::uint32_t value) { vectors.address = value; }),
         vector_key(
             "firmware_version",
             "with runs_at: firmware information as the network core's bootloader wants it",
             [](ImageVectors& vectors, std::uint32_t value) { vectors.firmware_version = value; }),
         key("key", kOptional, ExistingFile{}, &ImageSpec::private_key,
             "private key to sign with (PEM or DER); default: the development key"),
         key("padding", kOptional, Fields<ImagePadding>{padding_keys}, &ImageSpec::padding,
             "pad to a slot and write a trailer, as imgtool sign --pad"),
         key("damage", kOptional, ListOf<Fields<ImageDamage>>{{damage_keys}}, &ImageSpec::damage,
             "bytes changed after signing")}};
    return kTable;
}

struct ImageDraft {
    std::string name;
    Place place;
    std::optional<ImageSpec> generate;
    std::optional<std::filesystem::path> file;
};

const KeyTable<ImageDraft>& image_keys()
{
    static const KeyTable<ImageDraft> kTable{
        "image",
        {key("generate", kOptional, Fields<ImageSpec>{generate_keys}, &ImageDraft::generate,
             "make the image and sign it as boot: signature says"),
         key("file", kOptional, ExistingFile{}, &ImageDraft::file, "signed image, binary")},
        {"generate", "file"}};
    return kTable;
}

void complete_spec(Reader& reader, const ImageDraft& draft, ImageSpec& spec)
{
    spec.signature = reader.scenario->boot.signature;
    if (spec.vectors && spec.vectors->address == 0) {
        reader.fail(draft.place,
                    fmt::format("{} has a firmware_version, but no runs_at", draft.name));
    }
    if (spec.signature == CRYPTO_SIGNATURE_NONE) {
        if (!spec.private_key.empty()) {
            reader.fail(draft.place,
                        fmt::format("{} has a key, but boot: signature is none", draft.name));
        }
        return;
    }
    if (spec.private_key.empty()) {
        spec.private_key = dev_private_key();
    }
    if (spec.signature != CRYPTO_ECDSA_P256) {
        reader.fail(draft.place,
                    fmt::format("{} cannot be generated: only ecdsa-p256 and none are signed "
                                "here; give a file",
                                draft.name));
    }
    if (spec.padding && spec.padding->max_align_bytes != 8 && spec.padding->max_align_bytes != 16 &&
        spec.padding->max_align_bytes != 32) {
        reader.fail(draft.place, fmt::format("alignment of {} must be 8, 16 or 32", draft.name));
    }
}

struct Images {
    using Value = std::vector<ScenarioImage>;
    bool read(Reader& reader, const YamlNode& node, Value& images) const
    {
        const std::size_t errors_before = reader.error_count();
        std::vector<ImageDraft> drafts;
        NamedItems<Fields<ImageDraft>>{{image_keys}}.read(reader, node, drafts);
        for (ImageDraft& draft : drafts) {
            if (draft.name == "erased") {
                reader.fail(draft.place, "'erased' means erased flash and cannot name an image");
            }
            if (draft.generate) {
                complete_spec(reader, draft, *draft.generate);
                images.push_back({draft.name, draft.place, std::move(*draft.generate)});
            } else if (draft.file) {
                images.push_back({draft.name, draft.place, std::move(*draft.file)});
            }
        }
        return reader.error_count() == errors_before;
    }
    Json schema() const { return NamedItems<Fields<ImageDraft>>{{image_keys}}.schema(); }
};

}  // namespace

Key<Scenario> images_key()
{
    return key("images", kOptional, Images{}, &Scenario::images,
               "app images, by the names that steps use");
}

}  // namespace brownout::sim
