// pack-conformance RECORDED TARGET: makes the compact form of a recorded reference set, which is
// what tests/conformance/ holds.
#include <sim/conform.hpp>
#include <sim/error.hpp>

#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    using namespace brownout::sim;
    if (argc != 3) {
        std::fprintf(stderr, "usage: pack-conformance RECORDED TARGET\n");
        return static_cast<int>(ExitCode::kBadInput);
    }
    try {
        pack_reference_set(argv[1], argv[2]);
    } catch (const InputError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return static_cast<int>(ExitCode::kBadInput);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pack-conformance: %s\n", error.what());
        return static_cast<int>(ExitCode::kInternalError);
    }
    return 0;
}
