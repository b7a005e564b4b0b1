// Reference cases: recorded runs of the reference bootloader, replayed on a core of ours and
// compared call by call. tests/conformance/FORMAT.md describes the data.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <vector>

namespace brownout::sim {

struct ConformOptions {
    std::vector<std::filesystem::path> paths;  // case files, or folders of them
    std::filesystem::path loader;              // firmware images; empty: the built-in ones
    std::filesystem::path application;
    unsigned jobs = 0;       // worker processes; 0: one per CPU
    std::size_t every = 1;   // run every n-th case only: a sample
    bool list_skipped = false;
    // The cases that the core cannot run must be exactly those that this file lists.
    std::optional<std::filesystem::path> expect_skipped;
};

struct ConformSummary {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;
    bool skipped_as_expected = true;

    bool holds() const { return failed == 0 && skipped_as_expected; }
};

// Prints to `out`, in the order of the cases: the first difference of each case that fails; the
// last line is "N passed, N failed, N skipped". InputError: a path, case, image or key that is not
// right; then nothing was run.
ConformSummary run_conform(const ConformOptions& options, std::ostream& out);

// Copies a recorded set (cases/, images/*.bin, keys/) to `target` in compact form: one file of
// cases per strategy, images as recipes. InputError if something of it is not right.
void pack_reference_set(const std::filesystem::path& root, const std::filesystem::path& target);

}  // namespace brownout::sim
