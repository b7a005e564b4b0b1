// An upload by the application: the command that it gets and the sender at the other end.
#include <sim/scenario_machine.hpp>

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

// 1 Mbit/s, headers and pauses of the link layer left out.
constexpr models::Duration kAirTimePerByte = models::microseconds(8);
// From the radio to the application: the protocol stack, its threads. An assumption.
constexpr models::Duration kUnpackTime = models::milliseconds(2);
// By how many connection events a packet may be late. An assumption.
constexpr std::int64_t kLateEventsMax = 3;

image_writer_kind writer_of(UploadVia via)
{
    switch (via) {
    case UploadVia::kFlashImg:
        return IMAGE_WRITER_FLASH_IMG;
    case UploadVia::kFlashImgV1:
        return IMAGE_WRITER_FLASH_IMG_V1;
    case UploadVia::kStream:
    case UploadVia::kSerialRecovery:
        return IMAGE_WRITER_STREAM;
    case UploadVia::kDirect:
        break;
    }
    BROWNOUT_ASSERT(!"a programmer needs no application");
}

}  // namespace

app_command command_of(const ScenarioMachine& machine, const UploadStep& step)
{
    const ApplicationUpload& how = step.application;
    app_command command{};
    command.kind = APP_UPLOAD;
    upload_order& order = command.upload;
    order.area_id = machine.machine().area(step.partition)->id;
    order.offset_bytes = step.offset_bytes;
    order.byte_count = static_cast<std::uint32_t>(machine.image(step.image).bytes.size());
    order.writer = writer_of(step.via);
    order.block_bytes = how.block_bytes;
    order.progressive = !how.erases_first;
    order.buffer_bytes = how.buffer_bytes;
    order.idle_timeout_us = static_cast<std::uint32_t>(how.idle_timeout / models::microseconds(1));
    order.faults = how.faults;
    order.then_request = how.then_request != UpgradeRequest::kNone;
    order.then_permanent = how.then_request == UpgradeRequest::kPermanent;
    order.uart_base = kReceiverBase;
    order.serial_recovery = step.via == UploadVia::kSerialRecovery;
    if (how.ble) {
        order.buffer_bytes = 2 * how.ble->chunk_bytes();  // a packet each
    }
    return command;
}

models::IncomingBytes incoming_bytes(const ScenarioMachine& machine, const UploadStep& step)
{
    constexpr std::int64_t kBitsPerByte = 10;  // start, eight data bits, stop
    const ApplicationUpload& how = step.application;
    models::IncomingBytes incoming;
    incoming.bytes = machine.image(step.image).bytes;
    if (how.ble) {
        incoming.byte_time = kAirTimePerByte;
        incoming.packet_bytes = how.ble->chunk_bytes();
        incoming.packet_time = models::milliseconds(1000) * std::int64_t{incoming.packet_bytes} /
                               std::int64_t{how.ble->bytes_per_second};
        incoming.event_interval = how.ble->interval;
        incoming.unpack_time = kUnpackTime;
        const std::int64_t events = incoming.packet_time / incoming.event_interval;
        incoming.late_events_max =
            static_cast<std::uint32_t>(std::clamp<std::int64_t>(events - 2, 0, kLateEventsMax));
        return incoming;
    }
    incoming.byte_time = models::milliseconds(1000) * kBitsPerByte / std::int64_t{how.baud};
    incoming.pause_every_bytes = how.pause_every_bytes;
    incoming.pause = how.pause;
    return incoming;
}

}  // namespace brownout::sim
