#include "failure.hpp"

#include "node_path.hpp"

namespace brownout::sim {

std::optional<Failure> failure_at(const Check& check, const Graph& graph, std::uint32_t index)
{
    const Node& node = graph.nodes[index];
    auto sentence = check.judge(graph, node);
    if (!sentence) {
        return std::nullopt;
    }
    return Failure{std::move(*sentence), node.story, node.facts.image, path_to(graph, index)};
}

void put_path(ByteWriter& out, const std::vector<EdgeLabel>& path)
{
    out.put(static_cast<std::uint32_t>(path.size()));
    for (const EdgeLabel& label : path) {
        out.put(label);
    }
}

std::vector<EdgeLabel> get_path(ByteReader& in)
{
    std::vector<EdgeLabel> path;
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        path.push_back(in.get<EdgeLabel>());
    }
    return path;
}

void put_failure(ByteWriter& out, const Failure& failure)
{
    out.put_text(failure.sentence);
    out.put(failure.story);
    out.put(failure.image);
    put_path(out, failure.path);
}

Failure get_failure(ByteReader& in)
{
    Failure failure;
    failure.sentence = in.get_text();
    failure.story = in.get<Story>();
    failure.image = in.get<std::int32_t>();
    failure.path = get_path(in);
    return failure;
}

}  // namespace brownout::sim
