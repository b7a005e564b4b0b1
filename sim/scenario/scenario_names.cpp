#include <sim/scenario_names.hpp>

#include <sim/log_release.hpp>

#include <array>

namespace brownout::sim {

std::span<const Named<boot_strategy>> strategy_names()
{
    static constexpr std::array<Named<boot_strategy>, BOOT_STRATEGY_COUNT> kNames = {
        {{"swap-move", BOOT_SWAP_MOVE},
         {"swap-offset", BOOT_SWAP_OFFSET},
         {"swap-scratch", BOOT_SWAP_SCRATCH},
         {"overwrite-only", BOOT_OVERWRITE_ONLY},
         {"overwrite-only-fast", BOOT_OVERWRITE_ONLY_FAST},
         {"direct-xip", BOOT_DIRECT_XIP},
         {"direct-xip-revert", BOOT_DIRECT_XIP_REVERT},
         {"ram-load", BOOT_RAM_LOAD},
         {"ram-load-revert", BOOT_RAM_LOAD_REVERT},
         {"single-slot", BOOT_SINGLE_SLOT}}};
    return kNames;
}

std::span<const Named<crypto_signature>> signature_names()
{
    static constexpr std::array<Named<crypto_signature>, 6> kNames = {
        {{"none", CRYPTO_SIGNATURE_NONE},
         {"rsa2048", CRYPTO_RSA2048_PSS},
         {"rsa3072", CRYPTO_RSA3072_PSS},
         {"ecdsa-p256", CRYPTO_ECDSA_P256},
         {"ecdsa-p384", CRYPTO_ECDSA_P384},
         {"ed25519", CRYPTO_ED25519}}};
    return kNames;
}

std::span<const Named<crypto_key_wrap>> key_wrap_names()
{
    static constexpr Named<crypto_key_wrap> kNames[] = {
        {"rsa2048-oaep", CRYPTO_WRAP_RSA2048_OAEP},
        {"aes-kw", CRYPTO_WRAP_AES_KW},
        {"ecies-p256", CRYPTO_WRAP_ECIES_P256},
        {"ecies-x25519", CRYPTO_WRAP_ECIES_X25519},
        {"ecies-x25519-sha512", CRYPTO_WRAP_ECIES_X25519_SHA512}};
    return kNames;
}

std::span<const Named<boot_downgrade>> downgrade_names()
{
    static constexpr std::array<Named<boot_downgrade>, 3> kNames = {
        {{"allowed", BOOT_DOWNGRADE_ALLOWED},
         {"by-version", BOOT_DOWNGRADE_BY_VERSION},
         {"by-counter", BOOT_DOWNGRADE_BY_COUNTER}}};
    return kNames;
}

std::span<const Named<boot_fix>> fix_names()
{
    static constexpr std::array<Named<boot_fix>, 13> kNames = {
        {{"offset-one-sector", BOOT_FIX_OFFSET_ONE_SECTOR},
         {"offset-longer-old-image", BOOT_FIX_OFFSET_LONGER_OLD_IMAGE},
         {"offset-revert-restart", BOOT_FIX_OFFSET_REVERT_RESTART},
         {"offset-bootstrap-test", BOOT_FIX_OFFSET_BOOTSTRAP_TEST},
         {"scratch-revert-forgotten", BOOT_FIX_SCRATCH_REVERT_FORGOTTEN},
         {"no-erase-stale-status", BOOT_FIX_NO_ERASE_STALE_STATUS},
         {"overwrite-fast-extra-unit", BOOT_FIX_OVERWRITE_FAST_EXTRA_UNIT},
         {"move-no-space-flags", BOOT_FIX_MOVE_NO_SPACE_FLAGS},
         {"move-revert-becomes-permanent", BOOT_FIX_MOVE_REVERT_BECOMES_PERMANENT},
         {"scratch-write-units-differ", BOOT_FIX_SCRATCH_WRITE_UNITS_DIFFER},
         {"move-torn-magic", BOOT_FIX_MOVE_TORN_MAGIC},
         {"scratch-secondary-write-unit", BOOT_FIX_SCRATCH_SECONDARY_WRITE_UNIT},
         {"several-images-restart", BOOT_FIX_SEVERAL_IMAGES_RESTART}}};
    return kNames;
}

std::span<const Named<boot_older>> older_names()
{
    static constexpr std::array<Named<boot_older>, 9> kNames = {
        {{"mcuboot-829-padded-primary", BOOT_OLDER_829_PADDED_PRIMARY},
         {"mcuboot-855-trailer-twice", BOOT_OLDER_855_TRAILER_TWICE},
         {"mcuboot-1588-last-index", BOOT_OLDER_1588_LAST_INDEX},
         {"mcuboot-1966-torn-magic", BOOT_OLDER_1966_TORN_MAGIC},
         {"mcuboot-1645-scratch-trailer", BOOT_OLDER_1645_SCRATCH_TRAILER},
         {"mcuboot-2811-bootstrap", BOOT_OLDER_2811_BOOTSTRAP},
         {"mcuboot-765-trailer-left", BOOT_OLDER_765_TRAILER_LEFT},
         {"mcuboot-2199-stuck-revert", BOOT_OLDER_2199_STUCK_REVERT},
         {"sdk-mcuboot-200-magic-from-flash", BOOT_OLDER_200_MAGIC_FROM_FLASH}}};
    return kNames;
}

std::span<const Named<RamUse>> ram_use_names()
{
    static constexpr Named<RamUse> kNames[] = {{"always", RamUse::kAlways},
                                               {"reception", RamUse::kReception}};
    return kNames;
}

std::span<const Named<FaultRuns>> fault_run_names()
{
    static constexpr Named<FaultRuns> kNames[] = {{"all", FaultRuns::kAll},
                                                  {"boots", FaultRuns::kBoots}};
    return kNames;
}

std::span<const Named<boot_mutant>> mutant_names()
{
    static constexpr std::array<Named<boot_mutant>, BOOT_MUTANT_COUNT> kNames = {
        {{"none", BOOT_MUTANT_NONE},
         {"status-before-copy", BOOT_MUTANT_STATUS_BEFORE_COPY},
         {"no-trailer-erase", BOOT_MUTANT_NO_TRAILER_ERASE},
         {"magic-first", BOOT_MUTANT_MAGIC_FIRST},
         {"resume-one-late", BOOT_MUTANT_RESUME_ONE_LATE},
         {"skip-sector-erase", BOOT_MUTANT_SKIP_SECTOR_ERASE},
         {"copy-done-early", BOOT_MUTANT_COPY_DONE_EARLY},
         {"missing-status", BOOT_MUTANT_MISSING_STATUS},
         {"no-secondary-trailer-erase", BOOT_MUTANT_NO_SECONDARY_TRAILER_ERASE},
         {"no-validation", BOOT_MUTANT_NO_VALIDATION},
         {"image-ok-always", BOOT_MUTANT_IMAGE_OK_ALWAYS},
         {"swap-size-one-short", BOOT_MUTANT_SWAP_SIZE_ONE_SHORT},
         {"revert-ignored", BOOT_MUTANT_REVERT_IGNORED},
         {"no-downgrade-check", BOOT_MUTANT_NO_DOWNGRADE_CHECK},
         {"no-dependency-check", BOOT_MUTANT_NO_DEPENDENCY_CHECK},
         {"erase-twice", BOOT_MUTANT_ERASE_TWICE},
         {"erase-at-rest", BOOT_MUTANT_ERASE_AT_REST}}};
    return kNames;
}

std::span<const Named<ControllerKind>> controller_names()
{
    static constexpr std::array<Named<ControllerKind>, 3> kNames = {
        {{"nvmc", ControllerKind::kNvmc},
         {"plain", ControllerKind::kPlain},
         {"ram", ControllerKind::kRam}}};
    return kNames;
}

std::span<const Named<CoreId>> core_names()
{
    static constexpr Named<CoreId> kNames[] = {{"application", CoreId::kApplication},
                                               {"network", CoreId::kNetwork}};
    return kNames;
}

std::span<const Named<word_alignment>> word_alignment_names()
{
    static constexpr Named<word_alignment> kNames[] = {
        {"off", WORD_ALIGNMENT_OFF},
        {"refuse", WORD_ALIGNMENT_REFUSE},
        {"round", WORD_ALIGNMENT_ROUND},
        {"round-writes", WORD_ALIGNMENT_ROUND_WRITES},
        {"read-modify-write", WORD_ALIGNMENT_READ_MODIFY_WRITE}};
    return kNames;
}

std::span<const Named<std::uint8_t>> qspi_read_mode_names()
{
    static constexpr Named<std::uint8_t> kNames[] = {
        {"fastread", 0}, {"read2o", 1}, {"read2io", 2}, {"read4o", 3}, {"read4io", 4}};
    return kNames;
}

std::span<const Named<std::uint8_t>> qspi_write_mode_names()
{
    static constexpr Named<std::uint8_t> kNames[] = {
        {"pp", 0}, {"pp2o", 1}, {"pp4o", 2}, {"pp4io", 3}};
    return kNames;
}

std::span<const Named<models::TimeCase>> time_case_names()
{
    static constexpr Named<models::TimeCase> kNames[] = {{"typical", models::TimeCase::kTypical},
                                                         {"maximum", models::TimeCase::kMaximum}};
    return kNames;
}

std::span<const Named<OutcomeKind>> outcome_names()
{
    static constexpr std::array<Named<OutcomeKind>, 12> kNames = {
        {{"handed-over", OutcomeKind::kHandedOver},
         {"command-done", OutcomeKind::kCommandDone},
         {"no-image", OutcomeKind::kNoImage},
         {"assert", OutcomeKind::kAssert},
         {"panic", OutcomeKind::kPanic},
         {"bus-fault", OutcomeKind::kBusFault},
         {"firmware-fault", OutcomeKind::kFirmwareFault},
         {"stack-overflow", OutcomeKind::kStackOverflow},
         {"cycle-budget", OutcomeKind::kCycleBudget},
         {"hang", OutcomeKind::kHang},
         {"power-lost", OutcomeKind::kPowerLost},
         {"reset-requested", OutcomeKind::kResetRequested}}};
    return kNames;
}

std::span<const Named<StepKind>> step_names()
{
    static constexpr std::array<Named<StepKind>, 6> kNames = {
        {{"upload", StepKind::kUpload},
         {"request_upgrade", StepKind::kRequestUpgrade},
         {"confirm", StepKind::kConfirm},
         {"reset", StepKind::kReset},
         {"expect", StepKind::kExpect},
         {"smp", StepKind::kSmp}}};
    return kNames;
}

std::span<const Named<Granularity>> granularity_names()
{
    static constexpr std::array<Named<Granularity>, 3> kNames = {
        {{"calls", Granularity::kCalls},
         {"default", Granularity::kDefault},
         {"ops", Granularity::kOps}}};
    return kNames;
}

std::span<const Named<models::TearKind>> tear_names()
{
    static const std::array<Named<models::TearKind>, models::kTearKinds> kNames = [] {
        std::array<Named<models::TearKind>, models::kTearKinds> names{};
        for (std::size_t i = 0; i < names.size(); ++i) {
            names[i].value = static_cast<models::TearKind>(i);
            names[i].name = models::tear_model(names[i].value).name();
        }
        return names;
    }();
    return kNames;
}

std::span<const Named<models::ResetKind>> reset_kind_names()
{
    static constexpr std::array<Named<models::ResetKind>, 2> kNames = {
        {{"power-loss", models::ResetKind::kPowerOn},
         {"mcu-reset", models::ResetKind::kSystemReset}}};
    return kNames;
}

std::span<const Named<models::MarginalLevels>> marginal_level_names()
{
    static constexpr std::array<Named<models::MarginalLevels>, models::kMarginalLevels> kNames = {
        {{"erased", models::MarginalLevels::kErased},
         {"programmed", models::MarginalLevels::kProgrammed},
         {"mixed", models::MarginalLevels::kMixed}}};
    return kNames;
}

std::span<const Named<UploadVia>> upload_via_names()
{
    static constexpr std::array<Named<UploadVia>, 5> kNames = {
        {{"direct", UploadVia::kDirect},
         {"flash_img", UploadVia::kFlashImg},
         {"flash_img_v1", UploadVia::kFlashImgV1},
         {"stream", UploadVia::kStream},
         {"serial_recovery", UploadVia::kSerialRecovery}}};
    return kNames;
}

std::span<const Named<upload_fault>> upload_fault_names()
{
    static constexpr std::array<Named<upload_fault>, 5> kNames = {
        {{"drops-partial-block", UPLOAD_DROPS_PARTIAL_BLOCK},
         {"truncates-to-16-bits", UPLOAD_TRUNCATES_TO_16_BITS},
         {"ignores-event-offset", UPLOAD_IGNORES_EVENT_OFFSET},
         {"reuses-buffer", UPLOAD_REUSES_BUFFER},
         {"asks-too-early", UPLOAD_ASKS_TOO_EARLY}}};
    return kNames;
}

std::span<const Named<UpgradeRequest>> upgrade_request_names()
{
    static constexpr std::array<Named<UpgradeRequest>, 3> kNames = {
        {{"none", UpgradeRequest::kNone},
         {"test", UpgradeRequest::kTest},
         {"permanent", UpgradeRequest::kPermanent}}};
    return kNames;
}

std::span<const Named<std::string_view>> log_names()
{
    static const std::vector<Named<std::string_view>> kNames = [] {
        std::vector<Named<std::string_view>> names = {{kCoreLogRelease, kCoreLogRelease}};
        for (const LogRelease& release : log_releases()) {
            names.push_back({release.name, release.name});
        }
        return names;
    }();
    return kNames;
}

}  // namespace brownout::sim
