// Remembers results by a digest of everything they were computed from; bounded.
#pragma once

#include <models/flash_array.hpp>

#include <cstddef>
#include <unordered_map>

namespace brownout::sim {

template <typename Result>
class ResultMemo {
public:
    explicit ResultMemo(std::size_t results_max) : results_max_(results_max) {}

    const Result* find(const models::Digest128& key) const
    {
        const auto found = results_.find(key);
        return found == results_.end() ? nullptr : &found->second;
    }

    // When full, everything is forgotten: simple, and results never depend on what is remembered.
    void remember(const models::Digest128& key, const Result& result)
    {
        if (results_max_ == 0) {
            return;
        }
        if (results_.size() >= results_max_) {
            results_.clear();
        }
        results_.emplace(key, result);
    }

private:
    struct KeyHash {
        std::size_t operator()(const models::Digest128& key) const { return key.low; }
    };

    std::size_t results_max_;
    std::unordered_map<models::Digest128, Result, KeyHash> results_;
};

}  // namespace brownout::sim
