// A scenario: what is in flash, what happens, what is expected. Plain data, read from YAML.
//
// The loader is strict: every key is known, every value has the type and range it needs, every name
// resolves and every file exists before a Scenario is handed out. What cannot be decided from the
// file alone (does a cut fire? does an expectation hold?) is left to whoever runs it.
//
// Each step and key that may be complained about later keeps its Place. Paths are absolute or
// relative to the working directory once loaded; in the file they are relative to the file.
// scenarios/README.md describes the YAML form key by key.
#pragma once

#include <boot/config.h>
#include <boot/core_abi.h>

#include <sim/error.hpp>
#include <sim/image.hpp>
#include <sim/import.hpp>
#include <sim/machine.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace brownout::sim {

// ---- the parts of a scenario --------------------------------------------------------------------

// `areas` of `plan` stay empty: partitions belong to the scenario.
struct BoardSource {
    std::string name;            // "nrf52840dk"; of an inline board: its `name`, or "inline"
    bool is_inline = false;      // written out in the scenario
    std::filesystem::path path;  // of the board file; empty if inline
    BoardPlan plan;
};

struct Partition {
    std::string name;  // as in NCS: mcuboot_primary, mcuboot_secondary_1, mcuboot_scratch, ...
    Place place;
    flash_role role = FLASH_OTHER;
    std::uint32_t image_index = 0;
    std::uint32_t device = 0;        // index in BoardPlan::devices
    std::uint32_t offset_bytes = 0;  // in the device
    std::uint32_t size_bytes = 0;
};

struct RamRegion {
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
};

struct BootOptions {
    Place place;
    // "builtin", or the path of a shared object.
    std::string core = "builtin";
    std::string log = "mcuboot-2.4";  // wording of the log lines
    boot_strategy strategy = BOOT_SWAP_MOVE;
    crypto_signature signature = CRYPTO_ECDSA_P256;
    std::vector<std::filesystem::path> signing_keys;  // public, DER; empty: signature none
    crypto_key_wrap encryption = CRYPTO_WRAP_NONE;    // how image keys are wrapped
    std::filesystem::path encryption_key;             // private; empty: none
    std::uint32_t image_key_bytes = 16;               // or 32
    bool save_encrypted_tlv = false;                  // in the trailer, instead of plain keys
    std::uint32_t max_image_sectors = 128;
    std::uint32_t max_align_bytes = 8;
    std::uint32_t image_count = 1;  // from the partitions
    bool validate_primary = true;
    bool bootstrap = false;
    boot_downgrade downgrade = BOOT_DOWNGRADE_ALLOWED;
    bool minimal_scramble = false;
    bool compare_build_number = false;
    bool tlv_allow_list = true;
    bool keep_backup = false;
    RamRegion ram_load;  // where ram-load may copy images to; the RAM below is the bootloader's
    std::uint32_t fixes = 0;                // enum boot_fix, or-ed
    std::uint32_t older = 0;                // enum boot_older, or-ed
    boot_mutant mutant = BOOT_MUTANT_NONE;  // a deliberate defect, for testing the tool itself
};

// The network core beside the bootloader: how it is updated, and what is wrong with it.
struct NetcoreOptions {
    Place place;
    netcore_flavour flavour = NETCORE_SEQUENTIAL;
    netcore_header_read header_read = NETCORE_HEADER_FLASH_API;
    std::uint32_t switches = 0;    // enum netcore_switch and more, or-ed
    std::string slot = "net_app";  // partition of network flash that its application runs from
};

// An image of the scenario: generated and signed here, or a file.
struct ScenarioImage {
    std::string name;
    Place place;
    std::variant<ImageSpec, std::filesystem::path> source;
};

struct ErasedContent {};
struct FillContent {
    std::uint8_t value = 0;
    std::uint32_t byte_count = 0;
};
struct FileContent {
    std::filesystem::path path;
};
struct ImageContent {
    std::string image;
};
// A file with addresses of its own.
struct DumpContent {
    std::filesystem::path path;
    DumpFormat format = DumpFormat::kIntelHex;
};

// What lies in a partition or device before the first step. Several entries are applied in order.
struct InitialContent {
    std::string partition;  // or the name of a device
    Place place;
    std::uint32_t offset_bytes = 0;  // in the partition or device
    std::variant<ErasedContent, FillContent, FileContent, ImageContent, DumpContent> content;
};

// ---- steps --------------------------------------------------------------------------------------

// Power lost during a step. That it fires is for the runner to insist on.
struct StepCut {
    Place place;
    PowerCut where;
};

enum class UploadVia {
    kDirect,         // a programmer: the whole partition becomes erased, then the bytes are stored
    kFlashImg,       // by the application over its UART, with the writer of boot/upload.h
    kFlashImgV1,     // likewise
    kStream,         // likewise
    kSerialRecovery  // by the bootloader over its UART; a network image is handed on (netcore.h)
};

// How the application's image manager is built (boot/image_manager.h).
struct ImageManagerOptions {
    Place place;
    UploadVia writer = UploadVia::kFlashImg;  // never kDirect
    std::uint32_t block_bytes = 512;
    bool erases_before_upload = false;
    bool erases_pending = false;
    std::uint32_t older = 0;  // enum image_manager_older, or-ed
};

enum class UpgradeRequest { kNone, kTest, kPermanent };

// A Bluetooth link as a source of time: packets of the image arrive at connection events.
struct BleLink {
    std::uint32_t bytes_per_second = 0;  // of the image, on average
    std::uint32_t mtu = 498;             // ATT MTU: one write carries a chunk of the image
    models::Duration interval = models::microseconds(7500);  // of the connection

    std::uint32_t chunk_bytes() const;           // of the image in one write
    std::uint64_t bytes_per_second_max() const;  // one chunk each interval
};

// What an upload by the application needs besides the image.
struct ApplicationUpload {
    std::uint32_t baud = 115'200;  // 10 bits per byte
    std::uint32_t pause_every_bytes = 0;
    models::Duration pause{};
    std::uint32_t buffer_bytes = 8192;
    std::uint32_t block_bytes = 512;
    models::Duration idle_timeout = models::milliseconds(20);
    bool erases_first = false;  // the whole slot; otherwise page by page
    std::uint32_t faults = 0;   // enum upload_fault, or-ed
    UpgradeRequest then_request = UpgradeRequest::kNone;
    std::optional<BleLink> ble = {};  // instead of the UART: baud, pause, buffer, idle do not count
};

struct UploadStep {
    std::string image;
    std::string partition;
    std::uint32_t offset_bytes = 0;
    UploadVia via = UploadVia::kDirect;
    ApplicationUpload application;  // unless via kDirect
    std::optional<StepCut> cut;     // likewise
};

struct RequestUpgradeStep {
    std::uint32_t image_index = 0;
    bool permanent = false;
    std::optional<StepCut> cut;
};

struct ConfirmStep {
    std::uint32_t image_index = 0;
    std::optional<StepCut> cut;
};

// One boot from power-on to an outcome.
struct ResetStep {
    std::optional<StepCut> cut;
    // How marginal bits read in this boot; nullopt: as before it (at first: erased).
    std::optional<models::MarginalLevels> marginal;
};

// What a management client may be answered.
enum class SmpAnswer {
    kOk,
    kHashNotFound,
    kNoFreeSlot,
    kWriteFailed,
    kEraseFailed,
    kBadSlot,
    kBadLength,
    kBadHeader,
    kBadHeaderMagic,
    kTooLarge,
    kOverrun,
    kUnknownError,
    kBadState,
    kTimeout,    // no answer within the client's patience
    kNoProgress  // the server asks for the same bytes again and again
};

// A file in chunks, as far as the client gets.
struct SmpUpload {
    std::string image;
    std::uint32_t image_index = 0;
    std::uint32_t chunk_bytes = 256;
    bool has_sha = true;
    std::uint32_t from_bytes = 0;            // where the client takes up an upload that it knows of
    std::uint32_t until_bytes = UINT32_MAX;  // the connection is lost here
};
struct SmpErase {
    std::uint32_t image_index = 0;
};
// A slot as the device is expected to list it.
struct SmpListed {
    Place place;
    std::uint32_t image_index = 0;
    std::uint32_t slot = 0;
    std::string image;               // of the scenario
    std::vector<std::string> flags;  // active, confirmed, pending, permanent
};
struct SmpList {
    std::optional<std::vector<SmpListed>> expected;  // all slots, nullopt: not compared
};
struct SmpTest {
    std::string image;
};
struct SmpConfirm {
    std::string image;  // empty: the running one
};

// The order of the alternatives is the order of SmpKind.
using SmpAction = std::variant<SmpUpload, SmpErase, SmpList, SmpTest, SmpConfirm>;
enum class SmpKind { kUpload, kErase, kList, kTest, kConfirm };

struct SmpRequest {
    Place place;
    SmpAction action;
    SmpAnswer answer = SmpAnswer::kOk;  // expected

    SmpKind kind() const { return static_cast<SmpKind>(action.index()); }
};

// One session of a management client; the application starts anew before it.
struct SmpStep {
    std::vector<SmpRequest> requests;
    models::Duration interval{};              // until the next request arrives, after each answer
    std::optional<models::Duration> timeout;  // the client waits no longer for an answer
    std::optional<StepCut> cut;
};

// A name or text in an expectation, with its place.
struct Expected {
    std::string text;
    Place place;
};

// What slots are expected to hold: an image of the scenario, or erased.
struct ExpectedContent {
    std::string partition;
    std::string image;  // empty: erased
    Place place;
};

// Bytes that are expected somewhere in a partition.
struct ExpectedBytes {
    std::string partition;
    std::uint32_t offset_bytes = 0;
    std::vector<std::uint64_t> are;           // each 0..255; empty: not compared
    std::uint32_t size_bytes = 0;             // of the range in which are...
    std::optional<std::uint32_t> not_erased;  // ...so many bytes other than the erased value
    Place place;
};

// A log from the field, to be compared with the last boots of the run.
struct ExpectedFieldLog {
    std::filesystem::path path;
    Place place;
    std::optional<std::uint32_t> boot;          // this boot of the file alone, from 1
    std::optional<models::Duration> tolerance;  // of times; nullopt: times are not compared
    std::vector<std::string> ignore;            // lines with these parts were added in the field
};

// About the last reset, request_upgrade or confirm before it.
struct ExpectStep {
    std::optional<Expected> boots;  // name of an image
    std::optional<Expected> from;   // partition
    std::optional<OutcomeKind> outcome;
    std::optional<Expected> network_core;  // part of network_words() after a boot
    std::optional<bool> succeeds;          // of the application: its call returned 0
    std::vector<Expected> log;             // parts of log lines, in this order
    std::optional<ExpectedFieldLog> field_log;
    std::vector<Expected> log_lacks;  // parts of log lines that must not appear
    std::vector<ExpectedContent> holds;
    std::vector<ExpectedBytes> bytes;
    // Names of the model rules that must have been violated, no others; nullopt: not looked at.
    std::optional<std::vector<Expected>> violations;
};

// The order of the alternatives is the order of StepKind.
using StepAction =
    std::variant<UploadStep, RequestUpgradeStep, ConfirmStep, ResetStep, ExpectStep, SmpStep>;
enum class StepKind { kUpload, kRequestUpgrade, kConfirm, kReset, kExpect, kSmp };

struct Step {
    Place place;
    StepAction action;

    StepKind kind() const { return static_cast<StepKind>(action.index()); }
    // The cut of this step; nullptr if it has none.
    const StepCut* cut() const;
};

// ---- exploration --------------------------------------------------------------------------------

enum class Granularity { kCalls, kDefault, kOps };

// A tear model that the operation in flight is torn by, and how many of its outcomes.
struct TearSetting {
    models::TearKind kind = models::TearKind::kNotStarted;
    std::uint32_t samples = 0;
    bool operator==(const TearSetting&) const = default;
};

// Limits that explorations check; nullopt: not checked.
struct ExploreBudgets {
    std::optional<models::Duration> boot_time;
    std::optional<std::uint64_t> operations_per_boot;
    std::optional<std::uint64_t> upgrades_per_lifetime;  // until the most worn sector is worn out
};

// A rule of the scenario's own, at every state that power cuts can leave.
struct CustomCheck {
    std::string name;
    Place place;
    std::vector<Expected> boots;         // images that may be started; empty: any
    std::vector<ExpectedContent> holds;  // at reset
    std::vector<Expected> errors_lack;   // parts of error lines that no boot may log
    bool once_confirmed = false;         // only from the confirmation of the new image on
};

struct ExploreOptions {
    Place place;
    std::vector<StepKind> during = {StepKind::kReset};  // steps whose runs are cut
    std::vector<TearSetting> tears = {TearSetting{}};
    std::optional<std::uint32_t> tears_max;  // of the cuts of one sequence, so many may tear
    std::vector<models::ResetKind> resets = {models::ResetKind::kPowerOn};
    std::uint64_t seed = 1;  // of everything that a tear draws
    Granularity granularity = Granularity::kDefault;
    // Not empty: power fails at these times since the start of each run, and nowhere else.
    std::vector<models::Duration> at_times;
    std::vector<Expected> checks;  // names, or "default"; no check at all: the default checks
    std::vector<CustomCheck> custom_checks;
    ExploreBudgets budgets;
    std::optional<models::Duration> time_budget;
    std::optional<std::uint64_t> states_max;
};

// What the application may do by itself after each start, and then it is reset: a machine without
// memory whose choice is free. Doing nothing (a self-test that fails) is always among them.
struct AppMachine {
    Place place;
    bool confirms = true;           // the new image, once it runs
    std::vector<bool> requests;     // of an upgrade; true: permanent
    std::vector<Expected> uploads;  // images that it may bring into the secondary slot
    // How, its flash calls cut like any others; kDirect: by a programmer, which is not cut.
    // Default: flash_img, and direct for swap using offset, which no writer here serves.
    std::optional<UploadVia> uploads_via;
};

// ---- many scenarios in one file -----------------------------------------------------------------

// A key of the scenario ("boot.strategy", "images.v2.generate.payload_bytes") with the values it
// takes; or any name, if the values are mappings from such keys.
struct MatrixAxis {
    std::string name;
    Place place;
    bool edges = false;  // payload sizes around sector and trailer edges
};

struct RandomMatrix {
    Place place;
    std::uint64_t count = 0;
    std::uint64_t seed = 1;
    std::vector<boot_strategy> strategies;  // empty: all but single-slot
};

// What the file itself says, its first scenario, is not part of it. sim/suite.hpp makes the others.
struct ScenarioMatrix {
    std::vector<MatrixAxis> axes;  // in the order of the file
    std::optional<RandomMatrix> random;
};

// The scenario run again and again, with another seed for everything that is drawn.
struct SeedSweep {
    Place place;
    std::uint64_t count = 1000;
    // In so many of a million runs, an expectation may fail: at least and at most.
    std::uint32_t fails_from_ppm = 0;
    std::uint32_t fails_to_ppm = 0;
};

// ---- the whole ----------------------------------------------------------------------------------

struct Scenario {
    std::string name;            // one line for people
    std::filesystem::path path;  // of the file
    BoardSource board;
    std::vector<std::string> changed_devices;  // external parts that differ from the board file
    std::vector<Partition> partitions;         // in the order of the file
    BootOptions boot;
    std::optional<NetcoreOptions> netcore;
    std::vector<ScenarioImage> images;
    std::vector<InitialContent> flash;
    std::vector<Step> steps;
    std::optional<ExploreOptions> explore;
    std::optional<AppMachine> app;
    std::optional<ImageManagerOptions> image_manager;  // nullopt: as by default
    std::vector<std::string> notes;                    // about files that it includes, for people
    std::optional<ScenarioMatrix> matrix;
    std::optional<SeedSweep> seeds;

    // nullptr if there is none of this name.
    const Partition* partition(std::string_view partition_name) const;
    const ScenarioImage* image(std::string_view image_name) const;
};

// ---- loading ------------------------------------------------------------------------------------

// InputError with the first error of the file.
Scenario load_scenario(const std::filesystem::path& path);

// The same from text; `path` is what messages call it and what relative paths start from.
Scenario parse_scenario(std::string_view yaml_text, const std::filesystem::path& path);

// Every error of the file, in file order; empty: it is good.
std::vector<InputError> scenario_errors(const std::filesystem::path& path);

// Largest scenario or board file that is read.
inline constexpr std::size_t kScenarioBytesMax = 1024 * 1024;

// ---- what a machine needs -----------------------------------------------------------------------

BoardPlan board_plan(const Scenario& scenario);

// Reads the signing keys. InputError if a key is not a public key of the chosen kind.
BootSetup boot_setup(const Scenario& scenario);

// The bytes of an image: read, or generated and signed (always the same bytes).
std::vector<std::uint8_t> image_bytes(const Scenario& scenario, std::string_view image_name);

// Puts the initial content of the partitions into `state`, which holds the devices of
// board_plan(scenario), as blank_state() of its machine returns them.
void place_initial_content(const Scenario& scenario, MachineState& state);

// ---- writing ------------------------------------------------------------------------------------

// YAML that loads to the same scenario from `destination` (file names are made relative to it); a
// matrix is left out.
std::string to_yaml(const Scenario& scenario, const std::filesystem::path& destination);

// ---- data files ---------------------------------------------------------------------------------

// Directory that holds boards/, keys/, tutorial/, suites/: $BROWNOUT_DATA, or
// ../share/brownout/scenarios beside the program, or that of the source tree. InputError if none.
std::filesystem::path data_directory();

struct ListedFile {
    std::string name;  // board name, or path relative to the data directory
    std::string title;
};

std::vector<ListedFile> list_boards();     // ascending by name
std::vector<ListedFile> list_scenarios();  // ascending by path

// JSON Schema of scenario files, generated from the tables that the loader checks against.
std::string scenario_schema_json();

}  // namespace brownout::sim
