// Images that nothing of this project signed, hashed or encrypted: the openssl command did. It also
// judges them.
#pragma once

#include <boot/crypto.h>
#include <boot/image.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

namespace brownout::sim {

using ImageBytes = std::vector<std::uint8_t>;

// The openssl command, in a folder of its own.
class OpensslCommand {
public:
    OpensslCommand()
    {
        std::string pattern = ::testing::TempDir() + "openssl-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~OpensslCommand() { std::filesystem::remove_all(folder_); }
    OpensslCommand(const OpensslCommand&) = delete;
    OpensslCommand& operator=(const OpensslCommand&) = delete;

    bool operator()(const std::string& arguments) const
    {
        const std::string line =
            "cd '" + folder_.string() + "' && openssl " + arguments + " >/dev/null 2>&1";
        return std::system(line.c_str()) == 0;
    }

    void put(const char* name, const ImageBytes& bytes) const
    {
        std::ofstream(folder_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }

    ImageBytes get(const char* name) const
    {
        std::ifstream stream(folder_ / name, std::ios::binary);
        return ImageBytes(std::istreambuf_iterator<char>(stream), {});
    }

private:
    std::filesystem::path folder_;
};

struct SigningKind {
    const char* name;
    crypto_signature signature;
    crypto_hash hash;
    tlv_type hash_tlv;
    tlv_type signature_tlv;
    const char* digest;  // option of openssl dgst
    const char* key;     // private, DER
};

inline void PrintTo(const SigningKind& kind, std::ostream* out)
{
    *out << kind.name;
}

// Where the parts of an image lie that its builder knows.
struct OpensslImage {
    ImageBytes bytes;
    std::size_t signed_bytes = 0;
    std::size_t hash_at = 0;
    std::size_t signature_at = 0;
    std::size_t signature_bytes = 0;
};

struct OpensslImageSpec {
    std::uint8_t major = 1;
    std::uint32_t payload_bytes = 5000;
    std::uint32_t flags = 0;
    ImageBytes protected_entries{};
};

inline void put_u16(ImageBytes& bytes, std::size_t value)
{
    bytes.push_back(static_cast<std::uint8_t>(value));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

inline void put_u32(ImageBytes& bytes, std::size_t value)
{
    put_u16(bytes, value & 0xFFFF);
    put_u16(bytes, value >> 16);
}

inline void put_entry(ImageBytes& bytes, std::uint16_t type, const ImageBytes& payload)
{
    bytes.reserve(bytes.size() + 4 + payload.size());
    put_u16(bytes, type);
    put_u16(bytes, payload.size());
    bytes.insert(bytes.end(), payload.begin(), payload.end());
}

inline ImageBytes tlv_area_of(std::uint16_t magic, const ImageBytes& entries)
{
    ImageBytes area;
    area.reserve(4 + entries.size());
    put_u16(area, magic);
    put_u16(area, entries.size() + 4);
    area.insert(area.end(), entries.begin(), entries.end());
    return area;
}

inline constexpr std::size_t kOpensslImageHeaderBytes = 512;

class OpensslImageMaker {
public:
    explicit OpensslImageMaker(const SigningKind& kind) : kind_(kind)
    {
        if (kind.signature != CRYPTO_SIGNATURE_NONE) {
            const std::string read = std::string("pkey -inform DER -in ") + kind.key;
            EXPECT_TRUE(openssl_(read + " -out key.pem"));
            EXPECT_TRUE(openssl_(read + " -pubout -out public.pem"));
            EXPECT_TRUE(openssl_(read + " -pubout -outform DER -out public.der"));
        }
    }

    ImageBytes public_key() const { return openssl_.get("public.der"); }
    const OpensslCommand& openssl() const { return openssl_; }

    OpensslImage make(const OpensslImageSpec& spec) const
    {
        OpensslImage image;
        image.bytes = header_and_payload(spec);
        if (!spec.protected_entries.empty()) {
            const ImageBytes area = tlv_area_of(TLV_INFO_MAGIC_PROTECTED, spec.protected_entries);
            image.bytes.insert(image.bytes.end(), area.begin(), area.end());
        }
        image.signed_bytes = image.bytes.size();
        ImageBytes entries;
        put_entry(entries, static_cast<std::uint16_t>(kind_.hash_tlv), digest(image.bytes));
        image.hash_at = image.signed_bytes + 8;
        if (kind_.signature != CRYPTO_SIGNATURE_NONE) {
            put_entry(entries, TLV_KEYHASH, digest(public_key()));
            const ImageBytes signature = sign(image.bytes);
            image.signature_at = image.signed_bytes + 4 + entries.size() + 4;
            image.signature_bytes = signature.size();
            put_entry(entries, static_cast<std::uint16_t>(kind_.signature_tlv), signature);
        }
        const ImageBytes area = tlv_area_of(TLV_INFO_MAGIC, entries);
        image.bytes.insert(image.bytes.end(), area.begin(), area.end());
        return image;
    }

    // What openssl says of hash and signature.
    bool is_good(const OpensslImage& image) const
    {
        const auto at = [&](std::size_t offset) {
            return image.bytes.begin() + static_cast<std::ptrdiff_t>(offset);
        };
        const ImageBytes covered(image.bytes.begin(), at(image.signed_bytes));
        const ImageBytes expected = digest(covered);
        if (!std::equal(expected.begin(), expected.end(), at(image.hash_at))) {
            return false;
        }
        if (kind_.signature == CRYPTO_SIGNATURE_NONE) {
            return true;
        }
        openssl_.put("signature.bin", ImageBytes(at(image.signature_at),
                                                 at(image.signature_at + image.signature_bytes)));
        openssl_.put("covered.bin", covered);
        if (kind_.signature == CRYPTO_ED25519) {
            return openssl_("pkeyutl -verify -pubin -inkey public.pem -rawin -in digest.bin "
                            "-sigfile signature.bin");
        }
        return openssl_(std::string("dgst ") + kind_.digest +
                        +" -verify public.pem -signature signature.bin covered.bin");
    }

    ImageBytes digest(const ImageBytes& bytes) const
    {
        openssl_.put("hashed.bin", bytes);
        EXPECT_TRUE(
            openssl_(std::string("dgst ") + kind_.digest + " -binary -out digest.bin hashed.bin"));
        return openssl_.get("digest.bin");
    }

private:
    static ImageBytes header_and_payload(const OpensslImageSpec& spec)
    {
        ImageBytes bytes;
        bytes.reserve(kOpensslImageHeaderBytes + spec.payload_bytes);
        put_u32(bytes, IMAGE_MAGIC);
        put_u32(bytes, 0);
        put_u16(bytes, kOpensslImageHeaderBytes);
        put_u16(bytes, spec.protected_entries.empty() ? 0 : spec.protected_entries.size() + 4);
        put_u32(bytes, spec.payload_bytes);
        put_u32(bytes, spec.flags);
        bytes.push_back(spec.major);
        bytes.resize(kOpensslImageHeaderBytes, 0);
        for (std::uint32_t i = 0; i < spec.payload_bytes; ++i) {
            bytes.push_back(static_cast<std::uint8_t>(i * 7 + i / 256 + spec.major));
        }
        return bytes;
    }

    ImageBytes sign(const ImageBytes& bytes) const
    {
        if (kind_.signature == CRYPTO_ED25519) {
            digest(bytes);
            EXPECT_TRUE(openssl_("pkeyutl -sign -inkey key.pem -rawin -in digest.bin "
                                 "-out made.bin"));
        } else {
            openssl_.put("covered.bin", bytes);
            EXPECT_TRUE(openssl_(std::string("dgst ") + kind_.digest +
                                 " -sign key.pem -out made.bin covered.bin"));
        }
        return openssl_.get("made.bin");
    }

    SigningKind kind_;
    OpensslCommand openssl_;
};

}  // namespace brownout::sim
