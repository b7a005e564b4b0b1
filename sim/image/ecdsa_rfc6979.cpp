#include "ecdsa_rfc6979.hpp"

#include <models/assert.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>

#include <memory>

namespace brownout::sim {

namespace {

template <auto free_function>
struct Deleter {
    template <class Type>
    void operator()(Type* pointer) const
    {
        free_function(pointer);
    }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using Context = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using Group = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Deleter<EC_POINT_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using Bytes32 = std::array<std::uint8_t, 32>;

Group p256()
{
    return Group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
}

Number number_of(std::span<const std::uint8_t> bytes)
{
    return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

Bytes32 bytes_of(const BIGNUM* number)
{
    Bytes32 bytes{};
    const int length = BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size()));
    BROWNOUT_ASSERT(length == static_cast<int>(bytes.size()));
    return bytes;
}

// HMAC-SHA256 over the concatenation of `parts`.
Bytes32 hmac(const Bytes32& key, std::initializer_list<std::span<const std::uint8_t>> parts)
{
    std::vector<std::uint8_t> message;
    for (const auto part : parts) {
        message.insert(message.end(), part.begin(), part.end());
    }
    Bytes32 result{};
    const auto* const done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                  message.data(), message.size(), result.data(), nullptr);
    BROWNOUT_ASSERT(done != nullptr);
    return result;
}

// The generator of RFC 6979 3.2 for a hash and an order of 256 bits each.
class NonceGenerator {
public:
    NonceGenerator(const Bytes32& x, const Bytes32& reduced_digest)
    {
        v_.fill(0x01);
        k_.fill(0x00);
        for (const std::uint8_t round : {std::uint8_t{0x00}, std::uint8_t{0x01}}) {
            k_ = hmac(k_, {v_, std::span(&round, 1), x, reduced_digest});
            v_ = hmac(k_, {v_});
        }
    }

    Bytes32 candidate()
    {
        v_ = hmac(k_, {v_});
        return v_;
    }

    void reject()
    {
        const std::uint8_t zero = 0;
        k_ = hmac(k_, {v_, std::span(&zero, 1)});
        v_ = hmac(k_, {v_});
    }

private:
    Bytes32 k_{};
    Bytes32 v_{};
};

Bytes32 copy_of(std::span<const std::uint8_t, 32> bytes)
{
    Bytes32 copy{};
    std::copy(bytes.begin(), bytes.end(), copy.begin());
    return copy;
}

// r = x coordinate of nonce * G, modulo the order.
Number point_x(const EC_GROUP* group, const BIGNUM* nonce, BN_CTX* context)
{
    const Point point(EC_POINT_new(group));
    Number r(BN_new());
    const bool done =
        EC_POINT_mul(group, point.get(), nonce, nullptr, nullptr, context) == 1 &&
        EC_POINT_get_affine_coordinates(group, point.get(), r.get(), nullptr, context) == 1 &&
        BN_nnmod(r.get(), r.get(), EC_GROUP_get0_order(group), context) == 1;
    BROWNOUT_ASSERT(done);
    return r;
}

// s = (digest + r * x) / nonce, modulo the order.
Number signature_s(const EC_GROUP* group, const BIGNUM* digest, const BIGNUM* r, const BIGNUM* x,
                   const BIGNUM* nonce, BN_CTX* context)
{
    const BIGNUM* const order = EC_GROUP_get0_order(group);
    Number s(BN_new());
    const Number inverse(BN_mod_inverse(nullptr, nonce, order, context));
    const bool done = inverse != nullptr && BN_mod_mul(s.get(), r, x, order, context) == 1 &&
                      BN_mod_add(s.get(), s.get(), digest, order, context) == 1 &&
                      BN_mod_mul(s.get(), s.get(), inverse.get(), order, context) == 1;
    BROWNOUT_ASSERT(done);
    return s;
}

Number private_scalar(EVP_PKEY* key)
{
    BIGNUM* x = nullptr;
    const bool done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &x) == 1;
    BROWNOUT_ASSERT(done);
    return Number(x);
}

Bytes32 nonce_for(const EC_GROUP* group, const Bytes32& x, std::span<const std::uint8_t, 32> digest)
{
    const Context context(BN_CTX_new());
    const BIGNUM* const order = EC_GROUP_get0_order(group);
    const Number reduced = number_of(digest);
    const int rc = BN_nnmod(reduced.get(), reduced.get(), order, context.get());
    BROWNOUT_ASSERT(rc == 1);
    NonceGenerator generator(x, bytes_of(reduced.get()));
    for (;;) {
        const Bytes32 candidate = generator.candidate();
        const Number nonce = number_of(candidate);
        if (!BN_is_zero(nonce.get()) && BN_cmp(nonce.get(), order) < 0) {
            return candidate;
        }
        generator.reject();
    }
}

}  // namespace

std::array<std::uint8_t, 32> rfc6979_nonce_p256(std::span<const std::uint8_t, 32> x,
                                                std::span<const std::uint8_t, 32> digest)
{
    return nonce_for(p256().get(), copy_of(x), digest);
}

std::vector<std::uint8_t> ecdsa_p256_sign(evp_pkey_st* private_key,
                                          std::span<const std::uint8_t, 32> digest)
{
    const Group group = p256();
    const Context context(BN_CTX_new());
    const Number x = private_scalar(private_key);
    const Number nonce = number_of(nonce_for(group.get(), bytes_of(x.get()), digest));
    Number r = point_x(group.get(), nonce.get(), context.get());
    Number s = signature_s(group.get(), number_of(digest).get(), r.get(), x.get(), nonce.get(),
                           context.get());
    // A zero would ask for the next nonce; no digest that leads there is known.
    BROWNOUT_ASSERT(!BN_is_zero(r.get()) && !BN_is_zero(s.get()));

    const Signature signature(ECDSA_SIG_new());
    const int stored = ECDSA_SIG_set0(signature.get(), r.release(), s.release());
    BROWNOUT_ASSERT(stored == 1);
    unsigned char* encoded = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &encoded);
    BROWNOUT_ASSERT(length > 0);
    std::vector<std::uint8_t> bytes(encoded, encoded + length);
    OPENSSL_free(encoded);
    return bytes;
}

}  // namespace brownout::sim
