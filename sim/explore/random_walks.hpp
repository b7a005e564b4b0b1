// Samples of a space too large to be searched.
//
// A walk starts where the exploration starts, boots, goes on along one edge drawn from those of the
// boot, boots again, and so on. It is drawn to states that no walk has booted yet: of those, if
// there are any, three times out of four, else of all edges. Every booted state is judged by the
// checks; if it is new, also by what uncut boots from there lead to.
//
// Power may fail at one place for ever, and what that wears says only how long a walk wandered. So
// where erases are counted, a state counts as reached on the shortest way that the walk saw: from
// the first of its boots that has an edge to it.
//
// Walks are made in batches. One of a batch knows what the batches before it booted and what it
// booted itself; so results depend on the seed and the number of boots alone, not on how many
// workers made them, and not on whether the state was kept in a file and taken up again.
#pragma once

#include "findings.hpp"

#include <unordered_set>

namespace brownout::sim {

inline constexpr std::uint32_t kBootsPerWalk = 12;
inline constexpr std::uint32_t kWalksPerBatch = 16;

// What one walk did.
struct Walk {
    struct Booted {
        NodeKey key;
        models::Digest128 content;
    };
    struct Failed {
        std::uint32_t check = 0;  // index in the list of checks
        std::uint32_t boot = 0;   // index in `booted`
        Failure failure;
    };
    std::vector<Booted> booted;
    std::vector<Failed> failures;
    // To the state that the next boot would find, and the story there.
    std::vector<EdgeLabel> path;
    Story story;
    std::uint64_t edges = 0;
    std::uint64_t runs = 0;
    std::uint32_t depth = 0;  // the most cuts before a boot
};

class RandomWalks {
public:
    // `judged.graph` holds the root alone. All must outlive this.
    RandomWalks(const Judged& judged, const RandomSearch& search);

    // Takes up the state file, if there is one; InputError if it is damaged or of something else.
    void load();
    void save() const;

    bool is_done() const { return counts_.boots >= search_.boots; }
    // One batch; false if `should_stop` said so: then nothing of it counts.
    bool run_batch(const std::function<bool()>& should_stop);

    void fill(Exploration& exploration) const;
    std::uint64_t boots() const { return counts_.boots; }
    std::uint64_t states() const { return states_.size(); }
    // The simplest failure of each check that failed.
    std::vector<RawFinding> findings() const;

private:
    struct Counts {
        std::uint64_t walks = 0;
        std::uint64_t boots = 0;  // and runs of the application
        std::uint64_t edges = 0;
        std::uint32_t depth = 0;
    };

    Walk walk(std::uint64_t index, std::uint32_t boots_max, bool looks_ahead) const;
    Walk survived_part(std::uint64_t index, const std::string& death) const;
    void judge(Graph& graph, bool looks_ahead, Walk& walk) const;
    void take(const Walk& walk);
    std::string identity() const;

    const Judged& judged_;
    const RandomSearch& search_;
    Counts counts_;
    std::vector<Walk::Booted> order_;  // in which they were booted first
    std::unordered_set<NodeKey, NodeKeyHash> known_;
    std::unordered_set<NodeKey, NodeKeyHash> states_;
    std::unordered_set<NodeKey, NodeKeyHash> contents_;
    std::vector<std::optional<RawFinding>> findings_;  // by check
};

}  // namespace brownout::sim
