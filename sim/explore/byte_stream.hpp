// Plain values to bytes and back, between processes of the same program. What comes back may be
// damaged: reading beyond the end gives zeros and is remembered.
#pragma once

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
    bool failed = false;

    template <class Value>
    Value get()
    {
        static_assert(std::is_trivially_copyable_v<Value>);
        Value value{};
        if (!holds(sizeof value)) {
            return value;
        }
        std::memcpy(&value, left.data(), sizeof value);
        left = left.subspan(sizeof value);
        return value;
    }

    std::vector<std::uint8_t> get_bytes()
    {
        const auto length = get<std::uint32_t>();
        if (!holds(length)) {
            return {};
        }
        std::vector<std::uint8_t> bytes(left.begin(), left.begin() + length);
        left = left.subspan(length);
        return bytes;
    }

    std::string get_text()
    {
        const auto length = get<std::uint32_t>();
        if (!holds(length)) {
            return {};
        }
        std::string text(reinterpret_cast<const char*>(left.data()), length);
        left = left.subspan(length);
        return text;
    }

    bool holds(std::uint64_t byte_count)
    {
        failed = failed || left.size() < byte_count;
        return !failed;
    }
};

}  // namespace brownout::sim
