#include "external_keys.hpp"

#include "fault_keys.hpp"
#include "part_key_tools.hpp"
#include "part_keys.hpp"
#include "scalar_text.hpp"
#include "value_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kFrequencyMaxHz = 200'000'000;

// "8 MHz", "125 kHz"
struct Frequency {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& hz) const
    {
        const std::size_t space = node.text.find(' ');
        const std::string_view text(node.text);
        const std::string_view unit =
            space == std::string::npos ? std::string_view{} : text.substr(space + 1);
        const std::uint64_t scale = unit == "MHz"   ? 1'000'000
                                    : unit == "kHz" ? 1'000
                                    : unit == "Hz"  ? 1
                                                    : 0;
        const auto number = parse_whole_number(text.substr(0, space));
        if (!node.is_scalar() || !number || scale == 0 || *number == 0 ||
            *number > kFrequencyMaxHz / scale) {
            reader.must_be(node, "a frequency with its unit (8 MHz, 500 kHz; at most 200 MHz)");
            return false;
        }
        hz = static_cast<std::uint32_t>(*number * scale);
        return true;
    }
    Json schema() const { return {{"type", "string"}, {"pattern", "^[0-9]+ (MHz|kHz|Hz)$"}}; }
};

// "P0.17"
struct Pin {
    using Value = PinPlan;
    bool read(Reader& reader, const YamlNode& node, Value& pin) const
    {
        const std::string& text = node.text;
        const char* const end = text.data() + text.size();
        const bool named = text.starts_with("P0.") || text.starts_with("P1.");
        std::uint8_t number = 32;
        if (named && text.size() <= 5 && std::from_chars(text.data() + 3, end, number).ptr == end &&
            number <= 31) {
            pin = {static_cast<std::uint8_t>(text[1] - '0'), number};
            return true;
        }
        reader.must_be(node, "a pin (P0.17; ports 0 and 1, pins 0 to 31)");
        return false;
    }
    Json schema() const
    {
        return {{"type", "string"}, {"pattern", "^P[01]\\.([0-2]?[0-9]|3[01])$"}};
    }
};

// "high", "low", or a pin
struct Level {
    using Value = LevelPlan;
    bool read(Reader& reader, const YamlNode& node, Value& level) const
    {
        level.tied_low = node.text == "low";
        if (level.tied_low || node.text == "high") {
            return true;
        }
        PinPlan pin;
        if (!node.text.starts_with("P")) {
            reader.must_be(node, "high, low, or a pin (P0.22)");
            return false;
        }
        if (!Pin{}.read(reader, node, pin)) {
            return false;
        }
        level.pin = pin;
        return true;
    }
    Json schema() const
    {
        return {{"anyOf", Json::array({Json{{"enum", {"high", "low"}}}, Pin{}.schema()})}};
    }
};

struct Anomalies {
    using Value = std::vector<std::uint32_t>;
    static constexpr std::uint32_t kKnown[] = {43, 58, 109, 121, 159, 198, 215, 216, 244};
    bool read(Reader& reader, const YamlNode& node, Value& anomalies) const
    {
        std::vector<std::uint64_t> numbers;
        if (!ListOf<WholeNumber>{{}, 0}.read(reader, node, numbers)) {
            return false;
        }
        anomalies.clear();
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (std::find(std::begin(kKnown), std::end(kKnown), numbers[i]) == std::end(kKnown)) {
                reader.must_be(node.items[i], "an anomaly that is modelled: 58, 109 or 198 of a "
                                              "SPIM; 43, 121, 159, 215, 216 or 244 of a QSPI");
                return false;
            }
            anomalies.push_back(static_cast<std::uint32_t>(numbers[i]));
        }
        return true;
    }
    Json schema() const { return {{"type", "array"}, {"items", {{"enum", kKnown}}}}; }
};

// A time in whole units of `unit`, as C drivers keep it.
template <std::int64_t picoseconds_per_unit>
struct TimeIn {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& value) const
    {
        models::Duration time{};
        if (!TimeSpan{}.read(reader, node, time)) {
            return false;
        }
        const std::int64_t units = time.count() / picoseconds_per_unit;
        if (time.count() % picoseconds_per_unit != 0 || units > 4'000'000) {
            reader.must_be(node, picoseconds_per_unit == 1'000'000
                                     ? "a whole number of microseconds, at most 4 s"
                                     : "a whole number of milliseconds, at most 4000 s");
            return false;
        }
        value = static_cast<std::uint32_t>(units);
        return true;
    }
    Json schema() const { return TimeSpan{}.schema(); }
};
using Microseconds = TimeIn<1'000'000>;
using Milliseconds = TimeIn<1'000'000'000>;

const KeyTable<BusPlan>& clock_switch_keys()
{
    static const KeyTable<BusPlan> kTable{
        "clock_switch",
        {key("from", kRequired, TimeSpan{}, &BusPlan::clock_switch_from,
             "since the QSPI is first used after a reset"),
         key("for", kRequired, TimeSpan{}, &BusPlan::clock_switch_time, "how long it takes")}};
    return kTable;
}

const KeyTable<RamCollisionPlan>& ram_collision_keys()
{
    static const KeyTable<RamCollisionPlan> kTable{
        "ram_collisions",
        {key("per_million", kRequired, WholeNumber{0, 1'000'000}, &RamCollisionPlan::per_million,
             "transfers of a million that collide; fitted, no data sheet gives it"),
         key("during", kOptional, Choice<RamUse>{ram_use_names}, &RamCollisionPlan::during,
             "always (default), or reception: only while an upload comes in and is unpacked"),
         key("blocks", kOptional, ListOf<WholeNumber>{{0, 31}}, &RamCollisionPlan::blocks,
             "RAM blocks of the SoC that others use; default all"),
         key("seed", kOptional, WholeNumber{0, UINT64_MAX}, &RamCollisionPlan::seed,
             "of the choice of transfers; default 0")}};
    return kTable;
}

const KeyTable<BusPlan>& bus_keys()
{
    static const KeyTable<BusPlan> kTable{
        "bus",
        {key("controller", kOptional, Text{}, &BusPlan::controller,
             "instance of the SoC: spim0, spim1, ... or qspi; a board names one"),
         key("frequency", kOptional, Frequency{}, &BusPlan::frequency_hz,
             "of SCK; the highest that the instance has below it is used; default 8 MHz"),
         key("cs", kOptional, Pin{}, &BusPlan::cs, "chip select; default P0.17"),
         key("sck", kOptional, Pin{}, &BusPlan::sck, "default P0.19"),
         key("mosi", kOptional, Pin{}, &BusPlan::mosi, "default P0.20"),
         key("miso", kOptional, Pin{}, &BusPlan::miso, "default P0.21"),
         key("anomalies", kOptional, Anomalies{}, &BusPlan::anomalies,
             "silicon errata of the controller that are in force; default none"),
         key("read_mode", kOptional, Choice<std::uint8_t>{qspi_read_mode_names},
             &BusPlan::read_mode, "qspi: how it reads; default fastread"),
         key("write_mode", kOptional, Choice<std::uint8_t>{qspi_write_mode_names},
             &BusPlan::write_mode, "qspi: how it programs; default pp"),
         key("ram_collisions", kOptional, Fields<RamCollisionPlan>{ram_collision_keys},
             &BusPlan::ram_collisions,
             "spim: how often others use the RAM that it fetches from; anomaly 198 needs it"),
         group_key("clock_switch", clock_switch_keys,
                   "qspi: when the source of HFCLK changes, for anomaly 244; default never"),
         key("wp", kOptional, Level{}, &BusPlan::write_protect,
             "SPI NOR on a spim: WP# is tied high (default) or low, or wired to a pin, which is "
             "high until firmware drives it"),
         key("hold", kOptional, Level{}, &BusPlan::hold, "the same of HOLD#")}};
    return kTable;
}

std::vector<Key<ExternalPlan>> driver_key_list()
{
    using Nor = spi_nor_options;
    using Wiring = spi_wiring;
    constexpr auto nor = +[](ExternalPlan& external) -> Nor& { return external.driver; };
    constexpr auto wiring =
        +[](ExternalPlan& external) -> Wiring& { return external.driver.wiring; };
    constexpr auto nand = +[](ExternalPlan& external) -> NandPlan& { return external.nand; };
    return {key("bounce_buffer", kOptional, ByteSize{0, SPI_BOUNCE_BYTES_MAX}, wiring,
                &Wiring::bounce_bytes,
                "RAM through which data go that EasyDMA cannot read; 0: such a transfer fails; "
                "default 8"),
            key("stale_last_chunk", kOptional, Flag{}, wiring, &Wiring::stale_last_chunk,
                "a short last chunk of the bounce buffer is sent whole"),
            key("unchecked_pointers", kOptional, Flag{}, wiring, &Wiring::unchecked_pointers,
                "DMA is started wherever the data are"),
            key("refuse_one_byte_receive", kOptional, Flag{}, wiring,
                &Wiring::refuse_one_byte_receive, "transfers that anomaly 58 would lengthen fail"),
            key("lock_ram_blocks", kOptional, Flag{}, wiring, &Wiring::lock_ram_blocks,
                "nRF52840: keep RAM blocks for the SPIM while it fetches from them, as nrfx "
                "works around anomaly 198"),
            key("transaction_overhead", kOptional, Microseconds{}, wiring,
                &Wiring::transaction_overhead_us, "software between two transactions; default 0 s"),
            key("check_id", kOptional, Flag{}, &ExternalPlan::check_id,
                "compare the JEDEC ID at start; default true"),
            key("reserve_blocks", kOptional, WholeNumber{0, 1023}, nand, &NandPlan::reserve_blocks,
                "SPI NAND: blocks behind each partition that replace bad ones; default 2"),
        key("ecc", kOptional, Flag{}, nand, &NandPlan::ecc,
            "SPI NAND: ECC is switched on at start; default true"),
            key("read_opcode", kOptional, WholeNumber{0x03, 0x0B}, nor, &Nor::read_opcode,
                "0x03 (default) or 0x0B"),
            key("block_erase", kOptional, Flag{}, nor, &Nor::use_block_erase,
                "erase 32 and 64 KiB at once where a request covers them"),
            key("check_write_enable", kOptional, Flag{}, nor, &Nor::check_write_enable,
                "read WEL back; a part that does not answer is noticed"),
            key("release_power_down", kOptional, Flag{}, nor, &Nor::release_power_down,
                "send ABh at start"),
            key("high_performance", kOptional, Flag{}, nor, &Nor::high_performance,
                "MX25R: leave the ultra-low-power mode at start"),
            key("poll_ends_on_error", kOptional, Flag{}, nor, &Nor::poll_ends_on_error,
                "a status read that fails counts as ready"),
            key("word_alignment", kOptional, Choice<word_alignment>{word_alignment_names}, nor,
                &Nor::word_alignment,
                "what becomes of offsets, lengths and buffers that are no multiple of 4"),
            key("poll_interval", kOptional, Microseconds{}, nor, &Nor::poll_interval_us,
                "between two status reads; default 0 s"),
            key("program_timeout", kOptional, Milliseconds{}, nor, &Nor::program_timeout_ms,
                "default 0 s: waits for ever"),
            key("erase_timeout", kOptional, Milliseconds{}, nor, &Nor::erase_timeout_ms,
                "default 0 s: waits for ever")};
}

const KeyTable<ExternalPlan>& driver_keys()
{
    static const KeyTable<ExternalPlan> kTable{"driver", driver_key_list()};
    return kTable;
}

// A key that reads into the external part of the device, which comes to be with the first of them.
Key<DevicePlan> external_key(std::string name, std::string doc,
                             std::function<void(Reader&, const YamlNode&, ExternalPlan&)> read,
                             std::function<Json()> schema)
{
    Key<DevicePlan> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [read = std::move(read)](Reader& reader, const YamlNode& node,
                                           DevicePlan& device) {
        if (!device.external) {
            device.external.emplace();
        }
        read(reader, node, *device.external);
    };
    result.schema = std::move(schema);
    return result;
}

Key<DevicePlan> part_key()
{
    return external_key(
        "part", "an external part: a name of parts/, or the path of a part file",
        [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
            if (Text{}.read(reader, node, external.part)) {
                read_part(reader, node, external.part, external);
            }
        },
        [] { return Text{}.schema(); });
}

std::vector<Key<DevicePlan>> change_keys()
{
    return {external_key(
                "bus", "how the part is wired",
                [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
                    const bool was_qspi = external.bus.controller == "qspi";
                    read_fields(reader, node, bus_keys(), external.bus);
                    if (!was_qspi && external.bus.controller == "qspi") {
                        // As the driver is since zephyr #28189.
                        external.driver.word_alignment = WORD_ALIGNMENT_READ_MODIFY_WRITE;
                    }
                },
                [] { return fields_schema(bus_keys()); }),
            external_key(
                "driver", "how the driver of the part is built",
                [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
                    read_fields(reader, node, driver_keys(), external);
                },
                [] { return fields_schema(driver_keys()); }),
            external_key(
                "times", "typical or maximum times of the part; default typical",
                [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
                    Choice<models::TimeCase>{time_case_names}.read(reader, node,
                                                                   external.nor_options.times);
                },
                [] { return Choice<models::TimeCase>{time_case_names}.schema(); }),
            external_key(
                "faults", "what is wrong with the part",
                [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
                    read_fields(reader, node, fault_keys(), external);
                },
                [] { return fields_schema(fault_keys()); })};
}

const KeyTable<DevicePlan>& device_change_keys()
{
    static const KeyTable<DevicePlan> kTable{"device", change_keys()};
    return kTable;
}

// Keys that are given replace what the board file says; the others stay.
struct DeviceChanges {
    using Value = std::vector<std::string>;
    bool read(Reader& reader, const YamlNode& node, Value& changed) const
    {
        if (!node.is_map() || node.keys.empty()) {
            reader.must_be(node, "a mapping of devices of the board");
            return false;
        }
        const std::size_t errors_before = reader.error_count();
        BoardPlan& board = reader.scenario->board.plan;
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            const YamlKey& name = node.keys[i];
            const auto device = std::find_if(
                board.devices.begin(), board.devices.end(), [&](const DevicePlan& candidate) {
                    return candidate.name == name.text && candidate.external.has_value();
                });
            if (device == board.devices.end()) {
                reader.fail(reader.place(name),
                            fmt::format("the board has no external part '{}'", name.text));
                continue;
            }
            read_fields(reader, node.items[i], device_change_keys(), *device);
            changed.push_back(name.text);
        }
        const std::string problem =
            reader.error_count() == errors_before ? wire_external_parts(board) : "";
        if (!problem.empty()) {
            reader.fail(node, problem);
        }
        return reader.error_count() == errors_before;
    }
    Json schema() const
    {
        return {{"type", "object"}, {"additionalProperties", fields_schema(device_change_keys())}};
    }
};

}  // namespace

std::vector<Key<DevicePlan>> external_device_keys()
{
    std::vector<Key<DevicePlan>> keys = change_keys();
    keys.insert(keys.begin(), part_key());
    return keys;
}

Key<Scenario> device_changes_key()
{
    return key("devices", kOptional, DeviceChanges{}, &Scenario::changed_devices,
               "what is different about external parts of the board");
}

std::string pin_text(const PinPlan& pin)
{
    return fmt::format("P{}.{:02}", pin.port, pin.pin);
}

std::string frequency_text(std::uint32_t hz)
{
    if (hz % 1'000'000 == 0) {
        return fmt::format("{} MHz", hz / 1'000'000);
    }
    return hz % 1'000 == 0 ? fmt::format("{} kHz", hz / 1'000) : fmt::format("{} Hz", hz);
}

}  // namespace brownout::sim
