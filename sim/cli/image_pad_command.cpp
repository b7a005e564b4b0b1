// brownout image pad: fills up a slot behind a signed image and writes its trailer.
#include "commands.hpp"
#include "image_options.hpp"

#include <fmt/format.h>

#include <iostream>

namespace brownout::sim::cli {

namespace {

struct PadGiven {
    std::string input;
    SlotTexts slot;
    ImageOutput output;
};

void run_pad(PadGiven& given)
{
    require_output(given.output, given.input);
    given.slot.pad = true;
    const ImageFile input = read_image_file(given.input);
    std::string why;
    const auto info = parse_image(input.bytes, &why);
    if (!info) {
        throw InputError(Place{given.input}, "not a signed image: " + why);
    }
    if (input.bytes.size() > info->total_bytes) {
        throw InputError(Place{given.input},
                         fmt::format("holds {} bytes behind the image of {} already: it is padded",
                                     input.bytes.size() - info->total_bytes, info->total_bytes));
    }
    const auto padded = pad_image(input.bytes, slot_options(given.slot), (info->flags & 0x0C) != 0);
    write_image(given.output, padded, input.address);
    std::cout << fmt::format("{}: {} bytes, a {} upgrade\n", given.output.file, padded.size(),
                             given.slot.confirm ? "permanent" : "test");
}

}  // namespace

void add_image_pad(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command =
        image.add_subcommand("pad", "fill up the slot behind a signed image, with a trailer");
    const auto given = std::make_shared<PadGiven>();
    command->add_option("infile", given->input, "signed image: .bin or .hex")->required();
    add_output_options(*command, given->output);
    add_slot_options(*command, given->slot);
    command->callback([given, &exit_code] {
        run_pad(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
