// The command block between the cores, and what the network bootloader does with it.
#include "../core/ram_flash.hpp"

#include <boot/netcore.h>

extern "C" {
#include "drivers/drivers.h"
#include "netcore/netcore_registers.h"
}

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace brownout::boot_test {
namespace {

constexpr std::uint32_t kRam = 0x2000'0000;
constexpr std::uint32_t kNetworkFlash = 0x0100'0000;
constexpr std::uint32_t kStaging = kRam + 0x1000;
constexpr std::uint32_t kContainerBytes = 0x1000;
constexpr std::uint32_t kSlot = kNetworkFlash + kContainerBytes;
constexpr std::uint32_t kSlotBytes = 0x2000;
constexpr std::uint32_t kForceOff = 0x5000'5614;

using Bytes = std::vector<std::uint8_t>;

// Any function of all bytes will do: nobody here forges anything.
void toy_hash(const std::uint8_t* bytes, std::size_t count, std::uint8_t* digest)
{
    std::uint64_t sum = 0xCBF2'9CE4'8422'2325;
    for (std::size_t i = 0; i < count; ++i) {
        sum = (sum ^ bytes[i]) * 0x100'0000'01B3;
    }
    for (std::size_t i = 0; i < 32; ++i) {
        digest[i] = static_cast<std::uint8_t>(sum >> (8 * (i % 8)));
    }
}

void put_word(Bytes& bytes, std::size_t offset, std::uint32_t word)
{
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[offset + i] = static_cast<std::uint8_t>(word >> (8 * i));
    }
}

// A network image of `size` bytes, its validation information included.
Bytes network_image(std::uint32_t size, std::uint32_t version, std::uint8_t fill)
{
    Bytes image(size, fill);
    const std::uint32_t firmware_bytes = size - NETCORE_VALIDATION_BYTES;
    const std::uint32_t info[] = {NETCORE_INFO_MAGIC0,
                                  NETCORE_INFO_MAGIC1,
                                  NETCORE_INFO_MAGIC2,
                                  NETCORE_INFO_BYTES,
                                  firmware_bytes,
                                  version,
                                  kSlot,
                                  kSlot + 0x101,
                                  NETCORE_INFO_VALID};
    for (std::size_t i = 0; i < std::size(info); ++i) {
        put_word(image, NETCORE_INFO_OFFSET + 4 * i, info[i]);
    }
    const std::uint32_t validation[] = {NETCORE_INFO_MAGIC0, NETCORE_INFO_MAGIC1,
                                        NETCORE_VALIDATION_MAGIC2, kSlot};
    for (std::size_t i = 0; i < std::size(validation); ++i) {
        put_word(image, firmware_bytes + 4 * i, validation[i]);
    }
    toy_hash(image.data(), firmware_bytes, image.data() + firmware_bytes + 16);
    return image;
}

// Both cores on one io table: releasing the network core runs its bootloader to the end.
class NetBench {
public:
    NetBench() : flash(io_.table(), {{2048, 8}}, 4)
    {
        io = *io_.table();
        io.context = this;
        io.log = [](void*, io_log_level, const char*, va_list) {};
        io.mem_read = [](void* self, std::uint32_t address, void* to, std::uint32_t count) {
            std::memcpy(to, of(self).at(address, count), count);
        };
        io.mem_write = [](void* self, std::uint32_t address, const void* from,
                          std::uint32_t count) {
            std::memcpy(of(self).at(address, count), from, count);
        };
        io.read32 = [](void* self, std::uint32_t address) { return of(self).registers[address]; };
        io.write32 = [](void* self, std::uint32_t address, std::uint32_t value) {
            of(self).write(address, value);
        };
        io.wait_us = [](void* self, std::uint32_t us) { of(self).waited_us += us; };
        crypto.context = this;
        crypto.hash_ranges = [](void* self, crypto_hash, const crypto_range* ranges, std::uint32_t,
                                std::uint8_t* digest) {
            toy_hash(of(self).at(ranges[0].offset_or_address, ranges[0].byte_count),
                     ranges[0].byte_count, digest);
            return 0;
        };
        config.flavour = NETCORE_SIMULTANEOUS;
        config.pcd_address = kRam;
        config.staging_address = kStaging;
        config.force_off_address = kForceOff;
        config.spu_address = 0x5000'3000;
        config.container_address = kNetworkFlash;
        config.slot_address = kSlot;
        config.slot_bytes = kSlotBytes;
        config.acl_address = 0x4108'0000;
        slot = flash.area(FLASH_PRIMARY, kContainerBytes, kSlotBytes);
    }
    NetBench(const NetBench&) = delete;
    NetBench& operator=(const NetBench&) = delete;

    void stage(const Bytes& image) { std::copy(image.begin(), image.end(), ram.begin() + 0x1000); }
    int update(const Bytes& image)
    {
        stage(image);
        return pcd_network_core_update(&io, &config, kStaging,
                                       static_cast<std::uint32_t>(image.size()));
    }
    Bytes in_slot(std::size_t count) const
    {
        const auto first = flash.bytes.begin() + kContainerBytes;
        return {first, first + static_cast<std::ptrdiff_t>(count)};
    }
    std::uint32_t magic() const
    {
        pcd_block block{};
        pcd_block_read(&io, kRam, &block);
        return block.magic;
    }
    void write_magic(std::uint32_t magic)
    {
        const pcd_block block{magic, kStaging, 4, 0};
        pcd_block_write(&io, kRam, &block);
    }
    b0n_result start()
    {
        registers[config.acl_address + ACL_PERM] = 0;
        registers[config.acl_address + ACL_ENTRY_BYTES + ACL_PERM] = 0;
        last = b0n_run(&io, &crypto, &config, &slot);
        return last;
    }

    TestIo io_;
    boot_io io{};
    boot_crypto crypto{};
    netcore_config config{};
    RamFlash flash;
    flash_area slot{};
    Bytes ram = Bytes(0x4000, 0);
    std::map<std::uint32_t, std::uint32_t> registers;
    std::vector<std::uint32_t> holds;  // what FORCEOFF was set to
    std::uint64_t waited_us = 0;
    b0n_result last = B0N_STARTS;

private:
    static NetBench& of(void* self) { return *static_cast<NetBench*>(self); }

    std::uint8_t* at(std::uint32_t address, std::uint32_t count)
    {
        Bytes& memory = address >= kRam ? ram : flash.bytes;
        const std::uint32_t offset = address - (address >= kRam ? kRam : kNetworkFlash);
        if (std::uint64_t{offset} + count > memory.size()) {
            throw Halted{"bus fault"};
        }
        return memory.data() + offset;
    }

    void write(std::uint32_t address, std::uint32_t value)
    {
        registers[address] = value;
        if (address == kForceOff) {
            holds.push_back(value);
            if (value == FORCE_OFF_RELEASE) {
                start();
            }
        }
    }
};

TEST(Pcd, DecodesItsFiveMagicsAndTakesEverythingElseForFailure)
{
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_COPY), PCD_STATUS_COPY);
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_DONE), PCD_STATUS_DONE);
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_READ_VERSION), PCD_STATUS_READ_VERSION);
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_LOCK_DEBUG), PCD_STATUS_LOCK_DEBUG);
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_FAIL), PCD_STATUS_FAILED);
    EXPECT_EQ(pcd_status_of(PCD_MAGIC_COPY ^ 1u), PCD_STATUS_FAILED);
    EXPECT_EQ(pcd_status_of(0), PCD_STATUS_FAILED);
}

TEST(Pcd, AnUpdateReachesTheSlotPageByPageAndLeavesTheCoreHeld)
{
    NetBench bench;
    const Bytes image = network_image(3000, 2, 0x5A);
    EXPECT_EQ(bench.update(image), NETCORE_OK);
    EXPECT_EQ(bench.in_slot(3000), image);
    EXPECT_EQ(bench.magic(), PCD_MAGIC_DONE);
    EXPECT_EQ(bench.holds, (std::vector<std::uint32_t>{1, 0, 1}));
    EXPECT_EQ(bench.waited_us, 1'000'000u);
    const auto erases = std::count_if(bench.flash.operations.begin(), bench.flash.operations.end(),
                                      [](const RamOperation& op) { return op.kind == 'E'; });
    EXPECT_EQ(erases, 2);  // 3000 bytes in pages of 2048
    EXPECT_EQ(bench.flash.operations.front(), (RamOperation{'E', kContainerBytes, 2048}));
}

TEST(Pcd, ADamagedImageIsRefusedBeforeAnythingIsErased)
{
    NetBench bench;
    Bytes image = network_image(3000, 2, 0x5A);
    image[1000] ^= 1;
    EXPECT_EQ(bench.update(image), NETCORE_EFAULT);
    EXPECT_EQ(bench.magic(), PCD_MAGIC_FAIL);
    EXPECT_TRUE(bench.flash.operations.empty());
    EXPECT_EQ(bench.holds, (std::vector<std::uint32_t>{1, 0}));  // left running
}

TEST(Pcd, AnImageMayFillItsSlotAndNotExceedItByOneByte)
{
    NetBench fits;
    EXPECT_EQ(fits.update(network_image(kSlotBytes, 2, 0x11)), NETCORE_OK);
    NetBench exceeds;
    EXPECT_EQ(exceeds.update(network_image(kSlotBytes + 1, 2, 0x11)), NETCORE_EFAULT);
    EXPECT_TRUE(exceeds.flash.operations.empty());
}

TEST(Pcd, AnImageForAnotherAddressIsRefused)
{
    NetBench bench;
    Bytes image = network_image(3000, 2, 0x5A);
    put_word(image, NETCORE_INFO_OFFSET + 24, kSlot + 0x800);
    toy_hash(image.data(), 2952, image.data() + 2952 + 16);
    EXPECT_EQ(bench.update(image), NETCORE_EFAULT);
}

TEST(Pcd, AWrongMagicIsNoCommandAndCountsAsFailure)
{
    NetBench bench;
    bench.config.switches = NETCORE_WRONG_MAGIC;
    EXPECT_EQ(bench.update(network_image(3000, 2, 0x5A)), NETCORE_EFAULT);
    EXPECT_EQ(bench.last, B0N_NO_FIRMWARE);  // it went on as at any boot
}

TEST(Pcd, GivesTheNetworkCoreAccessForTheCommandAlone)
{
    NetBench bench;
    bench.registers[0x5000'3000 + SPU_EXTDOMAIN0_PERM] = 0xFF;
    EXPECT_EQ(bench.update(network_image(3000, 2, 0x5A)), NETCORE_OK);
    EXPECT_EQ(bench.registers[0x5000'3000 + SPU_EXTDOMAIN0_PERM], 0u);
}

TEST(Pcd, ReadsTheVersionOfWhatTheSlotHolds)
{
    NetBench bench;
    std::uint32_t version = 0;
    EXPECT_EQ(pcd_network_core_version(&bench.io, &bench.config, &version), NETCORE_EFAULT);
    ASSERT_EQ(bench.update(network_image(3000, 77, 0x5A)), NETCORE_OK);
    EXPECT_EQ(pcd_network_core_version(&bench.io, &bench.config, &version), NETCORE_OK);
    EXPECT_EQ(version, 77u);
}

TEST(Pcd, LocksDebugging)
{
    NetBench bench;
    EXPECT_EQ(pcd_network_core_lock_debug(&bench.io, &bench.config), NETCORE_OK);
    EXPECT_EQ(bench.last, B0N_COMMAND_DONE);
}

TEST(Pcd, LocksItsBlockForApplications)
{
    NetBench bench;
    pcd_lock_ram(&bench.io, &bench.config);
    const std::uint32_t permission = bench.registers[0x5000'3000 + SPU_RAMREGION_PERM];
    EXPECT_EQ(permission & SPU_PERM_WRITE, 0u);
    EXPECT_NE(permission & SPU_PERM_READ, 0u);
    EXPECT_NE(permission & SPU_PERM_LOCK, 0u);
}

TEST(NetworkLoader, StartsAMixtureUncheckedAndNothingWithoutInformation)
{
    NetBench bench;
    EXPECT_EQ(bench.start(), B0N_NO_FIRMWARE);
    ASSERT_EQ(bench.update(network_image(3000, 2, 0x5A)), NETCORE_OK);
    bench.flash.bytes[kContainerBytes + 2500] ^= 0xFF;
    EXPECT_EQ(bench.start(), B0N_STARTS);
    bench.flash.bytes[kContainerBytes + NETCORE_INFO_OFFSET] ^= 0xFF;
    EXPECT_EQ(bench.start(), B0N_NO_FIRMWARE);
}

TEST(NetworkLoader, PerformsAStaleCommandAgain)
{
    NetBench bench;
    bench.stage(network_image(3000, 2, 0x5A));
    const pcd_block stale{PCD_MAGIC_COPY, kStaging, 3000, kContainerBytes};
    pcd_block_write(&bench.io, kRam, &stale);
    EXPECT_EQ(bench.start(), B0N_COMMAND_DONE);
    EXPECT_EQ(bench.magic(), PCD_MAGIC_DONE);
}

TEST(NetworkLoader, DoesNotStartWhenTheAclKeptItsEntry)
{
    NetBench bench;
    ASSERT_EQ(bench.update(network_image(3000, 2, 0x5A)), NETCORE_OK);
    bench.write_magic(PCD_MAGIC_DONE);
    EXPECT_EQ(b0n_run(&bench.io, &bench.crypto, &bench.config, &bench.slot), B0N_NOT_PROTECTED);
    EXPECT_EQ(bench.start(), B0N_STARTS);
}

TEST(NetworkLoader, ProtectsItselfAlwaysAndTheSlotBeforeItStartsIt)
{
    NetBench bench;
    const auto entry = [&](std::uint32_t index, std::uint32_t word) {
        return bench.registers[bench.config.acl_address + index * ACL_ENTRY_BYTES + word];
    };
    ASSERT_EQ(bench.update(network_image(3000, 2, 0x5A)), NETCORE_OK);
    EXPECT_EQ(entry(0, ACL_ADDRESS), kNetworkFlash);
    EXPECT_EQ(entry(0, ACL_SIZE), kContainerBytes);
    EXPECT_EQ(entry(0, ACL_PERM), ACL_PERM_NO_WRITE);
    EXPECT_EQ(entry(1, ACL_PERM), 0u);  // it had to write there
    bench.write_magic(PCD_MAGIC_DONE);
    ASSERT_EQ(bench.start(), B0N_STARTS);
    EXPECT_EQ(entry(1, ACL_ADDRESS), kSlot);
    EXPECT_EQ(entry(1, ACL_SIZE), kSlotBytes);
    EXPECT_EQ(entry(1, ACL_PERM), ACL_PERM_NO_WRITE);
}

TEST(NetworkLoader, FaultsOnAnImageThatItsBusDoesNotReach)
{
    NetBench bench;
    EXPECT_THROW(pcd_network_core_update(&bench.io, &bench.config, 0x1071'0200, 3000), Halted);
}

TEST(RamFlashDriver, WritesErasesAndReadsRamAtItsAddress)
{
    NetBench bench;
    flash_sector_run run{4096, 2};
    flash_device device = *bench.flash.device();
    device.io = &bench.io;
    device.driver = &flash_driver_ram;
    device.mapped_address = kRam + 0x1000;
    device.size_bytes = 8192;
    device.sector_runs = &run;
    const std::array<std::uint8_t, 4> bytes = {1, 2, 3, 4};
    std::array<std::uint8_t, 4> held{};
    ASSERT_EQ(flash_driver_ram.start(&device), FLASH_OK);
    EXPECT_EQ(flash_driver_ram.write(&device, 0x10, bytes.data(), 4), FLASH_OK);
    EXPECT_EQ(flash_driver_ram.read(&device, 0x10, held.data(), 4), FLASH_OK);
    EXPECT_EQ(held, bytes);
    EXPECT_EQ(flash_driver_ram.erase(&device, 0, 4096), FLASH_OK);
    EXPECT_EQ(bench.ram[0x1000], 0xFF);
    EXPECT_EQ(bench.ram[0x1FFF], 0xFF);
    EXPECT_EQ(bench.ram[0x2000], 0x00);  // the next sector
}

}  // namespace
}  // namespace brownout::boot_test
