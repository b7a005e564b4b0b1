// The link to a management client as firmware sees it: every call is bracketed as a platform call
// of its core.
#pragma once

#include "processor.hpp"

#include <boot/management.h>

namespace brownout::sim {

class GuardedLink {
public:
    // Both must outlive this.
    GuardedLink(Processor& core, const management_link& inner) : core_(core), inner_(inner)
    {
        link_.context = this;
        link_.receive = receive;
        link_.answer = answer;
    }
    GuardedLink(const GuardedLink&) = delete;
    GuardedLink& operator=(const GuardedLink&) = delete;

    const management_link* link() const { return &link_; }

private:
    static bool receive(void* context, management_request* request) noexcept
    {
        auto& self = *static_cast<GuardedLink*>(context);
        self.core_.enter(__builtin_return_address(0));
        const bool more = self.inner_.receive(self.inner_.context, request);
        self.core_.leave_platform();
        return more;
    }

    static void answer(void* context, const management_answer* answer) noexcept
    {
        auto& self = *static_cast<GuardedLink*>(context);
        self.core_.enter(__builtin_return_address(0));
        self.inner_.answer(self.inner_.context, answer);
        self.core_.leave_platform();
    }

    Processor& core_;
    const management_link& inner_;
    management_link link_{};
};

}  // namespace brownout::sim
