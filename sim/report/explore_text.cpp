#include <sim/report.hpp>

#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <ostream>

namespace brownout::sim {

namespace {

std::string thousands(std::uint64_t value)
{
    const std::string digits = std::to_string(value);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            text += ',';
        }
        text += digits[i];
    }
    return text;
}

void print_finding(const Finding& finding, const WrittenRepro& repro, std::ostream& out)
{
    out << fmt::format("\n  FAILED  {}    after {} cut{}, at {} of the states\n\n", finding.check,
                       finding.cuts, finding.cuts == 1 ? "" : "s", thousands(finding.count));
    std::size_t cut = 0;
    for (std::size_t i = 0; i < finding.trace.size(); ++i) {
        out << fmt::format("  {:>2}  {}\n", i + 1, finding.trace[i]);
        const bool is_cut = i < finding.path.size() && finding.path[i].is_cut;
        if (is_cut && cut < repro.cut_calls.size() && !repro.cut_calls[cut].empty()) {
            out << fmt::format("      that call: {}\n", repro.cut_calls[cut]);
        }
        cut += is_cut ? 1 : 0;
    }
    out << "  why      " << finding.sentence << '\n';
    if (finding.tried > 0 && finding.found_as.empty()) {
        out << fmt::format("  simplest {} other way{} tried, none simpler leads there\n",
                           finding.tried, finding.tried == 1 ? " was" : "s were");
    } else if (!finding.found_as.empty()) {
        out << fmt::format("  simpler  than what was found first ({}): {} ways tried\n",
                           finding.found_as, thousands(finding.tried));
    }
    if (!repro.path.empty()) {
        out << "  repro    brownout replay " << repro.path.string() << "      (written)\n";
        out << "  step it  brownout replay " << repro.path.string() << " --html swap.html\n";
        out << "  debug    brownout replay " << repro.path.string() << " --gdb\n";
    }
    if (!repro.known_fix.empty()) {
        out << "  known    reference defect, closed by  boot: {fixes: [" << repro.known_fix
            << "]}\n";
    }
}

void print_wear(const WearReport& wear, std::ostream& out)
{
    out << fmt::format("  wear     most at 0x{:X} of {}: {} erase{} in an upgrade that is not cut, "
                       "{} with the cuts found; {} cycles last for {} upgrades\n",
                       wear.offset_bytes, wear.device, wear.erases_uncut,
                       wear.erases_uncut == 1 ? "" : "s", wear.erases_max,
                       thousands(wear.erase_cycles), thousands(wear.upgrades_per_lifetime()));
}

// Where the power was cut.
std::string cut_words(const Exploration& exploration)
{
    std::string words = exploration.at_times.empty()
                            ? granularity_words(exploration.granularity)
                            : fmt::format("at {} times", exploration.at_times.size());
    for (const models::ResetKind kind : exploration.resets) {
        if (kind == models::ResetKind::kSystemReset) {
            words += "; also resets of the MCU alone";
        }
    }
    return words;
}

void print_network(const NetworkSummary& network, std::ostream& out)
{
    out << fmt::format("  cores    at reset: {} with the same version, {} application newer, {} "
                       "network newer,\n"
                       "           {} network image half-written (after {} cuts), {} application "
                       "half-written\n",
                       thousands(network.same_version), thousands(network.application_newer),
                       thousands(network.network_newer), thousands(network.network_half_written),
                       thousands(network.cuts_half_written),
                       thousands(network.application_half_written));
    out << fmt::format("           running: {} times two versions, {} times a mixture, {} times "
                       "no network core\n",
                       thousands(network.versions_differ_running),
                       thousands(network.mixtures_running), thousands(network.network_not_running));
    if (network.network_half_written > 0) {
        out << (network.boots_to_heal_max
                    ? fmt::format(
                          "           a half-written network image heals within {} boot{}\n",
                          *network.boots_to_heal_max, *network.boots_to_heal_max == 1 ? "" : "s")
                    : std::string(
                          "           a half-written network image does not always heal\n"));
    }
    if (network.application_newer + network.network_newer > 0) {
        out << (network.boots_to_match_max
                    ? fmt::format("           two versions become one within {} boot{}\n",
                                  *network.boots_to_match_max,
                                  *network.boots_to_match_max == 1 ? "" : "s")
                    : std::string("           two versions do not always become one by boots "
                                  "alone\n"));
    }
    for (const auto& [what, after] :
         {std::pair{"application newer", &network.application_newer_after},
          std::pair{"network newer", &network.network_newer_after},
          std::pair{"half-written", &network.half_written_after}}) {
        if (!after->empty()) {
            out << fmt::format("           {}, first: {}\n", what, *after);
        }
    }
}

}  // namespace

const char* granularity_words(Granularity granularity)
{
    switch (granularity) {
    case Granularity::kCalls:
        return "between calls";
    case Granularity::kDefault:
        return "between calls, at every op of trailer writes, first, middle and last op of others";
    case Granularity::kOps:
        return "between all ops";
    }
    return "";
}

std::string tear_words(const Exploration& exploration)
{
    if (exploration.tears.empty()) {
        return "tear: operation not started";
    }
    std::string words = "tears: not started";
    std::uint64_t samples = 0;
    for (const TearSetting& tear : exploration.tears) {
        words += fmt::format(", {} ({})", models::tear_model(tear.kind).name(), tear.samples);
        samples += tear.samples;
    }
    if (exploration.tears_max) {
        words += fmt::format("; at most {} in a sequence", *exploration.tears_max);
    }
    return words + fmt::format("; {} over {} samples per operation, seed {}: no proof",
                               exploration.closed ? "closed" : "sampled", samples,
                               exploration.seed);
}

void print_exploration(const ScenarioMachine& machine, const Exploration& exploration,
                       const std::vector<WrittenRepro>& repros, std::ostream& out)
{
    const Scenario& scenario = machine.scenario();
    out << fmt::format("{}   {}, {}   core: {} (as {})\n", scenario.name,
                       name_of(strategy_names(), scenario.boot.strategy), scenario.board.name,
                       machine.core().name, machine.core().release);
    for (std::size_t i = 0; i < exploration.findings.size(); ++i) {
        print_finding(exploration.findings[i], i < repros.size() ? repros[i] : WrittenRepro{}, out);
    }
    std::size_t holding = 0;
    for (const CheckResult& check : exploration.checks) {
        holding += check.holds ? 1u : 0u;
    }
    out << '\n';
    if (exploration.walks > 0) {
        out << fmt::format(
            "INCOMPLETE  {}: {} states booted, depth {}, seed {}. {}\n", exploration.stopped_by,
            thousands(exploration.states), exploration.depth, exploration.seed,
            exploration.findings.empty() ? "No violation so far." : "Violations above.");
    } else if (exploration.closed) {
        out << fmt::format("Every sequence of power cuts explored: {} states, {} edges, {} boots, "
                           "closed at depth {}.\n",
                           thousands(exploration.states), thousands(exploration.edges),
                           thousands(exploration.boots), exploration.depth);
    } else {
        out << fmt::format(
            "INCOMPLETE  {}: {} states, {} waiting, depth {}. {}\n", exploration.stopped_by,
            thousands(exploration.states), thousands(exploration.waiting), exploration.depth,
            exploration.findings.empty() ? "No violation so far." : "Violations above.");
    }
    out << fmt::format("  cuts     {}; {}\n", cut_words(exploration), tear_words(exploration));
    out << fmt::format("  states   {} distinct at reset ({} distinct flash contents, {} with the "
                       "application's story)\n",
                       thousands(exploration.states), thousands(exploration.contents),
                       thousands(exploration.nodes));
    if (exploration.network) {
        print_network(*exploration.network, out);
    }
    for (const CheckResult& check : exploration.checks) {
        out << fmt::format("  {}   {}\n",
                           !check.holds         ? "FAILED"
                           : exploration.closed ? "holds "
                                                : "so far",
                           check.name);
    }
    if (exploration.closed) {
        out << fmt::format("  at rest  after at most {} boot{}\n", exploration.boots_to_rest_max,
                           exploration.boots_to_rest_max == 1 ? "" : "s");
    }
    if (exploration.wear) {
        print_wear(*exploration.wear, out);
    }
    out << fmt::format("  took     {:.2f} s, {:.0f} boots per second, {:.1f} KiB of memory per "
                       "state\n",
                       exploration.elapsed_seconds,
                       static_cast<double>(exploration.boots) /
                           std::max(exploration.elapsed_seconds, 1e-9),
                       static_cast<double>(exploration.memory_bytes_per_state) / 1024);
    if (exploration.closed && exploration.findings.empty()) {
        out << fmt::format("All {} checks hold.\n", holding);
    }
}

}  // namespace brownout::sim
