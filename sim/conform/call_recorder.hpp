// Writes down every erase and write of a run as the reference data does and, if asked, keeps the
// state before each of them.
#pragma once

#include "crypto/content_key.hpp"
#include "crypto/message_digest.hpp"
#include "reference_case.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace brownout::sim {

// Digests of written data, remembered: a resumed swap writes what the first one wrote.
class DataDigests {
public:
    std::uint64_t digest_of(std::span<const std::uint8_t> data);

private:
    static constexpr std::size_t kRememberedMax = 1u << 18;

    ContentKey key_;
    MessageDigest hash_;
    std::map<models::Digest128, std::uint64_t> known_;
};

class CallRecorder final : public RunObserver {
public:
    explicit CallRecorder(bool keep_states) : keep_states_(keep_states) {}

    Power before_call(const Call& call, const MachineState& state) noexcept override;
    std::uint32_t before_operations(const models::OperationBatch& batch,
                                    std::uint64_t first_operation, const Call* call,
                                    const MachineState& state) noexcept override;

    // After the run: the calls with the digests of their data. Moves the data out.
    std::vector<CaseOperation> take_operations(DataDigests& digests);
    // The state before each call, in order.
    std::vector<MachineState> take_states() { return std::move(states_); }

private:
    bool keep_states_;
    std::vector<CaseOperation> operations_;
    std::vector<std::size_t> data_starts_;  // of each call, in data_
    std::vector<std::uint8_t> data_;
    std::vector<MachineState> states_;
};

}  // namespace brownout::sim
