// Any bytes as a wrapped image key, a private key, a public key and a signature: refused or used,
// the same every time.
#include <sim/crypto.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

Bytes known_key(crypto_key_wrap kind)
{
    static const char* const kNames[] = {"",
                                         "enc-rsa2048-priv.der",
                                         "",
                                         "enc-ec256-priv.der",
                                         "enc-x25519-priv.der",
                                         "enc-x25519-priv.der"};
    if (kind == CRYPTO_WRAP_AES_KW) {
        return Bytes(16, 0x42);
    }
    std::ifstream stream(std::string(TEST_KEYS_FOLDER "/") + kNames[kind], std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(stream), {});
}

const boot_crypto& crypto()
{
    using namespace brownout::sim;
    static CryptoProvider provider({}, {.charge = [](std::uint64_t) {}, .mapped = {}, .memory = {}},
                                   {.remember = false});
    return *provider.table();
}

std::uint32_t length_of(View bytes)
{
    return static_cast<std::uint32_t>(bytes.size());
}

int unwrap_once(crypto_key_wrap kind, View key, View wrapped, Bytes& image_key)
{
    return crypto().unwrap_key(crypto().context, kind, key.data(), length_of(key), wrapped.data(),
                               length_of(wrapped), image_key.data(), length_of(image_key));
}

void unwrap(crypto_key_wrap kind, View key, View wrapped, std::size_t key_bytes)
{
    const Bytes untouched(key_bytes, 0xA5);
    Bytes first = untouched;
    Bytes second = untouched;
    const int result = unwrap_once(kind, key, wrapped, first);
    if (unwrap_once(kind, key, wrapped, second) != result || first != second ||
        (result != CRYPTO_OK && first != untouched)) {
        std::abort();
    }
}

}  // namespace

// Kind, number of key bytes, key, then what is wrapped or signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 3) {
        return 0;
    }
    const View rest(data + 3, size - 3);
    const auto key_length = static_cast<std::size_t>(data[1] | (data[2] & 0x0F) << 8);
    const View key = rest.first(std::min(key_length, rest.size()));
    const View other = rest.subspan(key.size());
    if ((data[0] & 0x80) != 0) {
        const auto kind = static_cast<crypto_signature>(1 + data[0] % CRYPTO_ED25519);
        const Bytes digest(kind == CRYPTO_ECDSA_P384 ? 48 : 32, 0x11);
        (void)crypto().verify(crypto().context, kind, key.data(), length_of(key), digest.data(),
                              length_of(digest), other.data(), length_of(other));
        return 0;
    }
    const auto kind = static_cast<crypto_key_wrap>(1 + data[0] % 5);
    const std::size_t key_bytes = (data[2] & 0x80) != 0 ? 32 : 16;
    unwrap(kind, key, other, key_bytes);
    unwrap(kind, known_key(kind), other, key_bytes);
    return 0;
}
