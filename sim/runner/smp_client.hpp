// A management client at the other end of a link: asks what an `smp` step says, one request after
// the other, and keeps what it is answered.
//
// Its functions run on the application's stack, between two of its accesses; they never leave it.
#pragma once

#include <sim/runner.hpp>

#include <boot/management.h>

namespace brownout::sim {

class SmpClient {
public:
    // Both must outlive this.
    SmpClient(const ScenarioMachine& machine, const SmpStep& step);
    SmpClient(const SmpClient&) = delete;
    SmpClient& operator=(const SmpClient&) = delete;

    // The session as a command of the application.
    app_command command() const;

    // One per request that was sent, in order; the last may be unanswered.
    std::vector<SmpResult> take_results() { return std::move(results_); }

private:
    bool receive(management_request& request);
    void answer(const management_answer& answer);
    void ask(const SmpUpload& upload, management_request& request);
    void ask(const SmpErase& erase, management_request& request);
    void ask(const SmpList&, management_request& request);
    void ask(const SmpTest& test, management_request& request);
    void ask(const SmpConfirm& confirm, management_request& request);
    // True: the upload goes on.
    bool goes_on(const SmpUpload& upload, const management_answer& answer, SmpResult& result);
    const std::uint8_t* hash_of(const std::string& image) const;

    const ScenarioMachine& machine_;
    const SmpStep& step_;
    management_link link_{};
    std::vector<SmpResult> results_;
    bool begins_ = true;             // the next request of the step is due
    std::uint32_t offset_ = 0;       // of the next chunk
    std::uint32_t asked_again_ = 0;  // answers in a row that name the offset of their own chunk
    models::Duration sent_{};
    std::array<std::uint8_t, IMAGE_MANAGER_SHA_BYTES> sha_{};
};

// What of the session is not as expected, as sentences with places. `outcome`: how the
// application's run ended.
std::vector<std::string> smp_failures(const ScenarioMachine& machine, const SmpStep& step,
                                      const std::vector<SmpResult>& results,
                                      const Outcome& outcome);

}  // namespace brownout::sim
