// The machine that dumps are inspected with.
#include "image/key_file.hpp"

#include <sim/inspection.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

namespace brownout::sim {

namespace {

// In single quotes nothing but the quote itself is special in YAML.
std::string in_quotes(const std::filesystem::path& path)
{
    std::string text = "'";
    for (const char c : std::filesystem::absolute(path).string()) {
        text += c == '\'' ? "''" : std::string(1, c);
    }
    return text + "'";
}

// Kind of the first key; InputError if it is a key of none.
crypto_signature kind_of_key(const std::filesystem::path& key)
{
    for (const Named<crypto_signature>& kind : signature_names()) {
        if (kind.value == CRYPTO_SIGNATURE_NONE) {
            continue;
        }
        try {
            read_public_key(key, kind.value);
            return kind.value;
        } catch (const InputError&) {
            continue;  // another kind, or no key at all: the sentence below
        }
    }
    throw InputError(Place{key.string()}, "is not a public key that can be read (DER or PEM)");
}

std::string signature_text(const std::vector<std::filesystem::path>& keys)
{
    if (keys.empty()) {
        return "{type: none}";
    }
    std::string list;
    for (const std::filesystem::path& key : keys) {
        list += (list.empty() ? "" : ", ") + in_quotes(key);
    }
    return fmt::format("{{type: {}, key: [{}]}}",
                       name_of(signature_names(), kind_of_key(keys.front())), list);
}

// A scenario that does nothing: what the loader checks is checked here too, in the same words.
std::string scenario_text(const InspectionRequest& request)
{
    const bool is_path =
        request.board.find('/') != std::string::npos || request.board.ends_with(".yaml");
    return fmt::format(
        "scenario: inspection\nboard: {}\npartitions: {{file: {}}}\n"
        "boot: {{strategy: {}, signature: {}, max_image_sectors: {}, alignment: {}{}}}\n"
        "steps: [{{reset: }}]\n",
        is_path ? in_quotes(request.board) : "'" + request.board + "'",
        in_quotes(request.partitions),
        name_of(strategy_names(), request.strategy.value_or(BOOT_SWAP_MOVE)),
        signature_text(request.keys), request.max_image_sectors.value_or(128),
        request.alignment.value_or(8), request.keys.empty() ? ", tlv_allow_list: false" : "");
}

Scenario written_scenario(const InspectionRequest& request, std::vector<std::string>& notes)
{
    if (request.partitions.empty()) {
        throw InputError("inspect needs to know the partitions: --partitions pm_static.yml (or "
                         "partitions.yml of the build), or --scenario FILE");
    }
    if (!request.strategy) {
        notes.push_back("swap-move is assumed; say --strategy if the bootloader was built for "
                        "another");
    }
    if (request.keys.empty()) {
        notes.push_back("no --key was given: signatures are not checked, by hand or by the next "
                        "boot");
    }
    constexpr const char* kNoFile = "inspect";
    try {
        return parse_scenario(scenario_text(request), kNoFile);
    } catch (const InputError& error) {
        if (error.place().file != kNoFile) {
            throw;
        }
        throw InputError(error.sentence());  // of an option: nobody can look into that text
    }
}

}  // namespace

std::unique_ptr<ScenarioMachine> inspection_machine(const InspectionRequest& request,
                                                    std::vector<std::string>& notes)
{
    Scenario scenario = request.scenario.empty() ? written_scenario(request, notes)
                                                 : load_scenario(request.scenario);
    notes.insert(notes.end(), scenario.notes.begin(), scenario.notes.end());
    if (!request.scenario.empty()) {
        scenario.boot.strategy = request.strategy.value_or(scenario.boot.strategy);
        scenario.boot.max_image_sectors =
            request.max_image_sectors.value_or(scenario.boot.max_image_sectors);
        scenario.boot.max_align_bytes = request.alignment.value_or(scenario.boot.max_align_bytes);
        if (!request.keys.empty()) {
            scenario.boot.signature = kind_of_key(request.keys.front());
            scenario.boot.signing_keys = request.keys;
        }
    }
    return std::make_unique<ScenarioMachine>(std::move(scenario));
}

}  // namespace brownout::sim
