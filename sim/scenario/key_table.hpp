// Tables of keys: the one source for reading a mapping strictly and for its JSON Schema.
//
// A table lists the keys of one kind of mapping ("boot", "reset"); a key has a value type, which
// reads a node and says its schema. Reading checks unknown keys, missing ones and choices between
// keys; value types check the rest.
#pragma once

#include "reader.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace brownout::sim {

using Json = nlohmann::ordered_json;

// A value type has:  using Value = ...;  bool read(Reader&, const YamlNode&, Value& out) const;
// (false: an error was recorded, `out` is unspecified)  and  Json schema() const.

template <class Target>
struct Key {
    std::string name;
    std::string doc;
    bool required = false;
    std::function<void(Reader&, const YamlNode&, Target&)> read;
    std::function<Json()> schema;
};

template <class Target>
struct KeyTable {
    std::string title;  // in sentences: "unknown key 'x' in boot"
    std::vector<Key<Target>> keys;
    std::vector<std::string> exactly_one_of = {};  // keys of which one must be present

    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (const Key<Target>& key : keys) {
            names.push_back(key.name);
        }
        return names;
    }
};

enum class Presence { kOptional, kRequired };
inline constexpr auto kOptional = Presence::kOptional;
inline constexpr auto kRequired = Presence::kRequired;

// A key whose value goes where `store(target, value)` puts it.
template <class Target, class Type, class Store>
Key<Target> stored_key(std::string name, Presence presence, Type type, Store store, std::string doc)
{
    Key<Target> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.required = presence == Presence::kRequired;
    result.read = [type, store](Reader& reader, const YamlNode& node, Target& target) {
        typename Type::Value value{};
        if (type.read(reader, node, value)) {
            store(target, std::move(value));
        }
    };
    result.schema = [type] { return type.schema(); };
    return result;
}

// Into a member, or into an optional one.
template <class Member, class Value>
void store_in(Member& member, Value value)
{
    if constexpr (std::is_arithmetic_v<Member>) {
        member = static_cast<Member>(value);
    } else if constexpr (std::is_constructible_v<Member, Value>) {
        member = Member(std::move(value));
    } else {
        member = typename Member::value_type(value);
    }
}

// A key whose value goes to a member of the target.
template <class Target, class Type, class Member>
Key<Target> key(std::string name, Presence presence, Type type, Member Target::*member,
                std::string doc)
{
    return stored_key<Target>(
        std::move(name), presence, type,
        [member](Target& target, auto value) { store_in(target.*member, std::move(value)); },
        std::move(doc));
}

// A key whose value goes to a member of a part of the target.
template <class Target, class Owner, class Type, class Member>
Key<Target> key(std::string name, Presence presence, Type type, Owner& (*part)(Target&),
                Member Owner::*member, std::string doc)
{
    return stored_key<Target>(
        std::move(name), presence, type,
        [part, member](Target& target, auto value) {
            store_in(part(target).*member, std::move(value));
        },
        std::move(doc));
}

// Untyped half of read_fields(): what needs no Target. Keys are the allowed ones.
bool check_keys(Reader& reader, const YamlNode& node, const std::string& title,
                const std::vector<std::string>& allowed, const std::vector<std::string>& required,
                const std::vector<std::string>& exactly_one_of);

// Reads a mapping into `target`. false: errors were recorded.
template <class Target>
bool read_fields(Reader& reader, const YamlNode& node, const KeyTable<Target>& table,
                 Target& target)
{
    const std::size_t errors_before = reader.error_count();
    std::vector<std::string> required;
    for (const Key<Target>& entry : table.keys) {
        if (entry.required) {
            required.push_back(entry.name);
        }
    }
    if (!check_keys(reader, node, table.title, table.names(), required, table.exactly_one_of)) {
        return false;
    }
    for (const Key<Target>& entry : table.keys) {
        if (const YamlNode* const value = node.find(entry.name)) {
            const SubjectScope subject(reader, "'" + entry.name + "' in " + table.title);
            entry.read(reader, *value, target);
        }
    }
    return reader.error_count() == errors_before;
}

template <class Target>
Json fields_schema(const KeyTable<Target>& table)
{
    Json properties = Json::object();
    Json required = Json::array();
    for (const Key<Target>& entry : table.keys) {
        Json schema = entry.schema();
        schema["description"] = entry.doc;
        properties[entry.name] = std::move(schema);
        if (entry.required) {
            required.push_back(entry.name);
        }
    }
    Json schema = {
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty()) {
        schema["required"] = std::move(required);
    }
    if (!table.exactly_one_of.empty()) {
        Json choices = Json::array();
        for (const std::string& name : table.exactly_one_of) {
            choices.push_back({{"required", Json::array({name})}});
        }
        schema["oneOf"] = std::move(choices);
    }
    return schema;
}

// A mapping whose keys fill the target itself.
template <class Target>
Key<Target> group_key(std::string name, const KeyTable<Target>& (*table)(), std::string doc)
{
    Key<Target> result;
    result.name = std::move(name);
    result.doc = std::move(doc);
    result.read = [table](Reader& reader, const YamlNode& node, Target& target) {
        read_fields(reader, node, table(), target);
    };
    result.schema = [table] { return fields_schema(table()); };
    return result;
}

// A mapping described by a table. `table` is a function, so that tables may be built on first use.
template <class Target>
struct Fields {
    using Value = Target;
    const KeyTable<Target>& (*table)();
    bool may_be_empty = false;  // "reset:" with nothing behind it

    bool read(Reader& reader, const YamlNode& node, Target& target) const
    {
        if constexpr (requires { target.place; }) {
            target.place = reader.place(node);
        }
        return (may_be_empty && node.is_null()) || read_fields(reader, node, table(), target);
    }

    Json schema() const
    {
        Json fields = fields_schema(table());
        if (!may_be_empty) {
            return fields;
        }
        return {{"anyOf", Json::array({Json{{"type", "null"}}, std::move(fields)})}};
    }
};

// A list of values of one type.
template <class Type>
struct ListOf {
    using Value = std::vector<typename Type::Value>;
    Type type;
    std::size_t items_min = 1;

    bool read(Reader& reader, const YamlNode& node, Value& values) const
    {
        if (!node.is_list() || node.items.size() < items_min) {
            reader.must_be(node, items_min == 0 ? "a list" : "a list with at least one entry");
            return false;
        }
        bool good = true;
        for (const YamlNode& item : node.items) {
            typename Type::Value value{};
            if (type.read(reader, item, value)) {
                values.push_back(std::move(value));
            } else {
                good = false;
            }
        }
        return good;
    }

    Json schema() const
    {
        Json schema = {{"type", "array"}, {"items", type.schema()}};
        if (items_min > 0) {
            schema["minItems"] = items_min;
        }
        return schema;
    }
};

// Is this a name that steps can refer to? Letters, digits, '_', '-', '.', beginning with a letter.
bool is_plain_name(std::string_view text);
inline constexpr const char* kPlainNamePattern = "^[A-Za-z][A-Za-z0-9_.-]*$";

// A mapping from names to mappings of one kind; each item gets its `name`.
template <class Type>
struct NamedItems {
    using Item = typename Type::Value;
    using Value = std::vector<Item>;
    Type type;

    bool read(Reader& reader, const YamlNode& node, Value& values) const
    {
        if (!node.is_map() || node.keys.empty()) {
            reader.must_be(node, "a mapping with at least one name");
            return false;
        }
        bool good = true;
        for (std::size_t index = 0; index < node.keys.size(); ++index) {
            const YamlKey& item_key = node.keys[index];
            if (!is_plain_name(item_key.text)) {
                reader.fail(reader.place(item_key),
                            "a name is made of letters, digits, '_', '-' and '.', and begins with "
                            "a letter");
                good = false;
                continue;
            }
            const SubjectScope subject(reader, "'" + item_key.text + "'");
            Item item{};
            item.name = item_key.text;
            if (type.read(reader, node.items[index], item)) {
                if constexpr (requires { item.place; }) {
                    item.place = reader.place(item_key);
                }
                values.push_back(std::move(item));
            } else {
                good = false;
            }
        }
        return good;
    }

    Json schema() const
    {
        return {{"type", "object"},
                {"minProperties", 1},
                {"propertyNames", {{"pattern", kPlainNamePattern}}},
                {"additionalProperties", type.schema()}};
    }
};

}  // namespace brownout::sim
