// The network core of a machine: its processor, its view of the bus, its bootloader, and whether
// the application core lets it run.
#pragma once

#include "device_model.hpp"
#include "event_queue.hpp"
#include "guarded_crypto.hpp"
#include "processor.hpp"

#include <models/acl.hpp>
#include <models/flash_protection.hpp>
#include <models/soc_registers.hpp>
#include <models/spu.hpp>
#include <sim/crypto.hpp>

#include <memory>
#include <vector>

namespace brownout::sim {

class NetworkCore {
public:
    // `board.network` is set. Everything must outlive this. `devices` and `application` have been
    // mapped: what of them this core sees is found there.
    NetworkCore(const BoardPlan& board, const boot_config& config, Firmware& firmware,
                std::vector<std::unique_ptr<DeviceModel>>& devices, Processor& application,
                models::Spu& spu);
    ~NetworkCore();

    Processor& processor() { return processor_; }

    // Before a run: held in reset.
    void reset(MachineState& state, RunRecorder& recorder, const RunOptions& options);
    // The application core let go at `now`, or holds.
    void follow_hold(bool is_held, models::Duration now);
    // A start-up code of an application, after its bootloader handed over: gives access, lets go.
    void application_starts(models::SocRegisters& registers);
    bool wants_to_run() const { return runs_; }
    // Lets it act until `horizon`; keeps how it ended.
    void run_until(models::Duration horizon);

    NetworkReport report() const;

private:
    void map_shared(std::vector<std::unique_ptr<DeviceModel>>& devices, Processor& application);
    void share(models::Bus& from, std::uint32_t address, std::uint32_t byte_count);
    CryptoHost crypto_host();
    std::span<const std::uint8_t> memory(std::uint32_t address, std::uint32_t byte_count);
    void start(models::Duration now);

    const BoardPlan& board_;
    boot_config config_;
    Firmware& firmware_;
    models::Spu& spu_;
    std::vector<std::unique_ptr<models::SpuGuard>> guards_;
    std::unique_ptr<models::NvmcWithAcl> nvmc_with_acl_;
    std::unique_ptr<models::ProtectedFlash> protected_flash_;
    std::unique_ptr<models::BusTarget> heard_flash_;
    models::SocRegisters soc_registers_;
    Processor processor_;
    std::unique_ptr<FirmwareFiber> fiber_;
    std::unique_ptr<CryptoProvider> crypto_;
    std::unique_ptr<GuardedCrypto> guarded_crypto_;
    ::board record_{};
    boot_platform platform_{};
    std::vector<std::uint8_t> hashed_;  // RAM of the application core, in one piece
    MachineState* state_ = nullptr;
    RunRecorder* recorder_ = nullptr;
    RunOptions options_;
    bool is_held_ = true;
    bool runs_ = false;
    std::uint32_t starts_ = 0;
    std::optional<Outcome> outcome_;
};

// Runs both cores until the application core stops or the power is lost; the one whose clock is
// behind acts first. After a hand-over the application releases the network core, which then acts
// alone.
void run_both_cores(Processor& application, NetworkCore& network, models::SocRegisters& registers,
                    const RunRecorder& recorder);

}  // namespace brownout::sim
