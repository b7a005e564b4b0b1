// seeds: the scenario again and again, each time with another seed for everything that is drawn.
#include "explore_writer.hpp"
#include "scenario_keys.hpp"
#include "value_types.hpp"
#include "yaml_fields.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace brownout::sim {

namespace {

// "97.5 %", kept in millionths.
struct Share {
    using Value = std::uint32_t;
    bool read(Reader& reader, const YamlNode& node, Value& ppm) const
    {
        constexpr std::string_view kUnit = " %";
        const std::string_view text(node.text);
        double percent = -1;
        if (node.is_scalar() && text.ends_with(kUnit)) {
            const char* const end = text.data() + text.size() - kUnit.size();
            const auto parsed =
                std::from_chars(text.data(), end, percent, std::chars_format::fixed);
            percent = parsed.ec == std::errc{} && parsed.ptr == end ? percent : -1;
        }
        if (!(percent >= 0 && percent <= 100)) {
            reader.must_be(node, "a share (97.5 %; 0 to 100)");
            return false;
        }
        ppm = static_cast<std::uint32_t>(std::lround(percent * 1e4));
        return true;
    }
    Json schema() const { return {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)? %$"}}; }
};

struct FailsDraft {
    std::uint32_t from = 0;
    std::optional<std::uint32_t> to;
};

const KeyTable<FailsDraft>& fails_keys()
{
    static const KeyTable<FailsDraft> kTable{
        "fails",
        {key("from", kOptional, Share{}, &FailsDraft::from, "of the runs, at least; default 0 %"),
         key("to", kOptional, Share{}, &FailsDraft::to, "at most; default 100 %")}};
    return kTable;
}

Key<SeedSweep> fails_key()
{
    Key<SeedSweep> result;
    result.name = "fails";
    result.doc = "in so many runs an expectation fails; default: in none";
    result.read = [](Reader& reader, const YamlNode& node, SeedSweep& sweep) {
        FailsDraft draft;
        if (!read_fields(reader, node, fails_keys(), draft)) {
            return;
        }
        sweep.fails_from_ppm = draft.from;
        sweep.fails_to_ppm = draft.to.value_or(1'000'000);
        if (sweep.fails_from_ppm > sweep.fails_to_ppm) {
            reader.fail(node, "'from' is above 'to'");
        }
    };
    result.schema = [] { return fields_schema(fails_keys()); };
    return result;
}

const KeyTable<SeedSweep>& seed_sweep_keys()
{
    static const KeyTable<SeedSweep> kTable{
        "seeds",
        {key("count", kOptional, WholeNumber{1, 1'000'000}, &SeedSweep::count,
             "how many runs, with seeds from 0 on; default 1000; run --seeds takes its place"),
         fails_key()}};
    return kTable;
}

}  // namespace

Key<Scenario> seeds_key()
{
    return key("seeds", kOptional, Fields<SeedSweep>{seed_sweep_keys, true}, &Scenario::seeds,
               "run the scenario, or each of its matrix, with many seeds and count failures");
}

void write_seeds(YamlFields& to, const SeedSweep& sweep)
{
    to.begin_map("seeds", true);
    to.value("count", sweep.count);
    if (sweep.fails_to_ppm > 0) {
        to.begin_map("fails", true);
        to.plain("from", fmt::format("{:g} %", sweep.fails_from_ppm / 1e4));
        to.plain("to", fmt::format("{:g} %", sweep.fails_to_ppm / 1e4));
        to.end_map();
    }
    to.end_map();
}

}  // namespace brownout::sim
