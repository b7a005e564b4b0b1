// A scenario as YAML that loads to the same scenario.
#include "board_writer.hpp"
#include "expected_bytes.hpp"
#include "explore_writer.hpp"
#include "netcore_keys.hpp"
#include "scalar_text.hpp"
#include "scenario_keys.hpp"
#include "smp_writer.hpp"
#include "yaml_fields.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

std::string hex(std::uint64_t value)
{
    return fmt::format("0x{:X}", value);
}

// Writes keys with values; keys that have their default are left out.
class ScenarioWriter : private YamlFields {
public:
    ScenarioWriter(const Scenario& scenario, const std::filesystem::path& destination)
        : scenario_(scenario), directory_(std::filesystem::absolute(destination).parent_path())
    {
    }

    std::string text()
    {
        out_ << YAML::BeginMap;
        value("scenario", scenario_.name);
        write_board(out_, scenario_, directory_);
        write_device_changes(out_, scenario_);
        partitions();
        boot();
        if (scenario_.netcore) {
            write_netcore(*this, *scenario_.netcore);
        }
        images();
        flash();
        steps();
        explore();
        out_ << YAML::EndMap;
        return std::string(out_.c_str()) + "\n";
    }

private:
    std::string relative(const std::filesystem::path& path) const
    {
        return std::filesystem::absolute(path)
            .lexically_normal()
            .lexically_proximate(directory_.lexically_normal())
            .generic_string();
    }

    // ---- sections ----

    void partitions()
    {
        begin_map("partitions");
        for (const Partition& partition : scenario_.partitions) {
            begin_map(partition.name.c_str(), true);
            plain("address", hex(partition.offset_bytes));
            plain("size", hex(partition.size_bytes));
            if (partition.device != 0) {
                value("device", scenario_.board.plan.devices[partition.device].name);
            }
            end_map();
        }
        end_map();
    }

    void boot()
    {
        const BootOptions& boot = scenario_.boot;
        const BootOptions fallback;
        begin_map("boot");
        value("core", boot.core == "builtin" ? boot.core : relative(boot.core));
        unless_default("log", boot.log, fallback.log);
        choice("strategy", strategy_names(), boot.strategy);
        signature(boot);
        if (boot.encryption != CRYPTO_WRAP_NONE) {
            begin_map("encryption", true);
            choice("type", key_wrap_names(), boot.encryption);
            value("key", relative(boot.encryption_key));
            unless_default("bits", boot.image_key_bytes * 8, 128u);
            unless_default("save_tlv", boot.save_encrypted_tlv, false);
            end_map();
        }
        value("max_image_sectors", boot.max_image_sectors);
        value("alignment", boot.max_align_bytes);
        unless_default("validate_primary", boot.validate_primary, fallback.validate_primary);
        unless_default("bootstrap", boot.bootstrap, fallback.bootstrap);
        if (boot.downgrade != fallback.downgrade) {
            choice("downgrade", downgrade_names(), boot.downgrade);
        }
        unless_default("minimal_scramble", boot.minimal_scramble, fallback.minimal_scramble);
        unless_default("compare_build_number", boot.compare_build_number,
                       fallback.compare_build_number);
        unless_default("tlv_allow_list", boot.tlv_allow_list, fallback.tlv_allow_list);
        unless_default("keep_backup", boot.keep_backup, fallback.keep_backup);
        if (boot.ram_load.size_bytes != 0) {
            begin_map("ram_load", true);
            plain("address", hex(boot.ram_load.address));
            plain("size", hex(boot.ram_load.size_bytes));
            end_map();
        }
        if (boot.fixes != 0) {
            switches("fixes", fix_names(), boot.fixes);
        }
        if (boot.older != 0) {
            switches("older", older_names(), boot.older);
        }
        if (boot.mutant != BOOT_MUTANT_NONE) {
            choice("mutant", mutant_names(), boot.mutant);
        }
        end_map();
    }

    // Keys that ship with Brownout are left out, so that the file works elsewhere.
    void signature(const BootOptions& boot)
    {
        begin_map("signature", true);
        choice("type", signature_names(), boot.signature);
        const bool shipped = boot.signature == CRYPTO_ECDSA_P256 && boot.signing_keys.size() == 1 &&
                             boot.signing_keys.front() == dev_public_key();
        if (!boot.signing_keys.empty() && !shipped) {
            out_ << YAML::Key << "key" << YAML::Value << YAML::BeginSeq;
            for (const std::filesystem::path& key : boot.signing_keys) {
                out_ << relative(key);
            }
            out_ << YAML::EndSeq;
        }
        end_map();
    }

    template <class Switch>
    void switches(const char* name, std::span<const Named<Switch>> table, std::uint32_t bits)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
        for (const Named<Switch>& entry : table) {
            if ((bits & static_cast<std::uint32_t>(entry.value)) != 0) {
                out_ << std::string(entry.name);
            }
        }
        out_ << YAML::EndSeq;
    }

    void images()
    {
        if (scenario_.images.empty()) {
            return;
        }
        begin_map("images");
        for (const ScenarioImage& image : scenario_.images) {
            begin_map(image.name.c_str());
            if (const auto* const spec = std::get_if<ImageSpec>(&image.source)) {
                begin_map("generate");
                generate(*spec);
                end_map();
            } else {
                value("file", relative(std::get<std::filesystem::path>(image.source)));
            }
            end_map();
        }
        end_map();
    }

    void generate(const ImageSpec& spec)
    {
        value("version", to_string(spec.version));
        value("payload_bytes", spec.payload_bytes);
        value("seed", spec.seed);
        plain("header_bytes", hex(spec.header_bytes));
        unless_default("flags", spec.flags, 0u);
        unless_default("load_address", spec.load_address, 0u);
        if (spec.security_counter) {
            value("security_counter", *spec.security_counter);
        }
        vectors(spec);
        if (!spec.private_key.empty() && spec.private_key != dev_private_key()) {
            value("key", relative(spec.private_key));
        }
        if (spec.padding) {
            begin_map("padding", true);
            plain("slot_size", hex(spec.padding->slot_bytes));
            value("alignment", spec.padding->max_align_bytes);
            value("confirm", spec.padding->permanent);
            end_map();
        }
        if (spec.damage.empty()) {
            return;
        }
        out_ << YAML::Key << "damage" << YAML::Value << YAML::BeginSeq;
        for (const ImageDamage& damage : spec.damage) {
            out_ << YAML::Flow << YAML::BeginMap;
            plain("offset", hex(damage.offset_bytes));
            plain("xor", hex(damage.xor_mask));
            out_ << YAML::EndMap;
        }
        out_ << YAML::EndSeq;
    }

    void vectors(const ImageSpec& spec)
    {
        if (spec.vectors) {
            plain("runs_at", hex(spec.vectors->address));
            if (spec.vectors->firmware_version) {
                value("firmware_version", *spec.vectors->firmware_version);
            }
        }
        if (spec.dependencies.empty()) {
            return;
        }
        begin_list("dependencies");
        for (const NeededImage& dependency : spec.dependencies) {
            begin_item();
            value("image", dependency.image_index);
            value("version", to_string(dependency.version));
            end_map();
        }
        end_list();
    }

    void flash()
    {
        if (scenario_.flash.empty()) {
            return;
        }
        begin_map("flash");
        std::vector<std::string> written;
        for (const InitialContent& first : scenario_.flash) {
            const std::string& home = first.partition;
            if (std::find(written.begin(), written.end(), home) != written.end()) {
                continue;
            }
            written.push_back(home);
            out_ << YAML::Key << home << YAML::Value << YAML::BeginSeq;
            for (const InitialContent& content : scenario_.flash) {
                if (content.partition == home) {
                    initial_content(content);
                }
            }
            out_ << YAML::EndSeq;
        }
        end_map();
    }

    void initial_content(const InitialContent& content)
    {
        if (std::holds_alternative<ErasedContent>(content.content)) {
            out_ << "erased";
            return;
        }
        out_ << YAML::Flow << YAML::BeginMap;
        if (const auto* const fill = std::get_if<FillContent>(&content.content)) {
            plain("fill", hex(fill->value));
            if (fill->byte_count != 0) {
                plain("size", hex(fill->byte_count));
            }
        } else if (const auto* const file = std::get_if<FileContent>(&content.content)) {
            value("file", relative(file->path));
        } else if (const auto* const dump = std::get_if<DumpContent>(&content.content)) {
            value(dump->format == DumpFormat::kIntelHex ? "hex" : "memrd", relative(dump->path));
            out_ << YAML::EndMap;
            return;
        } else {
            value("image", std::get<ImageContent>(content.content).image);
        }
        plain("offset", hex(content.offset_bytes));
        out_ << YAML::EndMap;
    }

    // ---- steps ----

    void steps()
    {
        out_ << YAML::Key << "steps" << YAML::Value << YAML::BeginSeq;
        for (const Step& step : scenario_.steps) {
            out_ << YAML::BeginMap;
            out_ << YAML::Key << std::string(name_of(step_names(), step.kind())) << YAML::Value;
            std::visit([this](const auto& action) { write_action(action); }, step.action);
            out_ << YAML::EndMap;
        }
        out_ << YAML::EndSeq;
    }

    void write_action(const UploadStep& step)
    {
        out_ << YAML::Flow << YAML::BeginMap;
        value("image", step.image);
        value("to", step.partition);
        plain("offset", hex(step.offset_bytes));
        choice("via", upload_via_names(), step.via);
        if (step.via != UploadVia::kDirect) {
            write_application_upload(*this, step.application);
            cut(step.cut);
        }
        out_ << YAML::EndMap;
    }

    void write_action(const RequestUpgradeStep& step)
    {
        out_ << YAML::Flow << YAML::BeginMap;
        value("type", step.permanent ? "permanent" : "test");
        unless_default("image", step.image_index, 0u);
        cut(step.cut);
        out_ << YAML::EndMap;
    }

    void write_action(const ConfirmStep& step)
    {
        out_ << YAML::Flow << YAML::BeginMap;
        unless_default("image", step.image_index, 0u);
        cut(step.cut);
        out_ << YAML::EndMap;
    }

    void write_action(const SmpStep& step)
    {
        out_ << YAML::BeginMap;
        write_smp_session(*this, step);
        cut(step.cut);
        out_ << YAML::EndMap;
    }

    void write_action(const ResetStep& step)
    {
        out_ << YAML::Flow << YAML::BeginMap;
        cut(step.cut);
        if (step.marginal) {
            choice("marginal_bits", marginal_level_names(), *step.marginal);
        }
        out_ << YAML::EndMap;
    }

    void write_action(const ExpectStep& step)
    {
        out_ << YAML::BeginMap;
        if (step.boots) {
            value("boots", step.boots->text);
        }
        if (step.from) {
            value("from", step.from->text);
        }
        if (step.outcome) {
            choice("outcome", outcome_names(), *step.outcome);
        }
        if (step.network_core) {
            value("network_core", step.network_core->text);
        }
        if (step.succeeds) {
            value("succeeds", *step.succeeds);
        }
        texts("log", step.log);
        if (step.field_log) {
            field_log(*step.field_log);
        }
        texts("log_lacks", step.log_lacks);
        if (!step.holds.empty()) {
            begin_map("holds", true);
            for (const ExpectedContent& content : step.holds) {
                value(content.partition.c_str(),
                      content.image.empty() ? std::string("erased") : content.image);
            }
            end_map();
        }
        if (!step.bytes.empty()) {
            write_expected_bytes(*this, step.bytes);
        }
        if (step.violations) {
            texts("violations", *step.violations, true);
        }
        out_ << YAML::EndMap;
    }

    void field_log(const ExpectedFieldLog& log)
    {
        begin_map("log", true);
        value("file", relative(log.path));
        if (log.boot) {
            value("boot", *log.boot);
        }
        if (log.tolerance) {
            plain("tolerance", duration_text(*log.tolerance));
        }
        if (!log.ignore.empty()) {
            out_ << YAML::Key << "ignore" << YAML::Value << YAML::BeginSeq;
            for (const std::string& part : log.ignore) {
                out_ << part;
            }
            out_ << YAML::EndSeq;
        }
        end_map();
    }

    void cut(const std::optional<StepCut>& cut)
    {
        if (cut) {
            write_cut(out_, *cut);
        }
    }

    using YamlFields::texts;
    void texts(const char* name, const std::vector<Expected>& list, bool even_empty = false)
    {
        if (list.empty() && !even_empty) {
            return;
        }
        out_ << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
        for (const Expected& entry : list) {
            out_ << entry.text;
        }
        out_ << YAML::EndSeq;
    }

    void explore()
    {
        if (scenario_.explore) {
            write_explore(out_, *scenario_.explore);
        }
        if (scenario_.app) {
            write_app(out_, *scenario_.app);
        }
        if (scenario_.image_manager) {
            write_image_manager(*this, *scenario_.image_manager);
        }
        if (scenario_.seeds) {
            write_seeds(*this, *scenario_.seeds);
        }
    }

    const Scenario& scenario_;
    std::filesystem::path directory_;
};

}  // namespace

std::string to_yaml(const Scenario& scenario, const std::filesystem::path& destination)
{
    return ScenarioWriter(scenario, destination).text();
}

}  // namespace brownout::sim
