// The crypto table of boot/crypto.h, filled with OpenSSL.
//
// Charges the cycles of the modelled SoC and remembers results by content: a hash by the digest of
// the bytes hashed, a verdict by key, digest and signature. A remembered result costs the same
// device time as a computed one.
//
// One provider serves one core: its calls must not overlap. A call may be abandoned wherever it
// charges cycles or reads flash; the next call starts afresh.
#pragma once

#include <boot/crypto.h>
#include <models/flash_array.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace brownout::sim {

struct CryptoCosts {
    std::uint32_t sha256_cycles_per_byte = 51;
    std::uint32_t verify_cycles = 6'400'000;
    std::uint32_t aes_cycles_per_byte = 40;
};

// What the provider needs from the machine that runs the firmware.
struct CryptoHost {
    // CPU cycles of the calling core. On the firmware's stack, may not return (power, budget).
    std::function<void(std::uint64_t cycles)> charge;
    // Content of a flash range that the calling core can read directly (memory-mapped flash):
    // the array and the offset in it; nullptr if the area must be read through its driver.
    std::function<const models::FlashArray*(const flash_area& area, std::uint32_t offset_bytes,
                                            std::uint64_t& array_offset)>
        mapped;
    // Memory at a device address (RAM of a ram-load image); empty if it is not RAM.
    std::function<std::span<const std::uint8_t>(std::uint32_t address, std::uint32_t byte_count)>
        memory;
};

struct CryptoOptions {
    bool remember = true;                         // false: everything is computed every time
    std::size_t remembered_results_max = 65'536;  // of each kind; then forgotten and begun again
};

class CryptoProvider {
public:
    CryptoProvider(CryptoCosts costs, CryptoHost host, CryptoOptions options = {});
    ~CryptoProvider();
    CryptoProvider(const CryptoProvider&) = delete;
    CryptoProvider& operator=(const CryptoProvider&) = delete;

    const boot_crypto* table() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Lower-case hex of the SHA-256 of some bytes, for reports.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace brownout::sim
