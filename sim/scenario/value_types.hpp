// The value types of scenario and board files; see key_table.hpp for what a value type is.
#pragma once

#include "key_table.hpp"

#include <boot/core_abi.h>
#include <sim/scenario.hpp>
#include <sim/scenario_names.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace brownout::sim {

// A whole number in decimal or hexadecimal.
struct WholeNumber {
    using Value = std::uint64_t;
    std::uint64_t min = 0;
    std::uint64_t max = UINT32_MAX;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// A number of bytes or an address: a whole number, or one with KiB or MiB.
struct ByteSize {
    using Value = std::uint64_t;
    std::uint64_t min = 0;
    std::uint64_t max = UINT32_MAX;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// "1.37 s"
struct TimeSpan {
    using Value = models::Duration;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// true or false
struct Flag {
    using Value = bool;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// One line of text, not empty.
struct Text {
    using Value = std::string;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// The same with its place.
struct PlacedText {
    using Value = Expected;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// A mapping from partitions to an image name or `erased`.
struct HeldContents {
    using Value = std::vector<ExpectedContent>;
    bool read(Reader& reader, const YamlNode& node, Value& contents) const;
    Json schema() const;
};

// A file that exists, relative to the file being read.
struct ExistingFile {
    using Value = std::filesystem::path;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// "1.2.3" or "1.2.3+4"
struct VersionText {
    using Value = boot_version;
    bool read(Reader& reader, const YamlNode& node, Value& value) const;
    Json schema() const;
};

// Untyped half of Choice: the text of a scalar that is one of `names`, or nullptr after an error.
const std::string* read_choice(Reader& reader, const YamlNode& node,
                               const std::vector<std::string>& names);

// One of the names of an enumeration.
template <class Enum>
struct Choice {
    using Value = Enum;
    std::span<const Named<Enum>> (*table)();

    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const Named<Enum>& entry : table()) {
            names.emplace_back(entry.name);
        }
        return names;
    }

    bool read(Reader& reader, const YamlNode& node, Value& value) const
    {
        const std::string* const text = read_choice(reader, node, names());
        if (text == nullptr) {
            return false;
        }
        value = *value_of(table(), *text);
        return true;
    }

    Json schema() const { return {{"enum", names()}}; }
};

}  // namespace brownout::sim
