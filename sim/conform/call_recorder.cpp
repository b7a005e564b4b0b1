#include "call_recorder.hpp"

#include <array>

namespace brownout::sim {

std::uint64_t DataDigests::digest_of(std::span<const std::uint8_t> data)
{
    key_.begin();
    key_.add(data);
    const models::Digest128 key = key_.value();
    const auto found = known_.find(key);
    if (found != known_.end()) {
        return found->second;
    }
    std::array<std::uint8_t, CRYPTO_SHA256> digest{};
    hash_.begin(CRYPTO_SHA256);
    hash_.update(data);
    hash_.finish(digest.data());
    std::uint64_t first_bytes = 0;
    for (std::size_t i = 0; i < sizeof first_bytes; ++i) {
        first_bytes = first_bytes << 8 | digest[i];
    }
    if (known_.size() >= kRememberedMax) {
        known_.clear();
    }
    known_.emplace(key, first_bytes);
    return first_bytes;
}

Power CallRecorder::before_call(const Call& call, const MachineState& state) noexcept
{
    if (keep_states_) {
        states_.push_back(state);
    }
    data_starts_.push_back(data_.size());
    operations_.push_back({call.device, call.kind,
                           static_cast<std::uint32_t>(call.device_offset_bytes), call.byte_count,
                           0});
    return Power::kHolds;
}

std::uint32_t CallRecorder::before_operations(const models::OperationBatch& batch, std::uint64_t,
                                              const Call* call, const MachineState&) noexcept
{
    if (call != nullptr && call->kind == CallKind::kWrite) {
        data_.insert(data_.end(), batch.data.begin(), batch.data.end());
    }
    return batch.count;
}

std::vector<CaseOperation> CallRecorder::take_operations(DataDigests& digests)
{
    data_starts_.push_back(data_.size());
    for (std::size_t i = 0; i < operations_.size(); ++i) {
        if (operations_[i].kind == CallKind::kWrite) {
            operations_[i].data_digest = digests.digest_of(
                std::span(data_).subspan(data_starts_[i], data_starts_[i + 1] - data_starts_[i]));
        }
    }
    return std::move(operations_);
}

}  // namespace brownout::sim
