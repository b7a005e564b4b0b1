// brownout explain: a scenario as a lesson, or a word of the reports.
#include "commands.hpp"

#include <sim/lesson.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace brownout::sim::cli {

namespace {

bool is_scenario(const std::string& text)
{
    std::error_code error;
    return text.ends_with(".yaml") || text.ends_with(".yml") ||
           text.find('/') != std::string::npos || std::filesystem::is_regular_file(text, error);
}

void explain(const std::vector<std::string>& words)
{
    if (words.empty()) {
        std::cout << glossary_list();
        return;
    }
    if (words.size() == 1 && is_scenario(words[0])) {
        ScenarioMachine machine(load_scenario(words[0]));
        const Recording recording = record_scenario(machine);
        std::cout << lesson_text(machine, recording);
        return;
    }
    std::string phrase;
    for (const std::string& word : words) {
        if (is_scenario(word)) {
            throw InputError("explain: give one scenario, or one word");
        }
        phrase += (phrase.empty() ? "" : " ") + word;
    }
    std::cout << glossary_text(phrase);
}

}  // namespace

void add_explain(CLI::App& app, ExitCode&)
{
    CLI::App* const command =
        app.add_subcommand("explain", "explain a scenario step by step, or a word of the reports");
    const auto words = std::make_shared<std::vector<std::string>>();
    command->add_option("what", *words, "a scenario file, or a word (none: list the words)");
    command->callback([words] { explain(*words); });
}

}  // namespace brownout::sim::cli
