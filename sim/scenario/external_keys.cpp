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

Key<BusPlan> clock_switch_key()
{
    Key<BusPlan> result;
    result.name = "clock_switch";
    result.doc = "qspi: when the source of HFCLK changes, for anomaly 244; default never";
    result.read = [](Reader& reader, const YamlNode& node, BusPlan& bus) {
        read_fields(reader, node, clock_switch_keys(), bus);
    };
    result.schema = [] { return fields_schema(clock_switch_keys()); };
    return result;
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
         clock_switch_key()}};
    return kTable;
}

// Keys whose values are members of the driver's options, or of their wiring.
template <class Type, class Member>
Key<ExternalPlan> driver_key(std::string name, Type type, Member spi_nor_options::*member,
                             std::string doc)
{
    Key<ExternalPlan> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [type, member](Reader& reader, const YamlNode& node, ExternalPlan& external) {
        typename Type::Value value{};
        if (type.read(reader, node, value)) {
            external.driver.*member = static_cast<Member>(value);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

template <class Type, class Member>
Key<ExternalPlan> wiring_key(std::string name, Type type, Member spi_wiring::*member,
                             std::string doc)
{
    Key<ExternalPlan> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [type, member](Reader& reader, const YamlNode& node, ExternalPlan& external) {
        typename Type::Value value{};
        if (type.read(reader, node, value)) {
            external.driver.wiring.*member = static_cast<Member>(value);
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

Key<ExternalPlan> reserve_key()
{
    Key<ExternalPlan> result;
    result.name = "reserve_blocks";
    result.doc = "SPI NAND: blocks behind each partition that replace bad ones; default 2";
    result.read = [](Reader& reader, const YamlNode& node, ExternalPlan& external) {
        std::uint64_t count = 0;
        if (WholeNumber{0, 1023}.read(reader, node, count)) {
            external.nand.reserve_blocks = static_cast<std::uint32_t>(count);
        }
    };
    result.schema = [] { return WholeNumber{0, 1023}.schema(); };
    return result;
}

std::vector<Key<ExternalPlan>> driver_key_list()
{
    using Nor = spi_nor_options;
    using Wiring = spi_wiring;
    return {
        wiring_key("bounce_buffer", ByteSize{0, SPI_BOUNCE_BYTES_MAX}, &Wiring::bounce_bytes,
                   "RAM through which data go that EasyDMA cannot read; 0: such a transfer fails; "
                   "default 8"),
        wiring_key("stale_last_chunk", Flag{}, &Wiring::stale_last_chunk,
                   "a short last chunk of the bounce buffer is sent whole"),
        wiring_key("unchecked_pointers", Flag{}, &Wiring::unchecked_pointers,
                   "DMA is started wherever the data are"),
        wiring_key("refuse_one_byte_receive", Flag{}, &Wiring::refuse_one_byte_receive,
                   "transfers that anomaly 58 would lengthen fail"),
        wiring_key("lock_ram_blocks", Flag{}, &Wiring::lock_ram_blocks,
                   "nRF52840: keep RAM blocks for the SPIM while it fetches from them, as nrfx "
                   "works around anomaly 198"),
        wiring_key("transaction_overhead", Microseconds{}, &Wiring::transaction_overhead_us,
                   "software between two transactions; default 0 s"),
        key("check_id", kOptional, Flag{}, &ExternalPlan::check_id,
            "compare the JEDEC ID at start; default true"),
        reserve_key(),
        driver_key("read_opcode", WholeNumber{0x03, 0x0B}, &Nor::read_opcode,
                   "0x03 (default) or 0x0B"),
        driver_key("block_erase", Flag{}, &Nor::use_block_erase,
                   "erase 32 and 64 KiB at once where a request covers them"),
        driver_key("check_write_enable", Flag{}, &Nor::check_write_enable,
                   "read WEL back; a part that does not answer is noticed"),
        driver_key("release_power_down", Flag{}, &Nor::release_power_down, "send ABh at start"),
        driver_key("high_performance", Flag{}, &Nor::high_performance,
                   "MX25R: leave the ultra-low-power mode at start"),
        driver_key("poll_ends_on_error", Flag{}, &Nor::poll_ends_on_error,
                   "a status read that fails counts as ready"),
        driver_key("word_alignment", Choice<word_alignment>{word_alignment_names},
                   &Nor::word_alignment,
                   "what becomes of offsets, lengths and buffers that are no multiple of 4"),
        driver_key("poll_interval", Microseconds{}, &Nor::poll_interval_us,
                   "between two status reads; default 0 s"),
        driver_key("program_timeout", Milliseconds{}, &Nor::program_timeout_ms,
                   "default 0 s: waits for ever"),
        driver_key("erase_timeout", Milliseconds{}, &Nor::erase_timeout_ms,
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
