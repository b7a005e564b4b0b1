// The final picture, and the moments that led to it, as SVG.
#include <sim/pictures.hpp>

#include "memory_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace brownout::sim {

namespace {

constexpr std::size_t kFramesMax = 10;
constexpr double kLeft = 172;  // of the strips: names stand before
constexpr double kStrip = 760;
constexpr double kRight = 20;
constexpr double kGap = 66;
constexpr double kRow = 24;  // height of a strip
// Of a letter in texts of three sizes.
constexpr double kNarrow = 6.2;
constexpr double kWide = 7.6;
constexpr double kTitle = 9.4;

// XML knows neither most control characters nor bytes that are no UTF-8.
std::string xml_text(const std::string& text)
{
    std::string safe;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        bool good = byte < 0x80 ? byte >= 0x20 && byte != 0x7F
                                : byte >= 0xC2 && byte < 0xF5 && i + length <= text.size();
        for (std::size_t j = 1; good && j < length; ++j) {
            good = (static_cast<unsigned char>(text[i + j]) & 0xC0) == 0x80;
        }
        if (!good) {
            safe += byte == '\n' || byte == '\t' ? " " : "\xEF\xBF\xBD";
            ++i;
            continue;
        }
        switch (text[i]) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        default:
            safe += text.substr(i, length);
        }
        i += length;
    }
    return safe;
}

// Colours that colour-blind people tell apart and that differ in brightness; what lies in a sector
// is written in it as well where there is room.
constexpr const char* kStyle = R"(  <style>
    text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
    .ground { fill: #ffffff; stroke: #d0d7de; }
    .title { font-size: 16px; font-weight: 600; }
    .caption { font-weight: 600; }
    .small { font-size: 11px; }
    .quiet { font-size: 11px; fill: #59636e; }
    .in { font-size: 10px; text-anchor: middle; fill: #000000; }
    .gap { font-size: 10px; text-anchor: middle; fill: #59636e; }
    rect.cell { stroke: #6e7781; stroke-width: 0.5; }
    .erased { fill: #f6f8fa; }
    .image0 { fill: #a6d8f5; } .image1 { fill: #e69f00; } .image2 { fill: #2cb58a; }
    .image3 { fill: #cc79a7; } .image4 { fill: #f0e442; } .image5 { fill: #b8a0e8; }
    .partial { fill-opacity: 0.45; }
    .trailer { fill: #57606a; } .torn { fill: #d1242f; } .mixed { fill: #8250df; }
    .unknown { fill: #afb8c1; }
    .light { fill: #ffffff; }
    .cut { fill: #d1242f; }
    .mark { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; } .ground { fill: #0d1117; stroke: #3d444d; }
      .quiet, .gap { fill: #9198a1; } .erased { fill: #161b22; } .cut { fill: #ff7b72; }
      .in { fill: #000000; } .light { fill: #ffffff; }
      .trailer, .mark { fill: #768390; }
    }
  </style>
)";

class SvgWriter {
public:
    explicit SvgWriter(const Recording& recording)
        : recording_(recording), frames_(memory_frames(recording)),
          columns_(memory_columns(recording, frames_))
    {
        const auto gaps = static_cast<double>(columns_.gap_count());
        const auto cells = static_cast<double>(columns_.columns.size()) - gaps;
        cell_ = std::clamp((kStrip - gaps * kGap) / std::max(cells, 1.0), 3.0, 30.0);
        strip_ = cells * cell_ + gaps * kGap;
    }

    std::string text()
    {
        title();
        bool skipped = false;
        for (std::size_t i = 0; i < frames_.size(); ++i) {
            if (is_left_out(i)) {
                if (!skipped) {
                    line("quiet", 16,
                         fmt::format("{} further steps that changed the memory are "
                                     "not shown",
                                     frames_.size() - kFramesMax));
                    y_ += 12;
                }
                skipped = true;
                continue;
            }
            frame(frames_[i]);
        }
        legend();
        const double width = std::max(kLeft + strip_, right_) + kRight;
        const double height = y_ + 8;
        return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" "
                           "height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n"
                           "  <title>{2}</title>\n{3}  <rect class=\"ground\" x=\"0.5\" y=\"0.5\" "
                           "width=\"{4:.0f}\" height=\"{5:.0f}\" rx=\"6\"/>\n",
                           width, height, xml_text(recording_.scenario), kStyle, width - 1,
                           height - 1) +
               body_ + "</svg>\n";
    }

private:
    // The first and the last ones matter most.
    bool is_left_out(std::size_t frame) const
    {
        return frames_.size() > kFramesMax && frame >= kFramesMax / 2 &&
               frame < frames_.size() - kFramesMax / 2;
    }

    void put(const std::string& element) { body_ += "  " + element + "\n"; }

    // Fonts differ: an estimate, on the safe side.
    void reach(double right) { right_ = std::max(right_, right); }

    void text_at(const char* style, double x, double y, const std::string& text)
    {
        const bool is_title = style == std::string_view("title");
        reach(x + (is_title ? kTitle : kNarrow) * static_cast<double>(text.size()));
        put(fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", style, x, y,
                        xml_text(text)));
    }

    void line(const char* style, double height, const std::string& text)
    {
        y_ += height;
        text_at(style, 16, y_, text);
    }

    void title()
    {
        y_ = 12;
        line("title", 18, recording_.scenario);
        line("quiet", 17,
             fmt::format("{}, {}, {}; a box is {} KiB", recording_.board, recording_.strategy,
                         recording_.release, static_cast<double>(columns_.unit_bytes) / 1024));
        y_ += 8;
    }

    void frame(const MemoryFrame& frame)
    {
        y_ += 20;
        const bool long_line =
            kWide * static_cast<double>(frame.caption.size() + frame.outcome.size()) >
            kLeft + kStrip;
        put(fmt::format("<text x=\"16\" y=\"{:.1f}\"><tspan class=\"caption\">{}</tspan>"
                        "<tspan class=\"{}\" dx=\"12\">{}</tspan></text>",
                        y_, xml_text(frame.caption), frame.is_cut ? "cut" : "small",
                        xml_text(long_line ? "" : frame.outcome)));
        reach(16 + kWide * static_cast<double>(frame.caption.size() +
                                               (long_line ? 0 : frame.outcome.size() + 2)));
        if (long_line && !frame.outcome.empty()) {
            line(frame.is_cut ? "cut" : "small", 17, frame.outcome);
        }
        y_ += 8;
        for (const std::uint32_t area : columns_.areas) {
            strip(frame.memory, area);
        }
        y_ += 8;
    }

    void strip(const MemoryReplay& memory, std::uint32_t index)
    {
        const RecordedArea& area = recording_.areas[index];
        text_at("small", 16, y_ + 15, area.name);
        double x = kLeft;
        for (std::size_t i = 0; i < columns_.columns.size();) {
            const MemoryColumns::Column& column = columns_.columns[i];
            if (column.count > 1) {
                gap(area, column, x);
                x += kGap;
                ++i;
                continue;
            }
            const ColumnSector sector = sector_in_column(area, columns_.unit_bytes, column.first);
            std::size_t end = i + 1;
            while (
                end < columns_.columns.size() && columns_.columns[end].count == 1 &&
                columns_.columns[end].first == columns_.columns[end - 1].first + 1 &&
                sector.sector != kNone32 &&
                sector_in_column(area, columns_.unit_bytes, columns_.columns[end].first).sector ==
                    sector.sector) {
                ++end;
            }
            const double width = static_cast<double>(end - i) * cell_;
            if (sector.sector != kNone32) {
                cell(memory.held(area.device, sector.sector), sector, x, width);
            }
            x += width;
            i = end;
        }
        y_ += kRow;
        const RecordedTrailer* const trailer = memory.trailer(index);
        const std::string words = trailer != nullptr ? trailer_words(*trailer) : std::string();
        if (!words.empty()) {
            text_at("quiet", kLeft, y_ + 11, "trailer: " + words);
            y_ += 16;
        }
        y_ += 4;
    }

    void gap(const RecordedArea& area, const MemoryColumns::Column& column, double x)
    {
        if (column.first * columns_.unit_bytes >= area.size_bytes) {
            return;
        }
        put(fmt::format("<rect class=\"cell erased\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                        "height=\"{:.0f}\" stroke-dasharray=\"2 2\"/>",
                        x, y_, kGap, kRow - 2));
        put(fmt::format("<text class=\"gap\" x=\"{:.1f}\" y=\"{:.1f}\">{} erased</text>",
                        x + kGap / 2, y_ + 15, column.count));
    }

    std::string style_of(const HeldContent& held) const
    {
        switch (held.kind) {
        case HeldKind::kImage:
            return fmt::format("image{}", held.image % 6);
        case HeldKind::kPartial:
            return fmt::format("image{} partial", held.image % 6);
        default:
            return to_string(held.kind);
        }
    }

    static std::string text_in(const HeldContent& held, const ColumnSector& sector)
    {
        switch (held.kind) {
        case HeldKind::kImage:
        case HeldKind::kPartial:
            return fmt::format("{}", held.image_offset_bytes / std::max(sector.bytes, 1u));
        case HeldKind::kTrailer:
            return "T";
        case HeldKind::kTorn:
            return "!";
        case HeldKind::kMixed:
            return "%";
        case HeldKind::kUnknown:
            return "?";
        case HeldKind::kErased:
            break;
        }
        return {};
    }

    void cell(const HeldContent& held, const ColumnSector& sector, double x, double width)
    {
        seen_.insert({held.kind, held.image});
        put(fmt::format("<rect class=\"cell {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                        "height=\"{:.0f}\"/>",
                        style_of(held), x, y_, width, kRow - 2));
        if (held.has_trailer && held.kind != HeldKind::kTrailer) {
            put(fmt::format("<rect class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                            "height=\"5\"/>",
                            x, y_ + kRow - 7, width));
        }
        const std::string text = text_in(held, sector);
        if (!text.empty() && width >= 6.0 * static_cast<double>(text.size()) + 2) {
            const bool dark = held.kind == HeldKind::kTrailer || held.kind == HeldKind::kTorn ||
                              held.kind == HeldKind::kMixed;
            put(fmt::format("<text class=\"in{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
                            dark ? " light" : "", x + width / 2, y_ + 15, text));
        }
    }

    void legend()
    {
        y_ += 10;
        double x = 16;
        for (const auto& [kind, image] : seen_) {
            HeldContent held;
            held.kind = kind;
            held.image = image;
            const std::string words = legend_words(held);
            const double width = 34 + kNarrow * static_cast<double>(words.size());
            if (x + width > std::max(kLeft + strip_, right_)) {
                x = 16;
                y_ += 20;
            }
            put(fmt::format("<rect class=\"cell {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"14\" "
                            "height=\"14\"/>",
                            style_of(held), x, y_));
            text_at("small", x + 20, y_ + 11, words);
            x += width;
        }
        y_ += 20;
    }

    std::string legend_words(const HeldContent& held) const
    {
        switch (held.kind) {
        case HeldKind::kErased:
            return "erased";
        case HeldKind::kImage:
            return image_words(recording_.images[static_cast<std::size_t>(held.image)]) +
                   ", by sectors of the image";
        case HeldKind::kPartial:
            return "part of a sector of " +
                   image_words(recording_.images[static_cast<std::size_t>(held.image)]);
        case HeldKind::kTrailer:
            return "trailer";
        case HeldKind::kTorn:
            return "torn by the power cut";
        case HeldKind::kMixed:
            return "parts of two images";
        case HeldKind::kUnknown:
            return "something else";
        }
        return {};
    }

    const Recording& recording_;
    std::vector<MemoryFrame> frames_;
    MemoryColumns columns_;
    double cell_ = 0;
    double strip_ = 0;
    double y_ = 0;
    double right_ = 400;  // of all texts
    std::set<std::pair<HeldKind, std::int16_t>> seen_;
    std::string body_;
};

}  // namespace

std::string memory_svg(const Recording& recording)
{
    return SvgWriter(recording).text();
}

}  // namespace brownout::sim
