// What tables of part files have in common: lists of numbers, figures with a source.
#pragma once

#include "key_table.hpp"
#include "value_types.hpp"

#include <models/spi_nor_data.hpp>

namespace brownout::sim {

template <class Number, std::uint64_t max>
struct Numbers {
    using Value = std::vector<Number>;
    bool read(Reader& reader, const YamlNode& node, Value& values) const
    {
        std::vector<std::uint64_t> wide;
        if (!ListOf<WholeNumber>{{0, max}, 0}.read(reader, node, wide)) {
            return false;
        }
        for (const std::uint64_t number : wide) {
            values.push_back(static_cast<Number>(number));
        }
        return true;
    }
    Json schema() const { return ListOf<WholeNumber>{{0, max}, 0}.schema(); }
};

// A key that fills a member of a base class of Target, too.
template <class Target, class Type, class Owner, class Member>
Key<Target> part_key(std::string name, Presence presence, Type type, Member Owner::*member,
                     std::string doc)
{
    return key<Target>(std::move(name), presence, type, static_cast<Member Target::*>(member),
                       std::move(doc));
}

// The table of a mapping whose figures have a source.
template <class Target>
KeyTable<Target> with_source(std::string title, std::vector<Key<Target>> keys)
{
    keys.push_back(part_key<Target>("source", Presence::kRequired, Text{},
                                    &models::SourceNote::source,
                                    "where the figures next to it come from"));
    keys.push_back(part_key<Target>("verified", Presence::kOptional, Flag{},
                                    &models::SourceNote::verified,
                                    "read in that source; default false: from memory, assumed or "
                                    "fitted"));
    return {std::move(title), std::move(keys)};
}

const KeyTable<models::PartTime>& part_time_keys();

}  // namespace brownout::sim
