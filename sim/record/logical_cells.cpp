#include "logical_cells.hpp"

#include <models/assert.hpp>

#include <algorithm>

namespace brownout::sim {

namespace {

constexpr std::uint64_t kReadBytes = 2048;  // a NAND page

models::FlashGeometry shadow_geometry(const DevicePlan& plan)
{
    models::FlashGeometry geometry;
    geometry.size_bytes = plan.size_bytes();
    geometry.erased_value = plan.erased_value;
    return geometry;
}

std::vector<std::uint64_t> sector_edges(const DevicePlan& plan)
{
    std::vector<std::uint64_t> edges = {0};
    for (const SectorRun& run : plan.sectors) {
        for (std::uint32_t i = 0; i < run.count; ++i) {
            edges.push_back(edges.back() + run.size_bytes);
        }
    }
    return edges;
}

}  // namespace

LogicalCells::LogicalCells(const BoardPlan& board) : board_(board), flashes_(logical_flashes(board))
{
    for (const DevicePlan& device : board.devices) {
        shadows_.emplace_back();
        if (device.controller == ControllerKind::kSpiNand) {
            shadows_.back().emplace(shadow_geometry(device));
        }
        edges_.push_back(sector_edges(device));
    }
}

bool LogicalCells::refresh(std::uint32_t device, std::uint64_t offset_bytes,
                           std::uint64_t byte_count)
{
    if (!shadows_[device]) {
        return true;
    }
    const models::FlashArray& cells = state_->devices[device];
    std::vector<std::uint8_t> page(kReadBytes);
    bool readable = true;
    const std::uint64_t end = std::min(offset_bytes + byte_count, edges_[device].back());
    for (std::uint64_t at = offset_bytes / kReadBytes * kReadBytes; at < end; at += kReadBytes) {
        if (flashes_[device].read(cells, at, page)) {
            shadows_[device]->poke(at, page);
        } else {
            readable = false;
        }
    }
    return readable;
}

void LogicalCells::refresh_all()
{
    for (const AreaPlan& area : board_.areas) {
        if (is_translated(area.device)) {
            refresh(area.device, area.offset_bytes, area.size_bytes);
        }
    }
}

const models::FlashArray& LogicalCells::cells(std::uint32_t device) const
{
    return shadows_[device] ? *shadows_[device] : state_->devices[device];
}

AreaView LogicalCells::area(const AreaPlan& plan) const
{
    return {&plan, &board_.devices[plan.device], &cells(plan.device)};
}

std::uint32_t LogicalCells::sector_count(std::uint32_t device) const
{
    return static_cast<std::uint32_t>(edges_[device].size() - 1);
}

std::uint64_t LogicalCells::sector_offset(std::uint32_t device, std::uint32_t sector) const
{
    return edges_[device][sector];
}

std::uint32_t LogicalCells::sector_bytes(std::uint32_t device, std::uint32_t sector) const
{
    return static_cast<std::uint32_t>(edges_[device][sector + 1] - edges_[device][sector]);
}

std::uint32_t LogicalCells::sector_at(std::uint32_t device, std::uint64_t offset_bytes) const
{
    const std::vector<std::uint64_t>& edges = edges_[device];
    const auto above = std::upper_bound(edges.begin(), edges.end() - 1, offset_bytes);
    BROWNOUT_ASSERT(above != edges.begin());
    return static_cast<std::uint32_t>(above - edges.begin()) - 1;
}

SectorRange LogicalCells::sectors_of(std::uint32_t device, std::uint64_t offset_bytes,
                                     std::uint64_t byte_count) const
{
    const std::uint64_t device_end = edges_[device].back();
    if (byte_count == 0 || offset_bytes >= device_end) {
        return {};
    }
    const std::uint64_t last = std::min(offset_bytes + byte_count, device_end) - 1;
    return {sector_at(device, offset_bytes), sector_at(device, last) + 1};
}

}  // namespace brownout::sim
