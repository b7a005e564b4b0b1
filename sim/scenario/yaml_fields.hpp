// Keys and values of YAML mappings, one after the other.
#pragma once

#include <sim/scenario_names.hpp>

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>
#include <yaml-cpp/stlemitter.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace brownout::sim {

class YamlFields {
public:
    template <class Value>
    void value(const char* name, const Value& content)
    {
        out_ << YAML::Key << name << YAML::Value;
        if constexpr (std::is_convertible_v<Value, std::string_view>) {
            out_ << std::string(std::string_view(content));
        } else {
            out_ << content;
        }
    }

    // Numbers in hexadecimal and times go out as plain scalars: in quotes they would be texts.
    void plain(const char* name, const std::string& text)
    {
        out_ << YAML::Key << name << YAML::Value << text;
    }

    template <class Value>
    void unless_default(const char* name, Value content, Value fallback)
    {
        if (content != fallback) {
            value(name, content);
        }
    }

    template <class Enum>
    void choice(const char* name, std::span<const Named<Enum>> names, Enum content)
    {
        value(name, name_of(names, content));
    }

    void begin_map(const char* name, bool flow = false)
    {
        out_ << YAML::Key << name << YAML::Value;
        if (flow) {
            out_ << YAML::Flow;
        }
        out_ << YAML::BeginMap;
    }

    void end_map() { out_ << YAML::EndMap; }

    void texts(const char* name, const std::vector<std::string>& list)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::Flow << YAML::BeginSeq;
        for (const std::string& entry : list) {
            out_ << entry;
        }
        out_ << YAML::EndSeq;
    }

    void numbers(const char* name, const std::vector<std::uint64_t>& list)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::Flow << list;
    }

    // A list of mappings: begin_list, then begin_item ... end_map for each, then end_list.
    void begin_list(const char* name)
    {
        out_ << YAML::Key << name << YAML::Value << YAML::BeginSeq;
    }
    void begin_item() { out_ << YAML::Flow << YAML::BeginMap; }
    void end_list() { out_ << YAML::EndSeq; }

protected:
    YAML::Emitter out_;
};

// How an upload by the application is done; what has its default is left out.
void write_application_upload(YamlFields& to, const ApplicationUpload& upload);

}  // namespace brownout::sim
