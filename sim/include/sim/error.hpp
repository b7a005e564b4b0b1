// The typed error: something is wrong with what the user gave us. One sentence, and the place.
#pragma once

#include <stdexcept>
#include <string>

namespace brownout::sim {

// A place in a file of the user. Line and column count from 1; 0: unknown or not applicable.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

// "file:line:column: sentence"; parts that are unknown are left out.
std::string to_string(const Place& place);

// Ends a command with exit code 2. Never thrown on a firmware fiber.
class InputError : public std::runtime_error {
public:
    explicit InputError(const std::string& sentence);
    InputError(Place place, const std::string& sentence);

    const Place& place() const { return place_; }
    const std::string& sentence() const { return sentence_; }

private:
    Place place_;
    std::string sentence_;
};

enum class ExitCode : int {
    kHolds = 0,
    kCheckFailed = 1,
    kBadInput = 2,
    kInternalError = 3,
    kIncomplete = 4
};

}  // namespace brownout::sim
