// What the memory held at the moments that a picture shows, and what of it is worth showing: shared
// by pictures and text maps.
#pragma once

#include <sim/recording.hpp>

#include <string>
#include <vector>

namespace brownout::sim {

// The contents of all sectors, and all trailers, as a recording goes on.
class MemoryReplay {
public:
    explicit MemoryReplay(const Recording& recording);
    // In the order of the recording.
    void apply(const RecordedOp& op);

    const HeldContent& held(std::uint32_t device, std::uint32_t sector) const
    {
        return held_[device][sector];
    }
    // nullptr: the area has no trailer.
    const RecordedTrailer* trailer(std::uint32_t area) const;

private:
    const Recording& recording_;
    std::vector<std::vector<HeldContent>> held_;
    std::vector<RecordedTrailer> trailers_;
};

// A moment: the start, or the end of a run that changed something.
struct MemoryFrame {
    std::string caption;  // "0.117 s  reset, power fails before call 40"
    std::string outcome;  // "power lost", "handed over 1.1.0 from ..."; empty at the start
    bool is_cut = false;
    MemoryReplay memory;
};
std::vector<MemoryFrame> memory_frames(const Recording& recording);

// Sectors side by side: column i of every area begins at its byte i * unit. Stretches that are
// erased in all areas, in all frames, are one gap.
struct MemoryColumns {
    struct Column {
        std::uint64_t first = 0;  // in units
        std::uint64_t count = 1;  // more than one: a gap
    };
    std::vector<std::uint32_t> areas;  // that are shown, in board order
    std::uint64_t unit_bytes = 0;
    std::vector<Column> columns;

    std::size_t gap_count() const;
};
MemoryColumns memory_columns(const Recording& recording, const std::vector<MemoryFrame>& frames);

// The sector of an area that covers a column; kNone32: the area ends before. `starts`: it begins in
// this column.
struct ColumnSector {
    std::uint32_t sector = kNone32;  // of the device
    std::uint32_t bytes = 0;
    bool starts = false;
};
ColumnSector sector_in_column(const RecordedArea& area, std::uint64_t unit_bytes,
                              std::uint64_t column);

// "magic good, swap_info test, 12 status entries"; empty: nothing is written in it.
std::string trailer_words(const RecordedTrailer& trailer);

// "1.1.0 (v2)", or the name alone of what is no image.
std::string image_words(const RecordedImage& image);

}  // namespace brownout::sim
