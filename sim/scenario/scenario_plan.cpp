// From a scenario to what a machine is built from.
#include "netcore_keys.hpp"
#include "scenario_keys.hpp"

#include "../crypto/key_wrap.hpp"
#include "../image/key_file.hpp"

#include <models/assert.hpp>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

namespace brownout::sim {

namespace {

// 1 primary, 2 secondary, 3 scratch, then pairs for further images; others from 16.
std::uint32_t area_id(const Partition& partition, std::uint32_t other_index)
{
    switch (partition.role) {
    case FLASH_PRIMARY:
        return partition.image_index == 0 ? 1 : 2 + 2 * partition.image_index;
    case FLASH_SECONDARY:
        return partition.image_index == 0 ? 2 : 3 + 2 * partition.image_index;
    case FLASH_SCRATCH:
        return 3;
    case FLASH_OTHER:
        break;
    }
    return 16 + other_index;
}

struct PrivateKeyDeleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

bool is_private_key(const std::vector<std::uint8_t>& der, const char* type)
{
    const unsigned char* bytes = der.data();
    const std::unique_ptr<EVP_PKEY, PrivateKeyDeleter> key(
        d2i_AutoPrivateKey(nullptr, &bytes, static_cast<long>(der.size())));
    ERR_clear_error();
    return key != nullptr && EVP_PKEY_is_a(key.get(), type) == 1;
}

// A key of another kind would unwrap nothing, and every encrypted image be refused.
void require_key_of_kind(const BootOptions& boot, const std::vector<std::uint8_t>& key)
{
    const auto require = [&](bool good, const std::string& what) {
        if (!good) {
            throw InputError(boot.place, boot.encryption_key.string() + " is not " + what);
        }
    };
    switch (boot.encryption) {
    case CRYPTO_WRAP_NONE:
        break;
    case CRYPTO_WRAP_AES_KW:
        require(key.size() == boot.image_key_bytes,
                "an AES key of " + std::to_string(boot.image_key_bytes * 8) + " bits");
        break;
    case CRYPTO_WRAP_RSA2048_OAEP:
        require(is_private_key(key, "RSA"), "an RSA key");
        break;
    case CRYPTO_WRAP_ECIES_P256:
        require(is_private_key(key, "EC"), "a P-256 key");
        break;
    case CRYPTO_WRAP_ECIES_X25519:
    case CRYPTO_WRAP_ECIES_X25519_SHA512:
        require(is_private_key(key, "X25519"), "an X25519 key");
        break;
    }
}

}  // namespace

BoardPlan board_plan(const Scenario& scenario)
{
    BoardPlan plan = scenario.board.plan;
    std::uint32_t other_index = 0;
    for (const Partition& partition : scenario.partitions) {
        AreaPlan area;
        area.name = partition.name;
        area.id = area_id(partition, other_index);
        area.role = partition.role;
        area.image_index = partition.image_index;
        area.device = partition.device;
        area.offset_bytes = partition.offset_bytes;
        area.size_bytes = partition.size_bytes;
        other_index += partition.role == FLASH_OTHER ? 1 : 0;
        plan.areas.push_back(std::move(area));
    }
    if (scenario.netcore) {
        plan.network = network_plan(scenario, plan);
    }
    return plan;
}

BootSetup boot_setup(const Scenario& scenario)
{
    const BootOptions& boot = scenario.boot;
    BootSetup setup;
    setup.config.strategy = boot.strategy;
    setup.config.image_count = boot.image_count;
    setup.config.max_image_sectors = boot.max_image_sectors;
    setup.config.max_align_bytes = boot.max_align_bytes;
    setup.config.validate_primary = boot.validate_primary;
    setup.config.bootstrap = boot.bootstrap;
    setup.config.downgrade = boot.downgrade;
    setup.config.minimal_scramble = boot.minimal_scramble;
    setup.config.compare_build_number = boot.compare_build_number;
    setup.config.tlv_allow_list = boot.tlv_allow_list;
    setup.config.keep_backup = boot.keep_backup;
    setup.config.hash = boot.signature == CRYPTO_ECDSA_P384 ? CRYPTO_SHA384 : CRYPTO_SHA256;
    setup.config.signature = boot.signature;
    setup.config.encryption = boot.encryption;
    setup.config.image_key_bytes = boot.image_key_bytes;
    setup.config.save_encrypted_tlv = boot.save_encrypted_tlv;
    if (boot.encryption != CRYPTO_WRAP_NONE) {
        setup.encryption_key = read_unwrapping_key(boot.encryption_key);
        require_key_of_kind(boot, setup.encryption_key);
    }
    setup.config.ram_load_address = boot.ram_load.address;
    setup.config.ram_load_bytes = boot.ram_load.size_bytes;
    setup.config.fixes = boot.fixes;
    setup.config.older = boot.older;
    setup.config.mutant = boot.mutant;
    for (const std::filesystem::path& path : boot.signing_keys) {
        setup.signing_keys.push_back(read_public_key(path, boot.signature));
    }
    setup.config.signing_key_count = static_cast<std::uint32_t>(setup.signing_keys.size());
    return setup;
}

std::vector<std::uint8_t> image_bytes(const Scenario& scenario, std::string_view image_name)
{
    const ScenarioImage* const image = scenario.image(image_name);
    BROWNOUT_ASSERT(image != nullptr);
    if (const auto* const spec = std::get_if<ImageSpec>(&image->source)) {
        try {
            return make_image(*spec);
        } catch (const InputError& error) {
            // A spec has no place of its own.
            throw InputError(error.place().file.empty() ? image->place : error.place(),
                             error.sentence());
        }
    }
    return read_content_file(std::get<std::filesystem::path>(image->source));
}

}  // namespace brownout::sim
