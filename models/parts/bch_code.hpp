// A systematic BCH code over GF(2^13) for sectors of 512 bytes.
//
// Codewords are the 4096 data bits, most significant first, then the parity bits. Bits count as 1
// where cells are programmed (0), so an erased sector with erased parity is a codeword.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace brownout::models::parts {

class BchCode {
public:
    // Corrects `strength` bits (1 to 8) and detects two more.
    explicit BchCode(unsigned strength);

    std::uint32_t parity_bytes() const { return (parity_bits_ + 7) / 8; }

    void encode(std::span<const std::uint8_t> data, std::span<std::uint8_t> parity) const;

    // Corrects `data` in place and answers how many bits of data and parity were wrong; nullopt,
    // with nothing changed: more than can be corrected.
    std::optional<unsigned> correct(std::span<std::uint8_t> data,
                                    std::span<const std::uint8_t> parity) const;

private:
    using Element = std::uint16_t;  // of the field
    // A polynomial over GF(2) of degree below parity_bits_, the highest term in the top bit.
    struct Remainder {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        bool operator==(const Remainder&) const = default;
    };

    void make_field();
    void make_generator(unsigned correctable);
    Element product(Element a, Element b) const;
    Element power(unsigned exponent) const { return powers_[exponent % 8191]; }
    Remainder remainder_of(std::span<const std::uint8_t> data) const;
    Remainder load(std::span<const std::uint8_t> parity) const;
    std::vector<Element> syndromes_of(const Remainder& difference) const;
    static std::vector<Element> locator_of(const BchCode& code, std::span<const Element> syndromes);
    std::vector<unsigned> positions_of(std::span<const Element> locator) const;

    unsigned strength_;
    unsigned parity_bits_ = 0;
    Remainder generator_;  // without its leading term
    std::array<Remainder, 256> table_{};
    std::vector<Element> powers_;      // of the primitive element, 0 to 8190
    std::vector<Element> logarithms_;  // of elements 1 to 8191
};

}  // namespace brownout::models::parts
