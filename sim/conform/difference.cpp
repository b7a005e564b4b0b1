#include "difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::size_t kLinesBefore = 3;
constexpr std::size_t kLinesAfter = 2;
constexpr std::size_t kColumnMax = 64;

const std::string kNothing = "(nothing)";

const std::string& line_at(const std::vector<std::string>& lines, std::size_t index)
{
    return index < lines.size() ? lines[index] : kNothing;
}

// From the first difference on: two columns, or pairs of lines where columns would be too wide.
void show_both(const std::vector<std::string>& expected, const std::vector<std::string>& got,
               std::size_t first, std::vector<std::string>& lines)
{
    const std::size_t end =
        std::min(first + 1 + kLinesAfter, std::max(expected.size(), got.size()));
    std::size_t width = std::string_view("expected").size();
    for (std::size_t i = first; i < end; ++i) {
        width = std::max(width, line_at(expected, i).size());
    }
    const bool columns = width <= kColumnMax;
    if (columns) {
        lines.push_back(fmt::format("{:>8}  {:<{}} | got", "", "expected", width));
    }
    for (std::size_t i = first; i < end; ++i) {
        const std::string label = fmt::format("{}{:>6}", i == first ? "> " : "  ", i);
        if (columns) {
            lines.push_back(fmt::format("{}  {:<{}} | {}", label, line_at(expected, i), width,
                                        line_at(got, i)));
        } else {
            lines.push_back(fmt::format("{}  expected  {}", label, line_at(expected, i)));
            lines.push_back(fmt::format("{:>8}  got       {}", "", line_at(got, i)));
        }
    }
}

}  // namespace

std::optional<Difference> compare_lists(const std::string& place, const std::string& item,
                                        const std::vector<std::string>& expected,
                                        const std::vector<std::string>& got)
{
    const auto [at_expected, at_got] =
        std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
    if (at_expected == expected.end() && at_got == got.end()) {
        return std::nullopt;
    }
    const auto first = static_cast<std::size_t>(at_expected - expected.begin());
    Difference difference;
    difference.place = fmt::format("{}, {} {}", place, item, first);
    for (std::size_t i = first - std::min(first, kLinesBefore); i < first; ++i) {
        difference.lines.push_back(fmt::format("{:>8}  {}", i, expected[i]));
    }
    show_both(expected, got, first, difference.lines);
    return difference;
}

std::string describe(const CaseOperation& operation, const std::vector<CaseArea>& areas)
{
    std::string where = fmt::format("device {} 0x{:x}", operation.device, operation.offset_bytes);
    for (const CaseArea& area : areas) {
        if (area.device == operation.device && operation.offset_bytes >= area.offset_bytes &&
            operation.offset_bytes - area.offset_bytes < area.size_bytes) {
            where =
                fmt::format("{} +0x{:x}", area.role, operation.offset_bytes - area.offset_bytes);
        }
    }
    if (operation.kind == CallKind::kErase) {
        return fmt::format("E {} {} bytes", where, operation.byte_count);
    }
    return fmt::format("W {} {} bytes {:016x}", where, operation.byte_count, operation.data_digest);
}

std::optional<Difference> compare_operations(const std::string& place,
                                             const std::vector<CaseArea>& areas,
                                             const std::vector<CaseOperation>& expected,
                                             const std::vector<CaseOperation>& got)
{
    if (expected == got) {
        return std::nullopt;
    }
    const auto described = [&areas](const std::vector<CaseOperation>& operations) {
        std::vector<std::string> lines;
        for (const CaseOperation& operation : operations) {
            lines.push_back(describe(operation, areas));
        }
        return lines;
    };
    return compare_lists(place, "call", described(expected), described(got));
}

}  // namespace brownout::sim
