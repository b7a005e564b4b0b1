// A recording: everything that happened to the memory of a board while a scenario ran, as plain
// data. Pictures, lessons, traces and the viewer are made from it.
//
// Two numberings, as everywhere (sim/DESIGN.md): calls and operations. A RecordedOp is a batch of
// equal operations one after the other, as the models announce them: an NVMC that programs 256
// words is one entry with count 256. RAM that a slot lies in is stored to without operations: what
// changed shows with the next one, or with a last entry of kind kStoreRetained. Indices into the
// vectors of Recording are global; `index` members count within their run, from 0, as cuts do.
// Times are device time, as in log lines.
//
// Contents are read through the driver's eyes: a sector of a NAND part is a logical block, without
// spare bytes and without bad blocks. Reads are not recorded: they change nothing.
#pragma once

#include <boot/trailer.h>
#include <sim/runner.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

inline constexpr std::uint32_t kNone32 = 0xFFFF'FFFFu;

enum class HeldKind : std::uint8_t {
    kErased,
    kImage,    // bytes of an image, to the end of the sector or of the image
    kPartial,  // some units of a stretch of an image, the others still erased
    kTrailer,  // nothing but trailer fields or status entries
    kTorn,     // what an operation cut short has left
    kMixed,    // parts of two images, or of one that do not belong together
    kUnknown   // something else: data, a sealed image, an image that the scenario does not know
};
// "erased", "image", "partial", "trailer", "torn", "mixed", "unknown".
const char* to_string(HeldKind kind);

// What one sector holds.
struct HeldContent {
    HeldKind kind = HeldKind::kErased;
    bool has_trailer = false;  // trailer fields or status entries lie in it, besides the above
    std::int16_t image = -1;   // kImage, kPartial: index in Recording::images
    std::uint32_t image_offset_bytes = 0;  // of the image's bytes at the start of the sector
    std::uint32_t byte_count = 0;          // of the image, up to the last one that is there
    bool operator==(const HeldContent&) const = default;
};

struct RecordedDevice {
    std::string name;  // "internal", "mx25r64"
    std::string part;  // of an external part as the board names it; "": on-chip
    ControllerKind controller = ControllerKind::kPlain;
    std::vector<SectorRun> sectors;
    std::uint64_t size_bytes = 0;
    std::uint32_t write_unit_bytes = 0;
    std::uint8_t erased_value = 0xFF;
    std::uint32_t erase_cycles_max = 0;  // 0: not given
};

// A partition. Its sectors are those of its device from `first_sector` on.
struct RecordedArea {
    std::string name;
    flash_role role = FLASH_OTHER;
    std::uint32_t image_index = 0;
    std::uint32_t device = 0;
    std::uint64_t offset_bytes = 0;  // in the device
    std::uint64_t size_bytes = 0;
    std::uint32_t first_sector = 0;
    std::vector<std::uint32_t> sector_bytes;
    std::uint64_t trailer_offset_bytes = 0;  // where its trailer starts; size_bytes: it has none
};

// Images of the scenario; behind them, contents that slots had at the start and no image matches.
struct RecordedImage {
    std::string name;
    std::string version;  // "": not an image
    std::uint64_t byte_count = 0;
    bool of_scenario = true;
};

struct RecordedTrailer {
    std::uint32_t area = 0;  // index in Recording::areas
    trailer_mark magic = TRAILER_UNSET;
    trailer_mark copy_done = TRAILER_UNSET;
    trailer_mark image_ok = TRAILER_UNSET;
    std::optional<std::uint8_t> swap_info;  // nullopt: erased
    std::optional<std::uint32_t> swap_size_bytes;
    std::optional<std::uint32_t> tlv_sizes;  // swap using offset only
    std::uint32_t entries_written = 0;
    std::uint32_t last_entry = kNone32;  // the highest that is written
    std::uint32_t entry_count = 0;       // that there is room for
    bool operator==(const RecordedTrailer&) const = default;
};

// A sector, or a trailer, is otherwise than before.
struct SectorChange {
    std::uint32_t device = 0;
    std::uint32_t sector = 0;  // of the device
    HeldContent before;
    HeldContent after;
};

enum class RecordedRunKind : std::uint8_t {
    kBoot,       // from reset to hand-over or halt
    kCommand,    // of the application: request, confirmation, upload
    kProgrammer  // content stored from outside; no time passes and no rules apply
};

enum class RecordedCallKind : std::uint8_t { kWrite, kErase, kStore };

struct RecordedCut {
    std::uint32_t call = 0;       // calls of the run begun before it
    std::uint64_t operation = 0;  // operations of the run done before it
    models::Duration time{};
    bool in_call = false;  // between the operations of the last call
    models::ResetKind kind = models::ResetKind::kPowerOn;
    bool torn = false;
    std::string tear;    // "erase-phases 1 of 3"; "": the next operation was not started
    std::string leaves;  // "" or what the tear leaves, in words
};

struct RecordedRun {
    RecordedRunKind kind = RecordedRunKind::kBoot;
    std::uint32_t core = 0;  // lane: which core of the SoC ran
    std::string reason;      // "power-on", "after a power cut", "request_upgrade test", ...
    std::uint32_t step = 0;  // index in Recording::steps
    models::Duration start{};
    models::Duration end{};
    OutcomeKind outcome = OutcomeKind::kCommandDone;
    int code = 0;
    std::string outcome_text;  // "handed over 2.0.0 from mcuboot_primary (v2)"
    std::uint32_t first_call = 0;
    std::uint32_t call_count = 0;
    std::uint32_t first_op = 0;  // entries, see RecordedOp
    std::uint32_t op_count = 0;
    std::uint64_t operations = 0;  // as cuts count
    std::uint32_t first_log = 0;
    std::uint32_t log_count = 0;
    std::vector<RunPhase> phases;  // of a boot
    std::optional<RecordedCut> cut;
};

struct RecordedCall {
    std::uint32_t index = 0;
    std::uint32_t run = 0;
    std::uint32_t core = 0;
    RecordedCallKind kind = RecordedCallKind::kWrite;
    std::uint32_t area = 0;
    std::uint64_t offset_bytes = 0;  // in the area
    std::uint64_t byte_count = 0;
    std::uint32_t sector = 0;  // of the area, the first that is touched
    models::Duration start{};
    models::Duration end{};
    int result = 0;         // negative: what the driver returned
    bool completed = true;  // false: the power failed in it
    std::uint32_t first_op = 0;
    std::uint32_t op_count = 0;
    std::string explanation;  // one sentence, for somebody who learns
};

struct RecordedOp {
    std::uint64_t index = 0;  // of the first of the batch
    std::uint32_t count = 1;
    std::uint32_t run = 0;
    std::uint32_t call = kNone32;  // index in Recording::calls; kNone32: outside of calls
    models::OperationKind kind = models::OperationKind::kProgramWord;
    std::uint32_t device = 0;
    std::uint64_t offset_bytes = 0;  // in the cells: of a NAND part with spare bytes
    std::uint32_t unit_bytes = 0;
    models::Duration start{};
    models::Duration end{};
    bool torn = false;  // the one that a cut tore: its place is what changed
    std::uint32_t first_change = 0;
    std::uint32_t change_count = 0;
    std::uint32_t first_trailer = 0;  // trailers as they are after it, if they changed
    std::uint32_t trailer_count = 0;
};

struct RecordedLogLine {
    io_log_level level = IO_LOG_INFO;
    std::string text;
    models::Duration time{};
    std::uint32_t run = 0;
    std::uint32_t call = 0;  // calls (global index) begun before it
    std::uint32_t op = 0;    // entries of Recording::ops done before it
};

struct RecordedRule {
    bool is_note = false;  // the driver kept the rule; it says what would have happened
    std::uint32_t run = 0;
    std::uint32_t call = kNone32;  // the call that was running; kNone32: before the first
    Violation violation;
};

struct RecordedStep {
    std::string words;  // "upload v2 to mcuboot_secondary (24680 bytes)"
    StepKind kind = StepKind::kReset;
    models::Duration start{};
    std::uint32_t run = kNone32;        // index in Recording::runs; kNone32: an expectation
    std::uint32_t runs_before = 0;      // runs that were over when it began
    std::vector<std::string> failures;  // of an expectation
};

struct Recording {
    std::string scenario;  // its title
    std::string file;
    std::string board;
    std::string soc;
    std::string strategy;            // "swap-move"
    std::string core;                // "builtin"
    std::string release;             // what the core behaves as
    bool holds = true;               // no expectation failed
    std::vector<std::string> cores;  // names of the lanes
    std::vector<RecordedDevice> devices;
    std::vector<RecordedArea> areas;
    std::vector<RecordedImage> images;
    std::vector<std::vector<HeldContent>> initial;  // by device, by sector
    std::vector<RecordedTrailer> initial_trailers;  // of every area that has one
    std::vector<RecordedStep> steps;
    std::vector<RecordedRun> runs;
    std::vector<RecordedCall> calls;
    std::vector<RecordedOp> ops;
    std::vector<SectorChange> changes;
    std::vector<RecordedTrailer> trailers;
    std::vector<RecordedLogLine> log;
    std::vector<RecordedRule> rules;
};

// Give it to run_scenario() as its listener, then take() the recording.
class ScenarioRecorder final : public RunListener {
public:
    // `machine` and `next`, a listener that is told of everything as well (nullptr: none), must
    // outlive this.
    explicit ScenarioRecorder(ScenarioMachine& machine, RunListener* next = nullptr);
    ~ScenarioRecorder() override;
    ScenarioRecorder(const ScenarioRecorder&) = delete;
    ScenarioRecorder& operator=(const ScenarioRecorder&) = delete;

    void begins(const Step& step, const MachineState& state, models::Duration now) override;
    RunObserver* observer() override;
    void finished(const StepResult& step, const MachineState& state) override;

    // A boot that no step asks for, for example what follows a cut that the user tries: call it,
    // boot with observer() and `start`, then boot_finished().
    void boot_begins(std::string reason, const MachineState& state, models::Duration start);
    void boot_finished(const RunReport& report, const MachineState& state);

    // What was recorded so far; whole once run_scenario() has returned.
    const Recording& recording() const;
    Recording take();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Runs the whole scenario of `machine` and records it.
Recording record_scenario(ScenarioMachine& machine);

}  // namespace brownout::sim
