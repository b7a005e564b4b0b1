// brownout image sign: a payload becomes an app image.
#include "commands.hpp"
#include "image_options.hpp"

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

struct SignGiven {
    std::string input, key, key_format = "hash", version, header_size = "32", load_address,
                            rom_fixed, security_counter, sha = "auto", boot_record, vendor,
                            image_class, compression = "disabled", endian = "little";
    bool pad_header = false, non_bootable = false, pure = false, pad_signature = false;
    std::vector<std::string> dependencies, custom_tlvs;
    SlotTexts slot;
    EncryptTexts encrypt;
    ImageOutput output;
};

boot_version version_of(const std::string& text)
{
    const auto version = parse_version(text);
    if (!version) {
        throw InputError(fmt::format("--version is '{}', not like 1.2.3 or 1.2.3+4", text));
    }
    return *version;
}

CustomTlv custom_tlv(const std::string& tag, const std::string& value)
{
    const std::uint32_t type = number_of_option("--custom-tlv", tag);
    if (type > 0xFFFE || (type & 0xFF) < 0xA0 || (type & 0xFF) == 0xFF) {
        throw InputError(fmt::format("--custom-tlv {}: vendor TLVs are 0xXXA0 to 0xXXFE", tag));
    }
    CustomTlv tlv{static_cast<std::uint16_t>(type), {}};
    if (!value.starts_with("0x")) {
        tlv.payload.assign(value.begin(), value.end());
        return tlv;
    }
    const bool is_hex =
        value.size() % 2 == 0 && value.find_first_not_of("0123456789abcdefABCDEF", 2) == value.npos;
    if (!is_hex) {
        throw InputError(
            fmt::format("--custom-tlv {}: '{}' is no even number of hex digits", tag, value));
    }
    for (std::size_t i = 2; i < value.size(); i += 2) {
        tlv.payload.push_back(
            static_cast<std::uint8_t>(std::stoul(value.substr(i, 2), nullptr, 16)));
    }
    return tlv;
}

// imgtool counts up: version 1.2.3 is 0x01020003.
std::uint32_t counter_of(const std::string& text, const boot_version& version)
{
    return text == "auto" ? std::uint32_t{version.major} << 24 |
                                std::uint32_t{version.minor} << 16 | version.revision
                          : number_of_option("--security-counter", text);
}

// Options of imgtool that have a meaning, but none here.
void refuse_unsupported(const SignGiven& given)
{
    if (given.compression != "disabled") {
        throw InputError(fmt::format("--compression {}: compressed images are not supported; the "
                                     "modelled bootloader does not unpack them",
                                     given.compression));
    }
    if (given.endian != "little") {
        throw InputError(fmt::format("--endian {}: images of the modelled devices are little "
                                     "endian",
                                     given.endian));
    }
}

void add_identity(const SignGiven& given, SignOptions& options)
{
    options.boot_record = given.boot_record;
    if (!given.vendor.empty()) {
        options.vendor_id = vendor_id(given.vendor);
    }
    if (!given.image_class.empty()) {
        options.class_id = class_id(given.image_class, options.vendor_id);
        if (options.class_id.empty()) {
            throw InputError(fmt::format("--cid {}: the name of a class belongs to a vendor: give "
                                         "--vid too, or the class as a UUID",
                                         given.image_class));
        }
    }
}

SignOptions sign_options(const SignGiven& given)
{
    refuse_unsupported(given);
    SignOptions options;
    add_identity(given, options);
    options.pad_signature = given.pad_signature;
    options.version = version_of(given.version);
    options.header_bytes = number_of_option("--header-size", given.header_size);
    options.pad_header = given.pad_header;
    if (!given.load_address.empty()) {
        options.load_address = number_of_option("--load-addr", given.load_address);
    }
    if (!given.rom_fixed.empty()) {
        options.rom_fixed = number_of_option("--rom-fixed", given.rom_fixed);
    }
    if (!given.security_counter.empty()) {
        options.security_counter = counter_of(given.security_counter, options.version);
    }
    for (const std::string& text : given.dependencies) {
        const auto dependency = parse_dependency(text);
        if (!dependency) {
            throw InputError(fmt::format("--dependencies is '{}', not like (1,1.2.3+0)", text));
        }
        options.dependencies.push_back(*dependency);
    }
    for (std::size_t i = 0; i + 1 < given.custom_tlvs.size(); i += 2) {
        options.custom_tlvs.push_back(custom_tlv(given.custom_tlvs[i], given.custom_tlvs[i + 1]));
    }
    options.non_bootable = given.non_bootable;
    options.key = given.key;
    options.full_public_key = given.key_format == "full";
    if (given.sha != "auto") {
        options.hash_bits = number_of_option("--sha", given.sha);
    }
    options.pure = given.pure;
    apply_encrypt_options(given.encrypt, options);
    options.slot = slot_options(given.slot);
    return options;
}

void run_sign(const SignGiven& given)
{
    require_output(given.output, given.input);
    const SignOptions options = sign_options(given);
    const ImageFile input = read_image_file(given.input, options.slot.erased_value);
    const std::uint32_t header = options.pad_header ? options.header_bytes : 0;
    if (input.is_hex && input.address < header) {
        throw InputError(Place{given.input},
                         fmt::format("begins at 0x{:X}: there is no room for a header before it",
                                     input.address));
    }
    const auto image = sign_image(input.bytes, options);
    write_image(given.output, image, input.is_hex ? input.address - header : 0);
    std::cout << fmt::format("{}: {}, {} bytes{}\n", given.output.file, to_string(options.version),
                             image.size(), given.key.empty() ? ", no signature (no --key)" : "");
}

}  // namespace

void add_image_sign(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command = image.add_subcommand("sign", "make an app image from a payload");
    const auto given = std::make_shared<SignGiven>();
    command->add_option("infile", given->input, "payload: .bin or .hex")->required();
    add_output_options(*command, given->output);
    command->add_option("-v,--version", given->version, "1.2.3 or 1.2.3+4")->required();
    command->add_option("-k,--key", given->key, "private key; none: a hash and no signature");
    command->add_option("--public-key-format", given->key_format, "hash (default) or full")
        ->check(CLI::IsMember({"hash", "full"}));
    command->add_option("-H,--header-size", given->header_size,
                        "distance from header to payload (default: 32)");
    command->add_flag("--pad-header", given->pad_header,
                      "put the header before the input instead of over its first bytes");
    command->add_option("-d,--dependencies", given->dependencies, "needs an image: (1,1.2.3+0)")
        ->allow_extra_args(false);
    command->add_option("-s,--security-counter", given->security_counter,
                        "a number, or auto: from the version");
    command->add_option("--boot-record", given->boot_record,
                        "SW_TYPE: a boot record for measured boot, with this software type");
    command->add_option("--vid", given->vendor, "vendor: a UUID, or a domain name");
    command->add_option("--cid", given->image_class,
                        "class of the device: a UUID, or a name (needs --vid)");
    command->add_option("-L,--load-addr", given->load_address, "ram-load to this address");
    command->add_option("-F,--rom-fixed", given->rom_fixed, "runs at this address of flash");
    command->add_flag("--non-bootable", given->non_bootable, "mark it as not bootable");
    command->add_option("--sha", given->sha, "auto, 256, 384 or 512")
        ->check(CLI::IsMember({"auto", "256", "384", "512"}));
    command->add_flag("--pure", given->pure, "ed25519 over the image instead of its hash");
    command->add_flag("--pad-sig", given->pad_signature,
                      "pad an ECDSA signature to its longest form, for bootloaders before 1.5");
    command->add_option("--compression", given->compression, "disabled, the only one here");
    command->add_option("--endian", given->endian, "little, the only one here");
    command
        ->add_option("--custom-tlv", given->custom_tlvs,
                     "TAG VALUE: a protected TLV; value a text, or bytes as 0x0102")
        ->type_size(2)
        ->allow_extra_args(false);
    command->add_flag("--pad,--test", given->slot.pad,
                      "fill up the slot and request a test upgrade");
    add_encrypt_options(*command, given->encrypt);
    add_slot_options(*command, given->slot);
    command->callback([given, &exit_code] {
        run_sign(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
