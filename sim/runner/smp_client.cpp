#include "smp_client.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>
#include <models/assert.hpp>
#include <openssl/sha.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// So often a client sends a chunk that the server does not take.
constexpr std::uint32_t kAskedAgainMax = 3;
constexpr std::uint16_t kTlvHash = 0x10;

image_writer_kind block_writer_of(UploadVia via)
{
    switch (via) {
    case UploadVia::kFlashImgV1:
        return IMAGE_WRITER_FLASH_IMG_V1;
    case UploadVia::kStream:
        return IMAGE_WRITER_STREAM;
    default:
        return IMAGE_WRITER_FLASH_IMG;
    }
}

SmpAnswer answer_of(image_manager_result result)
{
    switch (result) {
    case IMAGE_MANAGER_OK:
        return SmpAnswer::kOk;
    case IMAGE_MANAGER_HASH_NOT_FOUND:
        return SmpAnswer::kHashNotFound;
    case IMAGE_MANAGER_NO_FREE_SLOT:
        return SmpAnswer::kNoFreeSlot;
    case IMAGE_MANAGER_WRITE_FAILED:
        return SmpAnswer::kWriteFailed;
    case IMAGE_MANAGER_ERASE_FAILED:
        return SmpAnswer::kEraseFailed;
    case IMAGE_MANAGER_BAD_SLOT:
        return SmpAnswer::kBadSlot;
    case IMAGE_MANAGER_BAD_LENGTH:
        return SmpAnswer::kBadLength;
    case IMAGE_MANAGER_BAD_HEADER:
        return SmpAnswer::kBadHeader;
    case IMAGE_MANAGER_BAD_HEADER_MAGIC:
        return SmpAnswer::kBadHeaderMagic;
    case IMAGE_MANAGER_TOO_LARGE:
        return SmpAnswer::kTooLarge;
    case IMAGE_MANAGER_OVERRUN:
        return SmpAnswer::kOverrun;
    case IMAGE_MANAGER_UNKNOWN_ERROR:
        return SmpAnswer::kUnknownError;
    case IMAGE_MANAGER_BAD_STATE:
        return SmpAnswer::kBadState;
    }
    BROWNOUT_ASSERT(!"an answer of the image manager without a name");
}

std::vector<std::string> flags_of(const image_slot_state& slot)
{
    std::vector<std::string> flags;
    const std::pair<bool, const char*> known[] = {{slot.active, "active"},
                                                  {slot.confirmed, "confirmed"},
                                                  {slot.pending, "pending"},
                                                  {slot.permanent, "permanent"}};
    for (const auto& [is_set, name] : known) {
        if (is_set) {
            flags.emplace_back(name);
        }
    }
    return flags;
}

void need_hash(const ScenarioMachine& machine, const std::string& image, const Place& place)
{
    const ImageTlv* const tlv = machine.image(image).info.tlv(kTlvHash);
    if (tlv == nullptr || tlv->byte_count != IMAGE_MANAGER_SHA_BYTES) {
        throw InputError(place, image + " has no SHA-256 in its TLVs, by which a client names it");
    }
}

bool is_listed(const std::vector<SmpSlot>& slots, const SmpListed& expected)
{
    return std::any_of(slots.begin(), slots.end(), [&](const SmpSlot& slot) {
        return slot.image_index == expected.image_index && slot.slot == expected.slot &&
               slot.image == expected.image &&
               std::is_permutation(slot.flags.begin(), slot.flags.end(), expected.flags.begin(),
                                   expected.flags.end());
    });
}

}  // namespace

SmpClient::SmpClient(const ScenarioMachine& machine, const SmpStep& step)
    : machine_(machine), step_(step)
{
    link_.context = this;
    link_.receive = [](void* context, management_request* request) {
        return static_cast<SmpClient*>(context)->receive(*request);
    };
    link_.answer = [](void* context, const management_answer* answer) {
        static_cast<SmpClient*>(context)->answer(*answer);
    };
    for (const SmpRequest& request : step.requests) {
        const auto* const test = std::get_if<SmpTest>(&request.action);
        const auto* const confirm = std::get_if<SmpConfirm>(&request.action);
        if (test != nullptr || (confirm != nullptr && !confirm->image.empty())) {
            need_hash(machine, test != nullptr ? test->image : confirm->image, request.place);
        }
    }
}

app_command SmpClient::command() const
{
    const ImageManagerOptions built =
        machine_.scenario().image_manager.value_or(ImageManagerOptions{});
    app_command command{};
    command.kind = APP_MANAGE;
    command.management.link = &link_;
    image_manager_options& options = command.management.image_manager;
    options.writer = block_writer_of(built.writer);
    options.block_bytes = built.block_bytes;
    options.erases_before_upload = built.erases_before_upload;
    options.erases_pending = built.erases_pending;
    options.older = built.older;
    return command;
}

bool SmpClient::receive(management_request& request)
{
    if (begins_ && results_.size() == step_.requests.size()) {
        return false;
    }
    const models::Duration now = machine_.machine().now();
    if (begins_) {
        SmpResult& result = results_.emplace_back();
        result.request = &step_.requests[results_.size() - 1];
        result.start = now;
        offset_ = asked_again_ = 0;
        if (const auto* upload = std::get_if<SmpUpload>(&result.request->action)) {
            const std::vector<std::uint8_t>& file = machine_.image(upload->image).bytes;
            SHA256(file.data(), file.size(), sha_.data());
            offset_ = std::min(upload->from_bytes, static_cast<std::uint32_t>(file.size()));
            result.first_offset_bytes = offset_;
        }
        begins_ = false;
    }
    request = {};
    request.wait_us = static_cast<std::uint32_t>(step_.interval / models::microseconds(1));
    sent_ = now + step_.interval;
    std::visit([&](const auto& action) { ask(action, request); }, results_.back().request->action);
    return true;
}

void SmpClient::ask(const SmpUpload& upload, management_request& request)
{
    const std::vector<std::uint8_t>& file = machine_.image(upload.image).bytes;
    image_upload_chunk& chunk = request.chunk;
    request.command = MANAGEMENT_IMAGE_UPLOAD;
    chunk.offset_bytes = offset_;
    chunk.bytes = file.data() + offset_;
    chunk.byte_count =
        std::min(upload.chunk_bytes, static_cast<std::uint32_t>(file.size()) - offset_);
    if (offset_ == 0) {
        chunk.image_index = upload.image_index;
        chunk.total_bytes = static_cast<std::uint32_t>(file.size());
        chunk.sha = upload.has_sha ? sha_.data() : nullptr;
    }
}

void SmpClient::ask(const SmpErase& erase, management_request& request)
{
    request.command = MANAGEMENT_IMAGE_ERASE;
    request.image_index = erase.image_index;
}

void SmpClient::ask(const SmpList&, management_request& request)
{
    request.command = MANAGEMENT_IMAGE_LIST;
}

void SmpClient::ask(const SmpTest& test, management_request& request)
{
    request.command = MANAGEMENT_IMAGE_SET_STATE;
    request.hash = hash_of(test.image);
}

void SmpClient::ask(const SmpConfirm& confirm, management_request& request)
{
    request.command = MANAGEMENT_IMAGE_SET_STATE;
    request.confirm = true;
    request.hash = confirm.image.empty() ? nullptr : hash_of(confirm.image);
}

void SmpClient::answer(const management_answer& answer)
{
    SmpResult& result = results_.back();
    const models::Duration now = machine_.machine().now();
    result.end = now;
    result.requests += 1;
    result.longest = std::max(result.longest, now - sent_);
    result.answered = true;
    result.answer = answer_of(answer.result);
    begins_ = true;
    if (step_.timeout && now - sent_ > *step_.timeout) {
        result.answer = SmpAnswer::kTimeout;
        return;
    }
    for (std::uint32_t i = 0; i < answer.slot_count; ++i) {
        const image_slot_state& slot = answer.slots[i];
        SmpSlot listed{slot.image_index, slot.slot, to_string(slot.version), "", flags_of(slot)};
        for (const KnownImage& image : machine_.images()) {
            const ImageTlv* const tlv = image.info.tlv(kTlvHash);
            if (tlv != nullptr && tlv->byte_count == sizeof slot.hash &&
                std::equal(slot.hash, slot.hash + sizeof slot.hash,
                           image.bytes.begin() + tlv->offset_bytes)) {
                listed.image = image.name;
            }
        }
        result.slots.push_back(std::move(listed));
    }
    if (const auto* upload = std::get_if<SmpUpload>(&result.request->action)) {
        begins_ = !goes_on(*upload, answer, result);
    }
}

bool SmpClient::goes_on(const SmpUpload& upload, const management_answer& answer, SmpResult& result)
{
    if (answer.result != IMAGE_MANAGER_OK) {
        return false;
    }
    const auto size = static_cast<std::uint32_t>(machine_.image(upload.image).bytes.size());
    const std::uint32_t next = std::min(answer.next_offset_bytes, size);
    asked_again_ = next == offset_ ? asked_again_ + 1 : 0;
    if (result.requests == 1) {
        // Where the server has the client go on that does not follow from its first chunk.
        result.resumed = next != offset_ + std::min(upload.chunk_bytes, size - offset_);
        result.first_offset_bytes = result.resumed ? next : offset_;
    }
    offset_ = result.next_offset_bytes = next;
    if (asked_again_ == kAskedAgainMax) {
        result.answer = SmpAnswer::kNoProgress;
        return false;
    }
    return next < size && next < upload.until_bytes;
}

const std::uint8_t* SmpClient::hash_of(const std::string& name) const
{
    const KnownImage& image = machine_.image(name);
    const ImageTlv* const tlv = image.info.tlv(kTlvHash);
    BROWNOUT_ASSERT(tlv != nullptr && tlv->byte_count == IMAGE_MANAGER_SHA_BYTES);
    return image.bytes.data() + tlv->offset_bytes;
}

std::vector<std::string> smp_failures(const ScenarioMachine& machine, const SmpStep& step,
                                      const std::vector<SmpResult>& results, const Outcome& outcome)
{
    std::vector<std::string> failures;
    for (std::size_t i = 0; i < step.requests.size(); ++i) {
        const SmpRequest& request = step.requests[i];
        const auto fail = [&](const std::string& sentence) {
            failures.push_back(to_string(request.place) + ": " + sentence);
        };
        if (i >= results.size() || !results[i].answered) {
            if (outcome.kind != OutcomeKind::kPowerLost) {
                fail("no answer; instead: " + outcome_words(machine, outcome));
            }
            continue;
        }
        const SmpResult& result = results[i];
        if (result.answer != request.answer) {
            fail(fmt::format("expected the answer '{}'; it was '{}'",
                             name_of(smp_answer_names(), request.answer),
                             name_of(smp_answer_names(), result.answer)));
        }
        const auto* const list = std::get_if<SmpList>(&request.action);
        if (list == nullptr || !list->expected) {
            continue;
        }
        for (const SmpListed& expected : *list->expected) {
            if (!is_listed(result.slots, expected)) {
                failures.push_back(fmt::format("{}: not listed: slot {} with {} and the flags [{}]",
                                               to_string(expected.place), expected.slot,
                                               expected.image, fmt::join(expected.flags, ", ")));
            }
        }
        if (result.slots.size() != list->expected->size()) {
            fail(fmt::format("{} slots are listed, expected are {}", result.slots.size(),
                             list->expected->size()));
        }
    }
    return failures;
}

}  // namespace brownout::sim
