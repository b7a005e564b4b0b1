// Owning handles of OpenSSL objects.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace brownout::sim {

template <auto release>
struct OpensslDeleter {
    template <typename T>
    void operator()(T* object) const noexcept
    {
        release(object);
    }
};

using PkeyHandle = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;
using PkeyContextHandle = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using DigestHandle = std::unique_ptr<EVP_MD, OpensslDeleter<EVP_MD_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;
using CipherHandle = std::unique_ptr<EVP_CIPHER, OpensslDeleter<EVP_CIPHER_free>>;
using CipherContextHandle = std::unique_ptr<EVP_CIPHER_CTX, OpensslDeleter<EVP_CIPHER_CTX_free>>;

}  // namespace brownout::sim
