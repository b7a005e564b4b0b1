// matrix: one scenario file that stands for many scenarios.
#include "scenario_keys.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

const KeyTable<RandomMatrix>& random_keys()
{
    static const KeyTable<RandomMatrix> kTable{
        "random",
        {key("count", Presence::kRequired, WholeNumber{1, 100'000}, &RandomMatrix::count,
             "how many scenarios"),
         key("seed", kOptional, WholeNumber{0, UINT64_MAX}, &RandomMatrix::seed,
             "default 1; explore --seed takes its place"),
         key("strategies", kOptional, ListOf<Choice<boot_strategy>>{{strategy_names}},
             &RandomMatrix::strategies, "to choose from; default: all but single-slot")}};
    return kTable;
}

// Axes are keys of the scenario with the values they take; `random` is not an axis.
struct MatrixValue {
    using Value = ScenarioMatrix;

    bool read(Reader& reader, const YamlNode& node, Value& matrix) const
    {
        if (!node.is_map() || node.keys.empty()) {
            reader.must_be(node, "a mapping from keys of the scenario to lists of values");
            return false;
        }
        const std::size_t errors_before = reader.error_count();
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            read_entry(reader, node.keys[i], node.items[i], matrix);
        }
        if (matrix.random && !matrix.axes.empty()) {
            reader.fail(matrix.axes.front().place, "'random' in matrix stands alone");
        }
        return reader.error_count() == errors_before;
    }

    Json schema() const
    {
        return {{"type", "object"},
                {"minProperties", 1},
                {"properties", {{"random", Fields<RandomMatrix>{random_keys}.schema()}}},
                {"additionalProperties",
                 {{"anyOf", Json::array({Json{{"const", "edges"}},
                                         Json{{"type", "array"}, {"minItems", 1}}})}}}};
    }

private:
    static void read_entry(Reader& reader, const YamlKey& name, const YamlNode& node,
                           ScenarioMatrix& matrix)
    {
        const SubjectScope subject(reader, "'" + name.text + "' in matrix");
        if (name.text == "random") {
            RandomMatrix random;
            if (Fields<RandomMatrix>{random_keys}.read(reader, node, random)) {
                matrix.random = std::move(random);
            }
            return;
        }
        MatrixAxis axis{name.text, reader.place(name)};
        axis.edges = node.is_scalar() && node.text == "edges";
        if (!axis.edges && (!node.is_list() || node.items.empty())) {
            reader.must_be(node, "edges, or a list with at least one entry");
            return;
        }
        matrix.axes.push_back(std::move(axis));
    }
};

}  // namespace

Key<Scenario> matrix_key()
{
    return key("matrix", kOptional, MatrixValue{}, &Scenario::matrix,
               "keys of this scenario with the values that `brownout explore` gives them, in all "
               "combinations");
}

}  // namespace brownout::sim
