// brownout image keygen: a new key pair.
#include "commands.hpp"
#include "image_options.hpp"
#include "output_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>

namespace brownout::sim::cli {

namespace {

struct KeygenGiven {
    std::string type;
    std::string key;
    std::string public_key;
};

void run_keygen(const KeygenGiven& given)
{
    require_new(given.key);
    if (!given.public_key.empty()) {
        require_new(given.public_key);
    }
    const GeneratedKey made = generate_key(given.type);
    if (given.key != "-") {
        write_output(given.key, {});
        std::filesystem::permissions(given.key, std::filesystem::perms::owner_read |
                                                    std::filesystem::perms::owner_write);
        std::ofstream(given.key, std::ios::binary | std::ios::app) << made.private_pem;
        std::cout << fmt::format("{}: a new private key, {}; keep it secret\n", given.key,
                                 given.type);
    } else {
        write_output("-", made.private_pem);
    }
    if (!given.public_key.empty()) {
        write_output(given.public_key, made.public_pem);
    }
}

}  // namespace

void add_image_keygen(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command = image.add_subcommand("keygen", "make a key pair");
    const auto given = std::make_shared<KeygenGiven>();
    command
        ->add_option("-t,--type", given->type,
                     "rsa-2048, rsa-3072, ecdsa-p256, ecdsa-p384, ed25519 (they sign), x25519")
        ->required();
    command->add_option("-k,--key", given->key, "file of the private key (PEM)")->required();
    command->add_option("--public", given->public_key, "file of the public key (PEM)");
    command->callback([given, &exit_code] {
        run_keygen(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
