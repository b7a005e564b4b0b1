#include "ble_keys.hpp"

#include "value_types.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace brownout::sim {

namespace {

// ATT: opcode and handle. SMP header. CBOR of a later chunk: the map, "off" with four bytes, "data"
// with a length of two (facts of the SMP protocol, CBOR counted by hand).
constexpr std::uint32_t kBytesAroundChunk = 3 + 8 + (1 + 4 + 5 + 5 + 3);

// "11.8 KiB/s"
struct ByteRate {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& bytes_per_second) const
    {
        constexpr std::string_view kUnit = " KiB/s";
        const std::string_view text(node.text);
        double kib = 0;
        if (node.is_scalar() && text.ends_with(kUnit)) {
            const char* const end = text.data() + text.size() - kUnit.size();
            const auto parsed = std::from_chars(text.data(), end, kib, std::chars_format::fixed);
            kib = parsed.ec == std::errc{} && parsed.ptr == end ? kib : 0;
        }
        if (!(kib >= 0.1 && kib <= 200)) {
            reader.must_be(node, "a rate (11.8 KiB/s; 0.1 to 200)");
            return false;
        }
        bytes_per_second = static_cast<std::uint32_t>(std::lround(kib * 1024));
        return true;
    }
    Json schema() const { return {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)? KiB/s$"}}; }
};

const KeyTable<BleLink>& ble_keys()
{
    static const KeyTable<BleLink> kTable{
        "ble",
        {key("rate", kRequired, ByteRate{}, &BleLink::bytes_per_second,
             "bytes of the image in a second, on average"),
         key("mtu", kOptional, WholeNumber{64, 517}, &BleLink::mtu,
             "ATT MTU; default 498: chunks of 469 bytes"),
         key("interval", kOptional, TimeSpan{}, &BleLink::interval,
             "of the connection: packets come at its events; default 7.5 ms")}};
    return kTable;
}

}  // namespace

std::uint32_t BleLink::chunk_bytes() const
{
    return mtu - kBytesAroundChunk;
}

std::uint64_t BleLink::bytes_per_second_max() const
{
    const std::int64_t in_a_second = models::milliseconds(1000) / interval;
    return std::uint64_t{chunk_bytes()} * static_cast<std::uint64_t>(in_a_second);
}

bool BleValue::read(Reader& reader, const YamlNode& node, Value& link) const
{
    if (!read_fields(reader, node, ble_keys(), link)) {
        return false;
    }
    if (link.interval < models::microseconds(7500) || link.interval > models::milliseconds(4000)) {
        reader.fail(node, "the interval of a Bluetooth connection is 7.5 ms to 4 s");
        return false;
    }
    if (link.bytes_per_second > link.bytes_per_second_max()) {
        reader.fail(node, fmt::format("{} bytes in each interval are {:.1f} KiB/s at most: a "
                                      "larger mtu or a shorter interval is needed",
                                      link.chunk_bytes(),
                                      static_cast<double>(link.bytes_per_second_max()) / 1024));
        return false;
    }
    return true;
}

Json BleValue::schema() const
{
    return fields_schema(ble_keys());
}

}  // namespace brownout::sim
