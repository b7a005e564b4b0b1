// The words that reports use, each in a few sentences.
#include <sim/lesson.hpp>

#include "scenario/reader.hpp"

#include <sim/check.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace brownout::sim {

namespace {

struct GlossaryEntry {
    std::string_view word;
    std::string_view other;  // another form of it; empty: none
    std::string_view text;
};

constexpr std::array kEntries = {
    GlossaryEntry{
        "area", "partition",
        "A stretch of flash with a name, such as mcuboot_primary, as the bootloader sees it. In a "
        "scenario: a partition."},
    GlossaryEntry{
        "at rest", "comes to rest",
        "A state that a boot without a power cut leaves as it is. Every sequence of cuts must end "
        "there after a bounded number of boots."},
    GlossaryEntry{"board", "",
                  "A SoC, its memory parts and how they are wired. `brownout list` names them."},
    GlossaryEntry{"boot", "reset", "From reset to hand-over or halt: one run of the bootloader."},
    GlossaryEntry{
        "boot source", "",
        "A log line: which trailer an interrupted swap is resumed from (primary slot, scratch, "
        "none)."},
    GlossaryEntry{
        "call", "flash call",
        "One flash-area write or erase of the firmware that reaches a device, numbered from 0 in "
        "each boot. A call consists of ops: erasing a sector is one, writing 4 KiB of on-chip "
        "flash is 1,024."},
    GlossaryEntry{
        "check", "",
        "A rule that must hold at every explored state, such as old-or-new-never-a-mix. Explain "
        "the name of a check to read what it verifies and what it does not."},
    GlossaryEntry{
        "closure", "closed",
        "The graph of states has no edge left to follow: no power cut anywhere leads to a new "
        "state. Then a verdict is about any number of cuts, not only about those tried."},
    GlossaryEntry{
        "confirm", "confirmed",
        "The application says that it works: it sets image_ok in its trailer. An update for test "
        "that is not confirmed is reverted by the next boot."},
    GlossaryEntry{
        "copy_done", "",
        "A flag in the trailer of the primary slot: the swap has finished. Written last."},
    GlossaryEntry{"core", "",
                  "The bootloader that a scenario runs: the built-in one, or one of your own "
                  "(boot: {core: FILE})."},
    GlossaryEntry{
        "cut", "power cut",
        "The power fails: at an op, at a call or at a time. What was done stays, what was not "
        "begun is not done, and the op in flight may be torn."},
    GlossaryEntry{"depth", "", "How many power cuts in a row lead to a state."},
    GlossaryEntry{
        "direct-xip", "",
        "A strategy: two slots, both can be run where they lie; the higher version is started."},
    GlossaryEntry{
        "easydma", "",
        "How peripherals of the nRF reach memory by themselves. It reads Data RAM only: data that "
        "lie in flash are not sent."},
    GlossaryEntry{"edge", "",
                  "In a graph of states: a boot, or what the application does, cut or completed, "
                  "that leads from one state to another."},
    GlossaryEntry{
        "erase", "erased",
        "Sets all bits of a sector; the only way to set one. Takes long (85 ms for 4 KiB of "
        "on-chip flash of an nRF52840) and wears the cells."},
    GlossaryEntry{"finding", "violation",
                  "A check that does not hold, with the shortest way that leads there."},
    GlossaryEntry{
        "granularity", "",
        "Where an exploration cuts: `calls` between calls; `default` also at every op of short "
        "writes (trailers) and at the first, middle and last op of long ones; `ops` everywhere."},
    GlossaryEntry{
        "hand over", "handed over",
        "The bootloader is done and starts an image; the report names it and where it lies."},
    GlossaryEntry{
        "image", "app image",
        "A signed program with header and TLVs, as imgtool makes it, that lies in a slot."},
    GlossaryEntry{"image_ok", "",
                  "A flag in a trailer: the image was confirmed, or is to stay for good."},
    GlossaryEntry{
        "incomplete", "",
        "A budget (time, states, depth) ended an exploration before closure: no violation so far "
        "is not a proof. Exit code 4."},
    GlossaryEntry{
        "magic", "",
        "The last 16 bytes of a slot. Good: the trailer before them counts. Unset: erased. Bad: "
        "anything else, for example half of it."},
    GlossaryEntry{
        "marginal bits", "marginal",
        "Bits that a torn operation left between two levels. They read one way until the next "
        "power-on and may read the other way after it."},
    GlossaryEntry{"note", "", "A driver avoided what would have broken a rule; no harm was done."},
    GlossaryEntry{"nvmc", "", "The controller of the on-chip flash of an nRF."},
    GlossaryEntry{
        "op", "operation",
        "One change of a device's state: a word programmed, a page programmed, a sector erased, a "
        "status register written. Numbered from 0 in each boot."},
    GlossaryEntry{"outcome", "",
                  "What a boot ended in: an image was started, none was found, an assertion "
                  "failed, the power was lost..."},
    GlossaryEntry{"overwrite-only", "overwrite-only-fast",
                  "A strategy: the new image is copied over the old one. There is no way back."},
    GlossaryEntry{"part", "", "A memory chip beside the SoC, such as an MX25R64."},
    GlossaryEntry{"permanent", "perm",
                  "An update that needs no confirmation and is never reverted."},
    GlossaryEntry{"phase", "", "A stretch of a boot: preparing the trailers, moving, swapping..."},
    GlossaryEntry{"primary slot", "primary", "The partition that images run from."},
    GlossaryEntry{
        "program", "write",
        "Clears bits, a word or a page at a time. Bits are set by erasing alone, and a word may "
        "be written only so often between two erases."},
    GlossaryEntry{"ram-load", "", "A strategy: images are copied to RAM and run there."},
    GlossaryEntry{
        "replay", "repro",
        "A file that an exploration writes for a finding: a scenario with the cuts that lead "
        "there. `brownout replay FILE` runs it again."},
    GlossaryEntry{"revert", "", "The next boot after an update that nobody confirmed swaps back."},
    GlossaryEntry{
        "rule", "",
        "What a data sheet demands of firmware, for example at most two writes of a word between "
        "erases. Breaking one is reported with its source."},
    GlossaryEntry{
        "scratch", "mcuboot_scratch",
        "A partition through which swap-scratch moves sectors; holds the trailer for a while."},
    GlossaryEntry{"secondary slot", "secondary", "The partition that new images are brought to."},
    GlossaryEntry{"sector", "page", "What a device erases at once."},
    GlossaryEntry{"slot", "", "A partition that holds an image and, at its end, a trailer."},
    GlossaryEntry{
        "state", "node",
        "Everything that a reset finds: the bytes of all flash, how often each was written, "
        "registers of parts; and what the application has done so far."},
    GlossaryEntry{
        "status entry", "status",
        "One write unit in the status area of a trailer, written after each step of a swap: the "
        "next boot reads them and goes on where the power failed."},
    GlossaryEntry{
        "story", "",
        "How far the application got: requested, new image ran, confirmed. The same flash means "
        "other duties before and after."},
    GlossaryEntry{
        "swap type", "swap_info",
        "What the trailers ask for: none, test, perm, revert; swap_info holds it with the number "
        "of the image."},
    GlossaryEntry{
        "swap-move", "",
        "A strategy: the old image moves up by one sector, then both are swapped sector by "
        "sector. Needs no scratch partition."},
    GlossaryEntry{
        "swap-offset", "",
        "A strategy: the new image lies one sector up in the secondary slot, so that sectors can "
        "be swapped without moving the old image first."},
    GlossaryEntry{"swap-scratch", "",
                  "A strategy: sectors are swapped through a scratch partition."},
    GlossaryEntry{"swap_size", "", "A field of the trailer: how many bytes take part in the swap."},
    GlossaryEntry{
        "tear", "torn",
        "What an op in flight leaves when the power fails: some of its bits or bytes, an erase "
        "half done. Tear models say how; `not-started` leaves nothing."},
    GlossaryEntry{"test", "", "An update that is reverted unless the new image is confirmed."},
    GlossaryEntry{
        "tlv", "tlvs",
        "Type, length, value: entries behind an image with its hash, signature and more."},
    GlossaryEntry{
        "trailer", "",
        "The end of a slot: status entries, swap_size, swap_info, copy_done, image_ok, magic."},
    GlossaryEntry{"wear", "", "How often sectors were erased; cells stand so many erases."},
    GlossaryEntry{
        "write unit", "",
        "The fewest bytes that can be written at once: 4 for on-chip flash of an nRF, 1 for SPI "
        "NOR."},
};

std::string lower_case(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// At most 100 columns, broken at spaces.
std::string wrapped(std::string_view text)
{
    constexpr std::size_t kColumns = 98;
    std::string lines;
    while (text.size() > kColumns) {
        std::size_t end = text.rfind(' ', kColumns);
        end = end == std::string_view::npos ? kColumns : end;
        lines += fmt::format("  {}\n", text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines + fmt::format("  {}\n", text);
}

}  // namespace

std::string glossary_text(const std::string& word)
{
    const std::string wanted = lower_case(word);
    std::vector<std::string> known;
    for (const GlossaryEntry& entry : kEntries) {
        if (wanted == entry.word || (!entry.other.empty() && wanted == entry.other)) {
            const std::string also =
                entry.other.empty() ? "" : fmt::format(" (also: {})", entry.other);
            return fmt::format("{}{}\n{}", entry.word, also, wrapped(entry.text));
        }
        known.emplace_back(entry.word);
        known.emplace_back(entry.other.empty() ? entry.word : entry.other);
    }
    for (const auto& check : named_checks()) {
        if (wanted == check->name()) {
            return fmt::format("{} (a check)\n{}  It does not cover:\n{}", check->name(),
                               wrapped(check->verifies()), wrapped(check->does_not_verify()));
        }
    }
    throw InputError(fmt::format("explain: '{}' is neither a scenario file nor a word of the "
                                 "reports.{} `brownout explain` lists the words",
                                 word, did_you_mean(wanted, known)));
}

std::string glossary_list()
{
    std::string text = "Words of the reports; brownout explain WORD explains one, brownout explain "
                       "SCENARIO.yaml a run.\n";
    std::string line;
    const auto add = [&](std::string_view word) {
        constexpr std::size_t kColumns = 96;
        if (line.size() + word.size() > kColumns) {
            text += "  " + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : ", ") + std::string(word);
    };
    for (const GlossaryEntry& entry : kEntries) {
        add(entry.word);
    }
    text += "  " + line + "\nChecks\n";
    line.clear();
    for (const auto& check : named_checks()) {
        add(check->name());
    }
    return text + "  " + line + "\n";
}

}  // namespace brownout::sim
