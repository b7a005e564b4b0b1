#include "case_machine.hpp"
#include "case_player.hpp"
#include "case_reader.hpp"
#include "gzip_file.hpp"
#include "reference_keys.hpp"

#include "workers/forked_workers.hpp"

#include <sim/conform.hpp>
#include <sim/data_paths.hpp>
#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <sstream>
#include <thread>

namespace brownout::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListBytesMax = 1u << 20;

struct LoadedCase {
    ReferenceCase reference;
    ImageStore* images = nullptr;
    std::string skip_reason;
};

struct LoadedSet {
    std::map<fs::path, std::unique_ptr<ImageStore>> stores;
    std::vector<LoadedCase> cases;
};

// Everything that can be wrong with the data is found here, before anything runs.
LoadedSet load_set(const ConformOptions& options, const boot_firmware& core)
{
    LoadedSet set;
    std::size_t position = 0;
    for (const fs::path& file : find_case_files(options.paths)) {
        const fs::path root = fs::weakly_canonical(file).parent_path().parent_path();
        std::unique_ptr<ImageStore>& store = set.stores[root];
        if (!store) {
            store = std::make_unique<ImageStore>(root);
        }
        for (ReferenceCase& reference : read_case_file(file)) {
            if (position++ % options.every != 0) {
                continue;
            }
            LoadedCase loaded{std::move(reference), store.get(), {}};
            loaded.skip_reason = reason_to_skip(loaded.reference, core);
            for (const auto& [path, image] : loaded.reference.images) {
                store->bytes(image);
            }
            setup_of(loaded.reference, store->keys_folder());
            set.cases.push_back(std::move(loaded));
        }
    }
    return set;
}

// The firmware of one process: loaded after the fork, so that its watchdog is this process's own.
struct LoadedFirmware {
    std::unique_ptr<Firmware> loader;
    std::unique_ptr<Firmware> application;
};

LoadedFirmware load_firmware(const ConformOptions& options)
{
    const auto chosen = [](const fs::path& path, boot_firmware_kind kind) {
        return Firmware::load(path.empty() ? builtin_firmware(kind) : path, conform_placement());
    };
    return {chosen(options.loader, BOOT_FIRMWARE_LOADER),
            chosen(options.application, BOOT_FIRMWARE_APPLICATION)};
}

// Empty: the case passes. Otherwise what to print.
std::string verdict_on(const LoadedCase& loaded, const LoadedFirmware& firmware)
{
    CasePlayer player(loaded.reference, *loaded.images, *firmware.loader, *firmware.application);
    const std::optional<Difference> difference = player.play();
    if (!difference) {
        return {};
    }
    std::string text = fmt::format("FAILED  {}  {}\n", loaded.reference.id, difference->place);
    for (const std::string& line : difference->lines) {
        text += "        " + line + "\n";
    }
    return text;
}

std::string skip_line(const LoadedCase& loaded)
{
    return fmt::format("{}: {}", loaded.reference.id, loaded.skip_reason);
}

std::vector<std::string> read_expected_skips(const fs::path& path)
{
    std::istringstream text(read_whole_file(path, kListBytesMax));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) {
        if (!line.empty() && line[0] != '#') {
            lines.push_back(line);
        }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

// Prints what is in one of the lists only; true if they are equal.
bool same_skips(const LoadedSet& set, const fs::path& path, std::ostream& out)
{
    const std::vector<std::string> expected = read_expected_skips(path);
    std::vector<std::string> derived;
    for (const LoadedCase& loaded : set.cases) {
        if (!loaded.skip_reason.empty()) {
            derived.push_back(skip_line(loaded));
        }
    }
    std::sort(derived.begin(), derived.end());
    const auto print_only = [&out](const std::vector<std::string>& in,
                                   const std::vector<std::string>& not_in,
                                   const std::string& words) {
        std::vector<std::string> only;
        std::set_difference(in.begin(), in.end(), not_in.begin(), not_in.end(),
                            std::back_inserter(only));
        for (const std::string& line : only) {
            out << words << "  " << line << "\n";
        }
    };
    print_only(derived, expected, "SKIPPED, but not in " + path.string());
    print_only(expected, derived, "NOT SKIPPED, but in " + path.string());
    return derived == expected;
}

}  // namespace

ConformSummary run_conform(const ConformOptions& options, std::ostream& out)
{
    // Loaded here for its table, and to find out before anything else that it can be loaded.
    const LoadedFirmware probe = load_firmware(options);
    const LoadedSet set = load_set(options, probe.loader->table());
    ConformSummary summary;
    std::vector<const LoadedCase*> runnable;
    for (const LoadedCase& loaded : set.cases) {
        if (loaded.skip_reason.empty()) {
            runnable.push_back(&loaded);
            continue;
        }
        ++summary.skipped;
        if (options.list_skipped) {
            out << "skipped  " << skip_line(loaded) << "\n";
        }
    }
    if (options.expect_skipped) {
        summary.skipped_as_expected = same_skips(set, *options.expect_skipped, out);
    }
    out.flush();

    const unsigned jobs =
        options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
    std::optional<LoadedFirmware> firmware;  // of each worker, its own
    run_in_workers(
        runnable.size(), jobs,
        [&](std::size_t index) {
            if (!firmware) {
                firmware = load_firmware(options);
            }
            return verdict_on(*runnable[index], *firmware);
        },
        [&](std::size_t index, const WorkResult& result) {
            const std::optional<std::string>& verdict = result.answer;
            if (verdict && verdict->empty()) {
                ++summary.passed;
                return;
            }
            ++summary.failed;
            out << verdict.value_or(
                fmt::format("FAILED  {}  the process that ran it died ({}); the core is the "
                            "likely cause\n",
                            runnable[index]->reference.id, result.death));
            out.flush();
        });
    out << fmt::format("{} passed, {} failed, {} skipped\n", summary.passed, summary.failed,
                       summary.skipped);
    return summary;
}

}  // namespace brownout::sim
