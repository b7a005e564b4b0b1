// What drivers say about rules that they met before the hardware did, as entries of the report.
#include "run_recorder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

struct RuleWords {
    const char* rule;
    const char* text;  // what the rule says
    const char* source;
};

RuleWords words_of(io_rule rule)
{
    switch (rule) {
    case IO_RULE_DMA_RAM_ONLY:
        return {"easydma-ram-only", "EasyDMA reaches Data RAM only",
                "nRF52 product specifications, EasyDMA; devices.md 2.3"};
    case IO_RULE_WORD_ALIGNMENT:
        return {"word-alignment", "the bus moves whole words: offset, length and buffer",
                "zephyr #26729 and #28189; devices.md 3.2, 3.3"};
    case IO_RULE_STALE_CHUNK:
        return {"stale-bounce-chunk", "a short last chunk was sent whole, old bytes and all",
                "devices.md 3.3"};
    case IO_RULE_ONE_BYTE_RECEIVE:
        return {"anomaly-58", "receiving one byte clocks two, so the driver does not do it",
                "nRF52832 errata, 58; devices.md 2.4"};
    case IO_RULE_STATUS_UNREADABLE:
        return {"status-unreadable", "a status read failed, and the part was taken to be ready",
                "ncs.md 8"};
    }
    return {"driver", "", ""};
}

std::string effect_words(const io_rule_note& note)
{
    switch (note.effect) {
    case IO_EFFECT_REFUSED:
        return "the driver refused the transfer, nothing of it was sent";
    case IO_EFFECT_LOST:
        return note.rule == IO_RULE_STATUS_UNREADABLE ? "not waited for" : "these bytes were lost";
    case IO_EFFECT_PROGRAMMED_TWICE:
        return "these bytes were programmed a second time";
    case IO_EFFECT_PROGRAMMED_BEYOND:
        return "bytes behind the request were sent as well";
    }
    return {};
}

}  // namespace

std::string RunRecorder::device_words(std::uint32_t register_base) const
{
    if (current().in_call) {
        return board_.devices[current().call.device].name;
    }
    const auto device =
        std::find_if(board_.devices.begin(), board_.devices.end(),
                     [&](const DevicePlan& plan) { return plan.register_base == register_base; });
    return device != board_.devices.end() ? device->name
                                          : fmt::format("controller 0x{:08X}", register_base);
}

void RunRecorder::noted(const io_rule_note& note, std::optional<std::uint32_t> buffer_address)
{
    const RuleWords words = words_of(note.rule);
    std::string where = device_words(note.register_base);
    if (note.device_offset_bytes != IO_ADDRESS_NONE) {
        where += fmt::format(" 0x{:06X}", note.device_offset_bytes);
    }
    if (note.buffer != nullptr) {
        where += buffer_address ? fmt::format(", buffer 0x{:08X}", *buffer_address)
                                : ", a buffer outside of the chip's memory";
    }
    Violation entry;
    entry.rule = words.rule;
    entry.text =
        fmt::format("{}, {} bytes: {}; {}", where, note.byte_count, words.text, effect_words(note));
    entry.source = words.source;
    entry.symbol = symbol_ ? symbol_(buffer_address) : std::string{};
    entry.call = report_.calls;
    const bool served = note.effect == IO_EFFECT_PROGRAMMED_TWICE;
    add_rule(served ? report_.notes : report_.violations, std::move(entry));
}

}  // namespace brownout::sim
