// What the .config of the bootloader says: strategy, board, wording of the log, encryption.
#include "import/ncs_parts.hpp"

#include "scenario/yaml_tree.hpp"

#include <sim/error.hpp>
#include <sim/log_release.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kVersionBytesMax = 64u << 10;

const std::array<NcsKit, 4>& kits()
{
    static const std::array<NcsKit, 4> kKits = {
        {{"nrf52832", "nrf52832dk", "nrf52832dk-w25q32", "w25q32", "w25q32", false},
         {"nrf52833", "nrf52833dk", "nrf52833dk-mx25r32", "mx25r32", "mx25r3235f", false},
         {"nrf52840", "nrf52840dk", "nrf52840dk-qspi", "mx25r64", "mx25r6435f", true},
         {"nrf5340", "nrf5340dk-app", "nrf5340dk-qspi", "mx25r64", "mx25r6435f", true}}};
    return kKits;
}

void find_strategy(NcsBuild& build)
{
    const KconfigFile& config = build.config;
    const std::pair<const char*, const char*> kModes[] = {
        {"BOOT_SWAP_USING_MOVE", "swap-move"},
        {"BOOT_SWAP_USING_OFFSET", "swap-offset"},
        {"BOOT_SWAP_USING_SCRATCH", "swap-scratch"},
        {"BOOT_UPGRADE_ONLY", "overwrite-only-fast"},
        {"BOOT_DIRECT_XIP",
         config.is_set("BOOT_DIRECT_XIP_REVERT") ? "direct-xip-revert" : "direct-xip"},
        {"SINGLE_APPLICATION_SLOT", "single-slot"}};
    for (const auto& [option, strategy] : kModes) {
        if (config.is_set(option)) {
            build.strategy = strategy;
            return;
        }
    }
    build.strategy = "swap-move";
    build.note("the .config names no upgrade mode that is simulated: swap-move is assumed");
}

void find_kit(NcsBuild& build)
{
    const std::string target = build.config.text("BOARD_TARGET", build.config.text("BOARD"));
    std::string words = target + " " + build.config.text("SOC");
    std::transform(words.begin(), words.end(), words.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const NcsKit& kit : kits()) {
        if (words.find(kit.soc) != words.npos) {
            build.kit = kit;
            if (!words.starts_with(kit.soc + "dk")) {
                build.note(fmt::format("board '{}': the kit of its {} takes its place, {}", target,
                                       kit.soc, kit.board));
            }
            return;
        }
    }
    build.kit = kits()[2];
    build.note(fmt::format("there is no model of board '{}': an nRF52840 DK takes its place",
                           target.empty() ? "?" : target));
}

// "2.9" of #define NCS_VERSION_STRING "2.9.0"
std::string release_text(NcsBuild& build)
{
    const auto file =
        first_file(application_folders(build), {"zephyr/include/generated/zephyr/ncs_version.h",
                                                "zephyr/include/generated/ncs_version.h"});
    if (!file) {
        return {};
    }
    const std::string text = read_text_file(file->string(), kVersionBytesMax);
    const std::size_t at = text.find("NCS_VERSION_STRING");
    const std::size_t quote = at == text.npos ? at : text.find('"', at);
    const std::size_t end = quote == text.npos ? quote : text.find('"', quote + 1);
    int major = 0;
    int minor = 0;
    if (end != text.npos) {
        const char* const last = text.data() + end;
        const auto dot = std::from_chars(text.data() + quote + 1, last, major);
        if (dot.ec == std::errc{} && dot.ptr != last && *dot.ptr == '.' &&
            std::from_chars(dot.ptr + 1, last, minor).ec == std::errc{} && major >= 1 &&
            major < 100 && minor >= 0 && minor < 100) {
            build.was_read(*file);
            build.release = major * 100 + minor;
            return fmt::format("{}.{}", major, minor);
        }
    }
    build.note(file->string() + " names no release");
    return {};
}

void find_log(NcsBuild& build)
{
    const std::string release = release_text(build);
    const std::string name = "ncs-" + release;
    const auto names = log_releases();
    if (std::any_of(names.begin(), names.end(),
                    [&](const LogRelease& known) { return known.name == name; })) {
        build.log = name;
    } else if (release.empty()) {
        build.note("the release of the SDK is not known: log lines are worded as MCUboot 2.4 words "
                   "them");
    } else {
        build.note(fmt::format("the wording of {} is not known: log lines are worded as MCUboot "
                               "2.4 words them",
                               name));
    }
}

void find_encryption(NcsBuild& build)
{
    const KconfigFile& config = build.config;
    const std::pair<const char*, const char*> kKinds[] = {{"BOOT_ENCRYPT_RSA", "rsa2048-oaep"},
                                                          {"BOOT_ENCRYPT_EC256", "ecies-p256"},
                                                          {"BOOT_ENCRYPT_X25519", "ecies-x25519"},
                                                          {"BOOT_ENCRYPT_KW", "aes-kw"}};
    for (const auto& [option, type] : kKinds) {
        if (!config.is_set(option)) {
            continue;
        }
        NcsEncryption encryption;
        encryption.type = type;
        encryption.has_aes256 = config.is_set("BOOT_ENCRYPT_ALG_AES_256");
        encryption.saves_tlv = config.is_set("BOOT_SWAP_SAVE_ENCTLV");
        const std::string key = config.text("BOOT_ENCRYPTION_KEY_FILE");
        std::error_code error;
        for (const fs::path& candidate : {fs::path(key), build.folder / "mcuboot" / key}) {
            if (!key.empty() && fs::is_regular_file(candidate, error)) {
                encryption.key = fs::absolute(candidate).lexically_normal();
                break;
            }
        }
        if (encryption.key.empty()) {
            build.note(key.empty() ? "the bootloader decrypts, but the .config names no "
                                     "CONFIG_BOOT_ENCRYPTION_KEY_FILE: encrypted images are refused"
                                   : fmt::format("the key that images are encrypted for, '{}', is "
                                                 "not there: encrypted images are refused",
                                                 key));
        }
        build.encryption = std::move(encryption);
        return;
    }
}

// ncs.md 2.3 and 2.4: which flavour a bootloader of the nRF5340 has.
void find_network(NcsBuild& build)
{
    const bool has_pcd = build.kit.soc == "nrf5340" && build.config.is_set("PCD_APP");
    if (has_pcd) {
        build.network = build.config.number("UPDATEABLE_IMAGE_NUMBER", 1, 16) >= 2
                            ? NcsNetwork::kSimultaneous
                            : NcsNetwork::kSequential;
    }
}

}  // namespace

void read_bootloader(NcsBuild& build)
{
    const fs::path file = build.folder / "mcuboot/zephyr/.config";
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        throw InputError(Place{build.folder.string()},
                         "holds no mcuboot/zephyr/.config: not a build folder of the nRF Connect "
                         "SDK with MCUboot, or not built yet");
    }
    build.config = read_kconfig(file);
    build.was_read(file);
    find_strategy(build);
    find_kit(build);
    find_log(build);
    find_encryption(build);
    find_network(build);
    if (build.config.is_set("BOOT_MAX_IMG_SECTORS_AUTO")) {
        build.note("BOOT_MAX_IMG_SECTORS_AUTO: the number that the build chose is not in .config");
    }
    // A scenario runs the modelled core, whose symbols reports name.
    const fs::path symbols = build.folder / "mcuboot/zephyr/zephyr.elf";
    if (fs::is_regular_file(symbols, error)) {
        build.note(
            "symbols of mcuboot/zephyr/zephyr.elf are not used: the modelled bootloader runs "
            "in place of the product's, and reports name its symbols");
    }
}

}  // namespace brownout::sim
