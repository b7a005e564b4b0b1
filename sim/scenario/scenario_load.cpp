#include "scenario_keys.hpp"

#include <algorithm>

namespace brownout::sim {

namespace {

struct ReadScenario {
    Scenario scenario;
    std::vector<InputError> errors;
};

// Images are numbered without a gap; check_scenario() says what is missing.
std::uint32_t count_images(const std::vector<Partition>& partitions)
{
    std::uint32_t count = 1;
    for (const Partition& partition : partitions) {
        if (partition.role == FLASH_PRIMARY) {
            count = std::max(count, partition.image_index + 1);
        }
    }
    return count;
}

template <class MakeTree>
ReadScenario read_scenario(MakeTree make_tree, const std::filesystem::path& path)
{
    ReadScenario result;
    result.scenario.path = path;
    Reader reader(path);
    reader.scenario = &result.scenario;
    try {
        const YamlNode root = make_tree();
        if (read_fields(reader, root, scenario_keys(), result.scenario)) {
            result.scenario.boot.image_count = count_images(result.scenario.partitions);
            check_scenario(reader, result.scenario);
        }
    } catch (const InputError& error) {
        reader.fail(error.place(), error.sentence());
    }
    result.errors = reader.errors();
    return result;
}

ReadScenario read_scenario_file(const std::filesystem::path& path)
{
    try {
        const std::string text = read_text_file(path.string(), kScenarioBytesMax);
        return read_scenario([&] { return parse_yaml(text, path.string()); }, path);
    } catch (const InputError& error) {
        return {{}, {error}};
    }
}

Scenario good_or_throw(ReadScenario result)
{
    if (!result.errors.empty()) {
        throw result.errors.front();
    }
    return std::move(result.scenario);
}

}  // namespace

Scenario load_scenario(const std::filesystem::path& path)
{
    return good_or_throw(read_scenario_file(path));
}

Scenario parse_scenario(std::string_view yaml_text, const std::filesystem::path& path)
{
    return good_or_throw(read_scenario([&] { return parse_yaml(yaml_text, path.string()); }, path));
}

Scenario scenario_from_tree(const YamlNode& root, const std::filesystem::path& path)
{
    return good_or_throw(read_scenario([&] { return root; }, path));
}

std::vector<InputError> scenario_errors(const std::filesystem::path& path)
{
    return read_scenario_file(path).errors;
}

const StepCut* Step::cut() const
{
    const auto pointer = [](const auto& step) -> const StepCut* {
        if constexpr (requires { step.cut; }) {
            return step.cut ? &*step.cut : nullptr;
        } else {
            return nullptr;
        }
    };
    return std::visit(pointer, action);
}

const Partition* Scenario::partition(std::string_view partition_name) const
{
    const auto found =
        std::find_if(partitions.begin(), partitions.end(),
                     [&](const Partition& entry) { return entry.name == partition_name; });
    return found == partitions.end() ? nullptr : &*found;
}

const ScenarioImage* Scenario::image(std::string_view image_name) const
{
    const auto found = std::find_if(images.begin(), images.end(), [&](const ScenarioImage& entry) {
        return entry.name == image_name;
    });
    return found == images.end() ? nullptr : &*found;
}

}  // namespace brownout::sim
