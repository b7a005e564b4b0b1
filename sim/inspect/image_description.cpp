// One image file as text. Names of keys are imgtool dumpinfo's (from recall); what it leaves out
// is read by the rules of inspection.
#include "area_view.hpp"
#include "tlv_names.hpp"

#include "report/report_json.hpp"

#include <sim/error.hpp>
#include <sim/image_tool.hpp>

#include <boot/image.h>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kDescribedBytesMax = std::size_t{1} << 28;

std::string flag_words(std::uint32_t flags)
{
    static constexpr std::pair<std::uint32_t, const char*> kNames[] = {
        {0x01, "PIC"},
        {0x04, "ENCRYPTED_AES128"},
        {0x08, "ENCRYPTED_AES256"},
        {0x10, "NON_BOOTABLE"},
        {0x20, "RAM_LOAD"},
        {0x100, "ROM_FIXED"},
        {0x200, "COMPRESSED_LZMA1"},
        {0x400, "COMPRESSED_LZMA2"},
        {0x800, "COMPRESSED_ARM_THUMB"}};
    std::string words;
    for (const auto& [bit, name] : kNames) {
        if ((flags & bit) != 0) {
            words += (words.empty() ? "" : " ") + std::string(name);
        }
    }
    return words;
}

Json tlv_area_json(std::span<const std::uint8_t> image, const ImageInfo& info, bool is_protected)
{
    Json tlvs = Json::array();
    std::uint32_t area_bytes = 4;
    for (const ImageTlv& tlv : info.tlvs) {
        if (tlv.is_protected != is_protected) {
            continue;
        }
        std::string data;
        for (const std::uint8_t byte : image.subspan(tlv.offset_bytes, tlv.byte_count)) {
            data += fmt::format("{:02x}", byte);
        }
        area_bytes += 4 + tlv.byte_count;
        tlvs.push_back(Json{{"type", tlv_name(tlv.type)}, {"len", tlv.byte_count}, {"data", data}});
    }
    return Json{{"magic", is_protected ? TLV_INFO_MAGIC_PROTECTED : TLV_INFO_MAGIC},
                {"area_size", area_bytes},
                {"tlvs", std::move(tlvs)}};
}

// The file as the only slot of a device.
class SlotReading {
public:
    SlotReading(std::span<const std::uint8_t> bytes, const DescribeOptions& options)
        : cells_(geometry(bytes.size(), options.sector_bytes))
    {
        cells_.program(0, bytes);
        device_.write_unit_bytes = options.align_bytes;
        device_.sectors = {
            {options.sector_bytes,
             static_cast<std::uint32_t>(cells_.geometry().size_bytes / options.sector_bytes)}};
        plan_.role = FLASH_PRIMARY;
        plan_.size_bytes = static_cast<std::uint32_t>(bytes.size());
        pair_.primary = {&plan_, &device_, &cells_};
        config_.strategy = options.strategy;
        config_.image_count = 1;
        config_.max_image_sectors = options.max_sectors;
        config_.max_align_bytes = options.max_align_bytes == 0 ? std::max(8u, options.align_bytes)
                                                               : options.max_align_bytes;
    }

    TrailerReport trailer() const { return read_trailer(pair_.primary, config_, entry_bytes()); }
    SwapReport swap() const { return read_progress(pair_, config_); }

private:
    static models::FlashGeometry geometry(std::size_t byte_count, std::uint32_t sector_bytes)
    {
        models::FlashGeometry geometry;
        const std::uint64_t unit = std::max(sector_bytes, geometry.page_bytes);
        geometry.size_bytes = (byte_count + unit - 1) / unit * unit;
        return geometry;
    }

    std::uint32_t entry_bytes() const { return device_.write_unit_bytes; }

    models::FlashArray cells_;
    DevicePlan device_;
    AreaPlan plan_;
    PairView pair_;
    boot_config config_{};
};

const char* mark_word(trailer_mark mark)
{
    return mark == TRAILER_SET ? "set" : mark == TRAILER_UNSET ? "unset" : "bad";
}

std::string words_as_primary(const SwapReport& swap)
{
    if (swap.interrupted) {
        return fmt::format("resumes an interrupted swap ({}): {}", swap_type_word(swap.type),
                           swap.progress);
    }
    if (swap.type == SWAP_REVERT) {
        return "nobody confirmed this image: swaps back to what the secondary slot holds";
    }
    return "leaves this slot as it is, unless the secondary slot holds a request";
}

std::string words_as_secondary(const TrailerReport& trailer, boot_strategy strategy)
{
    const trailer_state& state = trailer.state;
    if (state.magic != TRAILER_SET) {
        return "no upgrade was requested: ignores this slot";
    }
    if (state.image_ok == TRAILER_BAD) {
        return "a request with a bad image_ok flag: ignores this slot";
    }
    const bool permanent = state.image_ok == TRAILER_SET;
    if (!strategy_swaps(strategy)) {
        return "a requested upgrade: copies this image over the primary slot if it is valid";
    }
    return fmt::format("a requested {} upgrade: swaps this image into the primary slot if it is "
                       "valid{}",
                       permanent ? "permanent" : "test",
                       permanent ? "" : ", and back if nobody confirms it");
}

Json trailer_of(std::span<const std::uint8_t> image, const DescribeOptions& options, Json& document)
{
    const SlotReading slot(image, options);
    const TrailerReport trailer = slot.trailer();
    const SwapReport swap = slot.swap();
    const trailer_state& state = trailer.state;
    Json entries = Json::array();
    for (const StatusEntry& entry : trailer.entries) {
        entries.push_back(Json{{"index", entry.index}, {"value", entry.value}});
    }
    Json result{{"swap_size", nullptr},
                {"swap_info", nullptr},
                {"copy_done", mark_word(state.copy_done)},
                {"image_ok", mark_word(state.image_ok)},
                {"magic", state.magic == TRAILER_SET ? "good" : mark_word(state.magic)},
                {"swap_status", Json{{"offset", trailer.offset_bytes},
                                     {"entry_size", trailer.entry_bytes},
                                     {"entry_count", trailer.entry_count},
                                     {"entries", std::move(entries)}}}};
    if (trailer.swap_size_bytes) {
        result["swap_size"] = *trailer.swap_size_bytes;
    }
    if (trailer.swap_info) {
        result["swap_info"] = Json{{"raw", *trailer.swap_info},
                                   {"type", swap_type_word(state.swap_type)},
                                   {"image", state.image_index}};
    }
    document["progress"] = swap.interrupted ? Json(swap.progress) : Json(nullptr);
    document["next_boot"] = Json{{"as_primary", words_as_primary(swap)},
                                 {"as_secondary", words_as_secondary(trailer, options.strategy)}};
    return result;
}

bool is_erased_tail(std::span<const std::uint8_t> tail)
{
    return std::all_of(tail.begin(), tail.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

Json description_json(std::span<const std::uint8_t> image, const ImageInfo& info,
                      const DescribeOptions& options)
{
    Json document{{"header", Json{{"magic", IMAGE_MAGIC},
                                  {"load_addr", info.load_address},
                                  {"hdr_size", info.header_bytes},
                                  {"protected_tlv_size", info.protected_tlv_bytes},
                                  {"img_size", info.payload_bytes},
                                  {"flags", info.flags},
                                  {"flag_names", flag_words(info.flags)},
                                  {"version", fmt::format("{}.{}.{}+{}", info.version.major,
                                                          info.version.minor, info.version.revision,
                                                          info.version.build)}}},
                  {"payload_offset", info.header_bytes}};
    if (info.protected_tlv_bytes != 0) {
        document["protected_tlv_area"] = tlv_area_json(image, info, true);
    }
    document["tlv_area"] = tlv_area_json(image, info, false);
    document["total_size"] = info.total_bytes;
    document["hash_valid"] = (info.flags & 0x0C) != 0 ? Json(nullptr) : Json(info.hash_matches);
    document["trailer"] = nullptr;
    const auto tail = image.subspan(info.total_bytes);
    if (!tail.empty()) {
        Json more = Json::object();
        Json trailer = trailer_of(image, options, more);
        document["trailer"] = std::move(trailer);
        document["trailer"]["erased"] = is_erased_tail(tail);
        document.update(more);
    }
    return document;
}

// Block style; a scalar is written as JSON writes it, which YAML reads too.
void write_yaml(const Json& value, int indent, std::string& out)
{
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    for (const auto& [key, member] : value.items()) {
        const bool is_nested = member.is_structured() && !member.empty();
        if (value.is_array()) {
            std::string inner;
            write_yaml(member, indent + 2, inner);
            inner.replace(static_cast<std::size_t>(indent), 1, "-");
            out += inner;
        } else if (is_nested) {
            out += margin + key + ":\n";
            write_yaml(member, indent + 2, out);
        } else {
            out += margin + key + ": " + member.dump() + "\n";
        }
    }
}

void write_human(const Json& value, int indent, std::string& out)
{
    for (const auto& [key, member] : value.items()) {
        const std::string margin(static_cast<std::size_t>(indent), ' ');
        if (value.is_array() && member.is_object()) {
            std::string line;
            for (const auto& [name, field] : member.items()) {
                line += (line.empty() ? "" : "  ") + name + " " +
                        (field.is_string() ? field.get<std::string>() : field.dump());
            }
            out += margin + line + "\n";
        } else if (member.is_structured()) {
            out += margin + key + (member.empty() ? ": none\n" : ":\n");
            write_human(member, indent + 4, out);
        } else if (member.is_number_unsigned() || member.is_number_integer()) {
            const auto number = member.get<std::uint64_t>();
            out += fmt::format("{}{}: {}{}\n", margin, key, number,
                               number > 9 ? fmt::format(" (0x{:X})", number) : "");
        } else {
            out += margin + key + ": " +
                   (member.is_string() ? member.get<std::string>()
                    : member.is_null() ? "none"
                                       : member.dump()) +
                   "\n";
        }
    }
}

}  // namespace

std::string describe_image(std::span<const std::uint8_t> image, const DescribeOptions& options,
                           DescriptionFormat format)
{
    if (image.size() > kDescribedBytesMax) {
        throw InputError(
            fmt::format("the file holds {} bytes, too many for an image", image.size()));
    }
    const std::uint32_t sector = options.sector_bytes;
    if (sector < 256 || sector > (1u << 24) || (sector & (sector - 1)) != 0) {
        throw InputError(
            fmt::format("--sector-size is a power of two from 256 to 16 MiB, not {}", sector));
    }
    std::string why;
    const auto info = parse_image(image, &why);
    if (!info) {
        throw InputError("not a signed image: " + why);
    }
    const Json document = description_json(image, *info, options);
    std::string out;
    switch (format) {
    case DescriptionFormat::kJson:
        return text_of(document);
    case DescriptionFormat::kYaml:
        write_yaml(document, 0, out);
        return out;
    case DescriptionFormat::kHuman:
        write_human(document, 0, out);
        return out;
    }
    return out;
}

}  // namespace brownout::sim
