#include "smp_text.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// "upload v2: bytes 0 to 24680 in 97 requests"
std::string request_words(const SmpResult& result)
{
    const SmpAction& action = result.request->action;
    if (const auto* const upload = std::get_if<SmpUpload>(&action)) {
        std::string words = "upload " + upload->image;
        if (result.requests > 0) {
            words += fmt::format(": bytes {} to {} in {} request{}", result.first_offset_bytes,
                                 result.next_offset_bytes, result.requests,
                                 result.requests == 1 ? "" : "s");
        }
        return words + (result.resumed ? ", where the server had it go on" : "");
    }
    if (const auto* const test = std::get_if<SmpTest>(&action)) {
        return "test " + test->image;
    }
    if (const auto* const confirm = std::get_if<SmpConfirm>(&action)) {
        return "confirm " + (confirm->image.empty() ? "the running image" : confirm->image);
    }
    return std::string(name_of(smp_kind_names(), result.request->kind()));
}

}  // namespace

std::string smp_text(const SmpResult& result)
{
    std::string text =
        fmt::format("{:10.3f} s    {}: {}", models::seconds(result.start), request_words(result),
                    result.answered ? name_of(smp_answer_names(), result.answer) : "no answer");
    if (result.answered) {
        text += fmt::format(" (longest wait {:.3f} s)", models::seconds(result.longest));
    }
    text += '\n';
    for (const SmpSlot& slot : result.slots) {
        text +=
            fmt::format("                  image {} slot {}  {}{}  [{}]\n", slot.image_index,
                        slot.slot, slot.version, slot.image.empty() ? "" : " (" + slot.image + ")",
                        fmt::join(slot.flags, ", "));
    }
    return text;
}

}  // namespace brownout::sim
