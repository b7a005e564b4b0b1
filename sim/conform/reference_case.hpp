// One reference case as plain structs; see tests/conformance/FORMAT.md for the meaning of each.
#pragma once

#include <sim/machine.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace brownout::sim {

struct CaseConfig {
    boot_strategy strategy = BOOT_SWAP_MOVE;
    std::string strategy_name;
    std::uint32_t max_sectors = 0;
    std::uint32_t images = 1;
    std::uint32_t max_align = 8;
    bool validate_primary = true;
    bool bootstrap = false;
    boot_downgrade downgrade = BOOT_DOWNGRADE_ALLOWED;
    crypto_signature signature = CRYPTO_SIGNATURE_NONE;
    crypto_key_wrap encryption = CRYPTO_WRAP_NONE;
    bool save_enctlv = false;
    bool minimal_scramble = false;
    bool no_erase = false;
};

struct CaseDevice {
    std::uint32_t size_bytes = 0;
    std::uint32_t write_unit_bytes = 0;
    std::vector<SectorRun> sectors;
    bool overwrites = false;
};

struct CaseArea {
    std::string role;  // "primary", "secondary1", "scratch"
    std::uint32_t id = 0;
    std::uint32_t device = 0;
    std::uint32_t offset_bytes = 0;
    std::uint32_t size_bytes = 0;
};

struct CaseImage {
    std::string path;  // "images/x.bin"
    std::uint32_t size_bytes = 0;
    std::uint32_t total_bytes = 0;  // header to end of TLVs
    std::uint32_t header_bytes = 0;
    std::uint32_t payload_bytes = 0;  // as the header says
    std::string sha256;
    bool modified = false;  // after signing: recognised by its whole file, padding included
};

// An entry of `content`: an image, perhaps with its payload decrypted.
struct CaseLabel {
    std::string name;
    std::string image;
    bool decrypted = false;
};

// Contents before the first step: an image, or a fill.
struct CaseInitial {
    std::uint32_t area = 0;  // index in ReferenceCase::areas
    std::uint32_t offset_bytes = 0;
    std::string image;  // empty: a fill
    std::uint32_t fill_bytes = 0;
    std::uint8_t fill_value = 0;
};

struct BootStep {};
struct CommandStep {
    app_command command{};
};
struct UploadStepOfCase {
    std::uint32_t area = 0;
    std::uint32_t offset_bytes = 0;
    std::string image;
};

// An erase or write that reached a device.
struct CaseOperation {
    std::uint32_t device = 0;
    CallKind kind = CallKind::kWrite;
    std::uint32_t offset_bytes = 0;
    std::uint32_t byte_count = 0;
    std::uint64_t data_digest = 0;  // first 8 bytes of SHA-256, big-endian; 0 for erases

    bool operator==(const CaseOperation&) const = default;
};

// How a boot or an application step ended.
struct CaseResult {
    std::string outcome;  // "ok", "fail", "assert", "hang"; empty for application steps
    int code = 0;
    bool has_image = false;
    std::uint32_t device = 0;
    std::uint32_t offset_bytes = 0;
    std::string version;
    std::string ram_sha256;  // ram-load only
    std::uint32_t load_address = 0;

    bool operator==(const CaseResult&) const = default;
};

// Contents of all devices after a run.
struct CaseState {
    std::vector<std::string> sha256;             // per device
    std::map<std::string, std::string> content;  // per area

    bool operator==(const CaseState&) const = default;
};

struct CaseStep {
    std::string text;
    std::variant<BootStep, CommandStep, UploadStepOfCase> action;
    CaseResult result;
    std::uint32_t operation_count = 0;
    std::string operations_hash;
    std::uint32_t state = 0;
    std::vector<std::string> log;
    std::vector<CaseOperation> operations;
};

// What one boot after a cut must do; indices are into the dictionaries of the case.
struct RecoveryRecord {
    std::uint32_t operation_count = 0;
    std::string operations_hash;
    std::uint32_t result = 0;
    std::uint32_t state = 0;
    std::uint32_t log = 0;
};

struct CutRow {
    std::uint32_t cut = 0;
    std::uint32_t second_cut = 0;  // double tables
    RecoveryRecord recovery;
    RecoveryRecord then;                    // *_then tables
    std::vector<CaseOperation> operations;  // single_trace
};

struct CutTable {
    std::string type;
    std::uint32_t step = 0;
    bool is_double = false;
    bool has_then = false;
    bool has_trace = false;
    std::vector<CutRow> rows;
};

struct ReferenceCase {
    std::string id;
    std::string file;
    CaseConfig config;
    std::vector<CaseDevice> devices;
    std::vector<CaseArea> areas;
    std::map<std::string, CaseImage> images;
    std::vector<CaseLabel> labels;
    std::vector<CaseInitial> initial;
    std::uint32_t initial_state = 0;
    std::vector<CaseStep> steps;
    std::vector<CutTable> tables;
    std::vector<CaseResult> results;
    std::vector<CaseState> states;
    std::vector<std::vector<std::string>> logs;
};

// "0 W 73728 1024 90a105004584fe33", as the operations hash takes it.
std::string to_line(const CaseOperation& operation);
// First 16 hex digits of SHA-256 over all lines.
std::string operations_hash(const std::vector<CaseOperation>& operations);
// One line per fact: "ok, image at 49152 of device 0, version 1.1.0+0".
std::string to_text(const CaseResult& result);
std::vector<std::string> to_lines(const CaseState& state);

std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace brownout::sim
