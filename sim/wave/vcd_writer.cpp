// Value change dump, IEEE 1364-2005, 18.2: one-bit variables only.
#include <sim/wave.hpp>

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <numeric>
#include <queue>

namespace brownout::sim {

namespace {

struct TimeUnitName {
    std::int64_t picoseconds;
    const char* name;
};

constexpr std::array<TimeUnitName, 7> kUnits{{{1'000'000, "1 us"},
                                              {100'000, "100 ns"},
                                              {10'000, "10 ns"},
                                              {1'000, "1 ns"},
                                              {100, "100 ps"},
                                              {10, "10 ps"},
                                              {1, "1 ps"}}};

// Printable characters, least significant first.
std::string identifier_code(std::size_t number)
{
    std::string code;
    do {
        code += static_cast<char>('!' + number % 94);
        number /= 94;
    } while (number > 0);
    return code;
}

// Names of variables and scopes have no blanks.
std::string vcd_name(std::string name)
{
    for (char& letter : name) {
        letter = letter == ' ' ? '_' : letter;
    }
    return name;
}

}  // namespace

class VcdWriter {
public:
    explicit VcdWriter(const WaveRecorder& recorder)
        : recorder_(recorder), records_(recorder.sorted_records())
    {
    }

    std::string write()
    {
        choose_unit();
        header();
        for (const WaveRecorder::Record& record : records_) {
            emit_until(record.at_ps);
            if (record.clock_period_ps == 0) {
                queue(record.at_ps, record.index, record.out != 0);
            } else {
                queue_byte(record);
            }
        }
        emit_until(INT64_MAX);
        return std::move(text_);
    }

private:
    struct Change {
        std::int64_t at_ps;
        std::uint64_t order;
        std::size_t signal;
        bool level;
    };
    struct Later {
        bool operator()(const Change& a, const Change& b) const
        {
            return a.at_ps != b.at_ps ? a.at_ps > b.at_ps : a.order > b.order;
        }
    };

    // Every change lies at a record plus a multiple of half its clock period.
    void choose_unit()
    {
        std::int64_t common = 0;
        for (const WaveRecorder::Record& record : records_) {
            common = std::gcd(common, record.at_ps);
            common = std::gcd(common, std::int64_t{record.clock_period_ps / 2});
        }
        for (const TimeUnitName& unit : kUnits) {
            unit_ = unit;
            if (common % unit.picoseconds == 0) {
                break;
            }
        }
    }

    void header()
    {
        text_ = fmt::format("$comment Brownout $end\n$timescale {} $end\n", unit_.name);
        levels_.reserve(recorder_.signals_.size());
        std::string scope;
        for (std::size_t i = 0; i < recorder_.signals_.size(); ++i) {
            const WaveRecorder::Signal& signal = recorder_.signals_[i];
            const std::string wanted = signal.scope.empty() ? "board" : vcd_name(signal.scope);
            if (scope != wanted) {
                text_ += fmt::format("{}$scope module {} $end\n",
                                     scope.empty() ? "" : "$upscope $end\n", wanted);
                scope = wanted;
            }
            text_ +=
                fmt::format("$var wire 1 {} {} $end\n", identifier_code(i), unique_name(signal));
            levels_.push_back(signal.idle);
        }
        text_ += "$upscope $end\n";
        text_ += "$enddefinitions $end\n";
        last_ps_ = records_.empty() ? 0 : records_.front().at_ps;
        text_ += fmt::format("#{}\n$dumpvars\n", last_ps_ / unit_.picoseconds);
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            text_ += fmt::format("{}{}\n", levels_[i] ? 1 : 0, identifier_code(i));
        }
        text_ += "$end\n";
    }

    // Some decoders see the last part of a name only: with several parts it says which.
    std::string unique_name(const WaveRecorder::Signal& signal) const
    {
        const bool alone =
            signal.scope.empty() || (recorder_.wires_.size() < 2 && signal.name != "busy");
        return vcd_name(alone ? signal.name : signal.scope + "_" + signal.name);
    }

    void queue(std::int64_t at_ps, std::size_t signal, bool level)
    {
        changes_.push({at_ps, order_++, signal, level});
    }

    // SPI mode 0: data at the falling edge, sampled at the rising one.
    void queue_byte(const WaveRecorder::Record& record)
    {
        const std::size_t sck = recorder_.wires_[record.index].first_signal;
        const std::size_t io0 = sck + 2;
        const unsigned lines = record.lines;
        const std::int64_t period = record.clock_period_ps;
        const unsigned both = record.driven ? record.out : record.in;
        for (unsigned shifted = 0; shifted < 8; shifted += lines) {
            const std::int64_t at = record.at_ps + period * (shifted / lines);
            const unsigned shift = 8 - lines - shifted;
            queue(at, sck, false);
            if (lines == 1) {
                queue(at, io0, (record.out >> shift & 1) != 0);
                queue(at, io0 + 1, (record.in >> shift & 1) != 0);
            }
            for (unsigned line = 0; lines > 1 && line < lines; ++line) {
                queue(at, io0 + line, (both >> (shift + line) & 1) != 0);
            }
            queue(at + period / 2, sck, true);
        }
        queue(record.at_ps + period * (8 / lines), sck, false);
    }

    void emit_until(std::int64_t end_ps)
    {
        while (!changes_.empty() && changes_.top().at_ps < end_ps) {
            const Change change = changes_.top();
            changes_.pop();
            if (levels_[change.signal] == change.level) {
                continue;
            }
            levels_[change.signal] = change.level;
            if (change.at_ps != last_ps_) {
                last_ps_ = change.at_ps;
                fmt::format_to(std::back_inserter(text_), "#{}\n",
                               change.at_ps / unit_.picoseconds);
            }
            text_ += change.level ? '1' : '0';
            text_ += identifier_code(change.signal);
            text_ += '\n';
        }
    }

    const WaveRecorder& recorder_;
    std::vector<WaveRecorder::Record> records_;
    std::priority_queue<Change, std::vector<Change>, Later> changes_;
    std::vector<bool> levels_;
    std::uint64_t order_ = 0;
    std::int64_t last_ps_ = 0;
    TimeUnitName unit_ = kUnits.back();
    std::string text_;
};

std::string WaveRecorder::vcd() const
{
    return VcdWriter(*this).write();
}

}  // namespace brownout::sim
