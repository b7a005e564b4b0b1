#include "vectored_payload.hpp"

#include "image_layout.hpp"

#include <boot/netcore.h>
#include <sim/error.hpp>

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>

namespace brownout::sim {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kStackTop = 0x2000'8000;  // any: nothing here runs
constexpr std::uint32_t kEntryOffset = 0x101;     // the reset handler, Thumb bit set

void put_words(Bytes& bytes, std::size_t offset, std::initializer_list<std::uint32_t> words)
{
    Bytes raw;
    for (const std::uint32_t word : words) {
        image_layout::append_u32(raw, word);
    }
    std::copy(raw.begin(), raw.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

void put_firmware_information(Bytes& payload, const ImageVectors& vectors)
{
    const auto firmware_bytes =
        static_cast<std::uint32_t>(payload.size() - NETCORE_VALIDATION_BYTES);
    put_words(payload, NETCORE_INFO_OFFSET,
              {NETCORE_INFO_MAGIC0, NETCORE_INFO_MAGIC1, NETCORE_INFO_MAGIC2, NETCORE_INFO_BYTES,
               firmware_bytes, *vectors.firmware_version, vectors.address,
               vectors.address + kEntryOffset, NETCORE_INFO_VALID});
    put_words(
        payload, firmware_bytes,
        {NETCORE_INFO_MAGIC0, NETCORE_INFO_MAGIC1, NETCORE_VALIDATION_MAGIC2, vectors.address});
    SHA256(payload.data(), firmware_bytes, payload.data() + firmware_bytes + 16);
}

}  // namespace

Bytes payload_with_vectors(const ImageSpec& spec)
{
    Bytes payload = seeded_payload(spec.seed, spec.payload_bytes);
    if (!spec.vectors) {
        return payload;
    }
    constexpr std::size_t kInformationEnd =
        NETCORE_INFO_OFFSET + NETCORE_INFO_BYTES + NETCORE_VALIDATION_BYTES;
    const std::size_t bytes_min = spec.vectors->firmware_version ? kInformationEnd : 8;
    if (payload.size() < bytes_min) {
        throw InputError(fmt::format("a payload of {} bytes is too short for its vector table and "
                                     "firmware information ({} bytes)",
                                     payload.size(), bytes_min));
    }
    put_words(payload, 0, {kStackTop, spec.vectors->address + kEntryOffset});
    if (spec.vectors->firmware_version) {
        put_firmware_information(payload, *spec.vectors);
    }
    return payload;
}

}  // namespace brownout::sim
