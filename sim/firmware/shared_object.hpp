// A shared object in this process, with memory that it shares with no other load of the same file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace brownout::sim {

class SharedObject {
public:
    // `bytes` is the content of `path`. The first load of a file goes by its path, so that a
    // debugger finds it; further ones load a copy. Constructors of the object run here, once; what
    // they leave is part of its initial content.
    // InputError: the dynamic linker refuses the object, or loading it or asking for its table
    // crashes. That is tried in a child process first: the dynamic linker trusts its input.
    SharedObject(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
    ~SharedObject();
    SharedObject(const SharedObject&) = delete;
    SharedObject& operator=(const SharedObject&) = delete;

    // Memory address = link-time address + bias.
    std::uintptr_t bias() const { return bias_; }
    // nullptr: no such symbol.
    void* symbol(const char* name) const;

private:
    void copy_to_memory(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

    int copy_ = -1;  // the file descriptor of the copy
    void* handle_ = nullptr;
    std::uintptr_t bias_ = 0;
};

}  // namespace brownout::sim
