// Names of what management clients ask and are answered.
#include <sim/scenario_names.hpp>

namespace brownout::sim {

std::span<const Named<SmpKind>> smp_kind_names()
{
    static constexpr Named<SmpKind> kNames[] = {{"upload", SmpKind::kUpload},
                                                {"erase", SmpKind::kErase},
                                                {"list", SmpKind::kList},
                                                {"test", SmpKind::kTest},
                                                {"confirm", SmpKind::kConfirm}};
    return kNames;
}

std::span<const Named<SmpAnswer>> smp_answer_names()
{
    static constexpr Named<SmpAnswer> kNames[] = {{"ok", SmpAnswer::kOk},
                                                  {"hash-not-found", SmpAnswer::kHashNotFound},
                                                  {"no-free-slot", SmpAnswer::kNoFreeSlot},
                                                  {"write-failed", SmpAnswer::kWriteFailed},
                                                  {"erase-failed", SmpAnswer::kEraseFailed},
                                                  {"bad-slot", SmpAnswer::kBadSlot},
                                                  {"bad-length", SmpAnswer::kBadLength},
                                                  {"bad-header", SmpAnswer::kBadHeader},
                                                  {"bad-header-magic", SmpAnswer::kBadHeaderMagic},
                                                  {"too-large", SmpAnswer::kTooLarge},
                                                  {"overrun", SmpAnswer::kOverrun},
                                                  {"unknown-error", SmpAnswer::kUnknownError},
                                                  {"bad-state", SmpAnswer::kBadState},
                                                  {"timeout", SmpAnswer::kTimeout},
                                                  {"no-progress", SmpAnswer::kNoProgress}};
    return kNames;
}

std::span<const Named<image_manager_older>> image_manager_older_names()
{
    static constexpr Named<image_manager_older> kNames[] = {
        {"mcumgr-97-trailer-alone", IMAGE_MANAGER_OLDER_97_TRAILER_ALONE},
        {"zephyr-51798-erase-keeps-upload", IMAGE_MANAGER_OLDER_51798_ERASE_KEEPS_UPLOAD},
        {"zephyr-24706-exact-length", IMAGE_MANAGER_OLDER_24706_EXACT_LENGTH}};
    return kNames;
}

}  // namespace brownout::sim
