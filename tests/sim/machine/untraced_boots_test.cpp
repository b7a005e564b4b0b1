// Whole boots of configurations for which no trace of the reference exists: P-384, SHA-384,
// SHA-512, AES-256, a single slot, three images. The openssl command makes the images and says
// which are good; nothing of this project signs, hashes or encrypts here.
#include "openssl_images.hpp"

#include <sim/data_paths.hpp>
#include <sim/machine.hpp>

#include <memory>
#include <optional>
#include <ostream>

namespace brownout::sim {
namespace {

constexpr std::uint32_t kSectorBytes = 4096;
constexpr std::uint32_t kSlotBytes = 6 * kSectorBytes;

constexpr SigningKind kHashOnly{
    "Sha256", CRYPTO_SIGNATURE_NONE, CRYPTO_SHA256, TLV_SHA256, TLV_ANY, "-sha256", ""};
constexpr SigningKind kKinds[] = {
    {"EcdsaP384WithSha384", CRYPTO_ECDSA_P384, CRYPTO_SHA384, TLV_SHA384, TLV_ECDSA_SIG, "-sha384",
     TEST_KEYS "/p384-rfc6979.der"},
    {"Ed25519WithSha512", CRYPTO_ED25519, CRYPTO_SHA512, TLV_SHA512, TLV_ED25519, "-sha512",
     TEST_REFERENCE_KEYS "/sign-ed25519-priv.der"},
    {"HashAloneSha512", CRYPTO_SIGNATURE_NONE, CRYPTO_SHA512, TLV_SHA512, TLV_ANY, "-sha512", ""}};

// One device with a primary and a secondary slot for each image, one after the other.
class UntracedMachine {
public:
    UntracedMachine(boot_strategy strategy, const SigningKind& kind, std::uint32_t image_count = 1)
        : loader_(Firmware::load(builtin_firmware(BOOT_FIRMWARE_LOADER), {})),
          application_(Firmware::load(builtin_firmware(BOOT_FIRMWARE_APPLICATION), {}))
    {
        setup.config.strategy = strategy;
        setup.config.image_count = image_count;
        setup.config.max_image_sectors = 8;
        setup.config.max_align_bytes = 8;
        setup.config.validate_primary = true;
        setup.config.tlv_allow_list = true;
        setup.config.hash = kind.hash;
        setup.config.signature = kind.signature;
    }

    // From here on the setup counts.
    void start()
    {
        BoardPlan board;
        board.name = "plain";
        DevicePlan device;
        device.name = "internal";
        device.register_base = 0x40001000;
        device.mapped_address = 0x10000000;
        device.sectors = {{kSectorBytes, 2 * 6 * setup.config.image_count}};
        board.devices.push_back(device);
        const bool single = setup.config.strategy == BOOT_SINGLE_SLOT;
        for (std::uint32_t i = 0; i < setup.config.image_count; ++i) {
            const std::string suffix = i == 0 ? "" : "_" + std::to_string(i);
            board.areas.push_back(area("mcuboot_primary" + suffix, FLASH_PRIMARY, i));
            if (!single) {
                board.areas.push_back(area("mcuboot_secondary" + suffix, FLASH_SECONDARY, i));
            }
        }
        machine_ = std::make_unique<Machine>(board, setup, *loader_, application_.get());
        state = machine_->blank_state();
    }

    void store(flash_role role, std::uint32_t image, const ImageBytes& bytes)
    {
        state.devices[0].poke(offset_of(role, image), bytes);
    }

    ImageBytes content(flash_role role, std::uint32_t image, std::size_t byte_count) const
    {
        ImageBytes bytes(byte_count);
        state.devices[0].read(offset_of(role, image), bytes);
        return bytes;
    }

    void request(std::uint32_t image, bool permanent)
    {
        app_command command{};
        command.kind = APP_SET_PENDING;
        command.image_index = image;
        command.permanent = permanent;
        EXPECT_EQ(machine_->command(state, command).outcome.code, 0);
    }

    RunReport boot() { return machine_->boot(state); }

    // The major version in the primary slot of an image that a boot starts; nullopt: it does not.
    std::optional<int> boots(std::uint32_t image = 0)
    {
        if (boot().outcome.kind != OutcomeKind::kHandedOver) {
            return std::nullopt;
        }
        return content(FLASH_PRIMARY, image, 21)[20];
    }

    // Boots the present state with the power lost before each call in turn, and once more; the
    // states that this leaves. The first is that of a boot without a cut.
    std::vector<MachineState> after_every_cut()
    {
        std::vector<MachineState> ends;
        const MachineState begin = state;
        const std::uint32_t calls = boot().calls;
        ends.push_back(state);
        for (std::uint32_t call = 0; call < calls; ++call) {
            state = begin;
            RunOptions options;
            options.cut = PowerCut{PowerCut::At::kCall, call, {}};
            EXPECT_EQ(machine_->boot(state, options).outcome.kind, OutcomeKind::kPowerLost);
            EXPECT_EQ(boot().outcome.kind, OutcomeKind::kHandedOver) << "call " << call;
            ends.push_back(state);
        }
        return ends;
    }

    BootSetup setup;
    MachineState state;

private:
    static std::uint32_t offset_of(flash_role role, std::uint32_t image)
    {
        return (2 * image + (role == FLASH_SECONDARY ? 1 : 0)) * kSlotBytes;
    }

    static AreaPlan area(std::string name, flash_role role, std::uint32_t image)
    {
        const std::uint32_t offset = offset_of(role, image);
        return {std::move(name), 1 + offset / kSlotBytes, role, image, 0, offset, kSlotBytes};
    }

    std::unique_ptr<Firmware> loader_;
    std::unique_ptr<Firmware> application_;
    std::unique_ptr<Machine> machine_;
};

// Good, and with one bit turned over in each part that hash or signature cover or are.
std::vector<OpensslImage> variants_of(const OpensslImage& good)
{
    std::vector<OpensslImage> variants{good};
    std::vector<std::size_t> places{20, kOpensslImageHeaderBytes, good.signed_bytes - 1,
                                    good.hash_at};
    if (good.signature_bytes > 0) {
        places.push_back(good.signature_at + 40);
        places.push_back(good.signature_at + good.signature_bytes - 1);
    }
    for (const std::size_t place : places) {
        variants.push_back(good);
        variants.back().bytes[place] ^= 0x04;
    }
    return variants;
}

class NoTraceOfSignature : public testing::TestWithParam<SigningKind> {
protected:
    UntracedMachine machine_of(boot_strategy strategy)
    {
        UntracedMachine machine(strategy, GetParam());
        if (GetParam().signature != CRYPTO_SIGNATURE_NONE) {
            machine.setup.signing_keys.push_back(maker.public_key());
        }
        machine.start();
        return machine;
    }

    OpensslImageMaker maker{GetParam()};
};

TEST_P(NoTraceOfSignature, AnUpgradeStartsExactlyWhatOpensslFindsGood)
{
    const OpensslImage old_image = maker.make({.major = 1});
    int good = 0;
    for (const OpensslImage& variant : variants_of(maker.make({.major = 2}))) {
        UntracedMachine machine = machine_of(BOOT_SWAP_MOVE);
        machine.store(FLASH_PRIMARY, 0, old_image.bytes);
        machine.store(FLASH_SECONDARY, 0, variant.bytes);
        machine.request(0, true);
        const bool verdict = maker.is_good(variant);
        good += verdict ? 1 : 0;
        EXPECT_EQ(machine.boots(), verdict ? 2 : 1);
    }
    EXPECT_EQ(good, 1);
}

TEST_P(NoTraceOfSignature, ASingleSlotStartsExactlyWhatOpensslFindsGoodAndWritesNothing)
{
    for (const OpensslImage& variant : variants_of(maker.make({.major = 3}))) {
        UntracedMachine machine = machine_of(BOOT_SINGLE_SLOT);
        machine.store(FLASH_PRIMARY, 0, variant.bytes);
        const RunReport report = machine.boot();
        EXPECT_EQ(report.outcome.kind == OutcomeKind::kHandedOver, maker.is_good(variant));
        EXPECT_EQ(report.calls, 0u);
    }
}

INSTANTIATE_TEST_SUITE_P(JudgedByOpenssl, NoTraceOfSignature, testing::ValuesIn(kKinds),
                         [](const auto& test) { return std::string(test.param.name); });

// ---- encryption with AES-256 --------------------------------------------------------------------

struct WrappingKind {
    const char* name;
    crypto_key_wrap wrap;
    tlv_type tlv;
    bool saves_wrapped;
};

void PrintTo(const WrappingKind& kind, std::ostream* out)
{
    *out << kind.name;
}

constexpr char kImageKeyHex[] = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr char kWrappingKeyHex[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

class NoTraceOfAes256 : public testing::TestWithParam<WrappingKind> {
protected:
    // The payload in counter mode, the counter beginning at 0.
    ImageBytes crypt(const ImageBytes& payload) const
    {
        const OpensslCommand& openssl = maker.openssl();
        openssl.put("plain.bin", payload);
        EXPECT_TRUE(openssl(std::string("enc -aes-256-ctr -K ") + kImageKeyHex +
                            " -iv 00000000000000000000000000000000 -in plain.bin -out crypt.bin"));
        return openssl.get("crypt.bin");
    }

    static ImageBytes bytes_of_hex(const std::string& hex)
    {
        ImageBytes bytes;
        for (std::size_t i = 0; i < hex.size(); i += 2) {
            bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
        }
        return bytes;
    }

    ImageBytes wrapped_key() const
    {
        const OpensslCommand& openssl = maker.openssl();
        openssl.put("image.key", bytes_of_hex(kImageKeyHex));
        if (GetParam().wrap == CRYPTO_WRAP_AES_KW) {
            EXPECT_TRUE(openssl(std::string("enc -id-aes256-wrap -iv A6A6A6A6A6A6A6A6 -K ") +
                                kWrappingKeyHex + " -in image.key -out wrapped.key"));
        } else {
            EXPECT_TRUE(openssl("pkeyutl -encrypt -pubin -keyform DER "
                                "-inkey " TEST_REFERENCE_KEYS "/enc-rsa2048-pub.der "
                                "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 "
                                "-pkeyopt rsa_mgf1_md:sha256 -in image.key -out wrapped.key"));
        }
        return openssl.get("wrapped.key");
    }

    // As it lies in a secondary slot: the payload encrypted, the wrapped key behind the hash.
    ImageBytes encrypted(const OpensslImage& image) const
    {
        const auto payload = image.bytes.begin() + kOpensslImageHeaderBytes;
        const auto tlvs = image.bytes.begin() + static_cast<std::ptrdiff_t>(image.signed_bytes);
        ImageBytes bytes(image.bytes.begin(), payload);
        const ImageBytes cipher = crypt(ImageBytes(payload, tlvs));
        bytes.insert(bytes.end(), cipher.begin(), cipher.end());
        ImageBytes entries(tlvs + 4, image.bytes.end());
        put_entry(entries, static_cast<std::uint16_t>(GetParam().tlv), wrapped_key());
        const ImageBytes area = tlv_area_of(TLV_INFO_MAGIC, entries);
        bytes.insert(bytes.end(), area.begin(), area.end());
        return bytes;
    }

    ImageBytes private_key() const
    {
        if (GetParam().wrap == CRYPTO_WRAP_AES_KW) {
            return bytes_of_hex(kWrappingKeyHex);
        }
        std::ifstream stream(TEST_REFERENCE_KEYS "/enc-rsa2048-priv.der", std::ios::binary);
        return ImageBytes(std::istreambuf_iterator<char>(stream), {});
    }

    UntracedMachine machine_of(boot_strategy strategy) const
    {
        UntracedMachine machine(strategy, kHashOnly);
        machine.setup.config.encryption = GetParam().wrap;
        machine.setup.config.image_key_bytes = 32;
        machine.setup.config.save_encrypted_tlv = GetParam().saves_wrapped;
        machine.setup.encryption_key = private_key();
        machine.start();
        return machine;
    }

    OpensslImageMaker maker{kHashOnly};
};

TEST_P(NoTraceOfAes256, SwapsDecryptAndEncryptAsOpensslDoesWhereverThePowerFails)
{
    const OpensslImage old_image = maker.make({.major = 1});
    const OpensslImage plain =
        maker.make({.major = 2, .payload_bytes = 6016, .flags = IMAGE_FLAG_ENCRYPTED_AES256});
    const ImageBytes cipher = encrypted(plain);
    UntracedMachine machine = machine_of(BOOT_SWAP_MOVE);
    machine.store(FLASH_PRIMARY, 0, old_image.bytes);
    machine.store(FLASH_SECONDARY, 0, cipher);
    machine.request(0, false);

    std::vector<MachineState> ends = machine.after_every_cut();
    EXPECT_GT(ends.size(), 30u);
    for (const MachineState& end : ends) {
        machine.state = end;
        EXPECT_EQ(machine.content(FLASH_PRIMARY, 0, plain.signed_bytes),
                  ImageBytes(plain.bytes.begin(), plain.bytes.begin() + static_cast<std::ptrdiff_t>(
                                                                            plain.signed_bytes)));
        EXPECT_EQ(machine.content(FLASH_SECONDARY, 0, old_image.bytes.size()), old_image.bytes);
    }
    // Nobody confirms: the image goes back as it came, encrypted anew.
    machine.state = ends.front();
    EXPECT_EQ(machine.boots(), 1);
    EXPECT_EQ(machine.content(FLASH_SECONDARY, 0, cipher.size()), cipher);
}

TEST_P(NoTraceOfAes256, OverwritingDecryptsAsOpensslDoes)
{
    const OpensslImage plain =
        maker.make({.major = 2, .payload_bytes = 6016, .flags = IMAGE_FLAG_ENCRYPTED_AES256});
    UntracedMachine machine = machine_of(BOOT_OVERWRITE_ONLY_FAST);
    machine.store(FLASH_PRIMARY, 0, maker.make({.major = 1}).bytes);
    machine.store(FLASH_SECONDARY, 0, encrypted(plain));
    machine.request(0, true);
    EXPECT_EQ(machine.boots(), 2);
    EXPECT_EQ(machine.content(FLASH_PRIMARY, 0, plain.signed_bytes),
              ImageBytes(plain.bytes.begin(),
                         plain.bytes.begin() + static_cast<std::ptrdiff_t>(plain.signed_bytes)));
}

constexpr WrappingKind kWrappings[] = {
    {"AesKeyWrap", CRYPTO_WRAP_AES_KW, TLV_ENC_KW, false},
    {"AesKeyWrapSavedInTheTrailer", CRYPTO_WRAP_AES_KW, TLV_ENC_KW, true},
    {"RsaOaep", CRYPTO_WRAP_RSA2048_OAEP, TLV_ENC_RSA2048, false}};

INSTANTIATE_TEST_SUITE_P(JudgedByOpenssl, NoTraceOfAes256, testing::ValuesIn(kWrappings),
                         [](const auto& test) { return std::string(test.param.name); });

// ---- three images -------------------------------------------------------------------------------

class NoTraceOfThreeImages : public testing::Test {
protected:
    NoTraceOfThreeImages()
    {
        machine.setup.signing_keys.push_back(maker.public_key());
        machine.start();
        for (std::uint32_t i = 0; i < 3; ++i) {
            machine.store(FLASH_PRIMARY, i, maker.make({.major = 1}).bytes);
        }
    }

    // Image 0 wants image 2 in version 2.
    OpensslImage update_of(std::uint32_t image) const
    {
        OpensslImageSpec spec{.major = 2};
        if (image == 0) {
            put_entry(spec.protected_entries, TLV_DEPENDENCY, {2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0});
        }
        return maker.make(spec);
    }

    std::vector<int> versions() const
    {
        std::vector<int> versions;
        for (std::uint32_t i = 0; i < 3; ++i) {
            versions.push_back(machine.content(FLASH_PRIMARY, i, 21)[20]);
        }
        return versions;
    }

    OpensslImageMaker maker{kKinds[0]};
    UntracedMachine machine{BOOT_SWAP_MOVE, kKinds[0], 3};
};

TEST_F(NoTraceOfThreeImages, AllAreUpgradedTogetherWhereverThePowerFailsJudgedByOpenssl)
{
    for (std::uint32_t i = 0; i < 3; ++i) {
        const OpensslImage update = update_of(i);
        EXPECT_TRUE(maker.is_good(update));
        machine.store(FLASH_SECONDARY, i, update.bytes);
        machine.request(i, true);
    }
    const std::vector<MachineState> ends = machine.after_every_cut();
    EXPECT_GT(ends.size(), 90u);
    for (const MachineState& end : ends) {
        machine.state = end;
        EXPECT_EQ(versions(), (std::vector<int>{2, 2, 2}));
    }
}

TEST_F(NoTraceOfThreeImages, NoneIsUpgradedIfOneThatAnotherNeedsIsBadJudgedByOpenssl)
{
    for (std::uint32_t i = 0; i < 3; ++i) {
        OpensslImage update = update_of(i);
        update.bytes[kOpensslImageHeaderBytes] ^= i == 2 ? 1 : 0;
        EXPECT_EQ(maker.is_good(update), i != 2);
        machine.store(FLASH_SECONDARY, i, update.bytes);
        machine.request(i, true);
    }
    machine.boot();
    EXPECT_EQ(versions(), (std::vector<int>{1, 1, 1}));
}

TEST_F(NoTraceOfThreeImages, TheOthersAreUpgradedIfOneThatNobodyNeedsIsBadJudgedByOpenssl)
{
    for (std::uint32_t i = 0; i < 3; ++i) {
        OpensslImage update = update_of(i);
        update.bytes[update.signature_at + 50] ^= i == 1 ? 1 : 0;
        EXPECT_EQ(maker.is_good(update), i != 1);
        machine.store(FLASH_SECONDARY, i, update.bytes);
        machine.request(i, true);
    }
    machine.boot();
    EXPECT_EQ(versions(), (std::vector<int>{2, 1, 2}));
}

}  // namespace
}  // namespace brownout::sim
