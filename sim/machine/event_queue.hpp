// The one discrete-event queue of a run: which processor acts next, and when.
#pragma once

#include <models/time.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace brownout::sim {

// Earliest first; at the same time the lower processor number, so that runs are repeatable.
class EventQueue {
public:
    struct Event {
        models::Duration time{};
        std::uint32_t processor = 0;
    };

    bool empty() const { return heap_.empty(); }

    void push(Event event)
    {
        heap_.push_back(event);
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    Event pop()
    {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const Event event = heap_.back();
        heap_.pop_back();
        return event;
    }

    bool has(std::uint32_t processor) const
    {
        return std::any_of(heap_.begin(), heap_.end(), [processor](const Event& event) {
            return event.processor == processor;
        });
    }

    // Takes a processor out that stopped for another's sake.
    void remove(std::uint32_t processor)
    {
        std::erase_if(heap_, [processor](const Event& e) { return e.processor == processor; });
        std::make_heap(heap_.begin(), heap_.end(), later);
    }

    // The last point in time up to which `processor` may act before somebody else has to:
    // unbounded if it is alone.
    models::Duration horizon(std::uint32_t processor) const
    {
        if (heap_.empty()) {
            return models::Duration{std::numeric_limits<std::int64_t>::max()};
        }
        const Event& next = heap_.front();
        return next.processor < processor ? next.time - models::Duration{1} : next.time;
    }

private:
    static bool later(const Event& a, const Event& b)
    {
        return a.time != b.time ? a.time > b.time : a.processor > b.processor;
    }

    std::vector<Event> heap_;
};

}  // namespace brownout::sim
