// brownout image verify: are these images as they were signed, and by this key?
#include "commands.hpp"
#include "image_options.hpp"

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

struct VerifyGiven {
    std::vector<std::string> files, keys;
    std::string decryption_key;
};

bool verify_one(const std::string& file, const VerifyOptions& options)
{
    const ImageVerdict verdict = verify_image_file(read_image_file(file).bytes, options);
    if (!verdict.good) {
        std::cout << fmt::format("{}: NOT GOOD: {}\n", file, verdict.sentence);
        return false;
    }
    std::cout << fmt::format("{}: {}\n", file, verdict.sentence);
    std::cout << fmt::format("Image version: {}.{}.{}+{}\n", verdict.info->version.major,
                             verdict.info->version.minor, verdict.info->version.revision,
                             verdict.info->version.build);
    std::cout << "Image digest: " << verdict.digest << "\n";
    if (!verdict.signed_by.empty()) {
        std::cout << "Signed by: " << verdict.signed_by << "\n";
    }
    return true;
}

ExitCode run_verify(const VerifyGiven& given)
{
    VerifyOptions options;
    options.keys.assign(given.keys.begin(), given.keys.end());
    options.decryption_key = given.decryption_key;
    ExitCode code = ExitCode::kHolds;
    for (const std::string& file : given.files) {
        code = verify_one(file, options) ? code : ExitCode::kCheckFailed;
    }
    return code;
}

}  // namespace

void add_image_verify(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command = image.add_subcommand("verify", "check hash and signature of images");
    const auto given = std::make_shared<VerifyGiven>();
    command->add_option("imgfile", given->files, "images: .bin or .hex")->required();
    command->add_option("-k,--key", given->keys,
                        "public or private key; one of several must match");
    command->add_option("--decryption-key", given->decryption_key,
                        "private key of the device, for encrypted payloads");
    command->callback([given, &exit_code] { exit_code = run_verify(*given); });
}

}  // namespace brownout::sim::cli
