// What AddressSanitizer has to be told about stacks that it did not make. Nothing without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define BROWNOUT_ASAN 1
#    endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#    define BROWNOUT_ASAN 1
#endif

#if defined(BROWNOUT_ASAN)
#    include <sanitizer/asan_interface.h>
#    include <sanitizer/common_interface_defs.h>
#endif

namespace brownout::sim {

#if defined(BROWNOUT_ASAN)

constexpr bool kUnderAsan = true;

inline void start_switch(void** fake_stack, const void* bottom, std::size_t size_bytes)
{
    __sanitizer_start_switch_fiber(fake_stack, bottom, size_bytes);
}

inline void finish_switch(void* fake_stack, const void** old_bottom, std::size_t* old_size_bytes)
{
    __sanitizer_finish_switch_fiber(fake_stack, old_bottom, old_size_bytes);
}

inline void unpoison(std::uintptr_t begin, std::size_t size_bytes)
{
    __asan_unpoison_memory_region(reinterpret_cast<void*>(begin), size_bytes);
}

// memcpy() over everything, red zones included.
__attribute__((no_sanitize("address", "undefined"))) inline void
copy_unchecked(void* destination, const void* source, std::size_t size_bytes)
{
    auto* to = static_cast<volatile std::uint8_t*>(destination);
    const auto* from = static_cast<const volatile std::uint8_t*>(source);
    for (std::size_t i = 0; i < size_bytes; ++i) {
        to[i] = from[i];
    }
}

#else

constexpr bool kUnderAsan = false;

inline void start_switch(void**, const void*, std::size_t) {}
inline void finish_switch(void*, const void**, std::size_t*) {}
inline void unpoison(std::uintptr_t, std::size_t) {}

inline void copy_unchecked(void* destination, const void* source, std::size_t size_bytes)
{
    std::memcpy(destination, source, size_bytes);
}

#endif

}  // namespace brownout::sim
