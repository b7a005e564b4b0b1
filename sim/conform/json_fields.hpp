// Members of a JSON object that must be there and must be what they should be. Every complaint is
// an InputError that names the file and the path of the member.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sim {

class JsonFields {
public:
    // `path` names the value in complaints: "case 'x': geometry". InputError if it is no object.
    JsonFields(const nlohmann::json& value, std::string path, std::string file);

    bool has(std::string_view name) const;
    std::uint64_t number(std::string_view name, std::uint64_t max) const;
    std::uint32_t number32(std::string_view name, std::uint32_t max = UINT32_MAX) const;
    int integer(std::string_view name) const;
    bool flag(std::string_view name) const;
    std::string text(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;
    JsonFields object(std::string_view name) const;
    const nlohmann::json& array(std::string_view name) const;
    // Every element of an array must be an object.
    std::vector<JsonFields> objects(std::string_view name) const;

    const nlohmann::json& value() const { return *value_; }
    [[noreturn]] void refuse(const std::string& sentence) const;
    [[noreturn]] void refuse(std::string_view name, const std::string& sentence) const;

private:
    const nlohmann::json& member(std::string_view name) const;

    const nlohmann::json* value_;
    std::string path_;
    std::string file_;
};

// InputError with the position of the first syntax error.
nlohmann::json parse_json(std::string_view text, const std::string& file);

}  // namespace brownout::sim
