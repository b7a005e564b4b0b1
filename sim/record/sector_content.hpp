// What a sector holds, told from its bytes alone: which stretch of which image, whole or in part.
#pragma once

#include "logical_cells.hpp"

#include <sim/recording.hpp>

#include <span>
#include <vector>

namespace brownout::sim {

class SectorReader {
public:
    // Takes the images of the scenario; `machine` and `cells` must outlive this.
    SectorReader(const ScenarioMachine& machine, const LogicalCells& cells);

    // Adds content that a slot has at the start, to be recognised elsewhere.
    void add_image(RecordedImage image, std::vector<std::uint8_t> bytes);
    const std::vector<RecordedImage>& images() const { return images_; }

    // `before` breaks ties between images with the same bytes; `torn`: a cut met this sector.
    HeldContent read(std::uint32_t device, std::uint32_t sector, const HeldContent& before,
                     bool torn) const;

    // Offset in the area of the first byte of its trailer; its size if it has none.
    std::uint64_t trailer_offset(const AreaPlan& area) const;

private:
    // Of a sector, what is in front of trailers.
    struct Body {
        std::span<const std::uint8_t> bytes;
        std::uint8_t erased = 0xFF;
    };
    // An image as it lies somewhere: plain, with its payload encrypted, or the payload alone in the
    // slot of the network core.
    struct Form {
        std::int16_t image = -1;
        std::vector<std::uint8_t> bytes;
        std::uint32_t image_offset_bytes = 0;  // of the first of `bytes`
    };
    struct Match {
        std::int16_t image = -1;
        std::uint32_t offset = 0;   // in the image, of the first byte compared
        std::uint32_t written = 0;  // bytes of the image, to the last one that is there
        bool whole = false;
    };
    Match match_at(const Body& body, std::size_t first, const Form& form,
                   std::uint32_t offset) const;
    Match find(const Body& body, const HeldContent& before) const;
    bool is_mixed(const Body& body) const;
    const AreaPlan* area_at(std::uint32_t device, std::uint64_t offset_bytes) const;

    const BoardPlan& board_;
    const boot_config& config_;
    const LogicalCells& cells_;
    std::vector<RecordedImage> images_;
    std::vector<Form> forms_;
    std::uint32_t step_bytes_ = 0;  // images are cut at multiples of it
};

}  // namespace brownout::sim
