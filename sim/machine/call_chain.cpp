// Which functions a firmware is in when it calls its platform.
#include "processor.hpp"

#include <array>
#include <cstring>

namespace brownout::sim {

namespace {

constexpr std::size_t kCallsShown = 8;

// Behind a frame pointer, on x86-64 and on AArch64.
struct StackFrame {
    const void* caller = nullptr;
    const void* return_address = nullptr;
};

std::string function_name(std::string symbol)
{
    return symbol.substr(0, symbol.find(" + "));
}

}  // namespace

std::string Processor::call_chain() const
{
    if (firmware_ == nullptr || frame_ == nullptr) {
        return {};
    }
    std::string chain = function_name(caller_symbol());
    StackFrame frame;
    std::memcpy(&frame, frame_, sizeof frame);  // ours; what it points to may be anything
    for (std::size_t depth = 1; depth < kCallsShown; ++depth) {
        const auto address = bus_.address_of(frame.caller);
        const models::MemoryWindow* const stack =
            address ? bus_.find_window(*address, sizeof frame) : nullptr;
        if (stack == nullptr || !stack->is_ram) {
            break;
        }
        std::memcpy(&frame, frame.caller, sizeof frame);
        const auto symbol = firmware_->symbol_at(frame.return_address);
        if (!symbol) {
            break;
        }
        chain += " <- " + function_name(*symbol);
    }
    return chain;
}

}  // namespace brownout::sim
