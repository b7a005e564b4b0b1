// Plays a reference case: every step, then every row of every cut table, until something differs.
#pragma once

#include "call_recorder.hpp"
#include "difference.hpp"
#include "image_store.hpp"
#include "reference_case.hpp"

#include <sim/machine.hpp>

#include <map>
#include <memory>
#include <optional>

namespace brownout::sim {

// What one boot or application step did.
struct PlayedRun {
    CaseResult result;
    std::vector<CaseOperation> operations;
    std::string operations_hash;
    std::vector<std::string> log;
    CaseState state;
    MachineState after;
    std::string detail;  // what the firmware or the machine said about its end, if anything
};

// Digests of whole devices, remembered: most boots end in a state that another boot ended in.
class DeviceDigests {
public:
    const std::string& sha256_of(const models::FlashArray& device);

private:
    // Digests of cells leave erased pages out: they do not tell how many there are, and of what.
    using Key = std::tuple<models::Digest128, std::uint64_t, std::uint8_t>;
    std::map<Key, std::string> known_;
};

class CasePlayer {
public:
    // Everything must outlive the player.
    CasePlayer(const ReferenceCase& reference, ImageStore& images, Firmware& loader,
               Firmware& application);

    // The first difference; nullopt if the case passes.
    std::optional<Difference> play();

private:
    struct LabelledImage {
        std::string label;
        std::vector<std::uint8_t> bytes;  // header to end of TLVs
    };

    void label_images();
    std::string content_of(const MachineState& state, const CaseArea& area) const;
    bool image_lies_at(const MachineState& state, const CaseArea& area, std::uint32_t offset_bytes,
                       const std::vector<std::uint8_t>& image) const;
    const CaseState& describe_state(const MachineState& state);
    CaseResult result_of(const RunReport& report) const;

    // Runs `command`, or a boot if there is none. `states` gets the state before each call.
    PlayedRun run(const MachineState& start, const app_command* command,
                  std::vector<MachineState>* states);
    // A boot to completion, remembered by the content of the devices.
    const PlayedRun& recover(const MachineState& start);

    std::optional<Difference> play_steps();
    std::optional<Difference> play_step(std::size_t index, MachineState& state);
    std::optional<Difference> play_table(const CutTable& table);
    std::optional<Difference> play_row(const CutTable& table, const CutRow& row,
                                       const std::vector<MachineState>& states);
    std::optional<Difference> compare_run(const std::string& place, const RecoveryRecord& expected,
                                          const PlayedRun& got) const;
    std::optional<Difference> compare_end(const std::string& place, const CaseResult& result,
                                          const std::vector<std::string>& log,
                                          const CaseState& state, const PlayedRun& got) const;

    const ReferenceCase& reference_;
    ImageStore& images_;
    Machine machine_;
    std::vector<LabelledImage> labelled_;
    std::vector<MachineState> states_before_step_;

    DataDigests data_digests_;
    DeviceDigests device_digests_;
    std::map<models::Digest128, CaseState> known_states_;
    std::map<models::Digest128, std::unique_ptr<PlayedRun>> known_recoveries_;
    // The recovery that a double table cuts again, by its own first cut.
    std::optional<std::uint32_t> opened_cut_;
    std::vector<MachineState> opened_states_;
};

}  // namespace brownout::sim
