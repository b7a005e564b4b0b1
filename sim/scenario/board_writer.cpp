// Boards and their external parts as YAML.
#include "board_writer.hpp"

#include "external_keys.hpp"
#include "scalar_text.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>

namespace brownout::sim {

namespace {

// Relative, and so that it is not taken for a name.
std::string path_text(const std::filesystem::path& path, const std::filesystem::path& directory)
{
    const std::string text = std::filesystem::absolute(path)
                                 .lexically_normal()
                                 .lexically_proximate(directory.lexically_normal())
                                 .generic_string();
    return text.find('/') == std::string::npos ? "./" + text : text;
}

class ExternalWriter {
public:
    explicit ExternalWriter(YAML::Emitter& out) : out_(out) {}

    void changes(const ExternalPlan& external)
    {
        bus(external.bus);
        driver(external);
        text("times", name_of(time_case_names(), external.nor_options.times));
        faults(external);
    }

private:
    void faults(const ExternalPlan& external)
    {
        const models::SpiNandOptions& nand = external.nand.options;
        begin("faults");
        if (external.nor_options.mute) {
            begin("mute");
            text("from_op", std::to_string(external.nor_options.mute->from_operation));
            text("reads", fmt::format("0x{:02X}", external.nor_options.mute->reads_as));
            text("in", name_of(fault_run_names(), external.mute_in));
            end();
        }
        const std::vector<std::uint8_t>& registers = external.nor_options.registers;
        if (!registers.empty()) {
            numbers("registers", {registers.begin(), registers.end()});
        }
        if (external.nand.data) {
            numbers("bad_blocks", nand.bad_blocks);
            number("random_bad_blocks", nand.bad_block_count);
            text("bad_block_seed", std::to_string(nand.bad_block_seed));
            numbers("failing_erases", nand.failing_erases);
            numbers("failing_programs", nand.failing_programs);
        }
        end();
    }

    void numbers(const char* name, const std::vector<std::uint32_t>& values)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::BeginSeq;
        for (const std::uint32_t value : values) {
            out_ << value;
        }
        out_ << YAML::EndSeq;
    }

    void begin(const char* name)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginMap;
    }
    void end() { out_ << YAML::EndMap; }

    void text(const char* name, std::string_view value)
    {
        out_ << YAML::Key << name << YAML::Value << std::string(value);
    }
    void number(const char* name, std::uint32_t value) { text(name, std::to_string(value)); }
    void flag(const char* name, bool value) { text(name, value ? "true" : "false"); }
    void time(const char* name, std::int64_t count, models::Duration unit)
    {
        text(name, duration_text(unit * count));
    }

    void bus(const BusPlan& bus)
    {
        begin("bus");
        text("controller", bus.controller);
        if (bus.controller == "qspi") {
            text("read_mode", name_of(qspi_read_mode_names(), bus.read_mode));
            text("write_mode", name_of(qspi_write_mode_names(), bus.write_mode));
            begin("clock_switch");
            text("from", duration_text(bus.clock_switch_from));
            text("for", duration_text(bus.clock_switch_time));
            end();
        }
        text("frequency", frequency_text(bus.frequency_hz));
        text("cs", pin_text(bus.cs));
        text("sck", pin_text(bus.sck));
        text("mosi", pin_text(bus.mosi));
        text("miso", pin_text(bus.miso));
        text("wp", level_text(bus.write_protect));
        text("hold", level_text(bus.hold));
        numbers("anomalies", bus.anomalies);
        if (bus.controller != "qspi") {  // 0 may replace what the board has
            ram_collisions(bus.ram_collisions);
        }
        end();
    }

    static std::string level_text(const LevelPlan& level)
    {
        return level.pin ? pin_text(*level.pin) : level.tied_low ? "low" : "high";
    }

    void ram_collisions(const RamCollisionPlan& collisions)
    {
        begin("ram_collisions");
        number("per_million", collisions.per_million);
        text("during", name_of(ram_use_names(), collisions.during));
        text("seed", std::to_string(collisions.seed));
        if (!collisions.blocks.empty()) {
            numbers("blocks", {collisions.blocks.begin(), collisions.blocks.end()});
        }
        end();
    }

    void driver(const ExternalPlan& external)
    {
        const spi_nor_options& driver = external.driver;
        const spi_wiring& wiring = driver.wiring;
        constexpr models::Duration kMicrosecond = models::microseconds(1);
        constexpr models::Duration kMillisecond = models::milliseconds(1);
        begin("driver");
        number("bounce_buffer", wiring.bounce_bytes);
        flag("stale_last_chunk", wiring.stale_last_chunk);
        flag("unchecked_pointers", wiring.unchecked_pointers);
        flag("refuse_one_byte_receive", wiring.refuse_one_byte_receive);
        flag("lock_ram_blocks", wiring.lock_ram_blocks);
        time("transaction_overhead", wiring.transaction_overhead_us, kMicrosecond);
        flag("check_id", external.check_id);
        if (external.nand.data) {
            number("reserve_blocks", external.nand.reserve_blocks);
            flag("ecc", external.nand.ecc);
        }
        number("read_opcode", driver.read_opcode);
        flag("block_erase", driver.use_block_erase);
        flag("check_write_enable", driver.check_write_enable);
        flag("release_power_down", driver.release_power_down);
        flag("high_performance", driver.high_performance);
        flag("poll_ends_on_error", driver.poll_ends_on_error);
        text("word_alignment", name_of(word_alignment_names(), driver.word_alignment));
        time("poll_interval", driver.poll_interval_us, kMicrosecond);
        time("program_timeout", driver.program_timeout_ms, kMillisecond);
        time("erase_timeout", driver.erase_timeout_ms, kMillisecond);
        end();
    }

    YAML::Emitter& out_;
};

class InlineBoardWriter {
public:
    InlineBoardWriter(YAML::Emitter& out, const std::filesystem::path& directory)
        : out_(out), directory_(directory)
    {
    }

    void board(const BoardPlan& plan)
    {
        value("name", plan.name);
        if (!plan.soc.empty()) {
            value("soc", plan.soc);
        }
        value("cpu_hz", plan.cpu_hz);
        if (plan.hfclk_hz != BoardPlan{}.hfclk_hz) {
            value("hfclk_hz", plan.hfclk_hz);
        }
        begin("power");
        value("supply_millivolts", plan.supply_millivolts);
        value("power_fail_millivolts", plan.power_fail_millivolts);
        end();
        begin("ram");
        value("address", hex(plan.ram_address));
        value("size", hex(plan.ram_bytes));
        end();
        begin("costs");
        value("sha256_cycles_per_byte", plan.sha256_cycles_per_byte);
        value("verify_cycles", plan.verify_cycles);
        value("register_access_cycles", plan.register_access_cycles);
        end();
        begin("devices");
        for (const DevicePlan& plan_of_device : plan.devices) {
            begin(plan_of_device.name.c_str());
            device(plan_of_device);
            end();
        }
        end();
    }

private:
    void device(const DevicePlan& device)
    {
        if (device.external) {
            value("part", part_reference(*device.external));
            value("write_unit", device.write_unit_bytes);
            ExternalWriter(out_).changes(*device.external);
            return;
        }
        value("controller", std::string(name_of(controller_names(), device.controller)));
        if (device.core != CoreId::kApplication) {
            value("core", std::string(name_of(core_names(), device.core)));
        }
        value("register_base", hex(device.register_base));
        value("mapped_address", hex(device.mapped_address));
        out_ << YAML::Key << "sectors" << YAML::Value << YAML::BeginSeq;
        for (const SectorRun& run : device.sectors) {
            out_ << YAML::Flow << YAML::BeginMap;
            value("size", run.size_bytes);
            value("count", run.count);
            out_ << YAML::EndMap;
        }
        out_ << YAML::EndSeq;
        value("write_unit", device.write_unit_bytes);
        value("erased_value", hex(device.erased_value));
        value("needs_erase", device.needs_erase);
        value("writes_per_unit_max", unsigned{device.writes_per_unit_max});
        value("erase_cycles_max", device.erase_cycles_max);
        value("program_unit_time", duration_text(device.program_unit_time));
        value("erase_sector_time", duration_text(device.erase_sector_time));
    }

    // A path is relative to the file that it stands in; a name is a name everywhere.
    std::string part_reference(const ExternalPlan& external) const
    {
        const bool is_path =
            external.part.find('/') != std::string::npos || external.part.ends_with(".yaml");
        return is_path ? path_text(external.part_file, directory_) : external.part;
    }

    static std::string hex(std::uint64_t number) { return fmt::format("0x{:X}", number); }
    void begin(const char* name) { out_ << YAML::Key << name << YAML::Value << YAML::BeginMap; }
    void end() { out_ << YAML::EndMap; }
    template <class Value>
    void value(const char* name, const Value& content)
    {
        out_ << YAML::Key << name << YAML::Value << content;
    }

    YAML::Emitter& out_;
    const std::filesystem::path& directory_;
};

}  // namespace

void write_board(YAML::Emitter& out, const Scenario& scenario,
                 const std::filesystem::path& directory)
{
    const BoardSource& source = scenario.board;
    out << YAML::Key << "board" << YAML::Value;
    if (source.is_inline) {
        out << YAML::BeginMap;
        InlineBoardWriter(out, directory).board(source.plan);
        out << YAML::EndMap;
        return;
    }
    if (source.path == data_directory() / "boards" / (source.name + ".yaml")) {
        out << source.name;
        return;
    }
    out << path_text(source.path, directory);
}

void write_device_changes(YAML::Emitter& out, const Scenario& scenario)
{
    if (scenario.changed_devices.empty()) {
        return;
    }
    out << YAML::Key << "devices" << YAML::Value << YAML::BeginMap;
    for (const DevicePlan& device : scenario.board.plan.devices) {
        const auto& changed = scenario.changed_devices;
        if (std::find(changed.begin(), changed.end(), device.name) != changed.end()) {
            out << YAML::Key << device.name << YAML::Value << YAML::BeginMap;
            ExternalWriter(out).changes(*device.external);
            out << YAML::EndMap;
        }
    }
    out << YAML::EndMap;
}

}  // namespace brownout::sim
