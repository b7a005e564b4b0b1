// Everything that one run counts, writes down and asks: calls, operations, log, violated rules, and
// whether the power still holds. The models' supply and rule observer during a run.
#pragma once

#include <sim/machine.hpp>

#include <array>
#include <functional>

namespace brownout::sim {

class RunRecorder final : public models::Supply, public models::RuleObserver {
public:
    RunRecorder(const BoardPlan& board, MachineState& state, const RunOptions& options,
                RunReport& report);

    // Tells the recorder how to leave the firmware for good; called when the power fails. Does not
    // return when the caller runs on a firmware's stack.
    void on_power_loss(std::function<void()> leave) { leave_ = std::move(leave); }
    // Names the firmware symbol behind an address of the core, for violated rules. Without an
    // address, or where nothing with a name lies there: the code that is running.
    void on_symbol(std::function<std::string(std::optional<std::uint32_t>)> symbol)
    {
        symbol_ = std::move(symbol);
    }

    // Says which functions of the firmware are running.
    void on_call_chain(std::function<std::string()> chain) { chain_ = std::move(chain); }

    bool power_lost() const { return power_lost_; }

    // Who is acting from now on.
    void set_core(CoreId core) { core_ = core; }
    CoreId core() const { return core_; }
    // With two cores, the clock of the one that is behind: the power does not fail before it got
    // there.
    void on_slowest(std::function<models::Duration()> slowest) { slowest_ = std::move(slowest); }

    // Markers of io.h. Reads pass through uncounted.
    void area_begin(io_area_call kind, std::uint32_t area_id, std::uint32_t offset_bytes,
                    std::uint32_t byte_count, models::Duration now) noexcept;
    void area_end(int result) noexcept;

    void log(io_log_level level, std::string text, models::Duration now);

    // Fails the power if a cut by time is due.
    void time_passed(models::Duration now) noexcept;

    // The network core reads its slot; an offset in its device.
    void network_flash_read(std::uint64_t offset, std::uint64_t byte_count) noexcept;
    bool read_unknown_pages() const { return read_unknown_pages_; }

    // A driver's note about a rule; `buffer_address`: of its buffer, if it has one.
    void noted(const io_rule_note& note, std::optional<std::uint32_t> buffer_address);
    // How many rules were met so far, repetitions included.
    std::uint64_t rules_met() const { return rules_met_; }

    std::uint32_t admit(const models::OperationBatch& batch) noexcept override;
    void violated(const models::RuleViolation& violation) noexcept override;

private:
    void lose_power() noexcept;
    // The device whose call is running, or the first at this controller.
    std::string device_words(std::uint32_t register_base) const;
    // Tears the operation that the cut meets, if it is to be torn.
    void tear_first_of(const models::OperationBatch& batch) noexcept;
    // Says of the rules that the call broke what the call answered.
    void note_failure(int result);
    // Adds an entry, or marks it as repeated if it is among the last few.
    void add_rule(std::vector<Violation>& list, Violation entry);
    bool outlasts_cut(const models::OperationBatch& batch) const noexcept;
    std::uint32_t limit_by_cut(const models::OperationBatch& batch) const noexcept;

    const BoardPlan& board_;
    MachineState& state_;
    const RunOptions& options_;
    RunReport& report_;
    std::function<void()> leave_;
    std::function<std::string(std::optional<std::uint32_t>)> symbol_;
    std::function<std::string()> chain_;
    std::uint64_t rules_met_ = 0;
    bool power_lost_ = false;
    bool watches_time_;
    bool tears_next_operation_ = false;  // the cut is at a call whose first operation is torn
    // Pages of the network core's slot whose content is not known, and what became of them.
    std::vector<bool> unknown_pages_;
    bool read_unknown_pages_ = false;
    void network_flash_erased(const models::OperationBatch& batch) noexcept;
    // The call that each core is in.
    struct Current {
        bool in_call = false;
        Call call;
        std::size_t first_violation = 0;  // of the call, among all
    };
    const Current& current() const { return currents_[static_cast<std::size_t>(core_)]; }
    Current& current() { return currents_[static_cast<std::size_t>(core_)]; }
    std::array<Current, 2> currents_;
    CoreId core_ = CoreId::kApplication;
    std::function<models::Duration()> slowest_;
};

}  // namespace brownout::sim
