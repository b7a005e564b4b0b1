// What a loader must know of an ELF shared object, read from the file before anything trusts it.
//
// Source: System V ABI, ELF-64 object file format. Read: headers, load segments, RELRO, sections
// in memory, the symbol tables. Not read: relocations, versions, debug information.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace brownout::sim {

// Addresses are link-time addresses; the loader adds its bias.
struct ElfSegment {
    std::uint64_t address = 0;
    std::uint64_t size_bytes = 0;  // in memory
    bool writable = false;
    bool executable = false;

    std::uint64_t end() const { return address + size_bytes; }
};

struct ElfSection {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t size_bytes = 0;
};

struct ElfSymbol {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t size_bytes = 0;
    bool is_function = false;
};

struct ElfFile {
    std::vector<ElfSegment> segments;  // PT_LOAD, ascending, disjoint
    std::uint64_t relro_begin = 0;     // read-only after relocation; empty if begin == end
    std::uint64_t relro_end = 0;
    std::vector<ElfSection> sections;  // those that occupy memory
    std::vector<ElfSymbol> symbols;    // named functions and objects of this file, by address
    std::vector<std::string> imports;  // names that somebody else must define, sorted
    std::vector<std::string> exports;  // names that dlsym() can find, sorted

    const ElfSegment* segment_at(std::uint64_t address) const;
    const ElfSection* section_at(std::uint64_t address) const;
    const ElfSymbol* symbol_at(std::uint64_t address) const;

    // `path` is for messages. InputError: not a shared object for this machine, or damaged.
    static ElfFile parse(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
};

}  // namespace brownout::sim
