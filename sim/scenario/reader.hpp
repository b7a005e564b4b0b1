// What reading a file needs besides the tree: places, the errors found so far, and sentences.
//
// Reading goes on after an error, so that `brownout validate` can list all of them.
#pragma once

#include "yaml_tree.hpp"

#include <sim/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

struct Scenario;

class Reader {
public:
    explicit Reader(std::filesystem::path file);

    const std::filesystem::path& file() const { return file_; }
    // A path of the file, relative to the file, as a path for this process.
    std::filesystem::path resolve(const std::string& text) const;

    Place place(const YamlNode& node) const;
    Place place(const YamlKey& key) const;

    void fail(Place place, const std::string& sentence);
    void fail(const YamlNode& node, const std::string& sentence) { fail(place(node), sentence); }
    // "<subject> must be <what>, not 'text'.": the value under the key being read is no good.
    void must_be(const YamlNode& node, const std::string& what, const std::string& hint = "");

    // Errors so far, in file order. Empty: good.
    std::vector<InputError> errors() const;
    std::size_t error_count() const { return errors_.size(); }

    // The scenario being read, for values whose default or meaning depends on an earlier section;
    // nullptr while a board file is read.
    Scenario* scenario = nullptr;

private:
    friend class SubjectScope;
    std::filesystem::path file_;
    std::string subject_;  // what is being read: "size in partition"
    std::vector<InputError> errors_;
};

// Names what is being read, for the sentences of must_be().
class SubjectScope {
public:
    SubjectScope(Reader& reader, std::string subject);
    ~SubjectScope();
    SubjectScope(const SubjectScope&) = delete;
    SubjectScope& operator=(const SubjectScope&) = delete;

private:
    Reader& reader_;
    std::string outer_;
};

// " Did you mean 'x'?" for the nearest candidate, empty when none is near.
std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates);

// "a, b, c"
std::string comma_list(const std::vector<std::string>& names);

// A node in words, for "not ...": "'abc'", "a list".
std::string describe(const YamlNode& node);

}  // namespace brownout::sim
