// Interleaves processors: the one whose clock is behind acts first, so that everything shared is
// seen in the order of device time, the same in every run.
#pragma once

#include "event_queue.hpp"
#include "processor.hpp"

#include <span>

namespace brownout::sim {

// Runs until every processor stopped, or the power is lost.
inline void run_processors(std::span<Processor* const> processors, const RunRecorder& recorder)
{
    EventQueue queue;
    for (std::uint32_t i = 0; i < processors.size(); ++i) {
        queue.push({processors[i]->now(), i});
    }
    while (!queue.empty() && !recorder.power_lost()) {
        const EventQueue::Event event = queue.pop();
        Processor& processor = *processors[event.processor];
        if (processor.run_until(queue.horizon(event.processor))) {
            queue.push({processor.now(), event.processor});
        }
    }
}

}  // namespace brownout::sim
