// The images of a build, and the keys that they are made with.
#include "import/ncs_parts.hpp"

#include "image/image_signer.hpp"
#include "import/zip_file.hpp"
#include "scenario/yaml_tree.hpp"

#include <boot/netcore.h>
#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kImageBytesMax = 32u << 20;
constexpr std::uint32_t kEncryptedFlags = 0x0C;

bool is_network_name(const std::string& name)
{
    return name.find("net_core") != name.npos || name.starts_with("signed_by_mcuboot_and_b0");
}

// Names of members of dfu_application.zip; empty: there is none.
struct ArchiveImages {
    std::string application;
    std::string network;
};

// manifest.json says which image of the bootloader a file is; without it, its name tells.
ArchiveImages images_in(const ZipArchive& archive, const fs::path& path)
{
    ArchiveImages found;
    const std::vector<std::string> names = archive.names();
    const auto put = [&](const std::string& name, bool is_network) {
        std::string& place = is_network ? found.network : found.application;
        const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
        place = place.empty() && is_there ? name : place;
    };
    if (std::find(names.begin(), names.end(), "manifest.json") != names.end()) {
        const Bytes text = archive.content("manifest.json");
        const nlohmann::json manifest = nlohmann::json::parse(text, nullptr, false);
        if (manifest.is_discarded()) {
            throw InputError(Place{path.string()}, "its manifest.json is no JSON");
        }
        const nlohmann::json files = manifest.is_object() && manifest.contains("files")
                                         ? manifest["files"]
                                         : nlohmann::json::array();
        for (const nlohmann::json& file : files) {
            if (!file.is_object() || !file.contains("file") || !file["file"].is_string()) {
                continue;
            }
            const std::string name = file["file"];
            const std::string index =
                file.contains("image_index") ? file["image_index"].dump() : std::string();
            put(name, index == "1" || index == "\"1\"" || is_network_name(name));
        }
    }
    for (const std::string& name : names) {
        if (name.ends_with(".bin")) {
            put(name, is_network_name(name));
        }
    }
    return found;
}

class NcsImageReader {
public:
    explicit NcsImageReader(NcsBuild& build) : build_(build) {}

    void read()
    {
        find_archive();
        read_application();
        read_network();
        find_key();
    }

private:
    void find_archive()
    {
        archive_file_ =
            first_file({build_.folder, build_.folder / "zephyr"}, {"dfu_application.zip"});
    }

    // Opened when something is wanted of it: a damaged one matters to nobody else.
    const ZipArchive& archive()
    {
        if (!archive_) {
            archive_.emplace(ZipArchive::read(*archive_file_));
            members_ = images_in(*archive_, *archive_file_);
        }
        return *archive_;
    }

    static Bytes bytes_of(const fs::path& file)
    {
        const std::string text = read_text_file(file.string(), kImageBytesMax);
        return {text.begin(), text.end()};
    }

    NcsImage image_in(const fs::path& file)
    {
        std::string why;
        const auto info = parse_image(bytes_of(file), &why);
        if (!info) {
            throw InputError(Place{file.string()}, "is not a signed image: " + why);
        }
        build_.was_read(file);
        return {fs::absolute(file).lexically_normal(), *info, false};
    }

    bool can_decrypt() const { return build_.encryption && !build_.encryption->key.empty(); }

    void read_application()
    {
        std::vector<std::string> names{"zephyr/zephyr.signed.bin", "zephyr/app_update.bin",
                                       "app_update.bin"};
        const std::string encrypted = "zephyr/zephyr.signed.encrypted.bin";
        names.insert(can_decrypt() ? names.begin() : names.end(), encrypted);
        const auto file = first_file(application_folders(build_), names);
        build_.image = image_in(file ? *file : extracted_application());
        if ((build_.image.info.flags & kEncryptedFlags) != 0) {
            judge_encrypted();
        } else if (build_.encryption) {
            build_.note("the bootloader decrypts, but the image is plain");
        }
    }

    void judge_encrypted()
    {
        const Place place{build_.image.file.string()};
        if (!build_.encryption) {
            throw InputError(place, "is encrypted, and the bootloader does not decrypt: no "
                                    "CONFIG_BOOT_ENCRYPT_RSA, _EC256 or _X25519 in its .config");
        }
        if (!can_decrypt()) {
            throw InputError(place, fmt::format("is encrypted, and the key that it is encrypted "
                                                "for is not there: CONFIG_BOOT_ENCRYPTION_KEY_FILE "
                                                "is '{}'",
                                                build_.config.text("BOOT_ENCRYPTION_KEY_FILE")));
        }
        constexpr std::uint16_t kX25519Sha512Tlv = 0x34;
        if (build_.image.info.tlv(kX25519Sha512Tlv) != nullptr) {
            build_.encryption->type = "ecies-x25519-sha512";
        }
        const ImageVerdict verdict =
            verify_image_file(bytes_of(build_.image.file), {{}, build_.encryption->key});
        if (!verdict.good) {
            throw InputError(place, fmt::format("cannot be decrypted with {}: {}",
                                                build_.encryption->key.string(), verdict.sentence));
        }
    }

    fs::path extracted_application()
    {
        if (!archive_file_) {
            throw InputError(Place{build_.folder.string()},
                             "holds no signed image: neither zephyr.signed.bin nor app_update.bin "
                             "nor dfu_application.zip");
        }
        archive();
        if (members_.application.empty()) {
            throw InputError(Place{archive_file_->string()}, "holds no image of the application");
        }
        if (build_.extract_to.empty()) {
            throw InputError(Place{archive_file_->string()},
                             "holds the only signed image; --extract FOLDER takes it out");
        }
        return extracted(members_.application);
    }

    fs::path extracted(const std::string& member)
    {
        const Bytes bytes = archive().content(member);
        std::error_code error;
        fs::create_directories(build_.extract_to, error);
        const fs::path target = build_.extract_to / fs::path(member).filename();
        if (fs::exists(target, error)) {
            throw InputError(Place{target.string()}, "is there already; nothing was extracted");
        }
        std::ofstream(target, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        if (!fs::is_regular_file(target, error)) {
            throw InputError(Place{target.string()}, "cannot be written");
        }
        return target;
    }

    // ---- the network core's ----

    void read_network()
    {
        if (build_.network == NcsNetwork::kNone) {
            return;
        }
        if (const auto file = network_file()) {
            build_.network_image = image_in(*file);
            use_or_replace(*build_.network_image);
            return;
        }
        build_.note("no image of the network core (net_core_app_update.bin, "
                    "signed_by_mcuboot_and_b0*.bin, or in dfu_application.zip with --extract): "
                    "its update is not imported");
        if (build_.network == NcsNetwork::kSimultaneous) {
            build_.network = NcsNetwork::kNone;
            std::erase_if(build_.slots, [](const NcsSlot& slot) {
                return slot.name.ends_with("_1") || slot.home == NcsHome::kNetwork;
            });
        }
    }

    std::optional<fs::path> network_file()
    {
        std::vector<fs::path> files = files_like(build_.folder, "signed_by_mcuboot_and_b0", ".bin");
        for (const fs::path& folder : {build_.folder / "zephyr", build_.folder}) {
            const auto more = files_like(folder, "net_core_app_update", ".bin");
            files.insert(files.end(), more.begin(), more.end());
        }
        if (!files.empty()) {
            return files.front();
        }
        if (!archive_file_ || build_.extract_to.empty()) {
            return std::nullopt;
        }
        archive();
        return members_.network.empty() ? std::nullopt : std::optional(extracted(members_.network));
    }

    // b0n here reads firmware information in a layout of its own (boot/netcore.h).
    void use_or_replace(NcsImage& image)
    {
        const Bytes bytes = bytes_of(image.file);
        const std::size_t at = std::size_t{image.info.header_bytes} + NETCORE_INFO_OFFSET;
        const auto word = [&](std::size_t offset) {
            std::uint32_t value = 0;
            for (std::size_t i = 0; i < 4 && offset + i < bytes.size(); ++i) {
                value |= std::uint32_t{bytes[offset + i]} << (8 * i);
            }
            return value;
        };
        image.is_generated = (image.info.flags & kEncryptedFlags) != 0 ||
                             word(at) != NETCORE_INFO_MAGIC0 || word(at + 4) != NETCORE_INFO_MAGIC1;
        if (image.is_generated) {
            build_.note(
                fmt::format("{}: the modelled b0n does not read the firmware information of "
                            "the product; a generated image of its version and size takes "
                            "its place",
                            image.file.string()));
        }
    }

    // ---- the key ----

    fs::path key_file(const std::string& name) const
    {
        std::error_code error;
        const fs::path beside = build_.folder / "mcuboot" / name;
        return fs::is_regular_file(beside, error) ? beside : fs::path(name);
    }

    // Old images must be signed by the same key, so signatures are checked only with a key that
    // can make one.
    void find_key()
    {
        const std::string name = build_.config.text("BOOT_SIGNATURE_KEY_FILE");
        if (name.empty()) {
            build_.note("the .config names no key: signatures are not checked");
            return;
        }
        try {
            const fs::path file = key_file(name);
            const SigningKey key = read_signing_key_file(file);
            if (key.kind != CRYPTO_ECDSA_P256) {
                build_.note(fmt::format("an old image is generated, which is possible with "
                                        "ecdsa-p256 alone: signatures by {} are not checked",
                                        name));
            } else if (const auto other = image_of_another_key(file)) {
                build_.note(fmt::format("{} is not signed with {}: signatures are not checked",
                                        other->string(), name));
            } else {
                build_.signing_key = fs::absolute(file).lexically_normal().string();
            }
        } catch (const InputError& error) {
            build_.note(fmt::format("signatures are not checked: {}", error.what()));
        }
    }

    std::optional<fs::path> image_of_another_key(const fs::path& key) const
    {
        const fs::path decryption_key = can_decrypt() ? build_.encryption->key : fs::path();
        if (!verify_image_file(bytes_of(build_.image.file), {{key}, decryption_key}).good) {
            return build_.image.file;
        }
        const bool has_network = build_.network_image && !build_.network_image->is_generated;
        if (has_network &&
            !verify_image_file(bytes_of(build_.network_image->file), {{key}, {}}).good) {
            return build_.network_image->file;
        }
        return std::nullopt;
    }

    NcsBuild& build_;
    std::optional<fs::path> archive_file_;
    std::optional<ZipArchive> archive_;
    ArchiveImages members_;
};

}  // namespace

void read_images(NcsBuild& build)
{
    NcsImageReader(build).read();
}

}  // namespace brownout::sim
