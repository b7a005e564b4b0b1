#include "output_file.hpp"

#include <sim/error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>

#include <unistd.h>

namespace brownout::sim::cli {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason)
{
    throw InputError(Place{path.string()}, "cannot be written: " + reason);
}

bool is_standard_output(const std::filesystem::path& path)
{
    return path == "-";
}

// Devices and pipes cannot be replaced by a file, and must not be.
bool is_stream(const std::filesystem::path& path)
{
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
           !std::filesystem::is_directory(status);
}

std::filesystem::path target_of(const std::filesystem::path& path)
{
    std::error_code error;
    const auto target = std::filesystem::weakly_canonical(path, error);
    return error ? path : target;
}

// A name beside the file that nobody else uses.
std::filesystem::path partial_of(const std::filesystem::path& path)
{
    return path.string() + ".part-" + std::to_string(getpid());
}

void put(const std::filesystem::path& path, const std::filesystem::path& named_by_user,
         const std::string& text)
{
    errno = 0;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        refuse(named_by_user, errno != 0 ? std::strerror(errno) : "writing failed");
    }
}

void remove_quietly(const std::filesystem::path& path)
{
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

}  // namespace

void require_writable(const std::filesystem::path& path, const std::vector<std::string>& inputs)
{
    if (path.empty() || is_standard_output(path)) {
        return;
    }
    std::error_code error;
    for (const std::string& input : inputs) {
        if (std::filesystem::equivalent(path, input, error)) {
            refuse(path, "it is the scenario itself");
        }
    }
    if (std::filesystem::is_directory(path, error)) {
        refuse(path, "it is a directory");
    }
    if (std::filesystem::exists(path, error) && access(path.c_str(), W_OK) != 0) {
        refuse(path, std::strerror(errno));
    }
    if (is_stream(path)) {
        return;
    }
    const std::filesystem::path partial = partial_of(target_of(path));
    try {
        put(partial, path, {});
    } catch (const InputError&) {
        remove_quietly(partial);
        throw;
    }
    remove_quietly(partial);
}

void require_new(const std::filesystem::path& path)
{
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) {
        refuse(path, "the file is there already; delete it or choose another name");
    }
    require_writable(path);
}

void write_output(const std::filesystem::path& path, const std::string& text)
{
    if (is_standard_output(path)) {
        std::cout << text;
        flush_standard_output();
        return;
    }
    if (is_stream(path)) {
        put(path, path, text);
        return;
    }
    require_writable(path);
    const std::filesystem::path target = target_of(path);
    const std::filesystem::path partial = partial_of(target);
    try {
        put(partial, path, text);
    } catch (const InputError&) {
        remove_quietly(partial);
        throw;
    }
    std::error_code error;
    std::filesystem::rename(partial, target, error);
    if (error) {
        remove_quietly(partial);
        refuse(path, error.message());
    }
}

void flush_standard_output()
{
    errno = 0;
    std::cout.flush();
    if (!std::cout || std::fflush(stdout) != 0) {
        throw InputError(std::string("standard output cannot be written: ") +
                         (errno != 0 ? std::strerror(errno) : "writing failed"));
    }
}

}  // namespace brownout::sim::cli
