// brownout image: keys and app images, with the options of imgtool.
#include "commands.hpp"

namespace brownout::sim::cli {

void add_image(CLI::App& app, ExitCode& exit_code)
{
    CLI::App* const image =
        app.add_subcommand("image", "make keys; sign, verify, show, pad and encrypt app images");
    image->require_subcommand(1);
    add_image_keygen(*image, exit_code);
    add_image_sign(*image, exit_code);
    add_image_verify(*image, exit_code);
    add_image_dump(*image, exit_code);
    add_image_pad(*image, exit_code);
    add_image_encrypt(*image, exit_code);
}

}  // namespace brownout::sim::cli
