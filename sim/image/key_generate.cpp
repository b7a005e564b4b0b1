#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>

namespace brownout::sim {

namespace {

struct GeneratedDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};

EVP_PKEY* new_key(const std::string& type)
{
    if (type == "rsa-2048" || type == "rsa-3072") {
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA",
                                 std::size_t{type == "rsa-2048" ? 2048u : 3072u});
    }
    if (type == "ecdsa-p256" || type == "ecdsa-p384") {
        return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", type == "ecdsa-p256" ? "P-256" : "P-384");
    }
    return EVP_PKEY_Q_keygen(nullptr, nullptr, type == "ed25519" ? "ED25519" : "X25519");
}

}  // namespace

const std::vector<std::string>& key_type_names()
{
    static const std::vector<std::string> names = {"rsa-2048",   "rsa-3072", "ecdsa-p256",
                                                   "ecdsa-p384", "ed25519",  "x25519"};
    return names;
}

GeneratedKey generate_key(const std::string& type)
{
    const auto& names = key_type_names();
    if (std::find(names.begin(), names.end(), type) == names.end()) {
        throw InputError("there is no key type '" + type +
                         "'; types: rsa-2048, rsa-3072, ecdsa-p256, ecdsa-p384, ed25519, x25519");
    }
    const std::unique_ptr<EVP_PKEY, GeneratedDeleter> key(new_key(type));
    const auto text_of = [](auto write) {
        const std::unique_ptr<BIO, GeneratedDeleter> bio(BIO_new(BIO_s_mem()));
        if (!bio || write(bio.get()) != 1) {
            throw InputError("OpenSSL cannot make a key");
        }
        char* text = nullptr;
        const long length = BIO_get_mem_data(bio.get(), &text);
        return std::string(text, static_cast<std::size_t>(length));
    };
    return {text_of([&](BIO* bio) {
                return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr,
                                                     nullptr);
            }),
            text_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); })};
}

}  // namespace brownout::sim
