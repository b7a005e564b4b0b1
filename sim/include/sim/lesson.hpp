// Explanations for newcomers: what a run does, step by step, and what the words of reports mean.
#pragma once

#include <sim/recording.hpp>

#include <string>

namespace brownout::sim {

// The steps of a scenario as a numbered lesson, with the sizes, times and counts of its board.
std::string lesson_text(const ScenarioMachine& machine, const Recording& recording);

// What a word of the reports, or the name of a check, means. InputError for an unknown word, with
// the nearest known one.
std::string glossary_text(const std::string& word);
// All words, for people.
std::string glossary_list();

}  // namespace brownout::sim
