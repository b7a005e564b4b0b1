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
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace brownout::sim {

// How far the story of the application went; a set of bits.
struct Story {
    bool requested = false;  // the upgrade request completed
    bool ran_new = false;    // the new image was started at least once since
    bool confirmed = false;  // its confirmation completed

    std::uint8_t bits() const
    {
        return static_cast<std::uint8_t>((requested ? 1 : 0) | (ran_new ? 2 : 0) |
                                         (confirmed ? 4 : 0));
    }
    static Story from_bits(std::uint8_t bits)
    {
        return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    }
};

enum class RunKind : std::uint8_t { kBoot, kRequest, kConfirm };

// An edge: one boot from the source node, followed, when `run` is not kBoot, by an application call
// after the hand-over; cut before an operation of the last of them, or not cut.
struct EdgeLabel {
    RunKind run = RunKind::kBoot;
    bool is_cut = false;
    std::uint32_t call = 0;       // calls begun before the cut
    std::uint64_t operation = 0;  // operations done before the cut
    bool at_call_start = true;    // the cut lies between calls
};

inline constexpr std::uint32_t kNoNode = 0xFFFFFFFFu;
inline constexpr std::int32_t kNoImageBooted = -2;
inline constexpr std::int32_t kUnknownImageBooted = -1;

// What the uncut boot of a node did.
struct BootFacts {
    OutcomeKind outcome = OutcomeKind::kPowerLost;
    std::int32_t image = kNoImageBooted;  // index in ScenarioMachine::images()
    bool authentic = false;
    std::string text;                 // of the outcome, for people
    std::vector<std::string> errors;  // error lines of its log
    std::vector<Violation> violations;
    std::uint32_t calls = 0;
    std::uint64_t operations = 0;
    models::Duration duration{};
};

struct Node {
    MachineState state;
    Story story;
    std::uint32_t depth = 0;  // power cuts on the shortest way here
    std::uint32_t parent = kNoNode;
    EdgeLabel label;  // from the parent
    bool expanded = false;
    BootFacts facts;
    std::uint32_t next = kNoNode;  // after an uncut boot without application call
};

struct Graph {
    std::vector<Node> nodes;  // in the order of discovery, which is always the same
    bool permanent = false;   // the request is permanent
    std::int32_t old_image = kUnknownImageBooted;  // in the primary slot at the root
    std::int32_t new_image = kUnknownImageBooted;  // in the secondary slot at the root
    std::size_t first_step = 0;                    // steps before it were run, uncut
    bool offers_request = false;
    bool offers_confirm = false;
};

struct ExploreLimits {
    std::optional<double> seconds;
    std::optional<std::uint64_t> states;
    std::optional<std::uint32_t> depth;
    bool stop_at_first = false;  // as soon as a check does not hold
    unsigned jobs = 0;           // 0: as many as there are processors
};

struct ExploreProgress {
    std::uint64_t states = 0;
    std::uint64_t waiting = 0;
    std::uint64_t boots = 0;
    double seconds = 0;
};

// A check that does not hold, with the shortest way to it.
struct Finding {
    std::string check;
    std::string sentence;  // what happened
    std::uint32_t node = 0;
    std::uint64_t count = 1;  // nodes at which the check does not hold
    std::uint32_t cuts = 0;
    std::vector<std::string> trace;  // one line per boot, for people
    Scenario repro;                  // steps that lead there, and what should have been
};

struct CheckResult {
    std::string name;
    bool holds = true;
};

struct Exploration {
    bool closed = false;
    std::string stopped_by;  // why not closed, in words
    Granularity granularity = Granularity::kDefault;
    std::uint64_t states = 0;    // distinct states at reset
    std::uint64_t contents = 0;  // distinct contents of all flash at reset
    std::uint64_t nodes = 0;     // distinct states and stories
    std::uint64_t edges = 0;     // cuts and completed runs followed
    std::uint64_t boots = 0;
    std::uint32_t depth = 0;
    std::uint32_t boots_to_rest_max = 0;
    std::vector<CheckResult> checks;
    std::vector<Finding> findings;
    double elapsed_seconds = 0;
    std::uint64_t memory_bytes_per_state = 0;
    std::uint64_t waiting = 0;  // nodes not yet booted
};

// Explores the scenario of `machine`. InputError if it has no step to explore. `stop` is polled:
// when it becomes true the exploration ends, not closed. `graph`, if given, receives the graph.
Exploration explore(ScenarioMachine& machine, const ExploreLimits& limits,
                    const std::function<void(const ExploreProgress&)>& progress,
                    const std::atomic<bool>& stop, Graph* graph = nullptr);

}  // namespace brownout::sim
