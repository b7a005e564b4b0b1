// UART reception with EasyDMA (UARTE) of the nRF52 series: bytes come in at their own pace and land
// in RAM without the core.
//
// Reference: nRF52840 SVD (offsets and widths); nRF52840 Product Specification v1.7, UARTE (from
// memory, unverified); zephyr #46797 for what happens to a length that MAXCNT cannot hold.
//
// Modelled: STARTRX, STOPRX; RXDRDY, ENDRX, RXTO, RXSTARTED at the times that the line gives them;
// SHORTS ENDRX_STARTRX; PTR and MAXCNT latched at STARTRX; 16-bit MAXCNT; AMOUNT; bytes that arrive
// while no buffer is set up are lost (OVERRUN); DMA that reaches Data RAM only.
// A sender may also be a radio link whose packets come at connection events; its link layer keeps
// those that the receiver has no buffer for yet, however many. The radio itself is not modelled:
// its packets land in RAM through this receiver. Not modelled: transmission, the receive FIFO (six
// bytes), flow control, parity and framing errors, interrupts.
#pragma once

#include <models/bus.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace brownout::models {

namespace uarte_register {
constexpr std::uint32_t kTasksStartRx = 0x000;
constexpr std::uint32_t kTasksStopRx = 0x004;
constexpr std::uint32_t kEventsRxdRdy = 0x108;
constexpr std::uint32_t kEventsEndRx = 0x110;
constexpr std::uint32_t kEventsRxTo = 0x144;
constexpr std::uint32_t kEventsRxStarted = 0x14C;
constexpr std::uint32_t kShorts = 0x200;    // RW bit 5: ENDRX starts reception again
constexpr std::uint32_t kErrorSrc = 0x480;  // RW bit 0: overrun, written 1 to clear
constexpr std::uint32_t kEnable = 0x500;    // RW 8: enabled
constexpr std::uint32_t kRxdPtr = 0x534;
constexpr std::uint32_t kRxdMaxCnt = 0x538;  // RW 16 bits
constexpr std::uint32_t kRxdAmount = 0x53C;
constexpr std::uint32_t kBlockBytes = 0x1000;
}  // namespace uarte_register

// What a sender at the other end sends, once, from the first STARTRX on.
struct IncomingBytes {
    std::span<const std::uint8_t> bytes;  // owned by whoever runs the machine
    Duration byte_time{};                 // start bit to stop bit; more than zero
    std::uint32_t pause_every_bytes = 0;  // the sender pauses after each so many; 0: never
    Duration pause{};
    // Radio: packets of so many bytes, one every `packet_time` on average, each from a connection
    // event on; 0: a line, as above. A packet and its bytes on the air end before the next event.
    std::uint32_t packet_bytes = 0;
    Duration packet_time{};
    Duration event_interval{};  // between two connection events; more than zero for a radio
    Duration unpack_time{};     // of the protocol stack: by so much a packet's last byte is late
    // Of events by which packets come late (repeated on the air, scheduled): 0 to this many, by a
    // fixed hash of their number. Packets stay in order if packet_time has two events more.
    std::uint32_t late_events_max = 0;

    // When byte number `index` has arrived, counted from the start of the transmission.
    Duration arrival(std::uint64_t index) const;
    // How many bytes have arrived after `elapsed`.
    std::uint64_t arrived(Duration elapsed) const;
};

class Uarte final : public BusTarget {
public:
    explicit Uarte(std::string name);

    // Registers to their reset values; the sender starts anew with `incoming`.
    void reset(const IncomingBytes& incoming);

    // Lets DMA do what it has done by `now`. Called by the core whenever its clock moved, so that
    // buffers in RAM change under firmware that still works on them.
    void advance(AccessContext& access) noexcept;

    std::uint64_t lost_bytes() const { return lost_; }
    // Did bytes arrive after `from` and up to `until`, or was a packet under way or being unpacked?
    bool was_receiving(Duration from, Duration until) const;

    std::string_view name() const noexcept override { return name_; }
    std::uint32_t read32(std::uint32_t offset, AccessContext& access) noexcept override;
    void write32(std::uint32_t offset, std::uint32_t value,
                 AccessContext& access) noexcept override;
    std::optional<Duration> settles_at(std::uint32_t offset, std::uint32_t mask,
                                       std::uint32_t expected, Duration now) noexcept override;

private:
    void start(AccessContext& access) noexcept;
    void end(Duration at) noexcept;

    std::string name_;
    IncomingBytes incoming_;
    bool sending_ = false;
    Duration sending_since_{};
    std::uint64_t next_ = 0;  // bytes that have left the sender
    std::uint64_t lost_ = 0;
    bool receiving_ = false;
    std::span<std::uint8_t> buffer_;  // latched; in RAM of the firmware
    std::uint32_t fill_ = 0;
    std::uint32_t ptr_ = 0;
    std::uint32_t maxcnt_ = 0;
    std::uint32_t amount_ = 0;
    std::uint32_t shorts_ = 0;
    std::uint32_t enable_ = 0;
    std::uint32_t errors_ = 0;
    bool rxd_ready_ = false;
    bool end_rx_ = false;
    bool rx_timeout_ = false;
    bool rx_started_ = false;
};

}  // namespace brownout::models
