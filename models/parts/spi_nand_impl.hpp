// The inside of a SPI NAND part: registers, page cache, the command on the wire.
#pragma once

#include <models/spi_nand.hpp>

#include <array>
#include <type_traits>

namespace brownout::models {

constexpr std::uint8_t kSpiNandFloating = 0xFF;  // what nobody drives

enum class SpiNandAction : std::uint8_t {
    kUnknown,
    kPageRead,
    kReadCache,
    kLoad,
    kLoadRandom,
    kProgramExecute,
    kBlockErase,
    kWriteEnable,
    kWriteDisable,
    kGetFeature,
    kSetFeature,
    kReadId,
    kReadEccCount,
    kReset
};

struct SpiNandCommand {
    SpiNandAction action = SpiNandAction::kUnknown;
    std::uint8_t opcode = 0;
    std::uint8_t header_bytes = 1;  // opcode, address and dummy bytes
    std::uint8_t data_lines = 1;
};

enum class SpiNandBusy : std::uint8_t { kNothing, kReading, kProgramming, kErasing, kResetting };

// Registers and latches, all volatile. Without padding: their bytes and those of the page cache are
// what PartState::running holds.
struct SpiNandLatches {
    std::uint8_t lock = 0;           // A0h
    std::uint8_t configuration = 0;  // B0h
    std::uint8_t write_enabled = 0;
    std::uint8_t erase_failed = 0;
    std::uint8_t program_failed = 0;
    std::uint8_t ecc_code = 0;
    std::uint8_t corrected_bits = 0;
    SpiNandBusy busy = SpiNandBusy::kNothing;
};
static_assert(std::has_unique_object_representations_v<SpiNandLatches>);

namespace nand_feature {
constexpr std::uint32_t kLock = 0xA0;
constexpr std::uint32_t kConfiguration = 0xB0;
constexpr std::uint32_t kStatus = 0xC0;
constexpr std::uint8_t kOip = 0x01;
constexpr std::uint8_t kWel = 0x02;
constexpr std::uint8_t kEraseFail = 0x04;
constexpr std::uint8_t kProgramFail = 0x08;
constexpr unsigned kEccShift = 4;
}  // namespace nand_feature

struct SpiNand::Impl {
    Impl(const SpiNandData& part_data, const SpiNandOptions& part_options,
         std::uint32_t device_index);

    // ---- registers
    std::span<std::uint8_t> cache() const;
    void power_on();
    void load_latches();
    void store_latches();
    bool oip(Duration at) const
    {
        return latches.busy != SpiNandBusy::kNothing && at < busy_until();
    }
    Duration busy_until() const { return state->busy_until; }
    void settle(Duration now);  // forgets an operation that has ended
    std::uint8_t status(Duration at) const;
    std::uint8_t feature(std::uint32_t address, Duration at) const;
    bool ecc_enabled() const { return (latches.configuration & data.features.ecc_enable) != 0; }

    // ---- the wire
    SpiNandCommand command_of(std::uint8_t opcode) const;
    void take_opcode(const SpiTransfer& transfer, AccessContext& access);
    bool accepts(Duration at, AccessContext& access);
    bool check_lines(const SpiTransfer& transfer, unsigned lines, AccessContext& access);
    void check_clock(const SpiTransfer& transfer, AccessContext& access);
    void stream(const SpiTransfer& transfer, std::uint32_t index, AccessContext& access);
    void take_load(const SpiTransfer& transfer, std::uint32_t index, AccessContext& access);
    std::uint32_t read_cache(std::span<std::uint8_t> to) const;
    std::uint8_t answer(std::uint32_t data_index, Duration at) const;

    // ---- what a command does when CS# rises
    void execute(AccessContext& access);
    void begin(SpiNandBusy kind, const PartTime& time, AccessContext& access);
    void read_page(std::uint32_t row, AccessContext& access);
    NandPages::Check correct(std::uint32_t row);  // `image`, as it was read
    void program_page(std::uint32_t row, AccessContext& access);
    void erase_block(std::uint32_t row, AccessContext& access);
    void set_feature(AccessContext& access);
    void reset_command(AccessContext& access);
    bool may_change(std::uint32_t row, const char* what, std::uint8_t& failed,
                    AccessContext& access);
    void check_program(std::uint32_t row, AccessContext& access) const;
    bool is_written(std::uint32_t first_row, std::uint32_t row_count) const;
    bool admitted(OperationKind kind, std::uint32_t row, std::uint32_t byte_count,
                  const PartTime& time, AccessContext& access) const;
    Duration duration(const PartTime& time) const
    {
        return options.times == TimeCase::kMaximum ? time.max : time.typ;
    }

    SpiNandData data;
    SpiNandOptions options;
    std::uint32_t device;
    NandPages pages;
    std::vector<std::uint32_t> factory_bad;
    FlashArray* cells = nullptr;
    PartState* state = nullptr;
    SpiNandLatches latches;
    std::vector<std::uint8_t> image;  // of the page that is programmed or read
    // Digests of pages that had no wrong bit: boots read the same pages over and over.
    std::array<Digest128, 256> good_pages{};

    SpiNandCommand command;
    bool selected = false;
    bool ignored = false;
    std::uint32_t bytes_clocked = 0;
    std::uint32_t address = 0;
    std::uint32_t data_count = 0;
    std::uint8_t feature_data = 0;
    Duration clock_checked{};
};

}  // namespace brownout::models
