#include "walk_bytes.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace brownout::sim {

namespace {

constexpr std::string_view kStateFileMagic = "brownout random walks 2\n";

using WalkDigest = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

WalkDigest walk_digest(std::span<const std::uint8_t> bytes)
{
    WalkDigest digest{};
    SHA256(bytes.data(), bytes.size(), digest.data());
    return digest;
}

void put_bytes(std::vector<std::uint8_t>& out, std::string_view text)
{
    out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

std::string bytes_of(const Walk& walk)
{
    ByteWriter out;
    put_path(out, walk.path);
    out.put(walk.story);
    out.put(static_cast<std::uint32_t>(walk.booted.size()));
    for (const Walk::Booted& booted : walk.booted) {
        out.put(booted);
    }
    out.put(static_cast<std::uint32_t>(walk.failures.size()));
    for (const Walk::Failed& failed : walk.failures) {
        out.put(failed.check);
        out.put(failed.boot);
        put_failure(out, failed.failure);
    }
    out.put(walk.edges);
    out.put(walk.runs);
    out.put(walk.depth);
    return {out.bytes.begin(), out.bytes.end()};
}

std::optional<Walk> read_walk(const std::string& bytes)
{
    ByteReader in({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    Walk walk;
    walk.path = get_path(in);
    walk.story = in.get<Story>();
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        walk.booted.push_back(in.get<Walk::Booted>());
    }
    for (auto n = in.get<std::uint32_t>(); n > 0 && !in.failed; --n) {
        Walk::Failed failed;
        failed.check = in.get<std::uint32_t>();
        failed.boot = in.get<std::uint32_t>();
        failed.failure = get_failure(in);
        walk.failures.push_back(std::move(failed));
    }
    walk.edges = in.get<std::uint64_t>();
    walk.runs = in.get<std::uint64_t>();
    walk.depth = in.get<std::uint32_t>();
    return in.failed || !in.left.empty() ? std::nullopt : std::optional<Walk>(std::move(walk));
}

std::string identity_of(const ScenarioMachine& machine, std::uint64_t seed)
{
    const std::string yaml = to_yaml(machine.scenario(), "scenario.yaml");
    std::vector<std::uint8_t> all(yaml.begin(), yaml.end());
    put_bytes(all, fmt::format("{} {} {}", machine.core().name, machine.core().release, seed));
    for (const KnownImage& image : machine.images()) {
        all.insert(all.end(), image.bytes.begin(), image.bytes.end());
    }
    return fmt::format("{:02x}", fmt::join(walk_digest(all), ""));
}

void write_state_file(const std::filesystem::path& path, const std::string& identity,
                      const std::vector<std::uint8_t>& bytes)
{
    std::vector<std::uint8_t> file;
    put_bytes(file, kStateFileMagic);
    put_bytes(file, identity);
    file.insert(file.end(), bytes.begin(), bytes.end());
    const WalkDigest digest = walk_digest(file);
    file.insert(file.end(), digest.begin(), digest.end());
    const std::filesystem::path fresh = path.string() + ".new";
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(file.data()),
              static_cast<std::streamsize>(file.size()));
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(fresh, path, error);
    }
    if (!out || error) {
        throw InputError(Place{path.string()}, "cannot be written");
    }
}

std::optional<std::vector<std::uint8_t>> read_state_file(const std::filesystem::path& path,
                                                         const std::string& identity)
{
    std::ifstream in(path, std::ios::binary);
    if (path.empty() || !in) {
        return std::nullopt;
    }
    std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(in), {}};
    const std::size_t head = kStateFileMagic.size() + identity.size();
    if (file.size() < head + sizeof(WalkDigest) ||
        !std::equal(kStateFileMagic.begin(), kStateFileMagic.end(), file.begin())) {
        throw InputError(Place{path.string()}, "is no state file of `brownout explore --random`");
    }
    const std::size_t end = file.size() - sizeof(WalkDigest);
    const WalkDigest digest = walk_digest({file.data(), end});
    if (!std::equal(digest.begin(), digest.end(),
                    file.begin() + static_cast<std::ptrdiff_t>(end))) {
        throw InputError(Place{path.string()}, "this state file is damaged");
    }
    if (!std::equal(identity.begin(), identity.end(),
                    file.begin() + static_cast<std::ptrdiff_t>(kStateFileMagic.size()))) {
        throw InputError(Place{path.string()}, "this state file is of another scenario, core or "
                                               "seed");
    }
    return std::vector<std::uint8_t>(file.begin() + static_cast<std::ptrdiff_t>(head),
                                     file.begin() + static_cast<std::ptrdiff_t>(end));
}

void require_whole(const ByteReader& in, const std::filesystem::path& path)
{
    if (in.failed || !in.left.empty()) {
        throw InputError(Place{path.string()}, "this state file is of another version of brownout");
    }
}

}  // namespace brownout::sim
