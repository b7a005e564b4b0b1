#include "call_explanation.hpp"

#include <boot/trailer.h>

#include <fmt/format.h>

#include <array>

namespace brownout::sim {

namespace {

enum class Field { kMagic, kImageOk, kCopyDone, kSwapInfo, kTlvSizes, kSwapSize, kKey, kEntry };

class Explainer {
public:
    Explainer(Recording& recording, const boot_config& config, const std::vector<CallFacts>& facts,
              const std::vector<SwappedImages>& swapped)
        : recording_(recording), facts_(facts), swapped_(swapped),
          layout_(trailer_layout_of(&config)), strategy_(config.strategy)
    {
    }

    void explain_all()
    {
        for (std::size_t i = 0; i < facts_.size(); ++i) {
            RecordedCall& call = recording_.calls[facts_[i].call];
            switch (call.kind) {
            case RecordedCallKind::kErase:
                call.explanation = erase_words(i, call);
                break;
            case RecordedCallKind::kWrite:
                call.explanation = in_trailer(call) ? field_words(i, call) : copy_words(i, call);
                break;
            case RecordedCallKind::kStore:
                call.explanation = store_words(i, call);
                break;
            }
            if (call.result < 0) {
                call.explanation +=
                    fmt::format(" The driver returned {}: it was not done.", call.result);
            }
        }
    }

private:
    const RecordedArea& area_of(const RecordedCall& call) const
    {
        return recording_.areas[call.area];
    }

    bool in_trailer(const RecordedCall& call) const
    {
        return call.offset_bytes >= area_of(call).trailer_offset_bytes;
    }

    bool is_boot(const RecordedCall& call) const
    {
        return recording_.runs[call.run].kind == RecordedRunKind::kBoot;
    }

    // "the old image (1.0.0)", or the name of one that is neither old nor new.
    std::string image_words(const RecordedCall& call, std::int16_t index) const
    {
        const RecordedImage& image = recording_.images[static_cast<std::size_t>(index)];
        const std::string version = image.version.empty() ? image.name : image.version;
        const std::uint32_t number = area_of(call).image_index;
        const bool known = is_boot(call) && number < swapped_.size();
        if (known && swapped_[number].new_image == index) {
            return fmt::format("the new image ({})", version);
        }
        if (known && swapped_[number].old_image == index) {
            return fmt::format("the old image ({})", version);
        }
        return image.version.empty() ? image.name : fmt::format("{} ({})", image.name, version);
    }

    std::uint32_t image_sector(const RecordedCall& call, const HeldContent& held) const
    {
        return held.image_offset_bytes / area_of(call).sector_bytes.at(call.sector);
    }

    bool is_image(const HeldContent& held) const { return held.image >= 0; }

    std::uint64_t offset_in_sector(const RecordedCall& call) const
    {
        std::uint64_t start = 0;
        for (std::uint32_t i = 0; i < call.sector; ++i) {
            start += area_of(call).sector_bytes[i];
        }
        return call.offset_bytes - start;
    }

    // " (part 2 of 4)", where a sector takes several calls.
    std::string part_words(const RecordedCall& call) const
    {
        const std::uint32_t size = area_of(call).sector_bytes.at(call.sector);
        if (call.byte_count == 0 || call.byte_count >= size) {
            return {};
        }
        const std::uint64_t parts = (size + call.byte_count - 1) / call.byte_count;
        return fmt::format(" (part {} of {})", offset_in_sector(call) / call.byte_count + 1, parts);
    }

    // ---- erases ---------------------------------------------------------------------------------

    // The next call of the run that writes into the first sector of an erase; SIZE_MAX: none.
    std::size_t next_write(std::size_t erase) const
    {
        const RecordedCall& call = recording_.calls[facts_[erase].call];
        for (std::size_t i = erase + 1; i < facts_.size(); ++i) {
            const RecordedCall& next = recording_.calls[facts_[i].call];
            if (next.area != call.area || next.sector != call.sector) {
                continue;
            }
            return next.kind == RecordedCallKind::kWrite ? i : SIZE_MAX;
        }
        return SIZE_MAX;
    }

    std::string erase_words(std::size_t i, const RecordedCall& call) const
    {
        const CallFacts& facts = facts_[i];
        std::string what =
            fmt::format("Sector {} of {} is erased", call.sector, area_of(call).name);
        const std::uint64_t size = area_of(call).sector_bytes.at(call.sector);
        if (call.byte_count > size) {
            what = fmt::format("{} sectors of {}, from sector {} on, are erased",
                               call.byte_count / size, area_of(call).name, call.sector);
        }
        const std::size_t next = next_write(i);
        if (next != SIZE_MAX && in_trailer(recording_.calls[facts_[next].call])) {
            return what + ", so that a new trailer can be written.";
        }
        if (next != SIZE_MAX && is_image(facts_[next].after)) {
            const HeldContent& held = facts_[next].after;
            what += fmt::format(" to take sector {} of {}", image_sector(call, held),
                                image_words(call, held.image));
        }
        if (facts.entirely_erased) {
            return what + "; there was nothing in it, but the bootloader does not look first.";
        }
        if (facts.before.has_trailer && next == SIZE_MAX) {
            return what + ": the trailer in it has served its purpose.";
        }
        if (is_image(facts.before) && facts.saved) {
            return what + fmt::format("; what it held is safe in sector {} of {}.",
                                      facts.saved->sector,
                                      recording_.areas[facts.saved->area].name);
        }
        return what + (is_image(facts.before) ? "; what it held is not needed any more." : ".");
    }

    // ---- writes of image bytes ------------------------------------------------------------------

    std::string copy_words(std::size_t i, const RecordedCall& call) const
    {
        const CallFacts& facts = facts_[i];
        const RecordedArea& area = area_of(call);
        if (facts.after == HeldContent{} && is_boot(call)) {
            return fmt::format("Sector {} of {} stays erased: what is copied to it lies behind the "
                               "end of the shorter image{}.",
                               call.sector, area.name, part_words(call));
        }
        if (!is_image(facts.after)) {
            const bool strange = facts.after.kind == HeldKind::kUnknown && area.role != FLASH_OTHER;
            return fmt::format("{} bytes are written to sector {} of {}{}.", call.byte_count,
                               call.sector, area.name,
                               strange ? ", which then holds what no image has there" : "");
        }
        const std::uint32_t sector = image_sector(call, facts.after);
        const std::string subject =
            fmt::format("Sector {} of {}", sector, image_words(call, facts.after.image));
        if (!is_boot(call)) {
            return fmt::format("{} arrives in sector {} of {}{}.", subject, call.sector, area.name,
                               part_words(call));
        }
        if (facts.after.kind == HeldKind::kImage &&
            offset_in_sector(call) >= facts.after.byte_count) {
            return fmt::format("What lies behind the end of {} in its last sector is copied along "
                               "to sector {} of {}{}.",
                               image_words(call, facts.after.image), call.sector, area.name,
                               part_words(call));
        }
        if (!facts.source) {
            return fmt::format("{} is written to sector {} of {}{}.", subject, call.sector,
                               area.name, part_words(call));
        }
        const RecordedArea& from = recording_.areas[facts.source->area];
        if (facts.source->area == call.area) {
            const bool up = call.sector > facts.source->sector;
            return fmt::format("{} moves {} from sector {} to {} of {}{}{}.", subject,
                               up ? "up" : "down", facts.source->sector, call.sector, area.name,
                               part_words(call), up ? after_move_up(sector) : "");
        }
        return fmt::format("{} {} sector {} of {} to sector {} of {}{}{}.", subject,
                           verb(from, area), facts.source->sector, from.name, call.sector,
                           area.name, part_words(call), purpose(from, area));
    }

    std::string after_move_up(std::uint32_t sector) const
    {
        if (sector == 0) {
            return ", so that sector 0 of the new image can come in";
        }
        return fmt::format(", so that sector {} can move up after it", sector - 1);
    }

    static const char* verb(const RecordedArea& from, const RecordedArea& to)
    {
        if (to.role == FLASH_PRIMARY) {
            return "comes in from";
        }
        return from.role == FLASH_PRIMARY ? "goes out from" : "is copied from";
    }

    std::string purpose(const RecordedArea& from, const RecordedArea& to) const
    {
        const bool swaps = strategy_ <= BOOT_SWAP_SCRATCH;
        if (to.role == FLASH_SCRATCH) {
            return ", where it waits until its place is free";
        }
        if (from.role == FLASH_PRIMARY && to.role == FLASH_SECONDARY && swaps) {
            return ", where it is kept for a revert";
        }
        return {};
    }

    // ---- trailers -------------------------------------------------------------------------------

    Field field_at(const RecordedArea& area, std::uint64_t offset_bytes) const
    {
        const auto size = static_cast<std::uint32_t>(area.size_bytes);
        if (offset_bytes >= trailer_magic_offset(size)) {
            return Field::kMagic;
        }
        if (offset_bytes >= trailer_image_ok_offset(&layout_, size)) {
            return Field::kImageOk;
        }
        if (offset_bytes >= trailer_copy_done_offset(&layout_, size)) {
            return Field::kCopyDone;
        }
        if (offset_bytes >= trailer_swap_info_offset(&layout_, size)) {
            return Field::kSwapInfo;
        }
        if (layout_.has_tlv_sizes && offset_bytes >= trailer_tlv_sizes_offset(&layout_, size)) {
            return Field::kTlvSizes;
        }
        const std::uint32_t swap_size = trailer_swap_size_offset(&layout_, size);
        if (offset_bytes >= swap_size) {
            return Field::kSwapSize;
        }
        return offset_bytes + 2 * layout_.key_field_bytes >= swap_size ? Field::kKey
                                                                       : Field::kEntry;
    }

    // The trailer of the area after the call; nullptr: it did not change.
    const RecordedTrailer* trailer_after(const RecordedCall& call) const
    {
        const RecordedTrailer* found = nullptr;
        for (std::uint32_t op = call.first_op; op < call.first_op + call.op_count; ++op) {
            const RecordedOp& entry = recording_.ops[op];
            for (std::uint32_t i = 0; i < entry.trailer_count; ++i) {
                const RecordedTrailer& trailer = recording_.trailers[entry.first_trailer + i];
                found = trailer.area == call.area ? &trailer : found;
            }
        }
        return found;
    }

    std::string field_words(std::size_t i, const RecordedCall& call) const
    {
        const std::string& name = area_of(call).name;
        const RecordedTrailer* const trailer = trailer_after(call);
        switch (field_at(area_of(call), call.offset_bytes)) {
        case Field::kMagic:
            return is_boot(call) ? fmt::format("The magic makes the trailer of {} valid: from here "
                                               "on a cut is followed by a resumed update.",
                                               name)
                                 : fmt::format("The magic makes the request in {} valid: the next "
                                               "boot will find it.",
                                               name);
        case Field::kImageOk:
            return fmt::format("image_ok of {} is set: the image is confirmed and will not be "
                               "reverted.",
                               name);
        case Field::kCopyDone:
            return fmt::format("copy_done of {} is set: the copying is complete.", name);
        case Field::kSwapInfo:
            return fmt::format("swap_info of {} says what is to be done: {}.", name,
                               trailer != nullptr ? swap_words(*trailer) : "nothing");
        case Field::kTlvSizes:
            return fmt::format("The TLV sizes of both images are noted in {}, for a boot that "
                               "resumes.",
                               name);
        case Field::kSwapSize:
            return trailer != nullptr && trailer->swap_size_bytes
                       ? fmt::format("swap_size of {} notes that {} bytes take part, for a boot "
                                     "that resumes.",
                                     name, *trailer->swap_size_bytes)
                       : fmt::format("swap_size of {} is written.", name);
        case Field::kKey:
            return fmt::format("An image key is kept in the trailer of {}, for a boot that "
                               "resumes.",
                               name);
        case Field::kEntry:
            break;
        }
        return entry_words(i, name, trailer);
    }

    static std::string swap_words(const RecordedTrailer& trailer)
    {
        static constexpr std::array<const char*, 5> kTypes = {"nothing", "nothing", "a test update",
                                                              "a permanent update", "a revert"};
        const std::uint8_t info = trailer.swap_info.value_or(0);
        const std::size_t type = info & 0xFu;
        return fmt::format("{} of image {}", type < kTypes.size() ? kTypes[type] : "something else",
                           info >> 4);
    }

    // What the last copy before a status entry achieved.
    std::string entry_words(std::size_t i, const std::string& name,
                            const RecordedTrailer* trailer) const
    {
        const std::string subject =
            trailer != nullptr && trailer->last_entry != kNone32
                ? fmt::format("Status entry {} of {}", trailer->last_entry, name)
                : fmt::format("A status entry of {}", name);
        for (std::size_t k = i; k-- > 0;) {
            const RecordedCall& copy = recording_.calls[facts_[k].call];
            const bool is_copy = copy.kind == RecordedCallKind::kWrite && !in_trailer(copy);
            if (is_copy && is_image(facts_[k].after)) {
                return fmt::format("{} records that sector {} of {} now lies in sector {} of {}: "
                                   "after a cut it is not copied again.",
                                   subject, image_sector(copy, facts_[k].after),
                                   image_words(copy, facts_[k].after.image), copy.sector,
                                   area_of(copy).name);
            }
        }
        return subject + " records how far the swap has got.";
    }

    std::string store_words(std::size_t i, const RecordedCall& call) const
    {
        const HeldContent& held = facts_[i].after;
        return is_image(held) ? fmt::format("A programmer stores {} in {}: no operations, no time.",
                                            image_words(call, held.image), area_of(call).name)
                              : fmt::format("A programmer stores {} bytes in {}.", call.byte_count,
                                            area_of(call).name);
    }

    Recording& recording_;
    const std::vector<CallFacts>& facts_;
    const std::vector<SwappedImages>& swapped_;
    trailer_layout layout_;
    boot_strategy strategy_;
};

}  // namespace

void explain_calls(Recording& recording, const boot_config& config,
                   const std::vector<CallFacts>& facts, const std::vector<SwappedImages>& swapped)
{
    Explainer(recording, config, facts, swapped).explain_all();
}

}  // namespace brownout::sim
