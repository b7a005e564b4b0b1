#include "smp_text.hpp"

#include <sim/report.hpp>
#include <sim/scenario_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace brownout::sim {

namespace {

char level_letter(io_log_level level)
{
    switch (level) {
    case IO_LOG_ERROR:
        return 'E';
    case IO_LOG_WARNING:
        return 'W';
    case IO_LOG_INFO:
        return 'I';
    case IO_LOG_DEBUG:
        return 'D';
    }
    return '?';
}

std::string time_text(models::Duration time)
{
    return fmt::format("{:10.3f} s", models::seconds(time));
}

constexpr const char* kIndent = "              ";

std::string phase_text(const RunPhase& phase)
{
    std::string text =
        fmt::format("{}{:10.3f} s  {}", kIndent, models::seconds(phase.duration), phase.name);
    if (phase.erases > 0) {
        text += fmt::format(", {} erase{} of {:.1f} ms", phase.erases, phase.erases == 1 ? "" : "s",
                            models::seconds(phase.erase_time) * 1e3 / phase.erases);
    }
    if (phase.bytes_written >= 4096) {
        text += fmt::format(", {} KiB written, {:.1f} ms per 4 KiB", phase.bytes_written / 1024,
                            models::seconds(phase.write_time) * 1e3 * 4096 /
                                static_cast<double>(phase.bytes_written));
    } else if (phase.bytes_written > 0) {
        text += fmt::format(", {} bytes written", phase.bytes_written);
    }
    return text;
}

std::string cut_words(const StepCut& cut)
{
    switch (cut.where.at) {
    case PowerCut::At::kCall:
        return fmt::format(", power fails before call {}", cut.where.index);
    case PowerCut::At::kOperation:
        return fmt::format(", power fails before op {}", cut.where.index);
    case PowerCut::At::kTime:
        return fmt::format(", power fails after {:.6f} s", models::seconds(cut.where.time));
    }
    return {};
}

// ", mx25r32 on spim2 at 8 MHz", if the partition lies on an external part.
std::string part_words(const BoardPlan& board, const std::string& partition)
{
    for (const AreaPlan& area : board.areas) {
        const DevicePlan& device = board.devices[area.device];
        if (area.name == partition && device.external) {
            const BusPlan& bus = device.external->bus;
            return fmt::format(", {} on {} at {:g} MHz", device.name, bus.controller,
                               bus.frequency_hz / 1e6);
        }
    }
    return {};
}

// Did the file arrive? Names the first byte that did not.
std::string arrival_words(const ScenarioMachine& machine, const UploadStep& upload,
                          const MachineState& state)
{
    const AreaPlan& area = *machine.machine().area(upload.partition);
    const std::vector<std::uint8_t>& sent = machine.image(upload.image).bytes;
    const std::size_t room = area.size_bytes - std::min(area.size_bytes, upload.offset_bytes);
    std::vector<std::uint8_t> held(std::min(sent.size(), room));
    if (!machine.read(state, area, upload.offset_bytes, held)) {
        return area.name + " cannot be read back: a page is uncorrectable";
    }
    const auto differs = std::mismatch(held.begin(), held.end(), sent.begin()).first;
    if (differs == held.end()) {
        return fmt::format("all {} bytes arrived in {}", sent.size(), area.name);
    }
    return fmt::format("{} differs from the file from byte {} on: 0x{:02X} instead of 0x{:02X}",
                       area.name, differs - held.begin(), *differs,
                       sent[static_cast<std::size_t>(differs - held.begin())]);
}

}  // namespace

std::string step_words(const ScenarioMachine& machine, const Step& step)
{
    std::string words;
    switch (step.kind()) {
    case StepKind::kUpload: {
        const auto& upload = std::get<UploadStep>(step.action);
        words = fmt::format("upload {} to {}", upload.image, upload.partition);
        for (const KnownImage& image : machine.images()) {
            if (image.name == upload.image) {
                words += fmt::format(" ({} bytes)", image.bytes.size());
            }
        }
        words += part_words(machine.machine().board(), upload.partition);
        if (upload.via != UploadVia::kDirect) {
            words += fmt::format(" via {}, ", name_of(upload_via_names(), upload.via));
            const auto& ble = upload.application.ble;
            words += ble ? fmt::format("BLE at {:.1f} KiB/s, MTU {}",
                                       ble->bytes_per_second / 1024.0, ble->mtu)
                         : fmt::format("UART at {} Bd", upload.application.baud);
        }
        break;
    }
    case StepKind::kRequestUpgrade: {
        const auto& request = std::get<RequestUpgradeStep>(step.action);
        words = request.permanent ? "request_upgrade permanent" : "request_upgrade test";
        if (request.image_index > 0) {
            words += fmt::format(" of image {}", request.image_index);
        }
        break;
    }
    case StepKind::kConfirm:
        words = "confirm";
        break;
    case StepKind::kReset:
        words = "reset";
        break;
    case StepKind::kExpect:
        words = "expect";
        break;
    case StepKind::kSmp:
        words = "smp: a management client talks to the application";
        break;
    }
    if (step.cut() != nullptr) {
        words += cut_words(*step.cut());
    }
    return words;
}

RunText::RunText(const ScenarioMachine& machine, std::ostream& out) : machine_(machine), out_(out)
{
}

void RunText::finished(const StepResult& result, const MachineState& state)
{
    const Step& step = *result.step;
    out_ << time_text(result.start) << "  " << step_words(machine_, step);
    if (step.kind() == StepKind::kExpect) {
        out_ << (result.failures.empty() ? ": holds\n" : ": FAILS\n");
        for (const std::string& failure : result.failures) {
            out_ << kIndent << failure << '\n';
        }
        return;
    }
    out_ << '\n';
    const auto* upload = std::get_if<UploadStep>(&step.action);
    if (upload != nullptr && upload->via == UploadVia::kDirect) {
        return;
    }
    for (const LogLine& line : result.report.log) {
        out_ << kIndent << level_letter(line.level) << ": "
             << (line.core == CoreId::kNetwork ? "[b0n] " : "") << line.text << '\n';
    }
    for (const Violation& violation : result.report.violations) {
        entry("rule ", violation);
    }
    for (const Violation& note : result.report.notes) {
        entry("note ", note);
    }
    for (const RunPhase& phase : result.phases) {
        out_ << phase_text(phase) << '\n';
    }
    for (const SmpResult& answered : result.smp) {
        out_ << smp_text(answered);
    }
    for (const std::string& failure : result.failures) {
        out_ << kIndent << "FAILS: " << failure << '\n';
    }
    if (upload != nullptr) {
        out_ << time_text(result.report.end) << "  " << arrival_words(machine_, *upload, state)
             << '\n';
    }
    if (step.kind() == StepKind::kReset) {
        out_ << time_text(result.report.end) << "  "
             << outcome_text(machine_, state, result.report.outcome) << '\n';
    } else if (result.report.outcome.kind != OutcomeKind::kCommandDone ||
               result.report.outcome.code != 0) {
        out_ << kIndent << outcome_text(machine_, state, result.report.outcome)
             << fmt::format(" (code {})\n", result.report.outcome.code);
    }
    if (result.report.network) {
        out_ << kIndent
             << "network core: " << network_words(machine_, state, *result.report.network) << '\n';
    }
}

void RunText::entry(const char* kind, const Violation& entry)
{
    out_ << kIndent << kind << entry.rule << ": " << entry.text << '\n';
    if (!entry.symbol.empty()) {
        out_ << kIndent << "     symbol   " << entry.symbol << '\n';
    }
    if (!entry.in.empty()) {
        out_ << kIndent << "     in       " << entry.in << '\n';
    }
    out_ << kIndent << "     source   " << entry.source << '\n';
    if (!entry.effect.empty()) {
        out_ << kIndent << "     effect   " << entry.effect << '\n';
    }
}

void RunText::device_use(const ScenarioResult& result)
{
    const std::vector<DevicePlan>& devices = machine_.machine().board().devices;
    std::size_t width = 0;
    for (const DevicePlan& device : devices) {
        width = std::max(width, device.name.size());
    }
    bool is_first = true;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        for (const Named<StepKind>& kind : step_names()) {
            const DeviceUse use = use_by(result, kind.value, i);
            if (use.erases == 0 && use.programs == 0) {
                continue;
            }
            out_ << (is_first ? "flash used\n" : "")
                 << fmt::format("  {:<{}}  {:<15}  {:>5} erases ({} KiB), {} bytes programmed\n",
                                devices[i].name, width, kind.name, use.erases,
                                use.erased_bytes / 1024, use.programmed_bytes);
            is_first = false;
        }
    }
}

void RunText::summary(const ScenarioResult& result)
{
    device_use(result);
    out_ << "in the end\n";
    for (const AreaPlan& area : machine_.machine().board().areas) {
        const BoardPlan& board = machine_.machine().board();
        const bool of_network_core = board.network && &area == &board.areas[board.network->area];
        if (area.role == FLASH_PRIMARY || area.role == FLASH_SECONDARY || of_network_core) {
            out_ << fmt::format("  {:<20} 0x{:08X}  {}\n", area.name, area.offset_bytes,
                                machine_.slot_text(result.state, area));
        }
    }
    std::size_t expectations = 0;
    for (const StepResult& step : result.steps) {
        expectations += step.step->kind() == StepKind::kExpect ? 1u : 0u;
    }
    if (expectations > 0 || !result.holds) {
        out_ << (result.holds ? fmt::format("All {} expectations hold.\n", expectations)
                              : std::string("An expectation FAILS.\n"));
    }
}

}  // namespace brownout::sim
