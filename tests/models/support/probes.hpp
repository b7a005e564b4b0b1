// A supply that fails at a chosen operation, an observer that keeps violations, and a core to
// access a model with.
#pragma once

#include <models/bus.hpp>
#include <models/operation.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace brownout::models {

class ProbeSupply final : public Supply {
public:
    std::uint64_t fails_at = std::numeric_limits<std::uint64_t>::max();  // operation number
    std::uint32_t stretch_max = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t operations = 0;  // admitted so far
    std::uint32_t asked = 0;
    bool failed = false;
    OperationBatch last;
    Duration failed_at{};

    std::uint32_t admit(const OperationBatch& batch) noexcept override
    {
        ++asked;
        last = batch;
        const std::uint64_t left = fails_at - operations;
        const auto admitted = static_cast<std::uint32_t>(
            std::min({left, std::uint64_t{batch.count}, std::uint64_t{stretch_max}}));
        operations += admitted;
        if (admitted == 0) {
            failed = true;
            failed_at = batch.start;
        }
        return admitted;
    }
};

class ProbeRules final : public RuleObserver {
public:
    struct Seen {
        std::string rule;
        std::uint64_t address = 0;
        std::string text;
        bool operator==(const Seen&) const = default;
    };
    std::vector<Seen> seen;

    // Whatever a model reports names rule, device and source, in a whole sentence.
    void violated(const RuleViolation& violation) noexcept override
    {
        EXPECT_FALSE(violation.rule.empty());
        EXPECT_FALSE(violation.source.empty()) << violation.rule;
        EXPECT_FALSE(violation.device.empty()) << violation.rule;
        EXPECT_NE(violation.text.find(violation.device), std::string_view::npos) << violation.text;
        EXPECT_LT(violation.text.size(), 239u) << "cut off: " << violation.text;
        seen.push_back(
            {std::string(violation.rule), violation.address, std::string(violation.text)});
    }
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const Seen& one : seen) {
            names.push_back(one.rule);
        }
        return names;
    }
};

// A core: its time, its bus, and the accesses of io.h that tests need.
struct ProbeCore {
    Duration now{};
    ProbeSupply supply;
    ProbeRules rules;
    Bus bus;

    AccessContext access() { return {now, supply, rules, bus}; }
    std::uint32_t read(BusTarget& target, std::uint32_t offset)
    {
        AccessContext context = access();
        return target.read32(offset, context);
    }
    void write(BusTarget& target, std::uint32_t offset, std::uint32_t value)
    {
        AccessContext context = access();
        target.write32(offset, value, context);
    }
    // Reads until it matches, jumping to where the target says it will. False: it never does.
    bool poll(BusTarget& target, std::uint32_t offset, std::uint32_t mask, std::uint32_t expected)
    {
        int polls_for_nothing = 0;
        while ((read(target, offset) & mask) != expected) {
            const std::optional<Duration> at = target.settles_at(offset, mask, expected, now);
            if (!at) {
                return false;
            }
            if (*at <= now && polls_for_nothing++ > 0) {
                ADD_FAILURE() << "the target says that it has settled and reads otherwise";
                return false;
            }
            now = std::max(now, *at);
        }
        return true;
    }
};

}  // namespace brownout::models
