// brownout image verify: is this image as it was signed, and by this key?
#include "image_commands.hpp"

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

struct VerifyGiven {
    std::string file;
    std::vector<std::string> keys;
    std::string decryption_key;
};

ExitCode run_verify(const VerifyGiven& given)
{
    VerifyOptions options;
    options.keys.assign(given.keys.begin(), given.keys.end());
    options.decryption_key = given.decryption_key;
    const ImageVerdict verdict = verify_image_file(read_image_file(given.file).bytes, options);
    if (!verdict.good) {
        std::cout << fmt::format("{}: NOT GOOD: {}\n", given.file, verdict.sentence);
        return ExitCode::kCheckFailed;
    }
    std::cout << fmt::format("{}: {}\n", given.file, verdict.sentence);
    std::cout << fmt::format("Image version: {}.{}.{}+{}\n", verdict.info->version.major,
                             verdict.info->version.minor, verdict.info->version.revision,
                             verdict.info->version.build);
    std::cout << "Image digest: " << verdict.digest << "\n";
    if (!verdict.signed_by.empty()) {
        std::cout << "Signed by: " << verdict.signed_by << "\n";
    }
    return ExitCode::kHolds;
}

}  // namespace

void add_image_verify(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command =
        image.add_subcommand("verify", "check hash and signature of an image");
    const auto given = std::make_shared<VerifyGiven>();
    command->add_option("imgfile", given->file, "image: .bin or .hex")->required();
    command->add_option("-k,--key", given->keys, "public or private key; may be given twice");
    command->add_option("--decryption-key", given->decryption_key,
                        "private key of the device, for encrypted payloads");
    command->callback([given, &exit_code] { exit_code = run_verify(*given); });
}

}  // namespace brownout::sim::cli
