// A node at which a check fails: what the check says, and the way there.
#pragma once

#include "byte_stream.hpp"

#include <sim/check.hpp>

namespace brownout::sim {

struct Failure {
    std::string sentence;
    // Of the node, what Check::expectation() asks of it.
    Story story;
    std::int32_t image = kNoImageBooted;  // as BootFacts has it
    std::vector<EdgeLabel> path;          // from the root
};

// nullopt: the check holds at `index`. The node must have been booted.
std::optional<Failure> failure_at(const Check& check, const Graph& graph, std::uint32_t index);

void put_path(ByteWriter& out, const std::vector<EdgeLabel>& path);
std::vector<EdgeLabel> get_path(ByteReader& in);
void put_failure(ByteWriter& out, const Failure& failure);
Failure get_failure(ByteReader& in);

}  // namespace brownout::sim
