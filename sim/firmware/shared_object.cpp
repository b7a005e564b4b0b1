#include "firmware/shared_object.hpp"

#include <boot/core_abi.h>
#include <models/assert.hpp>

#include <sim/error.hpp>

#include <fmt/format.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace brownout::sim {
namespace {

constexpr rlim_t kTrialCpuSeconds = 5;
constexpr std::size_t kNameBytesMax = 256;

// Reads what the loader will read. A bad pointer ends this process, and nothing else.
void touch_table(const boot_firmware* table)
{
    if (table == nullptr) {
        return;
    }
    volatile char sink = 0;
    const volatile auto* bytes = reinterpret_cast<const volatile char*>(table);
    for (std::size_t i = 0; i < sizeof table->struct_bytes; ++i) {
        sink = bytes[i];
    }
    const std::size_t known = std::min<std::size_t>(table->struct_bytes, sizeof *table);
    for (std::size_t i = 0; i < known; ++i) {
        sink = bytes[i];
    }
    static_cast<void>(sink);
    if (known < sizeof *table) {
        return;
    }
    for (const char* name : {table->name, table->release}) {
        static_cast<void>(name == nullptr ? 0 : strnlen(name, kNameBytesMax));
    }
}

[[noreturn]] void try_in_child(const char* load_path)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const rlimit cpu = {kTrialCpuSeconds, kTrialCpuSeconds};
    setrlimit(RLIMIT_CPU, &cpu);
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGXCPU}) {
        std::signal(signal, SIG_DFL);
    }
    void* handle = dlopen(load_path, RTLD_NOW | RTLD_LOCAL);
    void* query = handle == nullptr ? nullptr : dlsym(handle, BOOT_FIRMWARE_QUERY_SYMBOL);
    if (query != nullptr) {
        touch_table(
            reinterpret_cast<boot_firmware_query_function>(query)(BOOT_FIRMWARE_ABI_VERSION));
    }
    _exit(0);
}

void try_loading(const char* load_path, const std::filesystem::path& path)
{
    const pid_t child = fork();
    if (child == 0) {
        try_in_child(load_path);
    }
    int status = 0;
    pid_t waited = child;
    do {
        waited = child < 0 ? child : waitpid(child, &status, 0);
    } while (waited < 0 && child >= 0 && errno == EINTR);
    if (waited < 0) {
        throw InputError(Place{path.string()},
                         fmt::format("cannot try to load it: {}", std::strerror(errno)));
    }
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
        throw InputError(Place{path.string()},
                         fmt::format("not loaded within {} s of CPU time: a constructor or {}() "
                                     "does not end",
                                     kTrialCpuSeconds, BOOT_FIRMWARE_QUERY_SYMBOL));
    }
    if (status != 0) {
        throw InputError(Place{path.string()},
                         fmt::format("crashes while being loaded ({}): the file is damaged, or a "
                                     "constructor or {}() fails",
                                     WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
                                                         : "the dynamic linker gave up",
                                     BOOT_FIRMWARE_QUERY_SYMBOL));
    }
}

bool is_loaded(const std::string& path)
{
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (handle == nullptr) {
        return false;
    }
    dlclose(handle);
    return true;
}

}  // namespace

SharedObject::SharedObject(const std::filesystem::path& path, std::span<const std::uint8_t> bytes)
{
    // A name without a slash would be searched for in the library path.
    std::string load_path = std::filesystem::absolute(path).string();
    if (is_loaded(load_path)) {
        copy_to_memory(path, bytes);
        load_path = fmt::format("/proc/self/fd/{}", copy_);
    }
    try {
        try_loading(load_path.c_str(), path);
        handle_ = dlopen(load_path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (handle_ == nullptr) {
            const char* reason = dlerror();
            throw InputError(Place{path.string()},
                             fmt::format("the dynamic linker refuses it: {}",
                                         reason == nullptr ? "no reason given" : reason));
        }
    } catch (...) {
        if (copy_ >= 0) {
            close(copy_);
        }
        throw;
    }
    link_map* map = nullptr;
    BROWNOUT_ASSERT(dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0);
    bias_ = map->l_addr;
}

SharedObject::~SharedObject()
{
    dlclose(handle_);
    // Only now: the dynamic linker knows the copy by this descriptor's name.
    if (copy_ >= 0) {
        close(copy_);
    }
}

void* SharedObject::symbol(const char* name) const
{
    return dlsym(handle_, name);
}

void SharedObject::copy_to_memory(const std::filesystem::path& path,
                                  std::span<const std::uint8_t> bytes)
{
    copy_ = memfd_create(path.filename().c_str(), MFD_CLOEXEC);
    std::size_t done = 0;
    while (copy_ >= 0 && done < bytes.size()) {
        const ssize_t count = write(copy_, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno != EINTR) {
            close(std::exchange(copy_, -1));
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (copy_ < 0) {
        throw InputError(Place{path.string()},
                         fmt::format("cannot load it a second time: {}", std::strerror(errno)));
    }
}

}  // namespace brownout::sim
