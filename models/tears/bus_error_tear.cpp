// T10, bus level: the command in flight reached a SPI NOR part, but not as it was sent. The part
// itself outlives the cut long enough to carry out what it took for the command.
//
// Why: CS# rises when its driver dies, wherever the command is (W25Q16BV data sheet 11.2.17: off a
// byte boundary nothing is executed; on one, the bytes so far are); bytes replaced by 0x00 were
// seen with anomaly 198 (threads 48645, 122571); edges of CS# that a part missed join two commands.
// Outcomes, as far as they differ from the operation as it was meant, in this order and then again
// with other positions:
//   short          CS# rises on a byte boundary in the data: the bytes before it are programmed
//   wrong byte     one byte of the data is 0x00
//   long           the edge behind the command is lost: 05h, the status poll, is one more byte of
//                  data, which wraps in the page
//   wrong address  one byte of the address is 0x00: another page or sector changes
// An edge lost in front of the command, a stale byte before its opcode (thread 118134) and a cut in
// the middle of a byte leave what not-started leaves. A read of zero length changes no cells: the
// driver's option poll_ends_on_error is about those.
// Not modelled: wrong opcodes, block protection at the wrong address, NAND (its data and the parity
// of its ECC pass through a cache).
#include "tears/tear_models.hpp"

#include <algorithm>

namespace brownout::models::tears {

namespace {

constexpr std::uint32_t kPageBytes = 256;  // of every part here
constexpr std::uint32_t kAddressBytes = 3;
constexpr std::uint8_t kReadStatusOpcode = 0x05;

enum class BusError : std::uint8_t { kShort, kWrongByte, kLong, kWrongAddress };

struct BusErrorCase {
    BusError error = BusError::kShort;
    std::uint32_t address_byte = 0;  // kWrongAddress: 0 is the lowest
};

std::vector<std::uint32_t> bytes_not_zero(std::span<const std::uint8_t> data)
{
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < data.size(); ++i) {
        if (data[i] != 0) {
            indices.push_back(i);
        }
    }
    return indices;
}

// What can go wrong with this operation in a way that shows.
std::vector<BusErrorCase> cases_of(const TornOperation& operation)
{
    std::vector<BusErrorCase> cases;
    const bool program = operation.kind == OperationKind::kProgramPage;
    if (!program && operation.kind != OperationKind::kEraseSector) {
        return cases;
    }
    if (program && operation.byte_count > 1) {
        cases.push_back({BusError::kShort, 0});
    }
    if (program && !bytes_not_zero(operation.data).empty()) {
        cases.push_back({BusError::kWrongByte, 0});
    }
    if (program) {
        cases.push_back({BusError::kLong, 0});
    }
    for (std::uint32_t i = 0; i < kAddressBytes; ++i) {
        if ((operation.offset >> (i * 8) & 0xFFu) != 0) {
            cases.push_back({BusError::kWrongAddress, i});
        }
    }
    return cases;
}

class BusErrorTear final : public TearModel {
public:
    std::string_view name() const override { return "bus-error"; }
    std::string_view leaves() const override
    {
        return "a command that arrived shortened, prolonged, with a byte 0x00 or at another "
               "address";
    }
    std::string_view source() const override
    {
        return "W25Q16BV 11.2.17; threads 48645, 122571, 118134";
    }
    std::uint32_t default_samples() const override { return 6; }

    std::uint32_t outcomes(const FlashArray&, const TornOperation& operation,
                           std::uint32_t samples) const override
    {
        const auto cases = static_cast<std::uint32_t>(cases_of(operation).size());
        const bool has_positions = operation.kind == OperationKind::kProgramPage;
        return has_positions ? samples : std::min(samples, cases);
    }

    void apply(FlashArray& cells, const TornOperation& operation, TearOutcome outcome,
               const CellHash& hash) const override
    {
        const std::vector<BusErrorCase> cases = cases_of(operation);
        const auto count = static_cast<std::uint32_t>(cases.size());
        const BusErrorCase met = cases[outcome.number % count];
        const std::uint32_t round = outcome.number / count;
        const std::uint32_t rounds = (outcome.count + count - 1) / count;
        switch (met.error) {
        case BusError::kShort:
            return shorten(cells, operation, round + 1, rounds + 1);
        case BusError::kWrongByte:
            return spoil_byte(cells, operation, hash.of(operation.offset + round));
        case BusError::kLong:
            return prolong(cells, operation);
        case BusError::kWrongAddress:
            return move_to(cells, operation,
                           operation.offset & ~(std::uint64_t{0xFF} << (met.address_byte * 8)));
        }
    }

private:
    static void shorten(FlashArray& cells, const TornOperation& operation, std::uint32_t part,
                        std::uint32_t parts)
    {
        const std::uint32_t length =
            std::clamp(operation.byte_count * part / parts, 1u, operation.byte_count - 1);
        cells.program(operation.offset, operation.data.first(length));
    }

    static void spoil_byte(FlashArray& cells, const TornOperation& operation, std::uint64_t drawn)
    {
        std::vector<std::uint8_t> data(operation.data.begin(), operation.data.end());
        const std::vector<std::uint32_t> indices = bytes_not_zero(data);
        data[indices[drawn % indices.size()]] = 0x00;
        cells.program(operation.offset, data);
    }

    // The last bytes win in the page buffer: on a full page the extra byte replaces the first.
    static void prolong(FlashArray& cells, const TornOperation& operation)
    {
        std::vector<std::uint8_t> data(operation.data.begin(), operation.data.end());
        const std::uint64_t page = operation.offset & ~std::uint64_t{kPageBytes - 1};
        const std::uint64_t extra = page + (operation.offset + data.size()) % kPageBytes;
        const std::uint8_t byte[] = {kReadStatusOpcode};
        if (extra == operation.offset) {
            data[0] = byte[0];
        } else {
            cells.program(extra, byte);
        }
        cells.program(operation.offset, data);
    }

    static void move_to(FlashArray& cells, const TornOperation& operation, std::uint64_t offset)
    {
        if (operation.kind == OperationKind::kProgramPage) {
            cells.program(offset, operation.data);
        } else {
            cells.erase(offset, operation.byte_count);
        }
    }
};

}  // namespace

const TearModel& bus_error_tear()
{
    static const BusErrorTear kModel;
    return kModel;
}

}  // namespace brownout::models::tears
