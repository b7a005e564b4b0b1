// Exploration: every sequence of power cuts, not one cut.
//
// The bootloader is a deterministic function of the machine's state at reset. So states at reset,
// together with how far the application's story went, are the nodes of a graph; a boot that is cut
// before an operation, a boot that completes, and an application call that is cut or completes are
// its edges. One uncut boot per node visits all its cut points. When no edge leads to a new node,
// the graph is closed, and what holds on all of it holds for any number of power cuts.
#pragma once

#include <sim/scenario_machine.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

inline constexpr std::int32_t kNoImageBooted = -2;
inline constexpr std::int32_t kUnknownImageBooted = -1;

// How far the story of the application went: what the next boots owe it.
struct Story {
    bool requested = false;   // the upgrade request completed
    bool ran_new = false;     // the new image was started at least once since
    bool confirmed = false;   // its confirmation completed
    bool permanent = false;   // what is requested, or will be, is not for test
    bool confirming = false;  // a confirmation was torn: it may count or not
    bool refused = false;     // the new image is one that the bootloader must not install
    // Indices in ScenarioMachine::images(), or kUnknownImageBooted.
    std::int16_t old_image = kUnknownImageBooted;  // runs until the upgrade
    std::int16_t new_image = kUnknownImageBooted;  // was uploaded last

    // What tells stories apart.
    std::uint64_t key() const
    {
        const unsigned flags = (requested ? 1u : 0u) | (ran_new ? 2u : 0u) | (confirmed ? 4u : 0u) |
                               (permanent ? 8u : 0u) | (confirming ? 16u : 0u) |
                               (refused ? 32u : 0u);
        return std::uint64_t{flags} << 32 |
               std::uint64_t{static_cast<std::uint16_t>(old_image)} << 16 |
               static_cast<std::uint16_t>(new_image);
    }
};

enum class RunKind : std::uint8_t { kBoot, kRequest, kConfirm, kUpload };

// An edge: one boot from the source node, followed, when `run` is not kBoot, by something that the
// application does after the hand-over; cut before an operation of the last of them, or not cut.
struct EdgeLabel {
    RunKind run = RunKind::kBoot;
    bool permanent = false;  // kRequest
    // kUpload: index in ScenarioMachine::images(). kRequest: which of the scenario's
    // request_upgrade steps, from 0; -1: one of the application's own (app:).
    std::int16_t image = -1;
    std::uint8_t earlier = 0;  // kRequest: steps before it that the same run completed first
    bool is_cut = false;
    std::uint32_t call = 0;       // calls begun before the cut
    std::uint64_t operation = 0;  // operations done before the cut
    // Since the start of the run, of a reset while a part is busy; then nothing above counts.
    std::optional<models::Duration> time = {};
    bool at_call_start = true;                              // the cut lies between calls
    models::ResetKind reset = models::ResetKind::kPowerOn;  // what the cut is
    CutTear tear = {};                                      // of the operation in flight
    // How bits that a tear left undefined read at the next power-on, if there are any.
    std::optional<models::MarginalLevels> marginal = {};

    bool operator==(const EdgeLabel&) const = default;
};

// How often a sector was erased, in a run or along an edge. An annotation: no state is told from
// another by it.
struct SectorErases {
    std::uint32_t device = 0;  // index in BoardPlan::devices
    std::uint32_t count = 0;
    std::uint64_t offset_bytes = 0;  // of the sector
};

inline constexpr std::uint32_t kNoNode = 0xFFFFFFFFu;
// What the uncut boot of a node did.
struct BootFacts {
    OutcomeKind outcome = OutcomeKind::kPowerLost;
    std::int32_t image = kNoImageBooted;  // index in ScenarioMachine::images()
    bool authentic = false;
    std::string text;  // of the outcome, for people
    // Boards with a network core: what runs there once the application runs.
    std::int32_t network_image = kNoImageBooted;
    std::string network_text;
    std::vector<std::string> errors;  // error lines of its log
    std::vector<Violation> violations;
    bool goes_back = false;            // what started is older than the configuration lets it be
    std::string unmet_dependency;      // of an image in a primary slot after it; empty: none
    std::vector<SectorErases> erases;  // if a check asks for them
    std::uint32_t calls = 0;
    std::uint64_t operations = 0;
    models::Duration duration{};
};

struct Node {
    MachineState state;
    Story story;
    std::uint8_t torn = 0;    // operations torn on the way here, if their number is limited
    std::uint32_t depth = 0;  // power cuts on the shortest way here
    std::uint32_t parent = kNoNode;
    EdgeLabel label;                   // from the parent
    std::vector<SectorErases> erases;  // on that edge, if a check asks for them
    bool expanded = false;
    BootFacts facts;
    std::uint32_t next = kNoNode;  // after an uncut boot without application call
};

struct Graph {
    std::vector<Node> nodes;     // in the order of discovery, which is always the same
    std::size_t first_step = 0;  // steps before it were run, uncut
    bool offers_request = false;
    bool offers_confirm = false;
};

// The scenario that leads along edges from the root, or to a node, up to the reset that finds its
// state.
Scenario path_scenario(const Graph& graph, const ScenarioMachine& machine,
                       const std::vector<EdgeLabel>& path);
Scenario path_scenario(const Graph& graph, const ScenarioMachine& machine, std::uint32_t node);
// The same in lines for people, one per boot; runs boots to name the calls.
std::vector<std::string> path_text(const Graph& graph, ScenarioMachine& machine,
                                   std::uint32_t node);

// A stretch of a device, as a dump holds it.
struct FlashWindow {
    std::uint32_t device = 0;  // index in BoardPlan::devices
    std::uint64_t offset_bytes = 0;
    std::uint64_t byte_count = 0;
};

// The node whose flash is nearest to that of a dump, counted in sectors that differ; of several,
// that with the fewest cuts. `windows`: what of `dump` is compared.
struct NearestNode {
    std::uint32_t node = 0;
    std::uint64_t sectors = 0;  // compared
    std::uint64_t differing = 0;
    std::vector<FlashWindow> differences;  // the sectors that differ
};
NearestNode nearest_node(const Graph& graph, const BoardPlan& board, const MachineState& dump,
                         const std::vector<FlashWindow>& windows);

// Samples instead of a search, for spaces too large: see sim/explore/random_walks.hpp.
struct RandomSearch {
    std::uint64_t boots = 0;           // at least so many in all, of earlier runs too
    std::filesystem::path state_file;  // goes on from here, and is kept up; empty: none
};

struct ExploreLimits {
    std::optional<RandomSearch> random;
    std::optional<double> seconds;
    std::optional<std::uint64_t> states;
    std::optional<std::uint32_t> depth;
    bool stop_at_first = false;  // as soon as a check does not hold
    // Not empty: cut at these times since the start of each run instead of what the scenario says.
    std::vector<models::Duration> at_times;
    std::optional<std::uint64_t> seed;  // instead of the scenario's
    unsigned jobs = 0;                  // 0: as many as there are processors
    bool counts_erases = false;  // of sectors, along every edge, also where no check asks for them
    // Tell half-written network images apart by what they hold; see sim/DESIGN.md.
    bool every_network_content = false;
};

struct ExploreProgress {
    std::uint64_t states = 0;
    std::uint64_t waiting = 0;
    std::uint64_t boots = 0;
    double seconds = 0;
};

// A check that does not hold, with the simplest way to it that was found.
struct Finding {
    std::string check;
    std::string sentence;     // what happened
    std::uint32_t node = 0;   // of the graph, where it was found; `path` may lead to another
    std::uint64_t count = 1;  // nodes at which the check does not hold
    std::uint32_t cuts = 0;
    // From the root; found, or simpler than that: fewer cuts, fewer torn, fewer runs, earlier.
    std::vector<EdgeLabel> path;
    std::uint32_t tried = 0;         // other ways that were tried in search of a simpler one
    std::string found_as;            // what was found first, if one was simpler; otherwise empty
    std::vector<std::string> trace;  // one line per boot, for people
    Scenario repro;                  // steps that lead there, and what should have been
};

// What the two cores hold at the resets of an exploration, and what came of it. Versions are those
// of application and network image; a half-written image has none.
struct NetworkSummary {
    std::uint64_t same_version = 0;  // states in which both are whole, by their versions
    std::uint64_t application_newer = 0;
    std::uint64_t network_newer = 0;
    std::uint64_t cuts_half_written = 0;         // edges that leave the network image half-written
    std::uint64_t network_half_written = 0;      // mixtures of old, new and erased pages
    std::uint64_t application_half_written = 0;  // likewise, the network image being whole
    std::uint64_t versions_differ_running = 0;   // boots after which the cores ran two versions
    std::uint64_t mixtures_running = 0;          // boots after which the network core ran a mixture
    std::uint64_t network_not_running = 0;  // boots that handed over with the network core idle
    // The shortest ways to a state of each kind, the last boot of it in words; empty: there is
    // none.
    std::string application_newer_after;
    std::string network_newer_after;
    std::string half_written_after;
    // Uncut boots until both cores run one version, from the states in which they hold two whole
    // ones of different versions; nullopt: from one of them they never do. 0: there is no such
    // state.
    std::optional<std::uint32_t> boots_to_match_max = 0;
    // Uncut boots until a whole network image runs, from the states with a half-written one;
    // nullopt: from one of them it never does.
    std::optional<std::uint32_t> boots_to_heal_max = 0;
};
std::optional<NetworkSummary> network_summary(const Graph& graph, ScenarioMachine& machine);
// The sector that upgrades wear most, and how often cuts make them erase it.
struct WearReport {
    std::string device;
    std::uint64_t offset_bytes = 0;
    std::uint32_t erases_uncut = 0;  // of an upgrade that is not cut, the most of any sector
    std::uint32_t erases_max = 0;    // along the ways that were found, cuts and all
    std::uint32_t erase_cycles = 0;  // endurance of that sector

    // At erases_max each.
    std::uint64_t upgrades_per_lifetime() const { return erase_cycles / erases_max; }
};

struct CheckResult {
    std::string name;
    bool holds = true;
};

struct Exploration {
    bool closed = false;
    std::string stopped_by;  // why not closed, in words
    Granularity granularity = Granularity::kDefault;
    std::vector<TearSetting> tears;          // tried at every cut, besides not started
    std::optional<std::uint32_t> tears_max;  // of the cuts of one sequence
    bool sampled = false;    // some tear has more outcomes than were tried: no proof
    std::uint64_t seed = 0;  // of what the tears drew
    std::vector<models::ResetKind> resets;
    std::vector<models::Duration> at_times;  // not empty: cuts at these times only
    std::uint64_t states = 0;                // distinct states at reset
    std::uint64_t contents = 0;              // distinct contents of all flash at reset
    std::uint64_t nodes = 0;                 // distinct states and stories
    std::uint64_t edges = 0;                 // cuts and completed runs followed
    std::uint64_t boots = 0;
    std::uint32_t depth = 0;
    std::uint32_t boots_to_rest_max = 0;
    std::vector<CheckResult> checks;
    std::optional<NetworkSummary> network;  // boards with a network core
    std::vector<Finding> findings;
    std::optional<WearReport> wear;  // if a budget asks for it and something was erased
    double elapsed_seconds = 0;
    std::uint64_t memory_bytes_per_state = 0;
    std::uint64_t waiting = 0;  // nodes not yet booted
    std::uint64_t walks = 0;    // of a random search; 0: it was none
};

// Explores the scenario of `machine`. InputError if it has no step to explore. `stop` is polled:
// when it becomes true the exploration ends, not closed. `graph`, if given, receives the graph.
Exploration explore(ScenarioMachine& machine, const ExploreLimits& limits,
                    const std::function<void(const ExploreProgress&)>& progress,
                    const std::atomic<bool>& stop, Graph* graph = nullptr);

}  // namespace brownout::sim
