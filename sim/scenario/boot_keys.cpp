// boot: what MCUboot's configuration decides at build time.
#include "scenario_keys.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <bit>

namespace brownout::sim {

namespace {

struct SignatureDraft {
    crypto_signature type = CRYPTO_SIGNATURE_NONE;
    std::vector<std::filesystem::path> keys;
};

// One key file, or a list of them.
struct KeyFiles {
    using Value = std::vector<std::filesystem::path>;
    bool read(Reader& reader, const YamlNode& node, Value& files) const
    {
        if (node.is_list()) {
            return ListOf<ExistingFile>{}.read(reader, node, files);
        }
        files.resize(1);
        return ExistingFile{}.read(reader, node, files.front());
    }
    Json schema() const
    {
        return {{"anyOf", Json::array({ExistingFile{}.schema(), ListOf<ExistingFile>{}.schema()})}};
    }
};

const KeyTable<SignatureDraft>& signature_keys()
{
    static const KeyTable<SignatureDraft> kTable{
        "signature",
        {key("type", kRequired, Choice<crypto_signature>{signature_names}, &SignatureDraft::type,
             "how images are signed; none: they carry a hash only"),
         key("key", kOptional, KeyFiles{}, &SignatureDraft::keys,
             "public key file (DER or PEM), or a list of them; default for ecdsa-p256: the "
             "development key that ships with Brownout")}};
    return kTable;
}

Key<BootOptions> signature_key()
{
    Key<BootOptions> result;
    result.name = "signature";
    result.doc = "how images are signed and which keys are trusted";
    result.required = true;
    result.read = [](Reader& reader, const YamlNode& node, BootOptions& boot) {
        SignatureDraft draft;
        if (!Fields<SignatureDraft>{signature_keys}.read(reader, node, draft)) {
            return;
        }
        if (draft.type == CRYPTO_SIGNATURE_NONE && !draft.keys.empty()) {
            reader.fail(node, "a signature of type none has no key");
        }
        if (draft.type != CRYPTO_SIGNATURE_NONE && draft.keys.empty()) {
            if (draft.type == CRYPTO_ECDSA_P256) {
                draft.keys.push_back(dev_public_key());
            } else {
                reader.fail(node, "key 'key' is missing in signature");
            }
        }
        if (draft.keys.size() > BOOT_SIGNING_KEYS_MAX) {
            reader.fail(node, fmt::format("more than {} keys", BOOT_SIGNING_KEYS_MAX));
        }
        boot.signature = draft.type;
        boot.signing_keys = std::move(draft.keys);
    };
    result.schema = [] { return fields_schema(signature_keys()); };
    return result;
}

struct EncryptionDraft {
    crypto_key_wrap type = CRYPTO_WRAP_NONE;
    std::filesystem::path key;
    std::uint32_t bits = 128;
    bool save_tlv = false;
};

// 128 or 256
struct AesBits {
    using Value = std::uint64_t;
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        if (!WholeNumber{128, 256}.read(reader, node, bits)) {
            return false;
        }
        if (bits != 128 && bits != 256) {
            reader.must_be(node, "128 or 256");
            return false;
        }
        return true;
    }
    Json schema() const { return {{"enum", Json::array({128, 256})}}; }
};

const KeyTable<EncryptionDraft>& encryption_keys()
{
    static const KeyTable<EncryptionDraft> kTable{
        "encryption",
        {key("type", kRequired, Choice<crypto_key_wrap>{key_wrap_names}, &EncryptionDraft::type,
             "how the key of an image is wrapped in its TLV"),
         key("key", kRequired, ExistingFile{}, &EncryptionDraft::key,
             "private key of the device (PEM or DER), for aes-kw an AES key in base64"),
         key("bits", kOptional, AesBits{}, &EncryptionDraft::bits, "of AES: 128 (default) or 256"),
         key("save_tlv", kOptional, Flag{}, &EncryptionDraft::save_tlv,
             "BOOT_SWAP_SAVE_ENCTLV: a swap keeps wrapped keys in its trailer instead of plain "
             "ones; default false")}};
    return kTable;
}

Key<BootOptions> encryption_key()
{
    Key<BootOptions> result;
    result.name = "encryption";
    result.doc = "images may be encrypted; default: they may not";
    result.read = [](Reader& reader, const YamlNode& node, BootOptions& boot) {
        EncryptionDraft draft;
        if (Fields<EncryptionDraft>{encryption_keys}.read(reader, node, draft)) {
            boot.encryption = draft.type;
            boot.encryption_key = std::move(draft.key);
            boot.image_key_bytes = draft.bits / 8;
            boot.save_encrypted_tlv = draft.save_tlv;
        }
    };
    result.schema = [] { return fields_schema(encryption_keys()); };
    return result;
}

const KeyTable<RamRegion>& ram_load_keys()
{
    static const KeyTable<RamRegion> kTable{
        "ram_load",
        {key("address", kRequired, ByteSize{}, &RamRegion::address, "first address"),
         key("size", kRequired, ByteSize{1024, UINT32_MAX}, &RamRegion::size_bytes, "bytes")}};
    return kTable;
}

// A list of switches as one word of bits.
template <class Switch>
struct Switches {
    using Value = std::uint32_t;
    std::span<const Named<Switch>> (*table)();
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        std::vector<Switch> chosen;
        const bool good = ListOf<Choice<Switch>>{{table}, 0}.read(reader, node, chosen);
        for (const Switch one : chosen) {
            bits |= static_cast<std::uint32_t>(one);
        }
        return good;
    }
    Json schema() const { return ListOf<Choice<Switch>>{{table}, 0}.schema(); }
};

// A list of fixes, or `all`: also those that a later version adds.
struct Fixes {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& bits) const
    {
        if (!node.is_scalar()) {
            return Switches<boot_fix>{fix_names}.read(reader, node, bits);
        }
        if (node.text != "all") {
            reader.must_be(node, "a list of fixes, or all");
            return false;
        }
        for (const Named<boot_fix>& fix : fix_names()) {
            bits |= static_cast<std::uint32_t>(fix.value);
        }
        return true;
    }
    Json schema() const
    {
        const Json all = {{"enum", Json::array({"all"})}};
        return {{"anyOf", Json::array({all, Switches<boot_fix>{fix_names}.schema()})}};
    }
};

// builtin, or a shared object.
struct CoreName {
    using Value = std::string;
    bool read(Reader& reader, const YamlNode& node, Value& core) const
    {
        if (node.is_scalar() && node.text == "builtin") {
            core = node.text;
            return true;
        }
        std::filesystem::path path;
        const bool good = ExistingFile{}.read(reader, node, path);
        core = path.string();
        return good;
    }
    Json schema() const { return Text{}.schema(); }
};

struct MaxAlign {
    using Value = std::uint64_t;
    bool read(Reader& reader, const YamlNode& node, Value& value) const
    {
        if (!WholeNumber{8, 2048}.read(reader, node, value)) {
            return false;
        }
        if (!std::has_single_bit(value)) {
            reader.must_be(node, "a power of two");
            return false;
        }
        return true;
    }
    Json schema() const
    {
        return {{"enum", Json::array({8, 16, 32, 64, 128, 256, 512, 1024, 2048})}};
    }
};

std::vector<Key<BootOptions>> switch_keys()
{
    return {key("validate_primary", kOptional, Flag{}, &BootOptions::validate_primary,
                "check the primary slot on every boot; default true"),
            key("bootstrap", kOptional, Flag{}, &BootOptions::bootstrap,
                "install the secondary image if the primary slot is empty; default false"),
            key("downgrade", kOptional, Choice<boot_downgrade>{downgrade_names},
                &BootOptions::downgrade, "are older images accepted? default allowed"),
            key("minimal_scramble", kOptional, Flag{}, &BootOptions::minimal_scramble,
                "erase only header and trailer of a rejected slot; default false"),
            key("compare_build_number", kOptional, Flag{}, &BootOptions::compare_build_number,
                "versions differ by their build number too; default false"),
            key("tlv_allow_list", kOptional, Flag{}, &BootOptions::tlv_allow_list,
                "refuse images with unknown TLVs; default true"),
            key("keep_backup", kOptional, Flag{}, &BootOptions::keep_backup,
                "overwrite-only: leave the secondary slot as it is; default false"),
            key("ram_load", kOptional, Fields<RamRegion>{ram_load_keys}, &BootOptions::ram_load,
                "RAM that ram-load may copy images to; the bootloader has what lies below"),
            key("fixes", kOptional, Fixes{}, &BootOptions::fixes,
                "defects of the modelled release that are closed: a list, or all; default none"),
            key("older", kOptional, Switches<boot_older>{older_names}, &BootOptions::older,
                "defects of older releases that are brought back; default none"),
            key("mutant", kOptional, Choice<boot_mutant>{mutant_names}, &BootOptions::mutant,
                "a deliberate defect, to test that the checks find it; default none")};
}

const KeyTable<BootOptions>& boot_keys()
{
    static const KeyTable<BootOptions> kTable = [] {
        KeyTable<BootOptions> table{
            "boot",
            {key("core", kOptional, CoreName{}, &BootOptions::core,
                 "builtin (default), or the path of a shared object"),
             key("log", kOptional, Choice<std::string_view>{log_names}, &BootOptions::log,
                 "whose wording the log lines have"),
             key("strategy", kRequired, Choice<boot_strategy>{strategy_names},
                 &BootOptions::strategy, "how an update gets into the primary slot"),
             signature_key(), encryption_key(),
             key("max_image_sectors", kOptional, WholeNumber{1, 1 << 16},
                 &BootOptions::max_image_sectors,
                 "BOOT_MAX_IMG_SECTORS: sizes the status area; default 128"),
             key("alignment", kOptional, MaxAlign{}, &BootOptions::max_align_bytes,
                 "BOOT_MAX_ALIGN in bytes; default 8")}};
        for (Key<BootOptions>& entry : switch_keys()) {
            table.keys.push_back(std::move(entry));
        }
        return table;
    }();
    return kTable;
}

}  // namespace

Key<Scenario> boot_key()
{
    return key("boot", kRequired, Fields<BootOptions>{boot_keys}, &Scenario::boot,
               "the bootloader and its configuration");
}

}  // namespace brownout::sim
