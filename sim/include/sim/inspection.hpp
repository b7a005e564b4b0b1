// Inspecting flash: what every area holds, what contradicts what, and what the next boot will do.
//
// The explanation is read from the bytes alone, by rules written for it; the prediction is a boot
// of the machine on a copy. The two are told apart in reports, and tests hold them against each
// other at every cut point of a swap.
#pragma once

#include <sim/scenario_machine.hpp>

#include <boot/trailer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// A status entry that is not erased.
struct StatusEntry {
    std::uint32_t index = 0;
    std::uint8_t value = 0;
};

struct TrailerReport {
    trailer_state state{};
    std::optional<std::uint8_t> swap_info;         // as it lies there; nullopt: erased
    std::optional<std::uint32_t> swap_size_bytes;  // nullopt: erased
    std::optional<std::uint32_t> tlv_sizes;        // swap using offset only
    std::uint32_t offset_bytes = 0;                // of the first status entry, in the area
    std::uint32_t entry_count = 0;
    std::uint32_t entry_bytes = 0;
    std::vector<StatusEntry> entries;
};

struct ImageReport {
    ImageInfo info;
    std::uint32_t offset_bytes = 0;  // in the area
    // "dev-p256.der": the key whose signature is good. Empty: none of the keys given, or none
    // given.
    std::string signed_by;
    std::string key_hash;  // hex of the KEYHASH TLV; empty: none
    bool has_signature = false;
    std::string known_as;  // name of an image of the scenario that lies here bit by bit
    std::vector<std::uint8_t> tlv_bytes;  // payloads of info.tlvs, one after the other
};

// Consecutive sectors of an area that belong to one image while a swap is under way.
struct HeldSectors {
    std::uint32_t first = 0;  // sector of the area
    std::uint32_t count = 0;
    std::uint32_t image_sector = 0;  // sector of the image that lies in `first`
    bool of_new = false;             // of the image on its way into the primary slot
};

struct AreaReport {
    AreaPlan area;
    std::uint32_t sector_count = 0;
    bool erased = false;
    std::uint64_t bytes_used = 0;  // bytes that are not erased
    std::optional<ImageReport> image;
    std::uint32_t filler_bytes = 0;  // erased bytes between the image header and the payload
    std::string why_no_image;        // a sentence, if something else lies where a header should be
    std::optional<TrailerReport> trailer;
    std::vector<HeldSectors> held;             // while a swap is under way
    std::vector<std::string> inconsistencies;  // sentences
};

// What the trailers of one image's slots say.
struct SwapReport {
    std::uint32_t image_index = 0;
    bool interrupted = false;        // a swap is resumed by the next boot
    bool in_scratch = false;         // its status lies in the scratch area
    std::uint32_t type = SWAP_NONE;  // of the interrupted swap; otherwise what the tables say
    std::uint32_t index = 1;         // as in boot-time status: 1-based step or sector or group
    std::uint32_t state = 1;
    bool moved = false;       // swap using move: past its first phase
    std::uint32_t total = 0;  // sectors or groups to swap
    std::uint32_t swap_size_bytes = 0;
    std::uint32_t sector_bytes = 0;
    std::uint32_t entries_written = 0;
    std::string progress;  // "sector 37 of 75, second half"
    // Of an interrupted swap that has begun: both images pieced together from where they lie.
    std::optional<ImageInfo> new_image;
    std::optional<ImageInfo> old_image;
};

// One boot of the machine on a copy of the state.
struct BootPrediction {
    RunReport report;
    std::vector<Call> calls;
    std::string words;  // "resumes the swap at ..., then boots 2.0.0 from mcuboot_primary"
};

struct Inspection {
    std::vector<AreaReport> areas;  // slots and scratch, in board order
    std::vector<SwapReport> swaps;  // one per image, for strategies that swap
    BootPrediction next;
    BootPrediction after;  // the boot after it, if the application does nothing in between
    MachineState after_next;
};

Inspection inspect(ScenarioMachine& machine, const MachineState& state);

// What dumps are read against: a scenario, or board and partition file.
struct InspectionRequest {
    std::filesystem::path scenario;    // empty: none
    std::string board = "nrf52840dk";  // name or path
    std::filesystem::path partitions;  // pm_static.yml, or partitions as in a scenario
    std::optional<boot_strategy> strategy;
    std::vector<std::filesystem::path> keys;  // public keys, all of one kind; empty: not checked
    std::optional<std::uint32_t> max_image_sectors;
    std::optional<std::uint32_t> alignment;
};

// InputError: neither scenario nor partitions, or any error in them. `notes` gets what was assumed.
std::unique_ptr<ScenarioMachine> inspection_machine(const InspectionRequest& request,
                                                    std::vector<std::string>& notes);

// "test", "perm", "revert", "none".
const char* swap_type_word(std::uint32_t type);

std::string inspection_text(const ScenarioMachine& machine, const Inspection& inspection,
                            const std::vector<std::string>& notes);
std::string inspection_json(const ScenarioMachine& machine, const Inspection& inspection,
                            const std::vector<std::string>& notes);
// JSON Schema of inspection_json().
std::string inspection_schema_json();

}  // namespace brownout::sim
