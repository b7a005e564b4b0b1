#include "explore_progress.hpp"

#include <fmt/format.h>

#include <csignal>
#include <iostream>
#include <memory>

#include <unistd.h>

namespace brownout::sim::cli {

namespace {

std::atomic<bool> interrupt_seen{false};

void on_interrupt(int signal)
{
    interrupt_seen = true;
    std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interrupts()
{
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
}

const std::atomic<bool>& interrupted()
{
    return interrupt_seen;
}

ShownProgress::ShownProgress() : on_terminal_(isatty(STDERR_FILENO) == 1) {}

ShownProgress::~ShownProgress()
{
    if (on_terminal_) {
        std::cerr << "\r" << std::string(70, ' ') << "\r" << std::flush;
    }
}

std::function<void(const ExploreProgress&)> ShownProgress::listener() const
{
    if (!on_terminal_) {
        return {};
    }
    return [shown = 0.0](const ExploreProgress& progress) mutable {
        if (progress.seconds - shown < 0.25) {
            return;
        }
        shown = progress.seconds;
        std::cerr << fmt::format("\r{} states ({:.0f} per second), {} waiting, {} boots, {:.1f} s ",
                                 progress.states,
                                 static_cast<double>(progress.states) / progress.seconds,
                                 progress.waiting, progress.boots, progress.seconds)
                  << std::flush;
    };
}

}  // namespace brownout::sim::cli
