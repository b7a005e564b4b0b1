// A machine: a board, the firmware images that run on it, and one run from reset to an outcome.
//
// A Machine is built once and used for many runs. What survives between runs is a MachineState, a
// value that the caller owns: copy it to fork the world. A run takes a state, changes it, and
// reports. With an observer, a run can be looked at, and cut, before every operation.
#pragma once

#include <boot/board.h>
#include <boot/config.h>
#include <boot/core_abi.h>
#include <models/flash_array.hpp>
#include <models/operation.hpp>
#include <models/part_state.hpp>
#include <models/tears.hpp>
#include <models/time.hpp>
#include <models/uarte.hpp>

#include <sim/external_plan.hpp>
#include <sim/firmware.hpp>
#include <sim/network_plan.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace brownout::models {
struct Soc;
class WaveObserver;
}  // namespace brownout::models

namespace brownout::sim {

// ---- plans: plain data, filled by the scenario loader or by a reference case --------------------

enum class ControllerKind {
    kNvmc,     // on-chip flash behind the NVMC of an nRF52 or nRF5340
    kPlain,    // the plain flash controller: any geometry, see models/plain_flash.hpp
    kSpiNor,   // a SPI NOR part behind a SPIM: DevicePlan::external
    kQspiNor,  // the same behind a QSPI
    kSpiNand,  // a SPI NAND part behind a SPIM: DevicePlan::external
    kRam       // RAM that keeps its bytes over a warm reset, at mapped_address
};

struct SectorRun {
    std::uint32_t size_bytes = 0;
    std::uint32_t count = 0;
};

struct DevicePlan {
    std::string name;  // "internal", "mx25r64": how reports call it
    ControllerKind controller = ControllerKind::kPlain;
    const models::Soc* soc = nullptr;  // whose controller it is; nullptr: of an nRF52840
    std::uint32_t register_base = 0;
    std::uint32_t mapped_address = 0;
    std::vector<SectorRun> sectors;
    std::uint32_t write_unit_bytes = 4;
    std::uint8_t erased_value = 0xFF;
    bool needs_erase = true;
    std::uint8_t writes_per_unit_max = 0;  // between erases; 0: no limit, not counted
    std::uint32_t erase_cycles_max = 0;    // endurance; 0: not given
    bool dma_reads_ram_only = false;       // plain only: EasyDMA's rule
    models::Duration program_unit_time{};  // plain only; the NVMC has its own data
    models::Duration erase_sector_time{};
    std::optional<ExternalPlan> external;  // set for external parts, and only for them
    CoreId core = CoreId::kApplication;    // whose controller it is; network devices come last

    std::uint64_t size_bytes() const;
};

struct AreaPlan {
    std::string name;  // partition name, "mcuboot_primary"
    std::uint32_t id = 0;
    flash_role role = FLASH_OTHER;
    std::uint32_t image_index = 0;
    std::uint32_t device = 0;  // index in BoardPlan::devices
    std::uint32_t offset_bytes = 0;
    std::uint32_t size_bytes = 0;
};

struct BoardPlan {
    std::string name;
    std::string soc;
    std::uint32_t cpu_hz = 64'000'000;
    // What the SoC's 64 MHz clock really runs at: the CPU, the times of the NVMC and SCK follow it.
    std::uint32_t hfclk_hz = 64'000'000;
    std::uint32_t sha256_cycles_per_byte = 51;
    std::uint32_t verify_cycles = 6'400'000;  // one signature check
    std::uint32_t register_access_cycles = 2;
    std::vector<DevicePlan> devices;
    std::vector<AreaPlan> areas;
    std::optional<NetworkPlan> network;  // a network core that boots beside the application core
    std::uint32_t ram_address = 0x20000000;
    std::uint32_t ram_bytes = 256 * 1024;
    // The power-fail comparator, as start-up code left it; SoCs that have one (BoardPlan::soc).
    std::uint32_t supply_millivolts = 3000;
    std::uint32_t power_fail_millivolts = 0;  // 0: off; 1700 to 2800 in steps of 100

    std::uint32_t cpu_hz_at_clock() const;
};

// boot_config holds pointers to key bytes; this owns them. Copyable.
class BootSetup {
public:
    boot_config config{};  // key pointers are set by view()

    std::vector<std::vector<std::uint8_t>> signing_keys;
    std::vector<std::uint8_t> encryption_key;

    // A copy of `config` whose key pointers point into this object.
    boot_config view() const;
};

// ---- state, outcomes, reports ------------------------------------------------------------------

struct MachineState {
    std::vector<models::FlashArray> devices;  // in board order
    std::vector<models::PartState> parts;     // likewise; on-chip flash leaves its entry empty
    // So many pages at the start of the network core's slot hold nobody knows what; their cells are
    // erased. For explorations, where what they hold makes no difference: a run notes if it does.
    std::uint32_t unknown_network_pages = 0;
    // Boards with a network core: flash regions of the SPU that the last boot made read-only for
    // the application; not part of the identity, because every boot starts without any.
    std::uint64_t locked_flash_regions = 0;

    // What the next reset finds when the power fails now: volatile registers of parts are gone.
    void lose_power();
    bool has_running_parts() const;

    models::Digest128 digest() const;          // of the identity
    models::Digest128 content_digest() const;  // of the bytes alone
    bool same_as(const MachineState& other) const;
    bool has_marginal_bits() const;
};

// How marginal bits of all devices read until the next power-on.
void draw_marginal_levels(MachineState& state, models::MarginalLevels levels, std::uint64_t seed);

enum class OutcomeKind {
    kHandedOver,   // a loader chose an image: Outcome::response
    kCommandDone,  // an application finished its command: Outcome::code
    kNoImage,      // a loader found nothing to start: Outcome::code
    kAssert,       // Outcome::text names the place
    kPanic,
    kBusFault,
    kFirmwareFault,
    kStackOverflow,
    kCycleBudget,  // device time limit of one run
    kHang,         // no platform call within the CPU-time limit, or an endless wait
    kPowerLost,
    kResetRequested
};

const char* to_string(OutcomeKind kind);

struct Outcome {
    OutcomeKind kind = OutcomeKind::kPowerLost;
    int code = 0;
    boot_response response{};
    std::string text;  // a sentence for everything but the first three
};

enum class CallKind : std::uint8_t { kWrite, kErase };

// One flash-area write or erase that reached a device.
struct Call {
    std::uint32_t index = 0;  // from 0 in its run
    CallKind kind = CallKind::kWrite;
    std::uint32_t area = 0;    // index in BoardPlan::areas
    std::uint32_t device = 0;  // index in BoardPlan::devices
    std::uint32_t area_offset_bytes = 0;
    std::uint64_t device_offset_bytes = 0;
    std::uint32_t byte_count = 0;
    std::uint64_t first_operation = 0;  // index of its first operation in the run
    models::Duration start{};
    CoreId core = CoreId::kApplication;
};

struct LogLine {
    io_log_level level = IO_LOG_INFO;
    std::string text;
    models::Duration time{};
    CoreId core = CoreId::kApplication;
};

struct Violation {
    std::string rule;
    std::string text;  // sentence with device and address
    std::string source;
    std::string symbol;      // of the firmware: the buffer at fault, or the running code
    std::string in;          // functions of the firmware, "a <- b <- c"; empty: not known
    std::string effect;      // what came of it, if its flash-area call failed
    std::uint64_t call = 0;  // calls made before
};

// What the network core did in a run.
struct NetworkReport {
    std::uint32_t starts = 0;  // from reset
    // How the last start ended. kHandedOver: it jumped to what its slot holds; kCommandDone: a
    // command of the application core is done; kNoImage: it waits, Outcome::text says why.
    // nullopt: it was held all the time, or was still at work.
    std::optional<Outcome> outcome;
    bool read_unknown_pages = false;  // before they were erased, see MachineState
};

struct RunReport {
    Outcome outcome;
    std::vector<LogLine> log;
    std::vector<Violation> violations;
    std::vector<Violation> notes;          // of drivers that served what a rule would have spoiled
    std::optional<NetworkReport> network;  // boards with a network core
    std::uint32_t calls = 0;
    std::uint64_t operations = 0;
    models::Duration start{};
    models::Duration end{};
    bool torn = false;   // the cut met an operation and tore it
    bool drawn = false;  // a model drew a number: another seed may be another run
};

// ---- looking at a run and cutting it -----------------------------------------------------------

enum class Power { kHolds, kFails };

// Told about everything that changes device state, before it happens. Calls run on the firmware's
// stack: they must not throw and must not leave anything on it that needs a destructor when they
// return kFails.
class RunObserver {
public:
    virtual ~RunObserver() = default;

    // Before the first operation of a flash-area write or erase. kFails: the power is lost here,
    // with everything before done and nothing of this call.
    virtual Power before_call(const Call& call, const MachineState& state) noexcept;

    // Before operations `first_operation` .. of the current call (nullptr outside of one). Answers
    // how many of the batch may complete before being asked again; 0: the power is lost here.
    virtual std::uint32_t before_operations(const models::OperationBatch& batch,
                                            std::uint64_t first_operation, const Call* call,
                                            const MachineState& state) noexcept;

    virtual void after_call(const Call& call, int result, const MachineState& state) noexcept;
    virtual void logged(const LogLine& line) noexcept;

    // After every access of the firmware, if watches_time(): the device time is `now`.
    virtual bool watches_time() const noexcept { return false; }
    virtual void time_passed(models::Duration now, const MachineState& state) noexcept;
};

// What the operation in flight leaves: outcome `sample` of `samples` of a tear model.
struct CutTear {
    models::TearKind kind = models::TearKind::kNotStarted;
    std::uint32_t sample = 0;
    std::uint32_t samples = 1;
    std::uint64_t seed = 1;
    bool operator==(const CutTear&) const = default;
};

// Where the power fails in a run.
struct PowerCut {
    enum class At { kCall, kOperation, kTime };
    At at = At::kCall;
    std::uint64_t index = 0;  // call or operation number
    models::Duration time{};  // since the reset
    CutTear tear = {};
    // kSystemReset: the microcontroller is reset there, the power stays: on-chip operations are
    // done, external parts go on with theirs.
    models::ResetKind kind = models::ResetKind::kPowerOn;
};

struct RunOptions {
    std::optional<PowerCut> cut;
    RunObserver* observer = nullptr;  // not owned
    // Why the run starts. An application is started by its loader: it finds parts as they are.
    models::ResetKind reset = models::ResetKind::kPowerOn;
    models::Duration start{};  // device time at reset, for log lines
    models::Duration time_budget = models::milliseconds(3'600'000);
    // What a sender at the other end of the UART sends to the application; nullptr: nothing.
    const models::IncomingBytes* incoming = nullptr;
    std::uint64_t noise_seed = 0;  // content of no-init RAM; 0: zeroes
    // Of everything that models draw, in place of the seeds of the board.
    std::optional<std::uint64_t> seed;
    bool keep_log = true;
    // Carry out every poll of a busy part, also those that cannot differ from the one before. For
    // waveforms, and to show that jumping over them changes nothing.
    bool every_poll = false;
};

// Where the UARTE that receives uploads has its registers on every board (UARTE0 of the nRF52).
inline constexpr std::uint32_t kReceiverBase = 0x40002000;

// ---- the machine -------------------------------------------------------------------------------

// `crypto` context for one machine; see sim/crypto.hpp.
class CryptoProvider;

class Machine {
public:
    // Firmware must outlive the machine. `application` may be nullptr; `network_loader` is needed
    // if board.network is set.
    Machine(BoardPlan board, BootSetup setup, Firmware& loader, Firmware* application,
            Firmware* network_loader = nullptr);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    const BoardPlan& board() const;
    const BootSetup& setup() const;

    // All devices erased.
    MachineState blank_state() const;

    // Told what happens on the wires of external parts from now on; nullptr: nobody. Not owned.
    void set_wave_observer(models::WaveObserver* waves);

    // One boot from reset to an outcome.
    RunReport boot(MachineState& state, const RunOptions& options = {});
    // One command of the application, from its own start.
    RunReport command(MachineState& state, const app_command& command,
                      const RunOptions& options = {});
    // The device time of the run that goes on, or of the end of the last one.
    models::Duration now() const;

    // Bytes of the RAM that ram-load copies images to, as the last boot left them; empty outside of
    // it.
    std::vector<std::uint8_t> memory(std::uint32_t address, std::uint32_t byte_count) const;

    // The area with this partition name; nullptr if there is none.
    const AreaPlan* area(const std::string& name) const;
    const AreaPlan* area(flash_role role, std::uint32_t image_index) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brownout::sim
