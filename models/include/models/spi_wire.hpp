// A memory part on the wires of a serial controller: its chip select, and who clocks it.
//
// Modelled: edges of CS# from a GPIO or from the controller; a CS# edge in the middle of a transfer
// (whole bytes arrive, the rest are loose bits); glitches that add loose clocks. Not modelled:
// levels in between, pull-ups other than that of CS#, bus contention beyond a report.
#pragma once

#include <models/spi_part.hpp>

namespace brownout::models {

// Told when the level of a pin changes.
class PinListener {
public:
    virtual void pin_changed(bool high, AccessContext& access) noexcept = 0;

protected:
    ~PinListener() = default;
};

// What clocks a wire. A CS# edge first lets it clock what it has clocked by then.
class SpiClock {
public:
    // Passes on the whole bytes that were clocked until access.now; answers the clocks since the
    // last of them, 0 to 7.
    virtual unsigned catch_up(AccessContext& access) noexcept = 0;

protected:
    ~SpiClock() = default;
};

// One chip-select line with its part. CS# is high (a pull-up on the board) until driven.
class SpiWire final : public PinListener {
public:
    explicit SpiWire(SpiPart& part) : part_(part) {}  // `part` must outlive this
    SpiWire(const SpiWire&) = delete;
    SpiWire& operator=(const SpiWire&) = delete;

    // Both may be nullptr; not owned.
    void set_clock(SpiClock* clock) { clock_ = clock; }
    void set_wave_observer(WaveObserver* waves) { waves_ = waves; }

    // At the start of a run: CS# is high again, nothing is passed to the part.
    void reset()
    {
        selected_ = false;
        loose_clocks_ = 0;
    }

    bool selected() const { return selected_; }
    SpiPart& part() { return part_; }

    // The level of CS#. Edges reach the part; the same level again does nothing.
    void pin_changed(bool high, AccessContext& access) noexcept override;
    // Bytes on the wire; `transfer` reaches the part if it is selected. False: it is not.
    bool transfer(const SpiTransfer& transfer, AccessContext& access) noexcept;
    // A fault: clocks that no whole byte follows before CS# rises.
    void add_loose_clocks(unsigned count) { loose_clocks_ += count; }

private:
    SpiPart& part_;
    SpiClock* clock_ = nullptr;
    WaveObserver* waves_ = nullptr;
    bool selected_ = false;
    unsigned loose_clocks_ = 0;
};

}  // namespace brownout::models
