// steps: what happens, one after the other.
#include "ble_keys.hpp"
#include "cut_keys.hpp"
#include "expected_bytes.hpp"
#include "scenario_keys.hpp"
#include "smp_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// ---- the steps ----------------------------------------------------------------------------------

struct PauseDraft {
    std::uint32_t every = 0;
    models::Duration length{};
};

const KeyTable<PauseDraft>& pause_keys()
{
    static const KeyTable<PauseDraft> kTable{
        "pause",
        {key("every", kRequired, ByteSize{1}, &PauseDraft::every, "bytes between two pauses"),
         key("for", kRequired, TimeSpan{}, &PauseDraft::length, "how long the line is idle")}};
    return kTable;
}

// Faults of a receive loop as one word of bits.
struct LoopFaults {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        std::vector<upload_fault> faults;
        const bool good =
            ListOf<Choice<upload_fault>>{{upload_fault_names}, 0}.read(reader, node, faults);
        bits = 0;
        for (const upload_fault fault : faults) {
            bits |= static_cast<std::uint32_t>(fault);
        }
        return good;
    }
    Json schema() const { return ListOf<Choice<upload_fault>>{{upload_fault_names}, 0}.schema(); }
};

enum class SlotErase { kProgressive, kFirst };

std::span<const Named<SlotErase>> slot_erase_names()
{
    static constexpr Named<SlotErase> kNames[] = {{"progressive", SlotErase::kProgressive},
                                                  {"first", SlotErase::kFirst}};
    return kNames;
}

struct UploadDraft {
    std::string image;
    std::string to;
    std::optional<std::uint32_t> offset;
    UploadVia via = UploadVia::kDirect;
    std::uint32_t baud = 115'200;
    PauseDraft pause;
    std::uint32_t buffer = 8192;
    std::uint32_t block = 512;
    models::Duration idle = models::milliseconds(20);
    SlotErase erase = SlotErase::kProgressive;
    std::uint32_t faults = 0;
    UpgradeRequest then_request = UpgradeRequest::kNone;
    std::optional<BleLink> ble;
    std::optional<StepCut> cut;
};

const KeyTable<UploadDraft>& upload_keys()
{
    static const KeyTable<UploadDraft> kTable{
        "upload",
        {key("image", kRequired, Text{}, &UploadDraft::image, "name of an image"),
         key("to", kRequired, Text{}, &UploadDraft::to, "partition"),
         key("offset", kOptional, ByteSize{}, &UploadDraft::offset,
             "first byte in the partition; default 0 (swap-offset: the second sector of a "
             "secondary slot)"),
         key("via", kOptional, Choice<UploadVia>{upload_via_names}, &UploadDraft::via,
             "direct (default): by a programmer, in no time, into an erased partition; "
             "serial_recovery: by the bootloader, which hands a network image on; otherwise by the "
             "application over its UART, with this writer of blocks"),
         key("baud", kOptional, WholeNumber{1200, 1'000'000}, &UploadDraft::baud,
             "of the UART, 10 bits per byte; default 115200"),
         key("ble", kOptional, BleValue{}, &UploadDraft::ble,
             "over Bluetooth instead: rate and MTU of the link say when bytes come in"),
         key("pause", kOptional, Fields<PauseDraft>{pause_keys}, &UploadDraft::pause,
             "the sender pauses again and again; default never"),
         key("buffer", kOptional, ByteSize{2, UPLOAD_BUFFER_BYTES}, &UploadDraft::buffer,
             "receive buffer, used as two halves; default 8 KiB"),
         key("block", kOptional, ByteSize{4, IMAGE_WRITER_BLOCK_MAX}, &UploadDraft::block,
             "bytes that the writer collects before it writes; default 512"),
         key("idle", kOptional, TimeSpan{}, &UploadDraft::idle,
             "a gap this long ends a chunk; default 20 ms"),
         key("erase", kOptional, Choice<SlotErase>{slot_erase_names}, &UploadDraft::erase,
             "progressive (default): page by page; first: the whole slot before the first byte"),
         key("loop", kOptional, LoopFaults{}, &UploadDraft::faults,
             "what is wrong with the receive loop; default nothing"),
         key("then_request", kOptional, Choice<UpgradeRequest>{upgrade_request_names},
             &UploadDraft::then_request,
             "the upgrade that the application asks for when it takes the upload for complete"),
         key("cut", kOptional, CutValue{}, &UploadDraft::cut, "power fails during this step")}};
    return kTable;
}

// True: one of these keys is there, which makes no sense.
bool refuse_keys(Reader& reader, const YamlNode& node, std::initializer_list<const char*> names,
                 const char* why)
{
    for (const char* name : names) {
        if (const YamlNode* const given = node.find(name)) {
            reader.fail(*given, fmt::format("'{}' {}", name, why));
            return true;
        }
    }
    return false;
}

struct Upload {
    using Value = UploadStep;
    bool read(Reader& reader, const YamlNode& node, Value& step) const
    {
        UploadDraft draft;
        if (!read_fields(reader, node, upload_keys(), draft)) {
            return false;
        }
        if (draft.via == UploadVia::kDirect &&
            refuse_keys(reader, node,
                        {"baud", "ble", "pause", "buffer", "block", "idle", "erase", "loop",
                         "then_request", "cut"},
                        "needs an upload by the application: 'via: flash_img', for instance")) {
            return false;
        }
        if (draft.ble && refuse_keys(reader, node, {"baud", "pause", "buffer", "idle", "loop"},
                                     "belongs to a UART, and this upload comes over Bluetooth")) {
            return false;
        }
        const Partition* const partition = reader.scenario->partition(draft.to);
        const bool erases_first = draft.erase == SlotErase::kFirst;
        step = {draft.image,
                draft.to,
                draft.offset.value_or(0),
                draft.via,
                {draft.baud, draft.pause.every, draft.pause.length, draft.buffer, draft.block,
                 draft.idle, erases_first, draft.faults, draft.then_request, draft.ble},
                draft.cut};
        if (partition != nullptr && !draft.offset) {
            step.offset_bytes = default_image_offset(*reader.scenario, *partition);
        }
        return true;
    }
    Json schema() const { return fields_schema(upload_keys()); }
};

enum class UpgradeType { kTest, kPermanent };

std::span<const Named<UpgradeType>> upgrade_type_names()
{
    static constexpr Named<UpgradeType> kNames[] = {{"test", UpgradeType::kTest},
                                                    {"permanent", UpgradeType::kPermanent}};
    return kNames;
}

// The type as a choice, kept as a flag.
struct IsPermanent {
    using Value = bool;
    bool read(Reader& reader, const YamlNode& node, Value& permanent) const
    {
        UpgradeType type = UpgradeType::kTest;
        const bool good = Choice<UpgradeType>{upgrade_type_names}.read(reader, node, type);
        permanent = type == UpgradeType::kPermanent;
        return good;
    }
    Json schema() const { return Choice<UpgradeType>{upgrade_type_names}.schema(); }
};

const KeyTable<RequestUpgradeStep>& request_upgrade_keys()
{
    static const KeyTable<RequestUpgradeStep> kTable{
        "request_upgrade",
        {key("type", kRequired, IsPermanent{}, &RequestUpgradeStep::permanent,
             "test: reverted unless confirmed; permanent"),
         key("image", kOptional, WholeNumber{0, FLASH_IMAGES_MAX - 1},
             &RequestUpgradeStep::image_index, "image number; default 0"),
         key("cut", kOptional, CutValue{}, &RequestUpgradeStep::cut,
             "power fails during this step")}};
    return kTable;
}

const KeyTable<ConfirmStep>& confirm_keys()
{
    static const KeyTable<ConfirmStep> kTable{
        "confirm",
        {key("image", kOptional, WholeNumber{0, FLASH_IMAGES_MAX - 1}, &ConfirmStep::image_index,
             "image number; default 0"),
         key("cut", kOptional, CutValue{}, &ConfirmStep::cut, "power fails during this step")}};
    return kTable;
}

const KeyTable<ResetStep>& reset_keys()
{
    static const KeyTable<ResetStep> kTable{
        "reset",
        {key("cut", kOptional, CutValue{}, &ResetStep::cut, "power fails during this boot"),
         key("marginal_bits", kOptional, Choice<models::MarginalLevels>{marginal_level_names},
             &ResetStep::marginal,
             "how bits that a tear left undefined read in this boot: erased, programmed, mixed; "
             "default: as before")}};
    return kTable;
}

// ---- expect -------------------------------------------------------------------------------------

const KeyTable<ExpectedFieldLog>& field_log_keys()
{
    static const KeyTable<ExpectedFieldLog> kTable{
        "log",
        {key("file", kRequired, ExistingFile{}, &ExpectedFieldLog::path,
             "a pasted field log; other lines than the bootloader's are passed over"),
         key("boot", kOptional, WholeNumber{1, 10'000}, &ExpectedFieldLog::boot,
             "compare this boot of the file with the last reset; default: all boots of the file "
             "with as many resets"),
         key("tolerance", kOptional, TimeSpan{}, &ExpectedFieldLog::tolerance,
             "times since the first line may differ by this much; default: not compared"),
         key("ignore", kOptional, ListOf<Text>{}, &ExpectedFieldLog::ignore,
             "parts of lines that were added in the field")}};
    return kTable;
}

// A list of parts of lines, or a log from the field.
Key<ExpectStep> log_key()
{
    Key<ExpectStep> result;
    result.name = "log";
    result.doc = "parts of log lines, in this order; or a log from the field";
    result.read = [](Reader& reader, const YamlNode& node, ExpectStep& step) {
        if (!node.is_map()) {
            ListOf<PlacedText>{}.read(reader, node, step.log);
            return;
        }
        ExpectedFieldLog field;
        if (Fields<ExpectedFieldLog>{field_log_keys}.read(reader, node, field)) {
            step.field_log = std::move(field);
        }
    };
    result.schema = [] {
        return Json{{"anyOf", Json::array({ListOf<PlacedText>{}.schema(),
                                           fields_schema(field_log_keys())})}};
    };
    return result;
}

const KeyTable<ExpectStep>& expect_keys()
{
    static const KeyTable<ExpectStep> kTable{
        "expect",
        {key("boots", kOptional, PlacedText{}, &ExpectStep::boots,
             "name of the image that was started"),
         key("from", kOptional, PlacedText{}, &ExpectStep::from,
             "partition that it was started from"),
         key("outcome", kOptional, Choice<OutcomeKind>{outcome_names}, &ExpectStep::outcome,
             "what the last step before ended in"),
         key("succeeds", kOptional, Flag{}, &ExpectStep::succeeds,
             "whether the application's call, the last step before, returned 0"),
         key("network_core", kOptional, PlacedText{}, &ExpectStep::network_core,
             "part of what the network core does after a boot: runs net2, held in reset, ..."),
         log_key(),
         key("log_lacks", kOptional, ListOf<PlacedText>{}, &ExpectStep::log_lacks,
             "parts of log lines that must not appear"),
         key("holds", kOptional, HeldContents{}, &ExpectStep::holds,
             "what partitions hold: an image name or erased"),
         key("bytes", kOptional, ListOf<BytesExpectation>{}, &ExpectStep::bytes,
             "bytes of partitions, compared or counted"),
         key("violations", kOptional, ListOf<PlacedText>{{}, 0}, &ExpectStep::violations,
             "names of the model rules that were violated, no others; []: none")}};
    return kTable;
}

// ---- a step -------------------------------------------------------------------------------------

// A key of a step that stores its value as the action.
template <class Type>
Key<Step> action_key(StepKind kind, Type type, std::string doc)
{
    Key<Step> result;
    result.name = std::string(name_of(step_names(), kind));
    result.doc = std::move(doc);
    result.read = [type](Reader& reader, const YamlNode& node, Step& step) {
        typename Type::Value action{};
        if (type.read(reader, node, action)) {
            step.action = std::move(action);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

const KeyTable<Step>& step_keys()
{
    static const KeyTable<Step> kTable{
        "step",
        {action_key(StepKind::kUpload, Upload{}, "an image gets into a partition"),
         action_key(StepKind::kRequestUpgrade, Fields<RequestUpgradeStep>{request_upgrade_keys},
                    "the application asks for an update"),
         action_key(StepKind::kConfirm, Fields<ConfirmStep>{confirm_keys, true},
                    "the application confirms the running image"),
         action_key(StepKind::kReset, Fields<ResetStep>{reset_keys, true},
                    "one boot, from power-on to an outcome"),
         action_key(StepKind::kExpect, Fields<ExpectStep>{expect_keys},
                    "what must be true of the step before"),
         action_key(StepKind::kSmp, SmpSession{}, "a management client talks to the application")},
        {"upload", "request_upgrade", "confirm", "reset", "expect", "smp"}};
    return kTable;
}

struct StepValue {
    using Value = Step;
    bool read(Reader& reader, const YamlNode& node, Value& step) const
    {
        step.place = reader.place(node);
        if (node.is_scalar() && value_of(step_names(), node.text)) {
            reader.fail(node, fmt::format("a colon is missing: - {}:", node.text));
            return false;
        }
        if (const YamlNode* const cut = node.find("cut")) {
            reader.fail(*cut, "a cut belongs to a step: - reset: {cut: {call: 13}}");
            return false;
        }
        return read_fields(reader, node, step_keys(), step);
    }
    Json schema() const { return fields_schema(step_keys()); }
};

}  // namespace

Key<Scenario> steps_key()
{
    return key("steps", kRequired, ListOf<StepValue>{}, &Scenario::steps,
               "what happens, one after the other; each step has one key");
}

}  // namespace brownout::sim
