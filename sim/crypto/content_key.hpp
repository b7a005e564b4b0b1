// A 128-bit digest of what a crypto call was given: the key under which its result is remembered.
#pragma once

#include <models/assert.hpp>
#include <models/flash_array.hpp>

#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <span>

namespace brownout::sim {

class ContentKey {
public:
    ContentKey() : state_(XXH3_createState()) { BROWNOUT_ASSERT(state_ != nullptr); }

    void begin() { XXH3_128bits_reset(state_.get()); }
    void add(std::uint64_t number) { XXH3_128bits_update(state_.get(), &number, sizeof number); }

    void add(std::span<const std::uint8_t> bytes)
    {
        add(bytes.size());
        XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
    }

    void add(const models::Digest128& digest)
    {
        add(digest.low);
        add(digest.high);
    }

    models::Digest128 value() const
    {
        const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
        return {hash.low64, hash.high64};
    }

private:
    struct Release {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Release> state_;
};

}  // namespace brownout::sim
