#include "firmware/loaded_firmware.hpp"

#include "firmware/firmware_imports.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <system_error>

namespace brownout::sim {
namespace {

constexpr std::uintmax_t kFileBytesMax = 256u << 20;
constexpr std::size_t kFirmwareNameBytesMax = 256;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path)
{
    const Place place{path.string()};
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        throw InputError(place, "no such firmware image");
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw InputError(place, "not a file: a firmware image is a shared object");
    }
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size > kFileBytesMax) {
        throw InputError(place, fmt::format("too large for a firmware image: {} bytes, at most {}",
                                            size, kFileBytesMax));
    }
    std::ifstream stream(path, std::ios::binary);
    std::vector<std::uint8_t> bytes(error ? 0 : size);
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (error || !stream) {
        throw InputError(place, "cannot be read");
    }
    return bytes;
}

void check_symbols(const ElfFile& file, const std::filesystem::path& path)
{
    const Place place{path.string()};
    if (!std::binary_search(file.exports.begin(), file.exports.end(), BOOT_FIRMWARE_QUERY_SYMBOL)) {
        throw InputError(place, fmt::format("not a firmware image: it does not export {}()",
                                            BOOT_FIRMWARE_QUERY_SYMBOL));
    }
    const std::string forbidden = forbidden_imports(file.imports);
    if (!forbidden.empty()) {
        throw InputError(place, fmt::format("imports {}: firmware may call nothing but its "
                                            "platform, memcpy, memmove, memset and memcmp",
                                            forbidden));
    }
}

}  // namespace

LoadedFirmware::LoadedFirmware(const std::filesystem::path& path,
                               const FirmwarePlacement& placement)
    : path_(path)
{
    const std::vector<std::uint8_t> bytes = read_file(path);
    file_ = ElfFile::parse(bytes, path);
    check_symbols(file_, path);
    object_ = std::make_unique<SharedObject>(path, bytes);
    read_table();
    memory_ = std::make_unique<FirmwareMemory>(file_, object_->bias(), table_, placement, path);
}

void LoadedFirmware::read_table()
{
    const auto query =
        reinterpret_cast<boot_firmware_query_function>(object_->symbol(BOOT_FIRMWARE_QUERY_SYMBOL));
    const boot_firmware* table = query == nullptr ? nullptr : query(BOOT_FIRMWARE_ABI_VERSION);
    check_table(table);
    table_ = *table;
    name_ = read_name(table->name, "name");
    release_ = read_name(table->release, "release");
    table_.name = name_.c_str();
    table_.release = release_.c_str();
}

void LoadedFirmware::check_table(const boot_firmware* table) const
{
    const Place place{path_.string()};
    if (table == nullptr) {
        throw InputError(place, fmt::format("does not serve version {} of the firmware ABI",
                                            BOOT_FIRMWARE_ABI_VERSION));
    }
    if (!holds(table, sizeof table->struct_bytes)) {
        throw InputError(place, "its firmware table does not lie in its own memory");
    }
    if (table->struct_bytes < sizeof *table || !holds(table, sizeof *table)) {
        throw InputError(place, fmt::format("its firmware table has {} bytes, {} are needed: "
                                            "rebuild it with the present core_abi.h",
                                            table->struct_bytes, sizeof *table));
    }
    if (table->abi_version != BOOT_FIRMWARE_ABI_VERSION) {
        throw InputError(place, fmt::format("its firmware table has ABI version {}, {} is needed",
                                            table->abi_version, BOOT_FIRMWARE_ABI_VERSION));
    }
    unsigned kind = 0;  // read as a number: it may not be one of the enumeration's values
    std::memcpy(&kind, &table->kind, sizeof table->kind);
    static_assert(sizeof table->kind == sizeof kind);
    if (kind > BOOT_FIRMWARE_NETWORK_LOADER) {
        throw InputError(place, "its firmware table names neither a loader nor an application");
    }
    if (!holds(reinterpret_cast<const void*>(table->entry), 1)) {
        throw InputError(place, "its firmware table has no entry function of its own");
    }
    if (table->stack_bytes == 0) {
        throw InputError(place, "its firmware table asks for no stack");
    }
}

std::string LoadedFirmware::read_name(const char* name, const char* field) const
{
    for (std::size_t length = 0; length < kFirmwareNameBytesMax && holds(name, length + 1);
         ++length) {
        if (name[length] == '\0' && length > 0) {
            return std::string(name, length);
        }
    }
    throw InputError(Place{path_.string()},
                     fmt::format("its firmware table has no {}, or one of more than {} characters",
                                 field, kFirmwareNameBytesMax - 1));
}

bool LoadedFirmware::holds(const void* pointer, std::size_t size_bytes) const
{
    const std::uint64_t address = reinterpret_cast<std::uintptr_t>(pointer) - object_->bias();
    const ElfSegment* segment = file_.segment_at(address);
    return pointer != nullptr && segment != nullptr && segment->end() - address >= size_bytes;
}

std::optional<std::string> LoadedFirmware::symbol_at(const void* host_address) const
{
    return memory_->symbol_at(reinterpret_cast<std::uintptr_t>(host_address));
}

std::unique_ptr<Firmware> Firmware::load(const std::filesystem::path& path,
                                         const FirmwarePlacement& placement)
{
    return std::make_unique<LoadedFirmware>(path, placement);
}

}  // namespace brownout::sim
