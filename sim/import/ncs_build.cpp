// What a build folder says, gathered and written down as a scenario.
#include "image/image_signer.hpp"
#include "scenario/yaml_tree.hpp"

#include <sim/error.hpp>
#include <sim/image_tool.hpp>
#include <sim/log_release.hpp>
#include <sim/ncs_import.hpp>
#include <sim/partition_file.hpp>
#include <sim/scenario.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDtsBytesMax = 16u << 20;
constexpr std::size_t kImageBytesMax = 32u << 20;

struct ImportedSlot {
    std::string name;
    bool external = false;
    std::uint32_t address = 0;
    std::uint32_t size_bytes = 0;
};

std::string yaml_quoted(const std::string& text)
{
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? "''" : std::string(1, c);
    }
    return out + "'";
}

class NcsBuildReader {
public:
    NcsBuildReader(fs::path folder, fs::path extract_to)
        : folder_(std::move(folder)), extract_to_(std::move(extract_to))
    {
    }

    NcsImport import()
    {
        std::error_code error;
        if (!fs::is_directory(folder_, error)) {
            throw InputError(Place{folder_.string()}, "is not a folder");
        }
        find_config();
        find_slots();
        find_image();
        NcsImport result;
        result.yaml = scenario_text();
        result.notes = notes_;
        try {
            parse_scenario(result.yaml, folder_ / "imported.yaml");
        } catch (const InputError& problem) {
            throw InputError(Place{folder_.string()},
                             "no scenario can have what is in this folder: " + problem.sentence());
        }
        return result;
    }

private:
    void note(const std::string& sentence) { notes_.push_back(sentence); }
    void read(const fs::path& file) { sources_.push_back(file.string()); }

    // The first of these that is there; sysbuild's folders of images are looked into as well.
    std::optional<fs::path> first_of(const std::vector<std::string>& names) const
    {
        std::error_code error;
        for (const std::string& name : names) {
            if (fs::is_regular_file(folder_ / name, error)) {
                return folder_ / name;
            }
        }
        std::set<fs::path> found;  // the order of a directory is nobody's
        for (const auto& entry : fs::directory_iterator(folder_, error)) {
            const std::string image = entry.path().filename().string();
            if (!entry.is_directory(error) || image == "mcuboot" || image == "b0") {
                continue;
            }
            for (const std::string& name : names) {
                if (fs::is_regular_file(entry.path() / name, error)) {
                    found.insert(entry.path() / name);
                    break;
                }
            }
        }
        return found.empty() ? std::nullopt : std::optional(*found.begin());
    }

    bool is_set(const std::string& name) const
    {
        const auto found = config_.find("CONFIG_" + name);
        return found != config_.end() && found->second == "y";
    }

    std::string value(const std::string& name, const std::string& fallback = {}) const
    {
        const auto found = config_.find("CONFIG_" + name);
        return found != config_.end() ? found->second : fallback;
    }

    void find_config()
    {
        const fs::path file = folder_ / "mcuboot/zephyr/.config";
        std::error_code error;
        if (!fs::is_regular_file(file, error)) {
            throw InputError(Place{folder_.string()},
                             "holds no mcuboot/zephyr/.config: not a build folder of the nRF "
                             "Connect SDK with MCUboot, or not built yet");
        }
        config_ = read_kconfig(file);
        read(file);
        find_strategy();
        find_board();
        find_log();
        const fs::path symbols = folder_ / "mcuboot/zephyr/zephyr.elf";
        if (fs::is_regular_file(symbols, error)) {
            read(symbols);
        } else {
            note("no mcuboot/zephyr/zephyr.elf: addresses of the product's bootloader have no "
                 "names");
        }
    }

    void find_strategy()
    {
        const std::pair<const char*, const char*> kModes[] = {
            {"BOOT_SWAP_USING_MOVE", "swap-move"},
            {"BOOT_SWAP_USING_OFFSET", "swap-offset"},
            {"BOOT_SWAP_USING_SCRATCH", "swap-scratch"},
            {"BOOT_UPGRADE_ONLY", "overwrite-only-fast"},
            {"BOOT_DIRECT_XIP",
             is_set("BOOT_DIRECT_XIP_REVERT") ? "direct-xip-revert" : "direct-xip"},
            {"SINGLE_APPLICATION_SLOT", "single-slot"}};
        for (const auto& [option, strategy] : kModes) {
            if (is_set(option)) {
                strategy_ = strategy;
                return;
            }
        }
        strategy_ = "swap-move";
        note("the .config names no upgrade mode that is simulated: swap-move is assumed");
    }

    void find_board()
    {
        const std::string target = value("BOARD_TARGET", value("BOARD"));
        const std::string soc = value("SOC");
        for (const auto& [part, board, external] :
             {std::tuple{"nrf52832", "nrf52832dk", "nrf52832dk-w25q32"},
              std::tuple{"nrf52833", "nrf52833dk", "nrf52833dk-mx25r32"},
              std::tuple{"nrf52840", "nrf52840dk", "nrf52840dk-qspi"},
              std::tuple{"nrf5340", "nrf5340dk-app", "nrf5340dk-qspi"}}) {
            std::string lower = target + " " + soc;
            std::transform(lower.begin(), lower.end(), lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            if (lower.find(part) != lower.npos) {
                board_ = board;
                external_board_ = external;
            }
        }
        if (board_.empty()) {
            board_ = "nrf52840dk";
            external_board_ = "nrf52840dk-qspi";
            note(fmt::format("there is no model of board '{}': an nRF52840 DK takes its place",
                             target.empty() ? "?" : target));
        }
    }

    void find_log()
    {
        const auto version = first_of({"zephyr/include/generated/ncs_version.h",
                                       "zephyr/include/generated/zephyr/ncs_version.h"});
        if (version) {
            const std::string text = read_text_file(version->string(), 64 * 1024);
            const std::size_t at = text.find("NCS_VERSION_STRING");
            const std::size_t quote = at == text.npos ? at : text.find('"', at);
            const std::size_t dot = quote == text.npos ? quote : text.find('.', quote);
            const std::size_t second = dot == text.npos ? dot : text.find_first_of(".\"", dot + 1);
            if (second != text.npos) {
                log_ = "ncs-" + text.substr(quote + 1, second - quote - 1);
                read(*version);
            }
        }
        const auto names = log_releases();
        const bool is_known = std::any_of(names.begin(), names.end(), [&](const LogRelease& known) {
            return known.name == log_;
        });
        if (!is_known) {
            note(log_.empty() ? "the release of the SDK is not known: log lines are worded as "
                                "MCUboot 2.4 words them"
                              : fmt::format("the wording of {} is not known: log lines are worded "
                                            "as MCUboot 2.4 words them",
                                            log_));
            log_.clear();
        }
    }

    // ---- partitions ----

    void find_slots()
    {
        const auto file = first_of({"partitions.yml", "pm_static.yml", "mcuboot/pm_static.yml"});
        if (file) {
            slots_from_partition_file(*file);
        } else {
            slots_from_dts();
        }
        const auto has = [&](const char* name) {
            return std::any_of(slots_.begin(), slots_.end(),
                               [&](const ImportedSlot& slot) { return slot.name == name; });
        };
        if (!has("mcuboot_primary") || (strategy_ != "single-slot" && !has("mcuboot_secondary"))) {
            throw InputError(Place{folder_.string()},
                             "neither partitions.yml nor pm_static.yml nor a zephyr.dts names the "
                             "two slots of an image");
        }
        if (strategy_ == "swap-scratch" && !has("mcuboot_scratch")) {
            throw InputError(Place{folder_.string()},
                             "the bootloader swaps using scratch, but no partition is the scratch "
                             "area");
        }
    }

    void add_slot(const ImportedSlot& slot)
    {
        if (slot.name == "mcuboot_primary" || slot.name == "mcuboot_secondary" ||
            (slot.name == "mcuboot_scratch" && strategy_ == "swap-scratch")) {
            slots_.push_back(slot);
        } else if (is_slot_name(slot.name) && slot.name != "mcuboot_scratch") {
            note(fmt::format("{}: image 0 alone is imported", slot.name));
        }
    }

    void slots_from_partition_file(const fs::path& file)
    {
        const PartitionFile partitions = read_partition_file(file);
        read(file);
        notes_.insert(notes_.end(), partitions.notes.begin(), partitions.notes.end());
        for (const FilePartition& partition : partitions.partitions) {
            add_slot({partition.name, partition.region == "external_flash", partition.address,
                      partition.size_bytes});
        }
    }

    void slots_from_dts()
    {
        const auto file = first_of({"mcuboot/zephyr/zephyr.dts", "zephyr/zephyr.dts"});
        if (!file) {
            return;
        }
        const std::pair<const char*, const char*> kLabels[] = {
            {"slot0_partition", "mcuboot_primary"},
            {"slot1_partition", "mcuboot_secondary"},
            {"scratch_partition", "mcuboot_scratch"},
            {"slot2_partition", "mcuboot_primary_1"},
            {"slot3_partition", "mcuboot_secondary_1"}};
        for (const DtsPartition& partition :
             parse_dts_partitions(read_text_file(file->string(), kDtsBytesMax))) {
            for (const auto& [label, name] : kLabels) {
                if (partition.label == label) {
                    add_slot({name, !partition.on_chip, partition.address, partition.size_bytes});
                }
            }
        }
        read(*file);
        note("no partitions.yml: partitions are those of " + file->string());
    }

    // ---- the image and its key ----

    void find_image()
    {
        const auto file =
            first_of({"zephyr/zephyr.signed.bin", "zephyr/app_update.bin", "app_update.bin"});
        image_file_ = file ? fs::absolute(*file) : extracted_image();
        read(image_file_);
        const std::string text = read_text_file(image_file_.string(), kImageBytesMax);
        std::string why;
        const auto info =
            parse_image({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, &why);
        if (!info) {
            throw InputError(Place{image_file_.string()}, "is not a signed image: " + why);
        }
        image_ = *info;
        if ((image_.flags & 0x0C) != 0) {
            throw InputError(Place{image_file_.string()},
                             "is encrypted: scenarios of encrypted images are not imported");
        }
        find_key({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }

    fs::path extracted_image() const
    {
        const auto archive = first_of({"dfu_application.zip", "zephyr/dfu_application.zip"});
        if (!archive) {
            throw InputError(Place{folder_.string()},
                             "holds no signed image: neither zephyr.signed.bin nor app_update.bin "
                             "nor dfu_application.zip");
        }
        std::string member;
        for (const std::string& name : zip_member_names(*archive)) {
            const bool is_image = name.ends_with(".bin") && name.find("net_core") == name.npos;
            member = member.empty() && is_image ? name : member;
        }
        if (extract_to_.empty()) {
            throw InputError(Place{archive->string()},
                             "holds the only signed image; --extract FOLDER takes it out");
        }
        const std::vector<std::uint8_t> bytes = zip_member(*archive, member);
        std::error_code error;
        fs::create_directories(extract_to_, error);
        const fs::path target = fs::absolute(extract_to_ / fs::path(member).filename());
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

    // The old image must be signed by the same key, so signatures are checked only with a key that
    // can make one.
    void find_key(std::span<const std::uint8_t> image)
    {
        const std::string name = value("BOOT_SIGNATURE_KEY_FILE");
        if (name.empty()) {
            note("the .config names no key: signatures are not checked");
            return;
        }
        try {
            const SigningKey key = read_signing_key_file(fs::path(name));
            const std::vector<std::uint8_t> der = public_key_bytes(key.key.get(), key.kind);
            if (key.kind != CRYPTO_ECDSA_P256) {
                note(fmt::format("an old image is generated, which is possible with ecdsa-p256 "
                                 "alone: signatures by {} are not checked",
                                 name));
            } else if (!image_signature_matches(image, image_, key.kind, der)) {
                note(fmt::format("the image is not signed with {}: signatures are not checked",
                                 name));
            } else {
                key_ = fs::absolute(name).string();
            }
        } catch (const InputError& error) {
            note(fmt::format("signatures are not checked: {}", error.what()));
        }
    }

    // ---- writing ----

    std::string boot_text() const
    {
        std::string boot = fmt::format("boot:\n  strategy: {}\n", strategy_);
        boot += log_.empty() ? "" : "  log: " + log_ + "\n";
        boot += fmt::format("  max_image_sectors: {}\n", value("BOOT_MAX_IMG_SECTORS", "128"));
        if (key_.empty()) {
            boot += "  signature: {type: none}\n  tlv_allow_list: false\n";
        } else {
            boot += fmt::format("  signature: {{type: ecdsa-p256, key: {}}}\n", yaml_quoted(key_));
        }
        boot += fmt::format("  validate_primary: {}\n", is_set("BOOT_VALIDATE_SLOT0"));
        boot += is_set("BOOT_BOOTSTRAP") ? "  bootstrap: true\n" : "";
        boot += is_set("MCUBOOT_DOWNGRADE_PREVENTION") ? "  downgrade: by-version\n" : "";
        return boot;
    }

    std::string partitions_text(bool has_external) const
    {
        std::string text = "partitions:\n";
        for (const ImportedSlot& slot : slots_) {
            text +=
                fmt::format("  {}: {{address: 0x{:X}, size: 0x{:X}{}}}\n", slot.name, slot.address,
                            slot.size_bytes,
                            has_external && slot.external ? ", device: " + external_device() : "");
        }
        return text;
    }

    std::string external_device() const
    {
        return board_ == "nrf52832dk" ? "w25q32" : board_ == "nrf52833dk" ? "mx25r32" : "mx25r64";
    }

    std::string steps_text() const
    {
        if (strategy_ == "single-slot") {
            return "flash: {mcuboot_primary: new}\nsteps:\n  - reset:\n  - expect: {boots: new}\n";
        }
        const std::string offset = strategy_ == "swap-offset" ? ", offset: 0x1000" : "";
        const bool swaps = strategy_.starts_with("swap-");
        std::string text = fmt::format("flash: {{mcuboot_primary: old}}\nsteps:\n"
                                       "  - upload: {{image: new, to: mcuboot_secondary{}}}\n",
                                       offset);
        text += strategy_ == "direct-xip" ? ""
                                          : fmt::format("  - request_upgrade: {{type: {}}}\n",
                                                        swaps ? "test" : "permanent");
        text += "  - reset:\n  - expect: {boots: new}\n";
        if (swaps) {
            text += "  - confirm:\n  - reset:\n  - expect: {boots: new}\n";
        }
        return text + fmt::format("explore: {{during: [reset{}], granularity: calls}}\n",
                                  swaps ? ", confirm" : "");
    }

    std::string scenario_text()
    {
        const bool has_external = std::any_of(
            slots_.begin(), slots_.end(), [](const ImportedSlot& slot) { return slot.external; });
        if (has_external) {
            note(fmt::format("the external memory is taken to be that of board {}; see `devices` "
                             "for another part or wiring",
                             external_board_));
        }
        if (is_set("BOOT_MAX_IMG_SECTORS_AUTO")) {
            note("BOOT_MAX_IMG_SECTORS_AUTO: the number that the build chose is not in .config");
        }
        note("the build holds the new image alone: the old one is generated, of the same size");
        note("how the application confirms is not in a build folder: it confirms at once");
        std::string text = "# Imported from a build folder of the nRF Connect SDK. Read:\n";
        for (const std::string& source : sources_) {
            text += "#   " + one_line(source) + "\n";
        }
        text += "# Not known, or assumed:\n";
        for (const std::string& sentence : notes_) {
            text += "#   " + one_line(sentence) + "\n";
        }
        text += fmt::format("scenario: {}\n",
                            yaml_quoted(one_line("Build in " + folder_.filename().string())));
        text += fmt::format("board: {}\n", has_external ? external_board_ : board_);
        text += partitions_text(has_external) + boot_text();
        text += fmt::format("images:\n  old: {{generate: {{version: 0.0.0, payload_bytes: {}, "
                            "header_bytes: {}, seed: old{}}}}}\n",
                            image_.payload_bytes, image_.header_bytes,
                            key_.empty() ? "" : ", key: " + yaml_quoted(key_));
        text += fmt::format("  new: {{file: {}}}\n", yaml_quoted(image_file_.string()));
        return text + steps_text();
    }

    static std::string one_line(std::string text)
    {
        std::replace_if(
            text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
        return text;
    }

    fs::path folder_;
    fs::path extract_to_;
    std::map<std::string, std::string> config_;
    std::string strategy_;
    std::string board_;
    std::string external_board_;
    std::string log_;
    std::vector<ImportedSlot> slots_;
    fs::path image_file_;
    ImageInfo image_;
    std::string key_;
    std::vector<std::string> sources_;
    std::vector<std::string> notes_;
};

}  // namespace

NcsImport import_ncs_build(const fs::path& build_folder, const fs::path& extract_to)
{
    return NcsBuildReader(build_folder, extract_to).import();
}

}  // namespace brownout::sim
