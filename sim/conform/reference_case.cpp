#include "reference_case.hpp"

#include "crypto/message_digest.hpp"

#include <fmt/format.h>

#include <array>

namespace brownout::sim {

std::string to_hex(std::span<const std::uint8_t> bytes)
{
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

std::string to_line(const CaseOperation& operation)
{
    if (operation.kind == CallKind::kErase) {
        return fmt::format("{} E {} {} -", operation.device, operation.offset_bytes,
                           operation.byte_count);
    }
    return fmt::format("{} W {} {} {:016x}", operation.device, operation.offset_bytes,
                       operation.byte_count, operation.data_digest);
}

std::string operations_hash(const std::vector<CaseOperation>& operations)
{
    MessageDigest hash;
    hash.begin(CRYPTO_SHA256);
    for (const CaseOperation& operation : operations) {
        const std::string line = to_line(operation) + "\n";
        hash.update({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
    }
    std::array<std::uint8_t, CRYPTO_SHA256> digest{};
    hash.finish(digest.data());
    return to_hex(std::span(digest).first(8));
}

std::string to_text(const CaseResult& result)
{
    if (result.outcome.empty()) {
        return fmt::format("returned {}", result.code);
    }
    std::string text = fmt::format("{} ({})", result.outcome, result.code);
    if (result.has_image) {
        text += fmt::format(", image at {} of device {}, version {}", result.offset_bytes,
                            result.device, result.version);
    }
    if (!result.ram_sha256.empty()) {
        text += fmt::format(", loaded to 0x{:08X} with SHA-256 {}", result.load_address,
                            result.ram_sha256);
    }
    return text;
}

std::vector<std::string> to_lines(const CaseState& state)
{
    std::vector<std::string> lines;
    for (const auto& [area, label] : state.content) {
        lines.push_back(fmt::format("{} holds {}", area, label));
    }
    for (std::size_t i = 0; i < state.sha256.size(); ++i) {
        lines.push_back(fmt::format("device {} {}", i, state.sha256[i]));
    }
    return lines;
}

}  // namespace brownout::sim
