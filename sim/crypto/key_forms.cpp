#include "key_forms.hpp"

#include "openssl_handles.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string>

namespace brownout::sim {

std::optional<std::vector<std::uint8_t>> rsa_key_as_pkcs1(std::span<const std::uint8_t> info_der)
{
    const unsigned char* cursor = info_der.data();
    const PkeyHandle key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(info_der.size())));
    ERR_clear_error();
    if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1) {
        return std::nullopt;
    }
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(i2d_PublicKey(key.get(), nullptr)));
    unsigned char* target = bytes.data();
    i2d_PublicKey(key.get(), &target);
    return bytes;
}

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text)
{
    std::string digits(text);
    digits.erase(
        std::remove_if(digits.begin(), digits.end(), [](char c) { return c == '\n' || c == '\r'; }),
        digits.end());
    std::vector<std::uint8_t> bytes(digits.size());
    const int decoded =
        EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(digits.data()),
                        static_cast<int>(digits.size()));
    const auto padding = std::count(digits.begin(), digits.end(), '=');
    if (digits.empty() || decoded <= padding) {
        return std::nullopt;
    }
    bytes.resize(static_cast<std::size_t>(decoded - padding));
    return bytes;
}

}  // namespace brownout::sim
