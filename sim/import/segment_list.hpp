// Collects bytes by address while a file is read; refuses to take a byte twice.
#pragma once

#include <sim/import.hpp>

#include <map>
#include <span>

namespace brownout::sim {

class SegmentList {
public:
    explicit SegmentList(const std::string& file) : file_(file) {}

    // InputError at `line`: a byte given twice, or more than kDumpBytesMax in all.
    void add(std::uint64_t address, std::span<const std::uint8_t> bytes, int line);
    bool empty() const { return segments_.empty(); }
    Dump take();

private:
    const std::string& file_;
    std::map<std::uint64_t, DumpSegment> segments_;  // by address
    std::uint64_t byte_count_ = 0;
};

}  // namespace brownout::sim
