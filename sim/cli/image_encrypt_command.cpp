// brownout image encrypt: signs the payload of an image again, encrypted. The flag that says so
// lies in the header, which the signature covers: hence the signing key.
#include "commands.hpp"
#include "image_options.hpp"

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

struct EncryptGiven {
    std::string input, key;
    SlotTexts slot;
    EncryptTexts encrypt;
    ImageOutput output;
};

void run_encrypt(const EncryptGiven& given)
{
    require_output(given.output, given.input);
    if (given.encrypt.key.empty()) {
        throw InputError("image encrypt needs the public key of the device: --encrypt KEY");
    }
    const ImageFile input = read_image_file(given.input);
    std::vector<std::uint8_t> payload;
    SignOptions options;
    try {
        options = options_of_image(input.bytes, payload);
    } catch (const InputError& error) {
        throw InputError(Place{given.input}, error.what());
    }
    const auto info = parse_image(input.bytes);
    const bool was_signed = info->tlv(0x01) != nullptr || info->tlv(0x02) != nullptr;
    if (was_signed && given.key.empty()) {
        throw InputError(Place{given.input}, "is signed, and the signature covers the flag of "
                                             "encryption: --key is needed to sign it again");
    }
    const std::uint8_t filler = options.slot.erased_value;
    options.key = given.key;
    options.slot = slot_options(given.slot);
    options.slot.erased_value = filler;
    apply_encrypt_options(given.encrypt, options);
    const auto image = sign_image(payload, options);
    write_image(given.output, image, input.address);
    std::cout << fmt::format("{}: {}, {} bytes, encrypted\n", given.output.file,
                             to_string(options.version), image.size());
}

}  // namespace

void add_image_encrypt(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command =
        image.add_subcommand("encrypt", "encrypt a signed image and sign it again");
    const auto given = std::make_shared<EncryptGiven>();
    command->add_option("infile", given->input, "signed image: .bin or .hex")->required();
    add_output_options(*command, given->output);
    command->add_option("-k,--key", given->key, "private key that signs; none: hash only");
    command->add_flag("--pad", given->slot.pad, "fill up the slot and request a test upgrade");
    add_encrypt_options(*command, given->encrypt);
    add_slot_options(*command, given->slot);
    command->callback([given, &exit_code] {
        run_encrypt(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
