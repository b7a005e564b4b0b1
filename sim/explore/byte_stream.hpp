// Plain values to bytes and back, between processes of the same program.
#pragma once

#include <models/assert.hpp>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace brownout::sim {

class ByteWriter {
public:
    std::vector<std::uint8_t> bytes;

    template <class Value>
    void put(const Value& value)
    {
        static_assert(std::is_trivially_copyable_v<Value>);
        const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
        bytes.insert(bytes.end(), from, from + sizeof value);
    }

    void put_text(const std::string& text)
    {
        put(static_cast<std::uint32_t>(text.size()));
        bytes.insert(bytes.end(), text.begin(), text.end());
    }
};

class ByteReader {
public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : left(bytes) {}

    std::span<const std::uint8_t> left;

    template <class Value>
    Value get()
    {
        static_assert(std::is_trivially_copyable_v<Value>);
        BROWNOUT_ASSERT(left.size() >= sizeof(Value));
        Value value;
        std::memcpy(&value, left.data(), sizeof value);
        left = left.subspan(sizeof value);
        return value;
    }

    std::string get_text()
    {
        const auto length = get<std::uint32_t>();
        BROWNOUT_ASSERT(left.size() >= length);
        std::string text(reinterpret_cast<const char*>(left.data()), length);
        left = left.subspan(length);
        return text;
    }
};

}  // namespace brownout::sim
