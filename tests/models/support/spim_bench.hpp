// A SPIM with a part that records, a GPIO pin as its chip select, and 64 KiB of RAM.
#pragma once

#include "support/probes.hpp"

#include <models/gpio.hpp>
#include <models/spim.hpp>

#include <vector>

namespace brownout::models {

// Keeps what it hears and answers 0x80, 0x81, ...
class RecordingPart final : public SpiPart {
public:
    std::vector<std::uint8_t> heard;
    unsigned transfers = 0;
    unsigned selections = 0;
    int loose_bits = -1;  // of the last rising edge
    Duration first_clock{};
    Duration last_edge{};

    std::string_view name() const noexcept override { return "part"; }
    void attach(FlashArray&, PartState&) override {}
    void reset(ResetKind) override {}
    void select(AccessContext& access) noexcept override
    {
        ++selections;
        last_edge = access.now;
    }
    void transfer(const SpiTransfer& transfer, AccessContext&) noexcept override
    {
        first_clock = transfers++ == 0 ? transfer.start : first_clock;
        for (std::uint32_t i = 0; i < transfer.byte_count; ++i) {
            if (i < transfer.miso.size()) {
                transfer.miso[i] = static_cast<std::uint8_t>(0x80 + heard.size());
            }
            heard.push_back(transfer.out(i));
        }
    }
    void deselect(unsigned loose, AccessContext& access) noexcept override
    {
        loose_bits = static_cast<int>(loose);
        last_edge = access.now;
    }
    std::optional<Duration> status_settles_at(std::uint8_t, std::uint8_t, std::uint8_t,
                                              Duration) noexcept override
    {
        return std::nullopt;
    }
};

constexpr unsigned kChipSelectPin = 17;
constexpr std::uint32_t kRam = 0x2000'0000;
constexpr Duration kByteAt8MHz = microseconds(1);

struct SpimBench {
    explicit SpimBench(const SpimData& spim_data) : spim(spim_data)
    {
        core.bus.add_window({kRam, ram, true, "RAM"});
        core.bus.add_window({0x1000, flash, false, "flash (.rodata)"});
        spim.map(core.bus);
        gpio.map(core.bus);
        spim.connect(wire);
        gpio.connect(kChipSelectPin, &wire);
        for (std::size_t i = 0; i < ram.size(); ++i) {
            ram[i] = static_cast<std::uint8_t>(i + 1);
        }
        set(spim_register::kEnable, spim_register::kEnabled);
        set(spim_register::kPselSck, 3);
        set(spim_register::kFrequency, 0x8000'0000);
        set_gpio(gpio_register::kOutSet, 1u << kChipSelectPin);
        set_gpio(gpio_register::kDirSet, 1u << kChipSelectPin);
    }

    void set(std::uint32_t offset, std::uint32_t value)
    {
        core.write(spim.registers(), offset, value);
    }
    std::uint32_t get(std::uint32_t offset) { return core.read(spim.registers(), offset); }
    void set_gpio(std::uint32_t offset, std::uint32_t value)
    {
        core.write(gpio, offset - gpio_register::kFirst, value);
    }
    void chip_select(bool high)
    {
        set_gpio(high ? gpio_register::kOutSet : gpio_register::kOutClr, 1u << kChipSelectPin);
    }
    // Gives the time of START.
    Duration start(std::uint32_t tx, std::uint32_t tx_count, std::uint32_t rx,
                   std::uint32_t rx_count)
    {
        for (const std::uint32_t event :
             {spim_register::kEventsEnd, spim_register::kEventsEndTx, spim_register::kEventsEndRx,
              spim_register::kEventsStarted, spim_register::kEventsStopped}) {
            set(event, 0);
        }
        set(spim_register::kTxdPtr, tx);
        set(spim_register::kTxdMaxCnt, tx_count);
        set(spim_register::kRxdPtr, rx);
        set(spim_register::kRxdMaxCnt, rx_count);
        set(spim_register::kTasksStart, 1);
        return core.now;
    }
    void transfer(std::uint32_t tx_count, std::uint32_t rx_count)
    {
        start(kRam, tx_count, kRam + 0x8000, rx_count);
        EXPECT_TRUE(core.poll(spim.registers(), spim_register::kEventsEnd, 1, 1));
    }
    // The event as a read at that time finds it.
    std::uint32_t event_at(std::uint32_t event, Duration time)
    {
        core.now = time - picoseconds(31'250);
        return get(event);
    }
    std::vector<std::uint8_t> received(std::size_t count) const
    {
        const auto from = ram.begin() + 0x8000;
        return {from, from + static_cast<std::ptrdiff_t>(count)};
    }

    ProbeCore core;
    std::vector<std::uint8_t> ram = std::vector<std::uint8_t>(0x10000);
    std::vector<std::uint8_t> flash = std::vector<std::uint8_t>(0x100, 0xAB);
    RecordingPart part;
    SpiWire wire{part};
    Gpio gpio{GpioData{}};
    Spim spim;
};

}  // namespace brownout::models
