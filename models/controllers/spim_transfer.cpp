#include "controllers/spim_transfer.hpp"

#include "controllers/violation.hpp"

namespace brownout::models {

namespace {

constexpr std::string_view kSource58 = "nRF52832 errata, anomaly 58";
constexpr std::string_view kSource109 = "nRF52832 errata, anomaly 109";
constexpr std::string_view kSource198 = "nRF52840 errata, anomaly 198";

// How long the DMA stays awake after a transfer: an assumption, the errata text gives no time.
constexpr Duration kDmaStaysAwake = microseconds(10);

std::uint8_t reversed(std::uint8_t byte)
{
    std::uint8_t result = 0;
    for (unsigned bit = 0; bit < 8; ++bit) {
        result = static_cast<std::uint8_t>(unsigned{result} << 1 | (unsigned{byte} >> bit & 1u));
    }
    return result;
}

// splitmix64: the same seed and transfer always give the same number.
std::uint64_t hash_of(std::uint64_t seed, std::uint64_t number)
{
    std::uint64_t mixed = seed + (number + 1) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

bool happens(double probability, std::uint64_t hash, SpimAnomalyState& state)
{
    state.drawn = state.drawn || (probability > 0 && probability < 1);
    return static_cast<double>(hash >> 11) * 0x1.0p-53 < probability;
}

void apply_anomaly_109(const SpimData& data, std::uint32_t tx_pointer, SpimTransfer& transfer,
                       SpimAnomalyState& state, RuleObserver& rules)
{
    const SpimAnomalies& anomalies = data.anomalies;
    const bool idle = !state.last_end || transfer.segment_start > *state.last_end + kDmaStaysAwake;
    if (!anomalies.anomaly_109 || transfer.tx_count == 0 || !idle ||
        !happens(anomalies.anomaly_109_probability, hash_of(anomalies.seed ^ 109, state.transfers),
                 state)) {
        return;
    }
    transfer.first_byte = 0;
    report_violation(rules, "anomaly-109", data.name, tx_pointer, kSource109,
                     "%s: the first byte fetched from 0x%08X is wrong: the DMA was idle",
                     data.name.c_str(), tx_pointer);
}

void apply_anomaly_198(const SpimData& data, std::uint32_t tx_pointer, RamActivity* activity,
                       SpimTransfer& transfer, SpimAnomalyState& state, RuleObserver& rules)
{
    const SpimAnomalies& anomalies = data.anomalies;
    if (!anomalies.anomaly_198 || transfer.tx_count == 0) {
        return;
    }
    const std::uint64_t hash = hash_of(anomalies.seed ^ 198, state.transfers);
    const bool chosen =
        anomalies.anomaly_198_transfer >= 0 &&
        static_cast<std::uint64_t>(anomalies.anomaly_198_transfer) == state.transfers;
    const Duration until = transfer.segment_start + transfer.byte_time() * transfer.tx_count;
    const double probability = activity == nullptr
                                   ? 0
                                   : activity->collision_probability(tx_pointer, transfer.tx_count,
                                                                     transfer.segment_start, until);
    if (!chosen && !happens(probability, hash, state)) {
        return;
    }
    switch (anomalies.anomaly_198_shape) {
    case SpimAnomalies::Shape::kFirstByteReplaced:
        transfer.first_byte = state.last_sent;
        break;
    case SpimAnomalies::Shape::kShifted:
        transfer.shifted = true;
        transfer.first_byte = state.last_sent;
        break;
    case SpimAnomalies::Shape::kByteZeroed:
        transfer.zeroed_byte = static_cast<std::uint32_t>(hash % transfer.tx_count);
        break;
    }
    report_violation(rules, "anomaly-198", data.name, tx_pointer, kSource198,
                     "%s: %u bytes sent from 0x%08X are wrong: another bus master used that block "
                     "of RAM",
                     data.name.c_str(), transfer.tx_count, tx_pointer);
}

}  // namespace

std::uint8_t SpimTransfer::tx_byte(std::uint32_t index) const
{
    if (index >= tx_count) {
        return filler;
    }
    if (index == 0 && first_byte) {
        return *first_byte;
    }
    if (tx.empty() || zeroed_byte == index) {
        return 0;
    }
    return tx[shifted ? index - 1 : index];
}

void SpimTransfer::fill(SpiTransfer& transfer, std::uint32_t count)
{
    const std::uint32_t tx_left = tx_count - sent();
    const std::uint32_t rx_left = rx_count - received();
    transfer.byte_count = count;
    transfer.filler = filler;
    transfer.start = *time_of_byte(done);
    transfer.clock_period = clock_period;
    if (!rx.empty()) {
        transfer.miso = rx.subspan(received(), std::min(count, rx_left));
    }
    if (is_plain()) {
        if (tx_left > 0) {
            transfer.mosi = tx.subspan(sent(), std::min(count, tx_left));
        }
        return;
    }
    scratch.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint8_t byte = tx_byte(done + i);
        scratch[i] = lsb_first() ? reversed(byte) : byte;
    }
    transfer.mosi = scratch;
}

void SpimTransfer::passed_on(const SpiTransfer& transfer)
{
    done += transfer.byte_count;
    last_sent = transfer.out(transfer.byte_count - 1);
    if (lsb_first()) {
        std::transform(transfer.miso.begin(), transfer.miso.end(), transfer.miso.begin(), reversed);
    }
}

void apply_spim_anomalies(const SpimData& data, std::uint32_t tx_pointer, RamActivity* activity,
                          SpimTransfer& transfer, SpimAnomalyState& state, RuleObserver& rules)
{
    if (data.anomalies.anomaly_58 && transfer.rx_count == 1 && transfer.tx_count <= 1) {
        transfer.total = transfer.limit = 2;
        report_violation(rules, "anomaly-58", data.name, data.register_base, kSource58,
                         "%s: one byte too many is clocked: RXD.MAXCNT = 1 with TXD.MAXCNT <= 1",
                         data.name.c_str());
    }
    apply_anomaly_109(data, tx_pointer, transfer, state, rules);
    apply_anomaly_198(data, tx_pointer, activity, transfer, state, rules);
    if (transfer.tx_count > 0) {
        ++state.transfers;
    }
}

}  // namespace brownout::models
