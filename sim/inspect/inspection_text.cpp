// The explanation for people.
#include "area_view.hpp"
#include "tlv_names.hpp"

#include <sim/scenario_names.hpp>

#include <boot/image.h>

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

const char* trailer_mark_word(trailer_mark mark, const char* set = "set")
{
    return mark == TRAILER_SET ? set : mark == TRAILER_UNSET ? "unset" : "bad";
}

std::string line(const std::string& label, const std::string& text)
{
    return fmt::format("{:<18} {}\n", label, text);
}

std::string range_text(std::uint32_t first, std::uint32_t count)
{
    return count == 1 ? std::to_string(first) : fmt::format("{}-{}", first, first + count - 1);
}

std::string image_words(const ImageReport& image, bool has_keys)
{
    const ImageInfo& info = image.info;
    std::string words = to_string(info.version);
    if (!image.known_as.empty()) {
        words += " (" + image.known_as + ")";
    }
    words += fmt::format(", {} bytes, hash {}", info.total_bytes,
                         info.hash_matches   ? "good"
                         : info.hash_present ? "WRONG"
                                             : "missing");
    if (!image.signed_by.empty()) {
        words += ", signed by " + image.signed_by;
    } else if (image.has_signature && !has_keys) {
        words += ", signature not checked";
        words += image.key_hash.empty() ? "" : " (key " + image.key_hash.substr(0, 16) + "...)";
    } else if (image.has_signature) {
        words += ", signature WRONG for the keys given";
        words += image.key_hash.empty() ? "" : " (key " + image.key_hash.substr(0, 16) + "...)";
    } else {
        words += ", not signed";
    }
    return words;
}

std::string header_words(const ImageReport& image)
{
    const ImageInfo& info = image.info;
    std::string words =
        fmt::format("header {} bytes, payload {}, flags 0x{:X}, load address "
                    "0x{:X}; TLVs",
                    info.header_bytes, info.payload_bytes, info.flags, info.load_address);
    for (const ImageTlv& tlv : info.tlvs) {
        words += fmt::format(" {}({}{})", tlv_name(tlv.type), tlv.byte_count,
                             tlv.is_protected ? ", protected" : "");
    }
    return words;
}

// A value written many times in a row reads better counted.
std::string entries_words(const TrailerReport& trailer)
{
    std::string words;
    const auto& entries = trailer.entries;
    for (std::size_t i = 0; i < entries.size();) {
        std::size_t end = i + 1;
        while (end < entries.size() && entries[end].index == entries[end - 1].index + 1) {
            end++;
        }
        const bool all_same =
            std::all_of(entries.begin() + static_cast<std::ptrdiff_t>(i),
                        entries.begin() + static_cast<std::ptrdiff_t>(end),
                        [&](const StatusEntry& entry) { return entry.value == entries[i].value; });
        words += fmt::format("{}entries {} ", words.empty() ? "" : "; ",
                             range_text(entries[i].index, static_cast<std::uint32_t>(end - i)));
        if (all_same) {
            words += fmt::format("hold {}", entries[i].value);
        } else {
            words += "hold";
            for (std::size_t k = i; k < end && k < i + 12; ++k) {
                words += fmt::format(" {}", entries[k].value);
            }
            words += end > i + 12 ? " ..." : "";
        }
        i = end;
    }
    return fmt::format("{} of {} written: {}", entries.size(), trailer.entry_count, words);
}

std::string trailer_words(const TrailerReport& trailer)
{
    const trailer_state& state = trailer.state;
    std::string words = fmt::format("magic {}", trailer_mark_word(state.magic, "good"));
    words += trailer.swap_info ? fmt::format("   swap_info {}, image {}",
                                             swap_type_word(state.swap_type), state.image_index)
                               : "   swap_info unset";
    words += trailer.swap_size_bytes ? fmt::format("   swap_size {}", *trailer.swap_size_bytes)
                                     : "   swap_size unset";
    if (trailer.tlv_sizes) {
        words += fmt::format("   TLV sizes {}, {}", *trailer.tlv_sizes & 0xFFFF,
                             *trailer.tlv_sizes >> 16);
    }
    return words + fmt::format("   copy_done {}   image_ok {}", trailer_mark_word(state.copy_done),
                               trailer_mark_word(state.image_ok));
}

bool says_something(const TrailerReport& trailer)
{
    return trailer.state.magic != TRAILER_UNSET || trailer.state.copy_done != TRAILER_UNSET ||
           trailer.state.image_ok != TRAILER_UNSET || trailer.swap_info ||
           trailer.swap_size_bytes || !trailer.entries.empty();
}

class InspectionWriter {
public:
    InspectionWriter(const ScenarioMachine& machine, const Inspection& inspection)
        : machine_(machine), inspection_(inspection)
    {
    }

    std::string text(const std::vector<std::string>& notes)
    {
        for (const AreaReport& report : inspection_.areas) {
            area(report);
        }
        out_ += line("next boot", inspection_.next.words);
        log(inspection_.next.report);
        out_ += line("the one after",
                     inspection_.after.words + "   (if the application does nothing in between)");
        const BootOptions& boot = machine_.scenario().boot;
        out_ += line("as",
                     fmt::format("{}, {}, alignment {}, max_image_sectors {}",
                                 machine_.core().release, name_of(strategy_names(), boot.strategy),
                                 boot.max_align_bytes, boot.max_image_sectors));
        for (const std::string& note : notes) {
            out_ += line("note", note);
        }
        return std::move(out_);
    }

private:
    const SwapReport* swap_of(const AreaReport& report) const
    {
        for (const SwapReport& swap : inspection_.swaps) {
            if (swap.interrupted && (swap.image_index == report.area.image_index)) {
                return &swap;
            }
        }
        return nullptr;
    }

    std::string headline(const AreaReport& report) const
    {
        const SwapReport* const swap = swap_of(report);
        if (swap != nullptr && report.area.role == FLASH_PRIMARY) {
            return fmt::format("{} ({}) in progress: {}",
                               swap->type == SWAP_REVERT ? "revert" : "swap",
                               swap_type_word(swap->type), swap->progress);
        }
        if (report.erased) {
            return "erased";
        }
        if (!report.held.empty()) {
            return "part of the swap";
        }
        if (report.image) {
            return image_words(*report.image, !machine_.scenario().boot.signing_keys.empty());
        }
        return report.area.role == FLASH_SCRATCH
                   ? fmt::format("{} bytes are not erased", report.bytes_used)
                   : "no image";
    }

    void area(const AreaReport& report)
    {
        const BoardPlan& board = machine_.machine().board();
        const std::string device =
            report.area.device == 0 ? "" : board.devices[report.area.device].name + " ";
        out_ += line(report.area.name, fmt::format("{}0x{:08X}  {}", device,
                                                   report.area.offset_bytes, headline(report)));
        if (report.held.empty() && report.image) {
            image(report);
        }
        held(report);
        if (report.trailer && says_something(*report.trailer)) {
            out_ += line("   trailer", trailer_words(*report.trailer));
            if (!report.trailer->entries.empty()) {
                out_ += line("   status", entries_words(*report.trailer));
            }
        }
        for (const std::string& sentence : report.inconsistencies) {
            out_ += line("   inconsistent", sentence);
        }
    }

    void image(const AreaReport& report)
    {
        const ImageReport& image = *report.image;
        out_ += line("", header_words(image));
        const std::uint32_t header = image.info.header_bytes;
        const AreaPlan& area = report.area;
        const std::uint8_t erased = machine_.machine().board().devices[area.device].erased_value;
        if (report.filler_bytes > 0) {
            out_ += line("", fmt::format("the image header is {} bytes; the {} up to the payload "
                                         "at 0x{:X} are erased filler (0x{:02X})",
                                         IMAGE_HEADER_BYTES, report.filler_bytes,
                                         image.offset_bytes + header, erased));
        }
    }

    std::string version_of(bool of_new) const
    {
        for (const SwapReport& swap : inspection_.swaps) {
            const auto& info = of_new ? swap.new_image : swap.old_image;
            if (info) {
                return to_string(info->version);
            }
        }
        return of_new ? "the image that comes" : "the image that goes";
    }

    void held(const AreaReport& report)
    {
        for (const HeldSectors& part : report.held) {
            std::string words = fmt::format("sector{} {} hold{} {}", part.count == 1 ? "" : "s",
                                            range_text(part.first, part.count),
                                            part.count == 1 ? "s" : "", version_of(part.of_new));
            if (part.image_sector != part.first) {
                words += fmt::format(" (its sector{} {})", part.count == 1 ? "" : "s",
                                     range_text(part.image_sector, part.count));
            }
            out_ += line("", words);
        }
        if (report.held.empty() || report.area.role != FLASH_PRIMARY) {
            return;
        }
        for (const SwapReport& swap : inspection_.swaps) {
            for (const auto& [info, place] :
                 {std::pair{&swap.new_image, "primary"}, std::pair{&swap.old_image, "secondary"}}) {
                if (*info && swap.image_index == report.area.image_index) {
                    out_ += line("", fmt::format("{}, on its way to the {} slot, pieced together: "
                                                 "hash {}",
                                                 to_string((*info)->version), place,
                                                 (*info)->hash_matches ? "good" : "WRONG"));
                }
            }
        }
    }

    void log(const RunReport& report)
    {
        for (const LogLine& one : report.log) {
            if (one.level == IO_LOG_ERROR || one.level == IO_LOG_WARNING) {
                out_ += line(
                    "", fmt::format("{}: {}", one.level == IO_LOG_ERROR ? 'E' : 'W', one.text));
            }
        }
    }

    const ScenarioMachine& machine_;
    const Inspection& inspection_;
    std::string out_;
};

}  // namespace

std::string tlv_name(std::uint16_t type)
{
    switch (type) {
    case TLV_KEYHASH:
        return "KEYHASH";
    case TLV_PUBKEY:
        return "PUBKEY";
    case TLV_SHA256:
        return "SHA256";
    case TLV_SHA384:
        return "SHA384";
    case TLV_SHA512:
        return "SHA512";
    case TLV_RSA2048_PSS:
        return "RSA2048";
    case TLV_ECDSA_SIG:
        return "ECDSASIG";
    case TLV_RSA3072_PSS:
        return "RSA3072";
    case TLV_ED25519:
        return "ED25519";
    case TLV_ENC_RSA2048:
        return "ENCRSA2048";
    case TLV_ENC_KW:
        return "ENCKW";
    case TLV_ENC_EC256:
        return "ENCEC256";
    case TLV_ENC_X25519:
    case TLV_ENC_X25519_SHA512:
        return "ENCX25519";
    case TLV_SIG_PURE:
        return "SIG_PURE";
    case TLV_DEPENDENCY:
        return "DEPENDENCY";
    case TLV_SEC_CNT:
        return "SEC_CNT";
    case TLV_BOOT_RECORD:
        return "BOOT_RECORD";
    case 0x70:
        return "DECOMP_SIZE";
    case 0x71:
        return "DECOMP_SHA";
    case 0x72:
        return "DECOMP_SIGNATURE";
    case 0x73:
        return "COMP_DEC_SIZE";
    case 0x74:
        return "UUID_VID";
    case 0x75:
        return "UUID_CID";
    default:
        return fmt::format("0x{:02X}", type);
    }
}

std::string inspection_text(const ScenarioMachine& machine, const Inspection& inspection,
                            const std::vector<std::string>& notes)
{
    return InspectionWriter(machine, inspection).text(notes);
}

}  // namespace brownout::sim
