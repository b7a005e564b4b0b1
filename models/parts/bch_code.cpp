// Encoding by table, decoding by Berlekamp and Massey, roots by search (any textbook on coding).
#include "parts/bch_code.hpp"

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::models::parts {

namespace {

constexpr unsigned kFieldBits = 13;
constexpr unsigned kOrder = (1u << kFieldBits) - 1;     // of the multiplicative group
constexpr std::uint32_t kPrimitivePolynomial = 0x201B;  // x^13 + x^4 + x^3 + x + 1
constexpr unsigned kDataBits = 4096;

}  // namespace

BchCode::BchCode(unsigned strength) : strength_(strength)
{
    BROWNOUT_ASSERT(strength >= 1 && strength <= 8);
    make_field();
    make_generator(strength + 1);
    for (unsigned byte = 0; byte < 256; ++byte) {
        Remainder value{std::uint64_t{byte} << 56, 0};
        for (unsigned bit = 0; bit < 8; ++bit) {
            const bool carry = (value.high >> 63) != 0;
            value.high = value.high << 1 | value.low >> 63;
            value.low <<= 1;
            if (carry) {
                value.high ^= generator_.high;
                value.low ^= generator_.low;
            }
        }
        table_[byte] = value;
    }
}

void BchCode::make_field()
{
    powers_.resize(kOrder);
    logarithms_.resize(kOrder + 1);
    std::uint32_t element = 1;
    for (unsigned exponent = 0; exponent < kOrder; ++exponent) {
        powers_[exponent] = static_cast<Element>(element);
        logarithms_[element] = static_cast<Element>(exponent);
        element <<= 1;
        if (element > kOrder) {
            element ^= kPrimitivePolynomial;
        }
    }
    BROWNOUT_ASSERT(element == 1);
}

BchCode::Element BchCode::product(Element a, Element b) const
{
    return a == 0 || b == 0 ? Element{0} : power(unsigned{logarithms_[a]} + logarithms_[b]);
}

// The product of the minimal polynomials of the odd powers up to 2 * correctable - 1.
void BchCode::make_generator(unsigned correctable)
{
    std::vector<Element> generator{1};  // lowest term first
    std::vector<bool> is_root(kOrder, false);
    for (unsigned odd = 1; odd < 2 * correctable; odd += 2) {
        for (unsigned root = odd; !is_root[root]; root = root * 2 % kOrder) {
            is_root[root] = true;
            generator.push_back(0);
            for (std::size_t i = generator.size() - 1; i > 0; --i) {
                generator[i] =
                    static_cast<Element>(generator[i - 1] ^ product(generator[i], power(root)));
            }
            generator[0] = product(generator[0], power(root));
        }
    }
    parity_bits_ = static_cast<unsigned>(generator.size()) - 1;
    BROWNOUT_ASSERT(parity_bits_ >= 8 && parity_bits_ <= 128);
    for (unsigned i = 0; i < parity_bits_; ++i) {
        BROWNOUT_ASSERT(generator[i] <= 1);  // conjugates make it a polynomial over GF(2)
        const unsigned from_top = parity_bits_ - 1 - i;
        std::uint64_t& half = from_top < 64 ? generator_.high : generator_.low;
        half |= std::uint64_t{generator[i]} << (63 - from_top % 64);
    }
}

BchCode::Remainder BchCode::remainder_of(std::span<const std::uint8_t> data) const
{
    Remainder value;
    for (const std::uint8_t byte : data) {
        const auto next = static_cast<std::uint8_t>(value.high >> 56 ^ (byte ^ 0xFFu));
        value.high = (value.high << 8 | value.low >> 56) ^ table_[next].high;
        value.low = value.low << 8 ^ table_[next].low;
    }
    return value;
}

BchCode::Remainder BchCode::load(std::span<const std::uint8_t> parity) const
{
    Remainder value;
    for (unsigned i = 0; i < parity_bytes(); ++i) {
        const std::uint64_t byte = parity[i] ^ 0xFFu;
        (i < 8 ? value.high : value.low) |= byte << (56 - i % 8 * 8);
    }
    // Bits behind the parity in its last byte are not part of the codeword.
    if (parity_bits_ < 64) {
        value.high &= ~std::uint64_t{0} << (64 - parity_bits_);
        value.low = 0;
    } else if (parity_bits_ < 128) {
        value.low &= parity_bits_ == 64 ? 0 : ~std::uint64_t{0} << (128 - parity_bits_);
    }
    return value;
}

void BchCode::encode(std::span<const std::uint8_t> data, std::span<std::uint8_t> parity) const
{
    BROWNOUT_ASSERT(data.size() * 8 == kDataBits && parity.size() >= parity_bytes());
    const Remainder value = remainder_of(data);
    for (unsigned i = 0; i < parity_bytes(); ++i) {
        const std::uint64_t half = i < 8 ? value.high : value.low;
        parity[i] = static_cast<std::uint8_t>(half >> (56 - i % 8 * 8) ^ 0xFFu);
    }
}

std::vector<BchCode::Element> BchCode::syndromes_of(const Remainder& difference) const
{
    std::vector<Element> syndromes(2 * (strength_ + 1), 0);
    for (unsigned i = 0; i < parity_bits_; ++i) {
        const unsigned from_top = parity_bits_ - 1 - i;
        const std::uint64_t half = from_top < 64 ? difference.high : difference.low;
        if ((half >> (63 - from_top % 64) & 1u) != 0) {
            for (unsigned j = 0; j < syndromes.size(); ++j) {
                syndromes[j] = static_cast<Element>(syndromes[j] ^ power(i * (j + 1)));
            }
        }
    }
    return syndromes;
}

// Berlekamp and Massey: the shortest register that makes the syndromes; its taps are the locator.
std::vector<BchCode::Element> BchCode::locator_of(const BchCode& code,
                                                  std::span<const Element> syndromes)
{
    std::vector<Element> locator(syndromes.size() + 1, 0);
    locator[0] = 1;
    std::vector<Element> earlier = locator;
    unsigned length = 0;
    unsigned shift = 1;
    Element earlier_discrepancy = 1;
    for (unsigned n = 0; n < syndromes.size(); ++n) {
        Element discrepancy = syndromes[n];
        for (unsigned i = 1; i <= length; ++i) {
            discrepancy =
                static_cast<Element>(discrepancy ^ code.product(locator[i], syndromes[n - i]));
        }
        if (discrepancy == 0) {
            ++shift;
            continue;
        }
        const std::vector<Element> before = locator;
        const Element factor =
            code.product(discrepancy, code.power(kOrder - code.logarithms_[earlier_discrepancy]));
        for (std::size_t i = shift; i < locator.size(); ++i) {
            locator[i] =
                static_cast<Element>(locator[i] ^ code.product(factor, earlier[i - shift]));
        }
        if (2 * length <= n) {
            length = n + 1 - length;
            earlier = before;
            earlier_discrepancy = discrepancy;
            shift = 1;
        } else {
            ++shift;
        }
    }
    locator.resize(length + 1);
    return locator;
}

// Terms of the codeword polynomial that are wrong: where the locator has the inverse as a root.
std::vector<unsigned> BchCode::positions_of(std::span<const Element> locator) const
{
    std::vector<unsigned> positions;
    for (unsigned term = 0; term < kDataBits + parity_bits_; ++term) {
        Element sum = 0;
        for (unsigned i = 0; i < locator.size(); ++i) {
            sum = static_cast<Element>(sum ^ product(locator[i], power(i * (kOrder - term))));
        }
        if (sum == 0) {
            positions.push_back(term);
        }
    }
    return positions;
}

std::optional<unsigned> BchCode::correct(std::span<std::uint8_t> data,
                                         std::span<const std::uint8_t> parity) const
{
    Remainder difference = remainder_of(data);
    const Remainder stored = load(parity);
    difference.high ^= stored.high;
    difference.low ^= stored.low;
    if (difference == Remainder{}) {
        return 0;
    }
    const std::vector<Element> locator = locator_of(*this, syndromes_of(difference));
    const std::size_t errors = locator.size() - 1;
    if (errors > strength_) {
        return std::nullopt;
    }
    const std::vector<unsigned> positions = positions_of(locator);
    if (positions.size() != errors) {
        return std::nullopt;
    }
    for (const unsigned term : positions) {
        if (term >= parity_bits_) {
            const unsigned bit = kDataBits - 1 - (term - parity_bits_);
            data[bit / 8] = static_cast<std::uint8_t>(data[bit / 8] ^ 0x80u >> bit % 8);
        }
    }
    return static_cast<unsigned>(errors);
}

}  // namespace brownout::models::parts
