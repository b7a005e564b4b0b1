// Writing files that the user asked for, without losing one that is there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace brownout::sim::cli {

// Throws InputError if write_output() could not write here, or would replace one of `inputs`: for
// before hours of work, not after. Changes nothing. "" (nothing asked for) and "-" are fine.
void require_writable(const std::filesystem::path& path,
                      const std::vector<std::string>& inputs = {});

// The same for files that hold device content: one that is there is not ours to replace.
void require_new(const std::filesystem::path& path);

// "-" is standard output. Replaces a file of this name as a whole or not at all; InputError if it
// cannot be written. A link's target is replaced, not the link; devices and pipes are written to.
void write_output(const std::filesystem::path& path, const std::string& text);

// InputError if what was printed did not reach standard output (a full disk, for example).
void flush_standard_output();

}  // namespace brownout::sim::cli
