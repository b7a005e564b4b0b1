#include "image_options.hpp"
#include "output_file.hpp"

#include <sim/import.hpp>

#include <fmt/format.h>

#include <charconv>

namespace brownout::sim::cli {

namespace {

constexpr std::uint64_t kImageFileBytesMax = std::uint64_t{1} << 28;

bool is_hex_name(const std::string& file)
{
    return file.ends_with(".hex") || file.ends_with(".ihex");
}

}  // namespace

std::uint32_t number_of_option(const std::string& option, const std::string& text)
{
    const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    const char* const first = text.data() + (is_hex ? 2 : 0);
    const char* const last = text.data() + text.size();
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(first, last, value, is_hex ? 16 : 10);
    if (parsed.ec != std::errc{} || parsed.ptr != last) {
        throw InputError(
            fmt::format("{} is '{}', not a number of 32 bits like 512 or 0x200", option, text));
    }
    return value;
}

ImageFile read_image_file(const std::string& file, std::uint8_t gap_value)
{
    const bool is_hex = is_hex_name(file);
    Dump dump = read_dump(file, is_hex ? DumpFormat::kIntelHex : DumpFormat::kBinary);
    ImageFile image;
    image.is_hex = is_hex;
    image.address = static_cast<std::uint32_t>(dump.segments.front().address);
    const std::uint64_t end = dump.segments.back().end();
    if (end - image.address > kImageFileBytesMax || end > std::uint64_t{UINT32_MAX} + 1) {
        throw InputError(Place{file},
                         fmt::format("spans addresses 0x{:X} to 0x{:X}, too much for an image",
                                     image.address, end));
    }
    for (const DumpSegment& segment : dump.segments) {
        image.bytes.resize(segment.address - image.address, gap_value);
        image.bytes.insert(image.bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return image;
}

void add_output_options(CLI::App& command, ImageOutput& output)
{
    command.add_option("outfile", output.file, "where the image goes: .bin, or .hex")->required();
    command.add_option("-x,--hex-addr", output.hex_address,
                       "address of the first byte in a .hex output");
    command.add_flag("--force", output.force, "replace the output file if it is there");
}

void require_output(const ImageOutput& output, const std::string& input)
{
    std::error_code error;
    const bool is_file = std::filesystem::is_regular_file(output.file, error);
    if (is_file && !std::filesystem::equivalent(output.file, input, error) && !output.force) {
        throw InputError(Place{output.file}, "is there already; --force replaces it");
    }
    if (is_file && !output.force) {
        throw InputError(Place{output.file}, "is the input itself; --force replaces it");
    }
    require_writable(output.file);
}

void write_image(const ImageOutput& output, const std::vector<std::uint8_t>& bytes,
                 std::uint32_t address)
{
    if (!is_hex_name(output.file)) {
        write_output(output.file, {bytes.begin(), bytes.end()});
        return;
    }
    const std::uint32_t first =
        output.hex_address.empty() ? address : number_of_option("--hex-addr", output.hex_address);
    if (bytes.size() > std::uint64_t{UINT32_MAX} + 1 - first) {
        throw InputError(fmt::format("0x{:X} bytes at address 0x{:X} leave the address space",
                                     bytes.size(), first));
    }
    write_output(output.file, intel_hex(first, bytes, 0xFF));
}

void add_slot_options(CLI::App& command, SlotTexts& texts)
{
    command.add_option("-S,--slot-size", texts.slot_size, "bytes of the slot");
    command.add_option("--align", texts.align, "write unit: 1, 2, 4, 8, 16, 32 (default: 8)");
    command.add_option("--max-align", texts.max_align,
                       "BOOT_MAX_ALIGN: 8, 16, 32 (default: 8, or --align if that is more)");
    command.add_option("-M,--max-sectors", texts.max_sectors,
                       "BOOT_MAX_IMG_SECTORS (default: 128)");
    command.add_option("-R,--erased-val", texts.erased_value,
                       "value of an erased byte (default: 0xff)");
    command.add_flag("--overwrite-only", texts.overwrite_only,
                     "the bootloader overwrites: no room for a status area is needed");
    command.add_flag("--save-enctlv", texts.save_enctlv,
                     "the trailer saves key TLVs instead of keys");
    command.add_flag("--confirm", texts.confirm, "like --pad, and mark the image as confirmed");
}

SlotOptions slot_options(const SlotTexts& texts)
{
    SlotOptions slot;
    if (!texts.slot_size.empty()) {
        slot.slot_bytes = number_of_option("--slot-size", texts.slot_size);
        if (slot.slot_bytes > kImageFileBytesMax) {
            throw InputError("--slot-size is more than 256 MiB");
        }
    }
    slot.align_bytes = number_of_option("--align", texts.align);
    if (!texts.max_align.empty()) {
        slot.max_align_bytes = number_of_option("--max-align", texts.max_align);
    }
    slot.max_sectors = number_of_option("--max-sectors", texts.max_sectors);
    const std::uint32_t erased = number_of_option("--erased-val", texts.erased_value);
    if (erased != 0 && erased != 0xFF) {
        throw InputError("--erased-val is 0 or 0xff");
    }
    slot.erased_value = static_cast<std::uint8_t>(erased);
    slot.overwrite_only = texts.overwrite_only;
    slot.save_enctlv = texts.save_enctlv;
    slot.pad = texts.pad;
    slot.confirm = texts.confirm;
    return slot;
}

void add_encrypt_options(CLI::App& command, EncryptTexts& texts)
{
    command.add_option("-E,--encrypt", texts.key,
                       "encrypt for this public key (rsa-2048, ecdsa-p256, x25519), or an AES key "
                       "in base64");
    command.add_option("--encrypt-keylen", texts.key_bits, "128 or 256 (default: 128)");
    command.add_option("--hmac-sha", texts.hmac_sha, "X25519: auto, 256 or 512")
        ->check(CLI::IsMember({"auto", "256", "512"}));
    command.add_flag("--clear", texts.clear,
                     "flag and key TLV, but a plain payload: for the primary slot");
}

void apply_encrypt_options(const EncryptTexts& texts, SignOptions& options)
{
    options.encryption_key = texts.key;
    options.encryption_key_bits = number_of_option("--encrypt-keylen", texts.key_bits);
    options.hmac_sha512 = texts.hmac_sha == "512";
    options.clear = texts.clear;
}

}  // namespace brownout::sim::cli
