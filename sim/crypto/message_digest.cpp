#include "message_digest.hpp"

#include <models/assert.hpp>

namespace brownout::sim {

MessageDigest::MessageDigest()
    : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
      sha384_(EVP_MD_fetch(nullptr, "SHA384", nullptr)),
      sha512_(EVP_MD_fetch(nullptr, "SHA512", nullptr)), context_(EVP_MD_CTX_new())
{
    BROWNOUT_ASSERT(sha256_ && sha384_ && sha512_ && context_);
}

const EVP_MD* MessageDigest::find(crypto_hash hash) const noexcept
{
    switch (hash) {
    case CRYPTO_SHA256:
        return sha256_.get();
    case CRYPTO_SHA384:
        return sha384_.get();
    case CRYPTO_SHA512:
        return sha512_.get();
    }
    return nullptr;
}

bool MessageDigest::begin(crypto_hash hash) noexcept
{
    const EVP_MD* algorithm = find(hash);
    return algorithm != nullptr && EVP_DigestInit_ex2(context_.get(), algorithm, nullptr) == 1;
}

void MessageDigest::update(std::span<const std::uint8_t> bytes) noexcept
{
    const int done = EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    BROWNOUT_ASSERT(done == 1);
}

void MessageDigest::finish(std::uint8_t* digest) noexcept
{
    const int done = EVP_DigestFinal_ex(context_.get(), digest, nullptr);
    BROWNOUT_ASSERT(done == 1);
}

}  // namespace brownout::sim
