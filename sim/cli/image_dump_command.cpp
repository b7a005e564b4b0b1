// brownout image dump: what an image file, or the dump of a slot, holds.
#include "commands.hpp"
#include "image_options.hpp"
#include "output_file.hpp"

#include <sim/scenario_names.hpp>

#include <fmt/format.h>

namespace brownout::sim::cli {

namespace {

struct DumpGiven {
    std::string file, format = "human", output = "-", strategy = "swap-move", align = "8",
                      max_align, max_sectors = "128", sector_size = "4096";
};

void run_dump(const DumpGiven& given)
{
    SlotTexts texts;
    texts.align = given.align;
    texts.max_align = given.max_align;
    texts.max_sectors = given.max_sectors;
    const SlotOptions slot = slot_options(texts);
    pad_image({}, slot);  // checks the alignments
    DescribeOptions options{slot.align_bytes, slot.max_align_bytes, slot.max_sectors,
                            number_of_option("--sector-size", given.sector_size), BOOT_SWAP_MOVE};
    const auto strategy = value_of(strategy_names(), given.strategy);
    if (!strategy) {
        throw InputError(fmt::format("--strategy: there is no strategy '{}'; brownout list names "
                                     "them",
                                     given.strategy));
    }
    options.strategy = *strategy;
    require_writable(given.output, {given.file});
    const DescriptionFormat format = given.format == "json"   ? DescriptionFormat::kJson
                                     : given.format == "yaml" ? DescriptionFormat::kYaml
                                                              : DescriptionFormat::kHuman;
    const std::vector<std::uint8_t> bytes = read_image_file(given.file).bytes;
    try {
        write_output(given.output, describe_image(bytes, options, format));
    } catch (const InputError& error) {
        throw InputError(Place{given.file}, error.what());
    }
}

}  // namespace

void add_image_dump(CLI::App& image, ExitCode& exit_code)
{
    CLI::App* const command =
        image.add_subcommand("dump", "show header, TLVs, trailer, swap status and what follows");
    command->alias("dumpinfo");
    const auto given = std::make_shared<DumpGiven>();
    command->add_option("imgfile", given->file, "image, or dump of a whole slot")->required();
    command->add_option("-f,--format", given->format, "human (default), yaml or json")
        ->check(CLI::IsMember({"human", "yaml", "json"}));
    command->add_option("-o,--outfile", given->output, "write it here");
    command->add_option("--strategy", given->strategy,
                        "how the bootloader updates (default: swap-move)");
    command->add_option("--align", given->align, "write unit of the slot (default: 8)");
    command->add_option("--max-align", given->max_align, "BOOT_MAX_ALIGN");
    command->add_option("-M,--max-sectors", given->max_sectors, "BOOT_MAX_IMG_SECTORS");
    command->add_option("--sector-size", given->sector_size, "of the slot (default: 4096)");
    command->callback([given, &exit_code] {
        run_dump(*given);
        exit_code = ExitCode::kHolds;
    });
}

}  // namespace brownout::sim::cli
