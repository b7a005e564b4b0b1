// NVMC: the mapped flash, stores to it and their rules; see models/nvmc.hpp.
#include "controllers/nvmc_state.hpp"

#include <array>

namespace brownout::models {

namespace {

std::array<std::uint8_t, kNvmcWordBytes> nvmc_word_bytes(std::uint32_t value)
{
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
            static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
}

}  // namespace

std::uint32_t Nvmc::Impl::Memory::read32(std::uint32_t offset, AccessContext& access) noexcept
{
    access.now += nvmc_.data.store_time;
    nvmc_.stall(access);
    nvmc_.report_partly_erased(offset, kNvmcWordBytes, access);
    return nvmc_.cells->word_at(offset);
}

void Nvmc::Impl::Memory::read_bytes(std::uint32_t offset, std::span<std::uint8_t> destination,
                                    AccessContext& access) noexcept
{
    nvmc_.stall(access);
    nvmc_.report_partly_erased(offset, static_cast<std::uint32_t>(destination.size()), access);
    nvmc_.cells->read(offset, destination);
}

void Nvmc::Impl::report_write_counts(std::uint32_t offset, std::uint32_t byte_count,
                                     AccessContext& access) const
{
    report_partly_erased(offset, byte_count, access);
    if (data.writes_per_block_max != 0) {
        report_full_blocks(offset, byte_count, access);
    }
    if (data.writes_per_word_max == 0 ||
        cells->most_writes_since_erase(offset, byte_count) < data.writes_per_word_max) {
        return;
    }
    for (std::uint32_t at = offset; at < offset + byte_count; at += kNvmcWordBytes) {
        if (cells->writes_since_erase(at) >= data.writes_per_word_max) {
            const std::uint32_t address = data.flash_address + at;
            report_violation(access.rules, "nvmc-write-count", kNvmcDevice, address,
                             data.write_source,
                             "nvmc: word 0x%08X is written more than %u times since its erase",
                             address, unsigned{data.writes_per_word_max});
        }
    }
}

void Nvmc::Impl::report_full_blocks(std::uint32_t offset, std::uint32_t byte_count,
                                    AccessContext& access) const
{
    const std::uint32_t block_bytes = data.write_block_bytes;
    const std::uint32_t end = offset + byte_count;
    for (std::uint32_t block = offset - offset % block_bytes; block < end; block += block_bytes) {
        const std::uint32_t first = std::max(offset, block);
        const std::uint32_t last = std::min(end, block + block_bytes);
        const std::uint32_t most = cells->most_writes_since_erase(block, block_bytes);
        if (most * (block_bytes / kNvmcWordBytes) + (last - first) / kNvmcWordBytes <=
            data.writes_per_block_max) {
            continue;
        }
        std::uint32_t writes = 0;
        for (std::uint32_t at = block; at < block + block_bytes; at += kNvmcWordBytes) {
            writes += cells->writes_since_erase(at);
        }
        for (std::uint32_t at = first; at < last; at += kNvmcWordBytes, ++writes) {
            if (writes < data.writes_per_block_max) {
                continue;
            }
            const std::uint32_t address = data.flash_address + at;
            report_violation(
                access.rules, "nvmc-block-write-count", kNvmcDevice, address, data.write_source,
                "nvmc: block 0x%08X gets more than %u word writes since its erase, "
                "with word 0x%08X",
                data.flash_address + block, unsigned{data.writes_per_block_max}, address);
        }
    }
}

void Nvmc::Impl::Memory::write32(std::uint32_t offset, std::uint32_t value,
                                 AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    const std::uint32_t address = data.flash_address + offset;
    access.now += data.store_time;
    access.now = std::max(access.now, nvmc_.next_word_at());
    if (offset % kNvmcWordBytes != 0) {
        report_violation(access.rules, "nvmc-word-stores-only", kNvmcDevice, address,
                         data.write_source,
                         "nvmc: store to 0x%08X is not a whole aligned word: ignored", address);
        return;
    }
    const std::uint32_t mode = nvmc_.mode_at(offset);
    const bool erases = mode == nvmc_mode::kEen || mode == nvmc_mode::kPEen;
    if (nvmc_.erase_by_store() && erases) {
        nvmc_.erase_with_store(address, value, access);
        return;
    }
    if (mode != nvmc_mode::kWen) {
        report_violation(access.rules, "nvmc-write-not-enabled", kNvmcDevice, address,
                         data.write_source, "nvmc: store to 0x%08X without %s.WEN = Wen: ignored",
                         address, nvmc_.mode_register(offset));
        return;
    }
    if (!nvmc_.supply_holds(address, access)) {
        return;
    }
    const std::array<std::uint8_t, kNvmcWordBytes> bytes = nvmc_word_bytes(value);
    OperationBatch batch;
    batch.kind = OperationKind::kProgramWord;
    batch.device = nvmc_.device;
    batch.offset = offset;
    batch.unit_bytes = kNvmcWordBytes;
    batch.start = std::max(access.now, nvmc_.busy_until);
    batch.duration = data.word_write_time;
    batch.interval = data.word_write_time;
    batch.data = bytes;
    if (access.supply.admit(batch) == 0) {
        return;
    }
    nvmc_.report_write_counts(offset, kNvmcWordBytes, access);
    nvmc_.cells->program(offset, bytes);
    nvmc_.run(batch.start, data.word_write_time, access);
    nvmc_.word_start = batch.start;
}

void Nvmc::Impl::Memory::write_bytes(std::uint32_t offset, std::span<const std::uint8_t> source,
                                     AccessContext& access) noexcept
{
    if (offset % kNvmcWordBytes != 0 || source.size() % kNvmcWordBytes != 0) {
        const std::uint32_t address = nvmc_.data.flash_address + offset;
        access.now += nvmc_.data.store_time;
        report_violation(access.rules, "nvmc-word-stores-only", kNvmcDevice, address,
                         nvmc_.data.write_source,
                         "nvmc: store to 0x%08X is not a whole aligned word: ignored", address);
        return;
    }
    BusTarget::write_bytes(offset, source, access);
}

// From the start of a word to the poll that lets the next one be stored. Without a buffered word:
// the first read of READY, and if that still finds the controller busy, one more when it has become
// ready. With one: READYNEXT holds as soon as the word has begun.
Duration Nvmc::Impl::after_store() const
{
    const Duration read = data.register_access_time;
    if (data.buffers_next_word) {
        return read;
    }
    const bool found_ready = !data.halts_cpu && data.word_write_time <= read;
    return found_ready ? read : data.word_write_time + read;
}

Duration Nvmc::Impl::block_interval() const
{
    return data.buffers_next_word ? data.word_write_time : after_store() + data.store_time;
}

bool Nvmc::Impl::Memory::serves_block(std::uint32_t offset, std::size_t byte_count,
                                      std::uint32_t ready_address, std::uint32_t ready_mask,
                                      Duration now) const
{
    const NvmcData& data = nvmc_.data;
    const std::uint32_t ready =
        data.buffers_next_word ? nvmc_register::kReadyNext : nvmc_register::kReady;
    if (ready_address != data.register_base + ready || ready_mask != kNvmcReadyBit ||
        !nvmc_.writes_alike() || offset % kNvmcWordBytes != 0 ||
        byte_count > data.flash_size_bytes - offset ||
        (nvmc_.comparator != nullptr && nvmc_.comparator->warns())) {
        return false;
    }
    // With a buffered word the loop keeps the pace of the controller only from rest, and only if it
    // is faster.
    return !data.buffers_next_word ||
           (now + data.store_time >= nvmc_.busy_until &&
            data.store_time + 2 * data.register_access_time < data.word_write_time);
}

bool Nvmc::Impl::Memory::write_words(std::uint32_t offset, std::span<const std::uint8_t> words,
                                     std::uint32_t ready_address, std::uint32_t ready_mask,
                                     AccessContext& access) noexcept
{
    const NvmcData& data = nvmc_.data;
    if (!serves_block(offset, words.size(), ready_address, ready_mask, access.now)) {
        return false;
    }
    const Duration interval = nvmc_.block_interval();
    const auto word_count = static_cast<std::uint32_t>(words.size() / kNvmcWordBytes);
    for (std::uint32_t done = 0; done < word_count;) {
        access.now = std::max(access.now + data.store_time, nvmc_.next_word_at());
        OperationBatch batch;
        batch.kind = OperationKind::kProgramWord;
        batch.device = nvmc_.device;
        batch.offset = offset + done * kNvmcWordBytes;
        batch.unit_bytes = kNvmcWordBytes;
        batch.count = word_count - done;
        batch.start = std::max(access.now, nvmc_.busy_until);
        batch.duration = data.word_write_time;
        batch.interval = interval;
        batch.data = words.subspan(done * kNvmcWordBytes);
        const std::uint32_t admitted = access.supply.admit(batch);
        if (admitted == 0) {
            return true;
        }
        BROWNOUT_ASSERT(admitted <= batch.count);
        const std::uint32_t byte_count = admitted * kNvmcWordBytes;
        const auto at = static_cast<std::uint32_t>(batch.offset);
        nvmc_.report_write_counts(at, byte_count, access);
        nvmc_.cells->program(at, batch.data.first(byte_count));
        nvmc_.word_start = batch.start + (admitted - 1) * interval;
        nvmc_.busy_until = nvmc_.word_start + data.word_write_time;
        access.now = nvmc_.word_start + nvmc_.after_store();
        done += admitted;
    }
    return true;
}

}  // namespace brownout::models
