#include "call_log.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kContextCalls = 3;

class CallLogger final : public RunObserver {
public:
    CallLogger(LoggedBoot& boot, bool keep_states) : boot_(boot), keep_states_(keep_states) {}

    Power before_call(const Call& call, const MachineState& state) noexcept override
    {
        boot_.calls.push_back({call});
        if (keep_states_) {
            boot_.before.push_back(state);
        }
        return Power::kHolds;
    }

    void after_call(const Call& call, int result, const MachineState& state) noexcept override
    {
        bytes_.resize(call.byte_count);
        state.devices[call.device].read(call.device_offset_bytes, bytes_);
        boot_.calls.back().content = XXH3_64bits(bytes_.data(), bytes_.size());
        boot_.calls.back().result = result;
    }

private:
    LoggedBoot& boot_;
    bool keep_states_;
    std::vector<std::uint8_t> bytes_;
};

std::string line_of(const ScenarioMachine& machine, const LoggedBoot& boot, std::size_t index)
{
    if (index >= boot.calls.size()) {
        return "none: " + outcome_words(machine, boot.report.outcome);
    }
    const LoggedCall& logged = boot.calls[index];
    std::string line = call_text(machine.machine().board(), logged.call);
    return logged.result == 0 ? line : fmt::format("{}  (failed: {})", line, logged.result);
}

bool ends_alike(const Outcome& a, const Outcome& b)
{
    return a.kind == b.kind && (a.kind != OutcomeKind::kHandedOver ||
                                (a.response.area_id == b.response.area_id &&
                                 a.response.device_offset_bytes == b.response.device_offset_bytes &&
                                 to_string(a.response.version) == to_string(b.response.version)));
}

}  // namespace

bool LoggedCall::operator==(const LoggedCall& other) const
{
    return call.kind == other.call.kind && call.area == other.call.area &&
           call.area_offset_bytes == other.call.area_offset_bytes &&
           call.byte_count == other.call.byte_count && content == other.content &&
           result == other.result;
}

LoggedBoot logged_boot(ScenarioMachine& machine, MachineState& state, bool keep_states)
{
    LoggedBoot boot;
    CallLogger logger(boot, keep_states);
    RunOptions options;
    options.observer = &logger;
    boot.report = machine.machine().boot(state, options);
    return boot;
}

std::vector<std::string> boot_difference(const ScenarioMachine& first, const LoggedBoot& a,
                                         const ScenarioMachine& second, const LoggedBoot& b)
{
    const auto differ =
        std::mismatch(a.calls.begin(), a.calls.end(), b.calls.begin(), b.calls.end());
    const auto at = static_cast<std::size_t>(differ.first - a.calls.begin());
    const bool same_calls = at == a.calls.size() && at == b.calls.size();
    if (same_calls && ends_alike(a.report.outcome, b.report.outcome)) {
        return {};
    }
    std::vector<std::string> lines;
    for (std::size_t i = at > kContextCalls ? at - kContextCalls : 0; i < at; ++i) {
        lines.push_back("  both  " + line_of(first, a, i));
    }
    lines.push_back("  A     " + line_of(first, a, at));
    lines.push_back("  B     " + line_of(second, b, at));
    const bool same_place = at < a.calls.size() && at < b.calls.size() &&
                            line_of(first, a, at) == line_of(second, b, at);
    if (same_place) {
        lines.push_back("        the call is the same, what it leaves in flash is not");
    }
    return lines;
}

}  // namespace brownout::sim
