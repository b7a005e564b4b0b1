// Names in scenario files for the values of enumerations: one table each, for the loader, the
// writer, the schema and `brownout list`.
#pragma once

#include <boot/config.h>
#include <sim/scenario.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace brownout::sim {

template <class Value>
struct Named {
    std::string_view name;
    Value value;
};

std::span<const Named<boot_strategy>> strategy_names();
std::span<const Named<crypto_signature>> signature_names();
std::span<const Named<crypto_key_wrap>> key_wrap_names();
std::span<const Named<boot_downgrade>> downgrade_names();
std::span<const Named<boot_fix>> fix_names();
std::span<const Named<boot_older>> older_names();
std::span<const Named<RamUse>> ram_use_names();
std::span<const Named<FaultRuns>> fault_run_names();
std::span<const Named<boot_mutant>> mutant_names();
std::span<const Named<ControllerKind>> controller_names();
std::span<const Named<CoreId>> core_names();
std::span<const Named<word_alignment>> word_alignment_names();
std::span<const Named<models::TimeCase>> time_case_names();
std::span<const Named<std::uint8_t>> qspi_read_mode_names();   // IFCONFIG0.READOC
std::span<const Named<std::uint8_t>> qspi_write_mode_names();  // IFCONFIG0.WRITEOC
std::span<const Named<OutcomeKind>> outcome_names();
std::span<const Named<StepKind>> step_names();
std::span<const Named<Granularity>> granularity_names();
std::span<const Named<models::TearKind>> tear_names();
std::span<const Named<models::ResetKind>> reset_kind_names();
std::span<const Named<models::MarginalLevels>> marginal_level_names();
std::span<const Named<UploadVia>> upload_via_names();
std::span<const Named<upload_fault>> upload_fault_names();
std::span<const Named<UpgradeRequest>> upgrade_request_names();
std::span<const Named<std::string_view>> log_names();
std::span<const Named<SmpKind>> smp_kind_names();                         // smp_names.cpp
std::span<const Named<SmpAnswer>> smp_answer_names();                     // likewise
std::span<const Named<image_manager_older>> image_manager_older_names();  // likewise

template <class Value>
std::optional<Value> value_of(std::span<const Named<Value>> names, std::string_view name)
{
    for (const Named<Value>& entry : names) {
        if (entry.name == name) {
            return entry.value;
        }
    }
    return std::nullopt;
}

// Empty if the value has no name.
template <class Value>
std::string_view name_of(std::span<const Named<Value>> names, Value value)
{
    for (const Named<Value>& entry : names) {
        if (entry.value == value) {
            return entry.name;
        }
    }
    return {};
}

}  // namespace brownout::sim
