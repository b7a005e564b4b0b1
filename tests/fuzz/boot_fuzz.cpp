// Any bytes in all slots: the boot core starts something, refuses, asserts or panics, but never
// reads or writes outside of what it has and always comes to an end. Then it boots what it left,
// and so on. Hashes and signatures that are right are easy to guess here, so that what lies behind
// the validation is reached; so are wrapped image keys.
#include "../boot/core/ram_flash.hpp"

#include <boot/app.h>
#include <boot/boot.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>

namespace {

using namespace brownout::boot_test;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kSectorBytes = 512;
constexpr std::uint32_t kSlotSectors = 6;
constexpr std::uint32_t kSlotBytes = kSlotSectors * kSectorBytes;
constexpr std::uint32_t kScratchSectors = 2;
constexpr std::uint32_t kRamAddress = 0x20000000;

// What an input says before its flash content.
struct Choices {
    std::uint8_t strategy;
    std::uint8_t switches;
    std::uint8_t encryption;
    std::uint8_t write_unit;
    std::uint8_t fixes;
    std::uint8_t operations;  // before the power fails, in steps of 8
};

// Memory that ram-load may use.
struct Ram {
    Bytes bytes = Bytes(kSlotBytes);

    std::uint8_t* at(std::uint32_t address, std::uint32_t byte_count)
    {
        if (address < kRamAddress || byte_count > bytes.size() ||
            address - kRamAddress > bytes.size() - byte_count) {
            std::abort();
        }
        return bytes.data() + (address - kRamAddress);
    }
};
Ram* ram = nullptr;

void read_ram_bytes(void*, std::uint32_t address, void* destination, std::uint32_t byte_count)
{
    std::memcpy(destination, ram->at(address, byte_count), byte_count);
}

void write_ram_bytes(void*, std::uint32_t address, const void* source, std::uint32_t byte_count)
{
    std::memcpy(ram->at(address, byte_count), source, byte_count);
}

// Every byte of the digest is 0x11, whatever is hashed; but all of it is read.
int hash_ranges(void*, crypto_hash hash, const crypto_range* ranges, std::uint32_t range_count,
                std::uint8_t* digest)
{
    for (const crypto_range& range : std::span(ranges, range_count)) {
        std::array<std::uint8_t, 64> piece{};
        for (std::uint32_t done = 0; done < range.byte_count; done += piece.size()) {
            const auto length =
                std::min<std::uint32_t>(range.byte_count - done, std::uint32_t{piece.size()});
            if (range.area == nullptr) {
                read_ram_bytes(nullptr, range.offset_or_address + done, piece.data(), length);
            } else if (flash_read(range.area, range.offset_or_address + done, piece.data(),
                                  length) != 0) {
                return CRYPTO_EBAD;
            }
        }
    }
    std::fill_n(digest, hash, std::uint8_t{0x11});
    return CRYPTO_OK;
}

boot_crypto guessable_crypto()
{
    boot_crypto crypto{};
    crypto.struct_bytes = sizeof crypto;
    crypto.version = BOOT_CRYPTO_VERSION;
    crypto.hash_ranges = hash_ranges;
    crypto.hash_bytes = [](void*, crypto_hash hash, const void*, std::uint32_t,
                           std::uint8_t* digest) {
        std::fill_n(digest, hash, std::uint8_t{0x11});
        return int{CRYPTO_OK};
    };
    crypto.verify = [](void*, crypto_signature, const std::uint8_t*, std::uint32_t,
                       const std::uint8_t*, std::uint32_t, const std::uint8_t* signature,
                       std::uint32_t bytes) {
        return bytes > 0 && (signature[0] ^ signature[bytes - 1]) != 0 ? int{CRYPTO_OK}
                                                                       : int{CRYPTO_EBAD};
    };
    crypto.unwrap_key = [](void*, crypto_key_wrap, const std::uint8_t*, std::uint32_t,
                           const std::uint8_t* wrapped, std::uint32_t wrapped_bytes,
                           std::uint8_t* image_key, std::uint32_t image_key_bytes) {
        if (wrapped_bytes > 0 && wrapped[0] == 0x33) {
            std::copy_n(wrapped, std::min(wrapped_bytes, image_key_bytes), image_key);
            return int{CRYPTO_OK};
        }
        return int{CRYPTO_EBAD};
    };
    crypto.ctr = [](void*, const crypto_ctr* ctr, std::uint32_t, void* bytes,
                    std::uint32_t byte_count) {
        auto* const out = static_cast<std::uint8_t*>(bytes);
        for (std::uint32_t i = 0; i < byte_count; ++i) {
            out[i] ^= ctr->key[i % ctr->key_bytes];
        }
        return int{CRYPTO_OK};
    };
    return crypto;
}

boot_config config_of(const Choices& choices)
{
    boot_config config{};
    config.strategy = static_cast<boot_strategy>(choices.strategy % BOOT_STRATEGY_COUNT);
    config.image_count = 1;
    config.max_image_sectors = kSlotSectors;
    config.max_align_bytes = 8u << (choices.write_unit >> 4) % 3;
    config.validate_primary = (choices.switches & 1) == 0;
    config.bootstrap = (choices.switches & 2) != 0;
    config.downgrade = static_cast<boot_downgrade>((choices.switches >> 2) % 3);
    config.minimal_scramble = (choices.switches & 16) != 0;
    config.tlv_allow_list = (choices.switches & 32) == 0;
    config.keep_backup = (choices.switches & 64) != 0;
    config.hash = CRYPTO_SHA256;
    config.signature = (choices.switches & 128) != 0 ? CRYPTO_ED25519 : CRYPTO_SIGNATURE_NONE;
    static const std::uint8_t kKey = 0;
    config.signing_key_count = config.signature != CRYPTO_SIGNATURE_NONE ? 1 : 0;
    config.signing_keys[0] = {&kKey, 1};
    config.encryption = static_cast<crypto_key_wrap>((choices.encryption & 7) % 6);
    config.image_key_bytes = (choices.encryption & 64) != 0 ? 32 : 16;
    config.save_encrypted_tlv = (choices.encryption & 128) != 0;
    config.encryption_key = {&kKey, 1};
    config.ram_load_address = kRamAddress;
    config.ram_load_bytes = kSlotBytes;
    config.fixes = choices.fixes;
    return config;
}

// Records of u16 offset, u8 length and that many bytes, laid over erased flash.
void lay_out(std::span<const std::uint8_t> input, Bytes& flash)
{
    while (input.size() >= 3) {
        const std::size_t offset = (input[0] + 256u * input[1]) % flash.size();
        const std::size_t length =
            std::min({std::size_t{input[2]}, input.size() - 3, flash.size() - offset});
        std::copy_n(input.begin() + 3, length, flash.begin() + static_cast<std::ptrdiff_t>(offset));
        input = input.subspan(3 + length);
    }
}

flash_map map_of(const RamFlash& flash)
{
    flash_map map{};
    map.areas[map.area_count++] = flash.area(FLASH_PRIMARY, 0, kSlotBytes);
    map.areas[map.area_count++] = flash.area(FLASH_SECONDARY, kSlotBytes, kSlotBytes);
    map.areas[map.area_count++] =
        flash.area(FLASH_SCRATCH, 2 * kSlotBytes, kScratchSectors * kSectorBytes);
    return map;
}

// False: it asserted or panicked.
bool boot_once(const boot_io* io, const boot_crypto& crypto, const boot_config& config,
               const flash_map& map)
{
    std::vector<std::max_align_t> state(boot_state_bytes() / sizeof(std::max_align_t) + 1);
    boot_response response{};
    try {
        (void)boot_go(reinterpret_cast<boot_state*>(state.data()), io, &crypto, &config, &map,
                      &response);
    } catch (const Halted&) {
        return false;
    } catch (const PowerLost&) {
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Choices choices{};
    if (size < sizeof choices) {
        return 0;
    }
    std::memcpy(&choices, data, sizeof choices);
    TestIo io;
    boot_io table = *io.table();
    table.mem_read = read_ram_bytes;
    table.mem_write = write_ram_bytes;
    const bool needs_erase = (choices.write_unit & 8) == 0;
    RamFlash flash(&table, {{kSectorBytes, 2 * kSlotSectors + kScratchSectors}},
                   1u << (choices.write_unit & 3), needs_erase);
    lay_out({data + sizeof choices, size - sizeof choices}, flash.bytes);
    const boot_config config = config_of(choices);
    const flash_map map = map_of(flash);
    const boot_crypto crypto = guessable_crypto();
    Ram memory;
    ram = &memory;

    long operations_left = long{choices.operations} * 8;
    flash.operations_left = &operations_left;
    for (int boot = 0; boot < 3 && boot_once(&table, crypto, config, map); ++boot) {
        flash.operations_left = nullptr;
        const app_context app{&table, &config, &map};
        (void)app_set_confirmed(&app, 0);
        (void)app_set_pending(&app, 0, boot == 1);
    }
    return 0;
}
