// The crypto table as firmware sees it: every call is bracketed as a platform call of its core.
#pragma once

#include "processor.hpp"

#include <boot/crypto.h>

namespace brownout::sim {

class GuardedCrypto {
public:
    // Both must outlive this.
    GuardedCrypto(Processor& core, const boot_crypto& inner) : core_(core), inner_(inner)
    {
        table_.struct_bytes = sizeof table_;
        table_.version = BOOT_CRYPTO_VERSION;
        table_.context = this;
        table_.hash_ranges = hash_ranges;
        table_.hash_bytes = hash_bytes;
        table_.verify = verify;
        table_.unwrap_key = unwrap_key;
        table_.ctr = ctr;
    }
    GuardedCrypto(const GuardedCrypto&) = delete;
    GuardedCrypto& operator=(const GuardedCrypto&) = delete;

    const boot_crypto* table() const { return &table_; }

private:
    template <class Call>
    static int guarded(void* context, const void* caller, Call&& call) noexcept
    {
        auto& self = *static_cast<GuardedCrypto*>(context);
        self.core_.enter(caller);
        const int result = call(self.inner_);
        self.core_.leave_platform();
        return result;
    }

    static int hash_ranges(void* context, crypto_hash hash, const crypto_range* ranges,
                           std::uint32_t range_count, std::uint8_t* digest) noexcept
    {
        return guarded(context, __builtin_return_address(0), [&](const boot_crypto& inner) {
            return inner.hash_ranges(inner.context, hash, ranges, range_count, digest);
        });
    }

    static int hash_bytes(void* context, crypto_hash hash, const void* bytes,
                          std::uint32_t byte_count, std::uint8_t* digest) noexcept
    {
        return guarded(context, __builtin_return_address(0), [&](const boot_crypto& inner) {
            return inner.hash_bytes(inner.context, hash, bytes, byte_count, digest);
        });
    }

    static int verify(void* context, crypto_signature kind, const std::uint8_t* public_key,
                      std::uint32_t public_key_bytes, const std::uint8_t* digest,
                      std::uint32_t digest_bytes, const std::uint8_t* signature,
                      std::uint32_t signature_bytes) noexcept
    {
        return guarded(context, __builtin_return_address(0), [&](const boot_crypto& inner) {
            return inner.verify(inner.context, kind, public_key, public_key_bytes, digest,
                                digest_bytes, signature, signature_bytes);
        });
    }

    static int unwrap_key(void* context, crypto_key_wrap kind, const std::uint8_t* private_key,
                          std::uint32_t private_key_bytes, const std::uint8_t* wrapped,
                          std::uint32_t wrapped_bytes, std::uint8_t* image_key,
                          std::uint32_t image_key_bytes) noexcept
    {
        return guarded(context, __builtin_return_address(0), [&](const boot_crypto& inner) {
            return inner.unwrap_key(inner.context, kind, private_key, private_key_bytes, wrapped,
                                    wrapped_bytes, image_key, image_key_bytes);
        });
    }

    static int ctr(void* context, const crypto_ctr* ctr, std::uint32_t payload_offset_bytes,
                   void* bytes, std::uint32_t byte_count) noexcept
    {
        return guarded(context, __builtin_return_address(0), [&](const boot_crypto& inner) {
            return inner.ctr(inner.context, ctr, payload_offset_bytes, bytes, byte_count);
        });
    }

    Processor& core_;
    const boot_crypto& inner_;
    boot_crypto table_{};
};

}  // namespace brownout::sim
