// Protected TLVs that a bootloader hands on or compares: the boot record of measured boot, and the
// identities of vendor and class.
#pragma once

#include <boot/image.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace brownout::sim {

inline constexpr std::uint16_t kTlvVendorId = 0x74;
inline constexpr std::uint16_t kTlvClassId = 0x75;

// CBOR of TLV_BOOT_RECORD: {1: software type, 4: version, 5: signer, 6: name of the hash,
// 2: measurement}. The measurement comes last and is zero: the bootloader puts the hash of the
// image there.
std::vector<std::uint8_t> boot_record(const std::string& software_type, const boot_version& version,
                                      std::span<const std::uint8_t> signer_id,
                                      std::uint32_t hash_bits);

}  // namespace brownout::sim
