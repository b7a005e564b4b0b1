#include "firmware_run.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace brownout::sim {
namespace {

class SampleFirmware : public testing::Test {
protected:
    std::unique_ptr<Firmware> firmware_ = Firmware::load(image_path("sample_firmware.so"), {});
    FirmwareRun run_{*firmware_};
};

TEST_F(SampleFirmware, EveryStartRestoresStatics)
{
    for (int boot = 0; boot < 3; ++boot) {
        ASSERT_EQ(run_.run(SAMPLE_COUNT), FiberEvent::kReturned);
        EXPECT_EQ(run_.fiber().return_value(), 1 + 1001);
    }
}

TEST_F(SampleFirmware, StateIsZeroesOrSeededNoise)
{
    const auto sum = [this](std::uint64_t seed) {
        EXPECT_EQ(run_.run(SAMPLE_SUM_OF_STATE, 0, seed), FiberEvent::kReturned);
        return run_.fiber().return_value();
    };
    EXPECT_EQ(sum(0), 0);
    EXPECT_EQ(sum(0), 0);
    const int noise = sum(1);
    EXPECT_NE(noise, 0);
    EXPECT_NE(sum(2), noise);
    EXPECT_EQ(sum(1), noise);
}

TEST_F(SampleFirmware, NothingOfAnEarlierRunIsLeftOnTheStack)
{
    const auto windows = firmware_->windows();
    ASSERT_EQ(run_.run(SAMPLE_TELL_ADDRESSES), FiberEvent::kReturned);
    run_.start(SAMPLE_COUNT);
    const models::MemoryWindow& stack = windows.back();
    ASSERT_EQ(stack.label, "stack of sample");
    std::size_t used = 0;
    for (std::size_t i = 0; i + 256 < stack.bytes.size(); ++i) {  // the first frame lies on top
        used += stack.bytes[i] != 0 ? 1u : 0u;
    }
    EXPECT_EQ(used, 0u);
}

TEST_F(SampleFirmware, AnAbandonedRunIsForgotten)
{
    ASSERT_EQ(run_.run(SAMPLE_PING_PONG, 5), FiberEvent::kSuspended);
    ASSERT_EQ(run_.fiber().resume(), FiberEvent::kSuspended);
    EXPECT_EQ(run_.value(), 2u);
    ASSERT_EQ(run_.run(SAMPLE_COUNT), FiberEvent::kReturned);
    EXPECT_EQ(run_.fiber().return_value(), 1002);
}

TEST_F(SampleFirmware, TwoLoadsOfOneFileTakeTurnsWithMemoriesOfTheirOwn)
{
    const auto twin_firmware = Firmware::load(image_path("sample_firmware.so"), {});
    FirmwareRun twin(*twin_firmware);
    run_.start(SAMPLE_PING_PONG, 1000);
    twin.start(SAMPLE_PING_PONG, 2000);
    for (std::uint32_t i = 1; i <= 1000; ++i) {
        ASSERT_EQ(run_.fiber().resume(), FiberEvent::kSuspended);
        ASSERT_EQ(twin.fiber().resume(), FiberEvent::kSuspended);
        ASSERT_EQ(twin.fiber().resume(), FiberEvent::kSuspended);
        ASSERT_EQ(run_.value(), i);
        ASSERT_EQ(twin.value(), 2 * i);
    }
    EXPECT_EQ(run_.fiber().resume(), FiberEvent::kReturned);
    EXPECT_EQ(twin.fiber().resume(), FiberEvent::kReturned);
    EXPECT_EQ(run_.fiber().return_value(), 1000);
    EXPECT_EQ(twin.fiber().return_value(), 2000);
}

TEST_F(SampleFirmware, ManyLoadsOfOneFileStayApart)
{
    std::vector<std::unique_ptr<Firmware>> copies;
    for (int i = 0; i < 4; ++i) {
        copies.push_back(Firmware::load(image_path("sample_firmware.so"), {}));
        EXPECT_NE(&copies.back()->windows().front().bytes[0],
                  &firmware_->windows().front().bytes[0]);
    }
    copies.erase(copies.begin() + 1);
    copies.push_back(Firmware::load(image_path("sample_firmware.so"), {}));
    for (const auto& copy : copies) {
        FirmwareRun run(*copy);
        ASSERT_EQ(run.run(SAMPLE_COUNT), FiberEvent::kReturned);
        EXPECT_EQ(run.fiber().return_value(), 1002);
    }
}

class FaultyFirmware : public testing::Test {
protected:
    FaultyFirmware() { set_firmware_hang_limit(0.05); }
    ~FaultyFirmware() override { set_firmware_hang_limit(2.0); }

    // The fault's text; the firmware must run normally after it.
    std::string fault(std::uint32_t command, FiberEvent expected = FiberEvent::kFault)
    {
        EXPECT_EQ(run_.run(command), expected);
        std::string text = run_.fiber().fault_text();
        EXPECT_EQ(run_.run(FAULT_NONE), FiberEvent::kReturned);
        EXPECT_EQ(run_.fiber().return_value(), 42);
        return text;
    }

    std::unique_ptr<Firmware> firmware_ = Firmware::load(image_path("faulty_firmware.so"), {});
    FirmwareRun run_{*firmware_};
};

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

TEST_F(FaultyFirmware, ReadingNullIsAFaultWithAPlace)
{
    const std::string text = fault(FAULT_READ_NULL);
    EXPECT_EQ(text.find("SIGSEGV reading 0x0000000000000010 in read_null"), 0u) << text;
}

TEST_F(FaultyFirmware, WritingAConstantNamesIt)
{
    const std::string text = fault(FAULT_WRITE_CONSTANT);
    EXPECT_EQ(text.find("SIGSEGV writing 0x0000"), 0u) << text;
    EXPECT_TRUE(contains(text, "faulty_constant (4 bytes, .rodata of faulty), in write_constant"))
        << text;
}

TEST_F(FaultyFirmware, CallingNullNamesTheCaller)
{
    const std::string text = fault(FAULT_CALL_NULL);
    EXPECT_EQ(text.find("SIGSEGV jumping to 0x0000000000000000 called from call_null + 0x"), 0u)
        << text;
}

TEST_F(FaultyFirmware, AFaultInMemcpyNamesTheCaller)
{
    const std::string text = fault(FAULT_COPY_FROM_NULL);
    EXPECT_EQ(text.find("SIGSEGV reading 0x00000000000000"), 0u) << text;
    EXPECT_TRUE(contains(text, "copy_from_null + 0x")) << text;
}

TEST_F(FaultyFirmware, TrapsAreFaults)
{
    std::string text = fault(FAULT_ILLEGAL_INSTRUCTION);
    EXPECT_EQ(text.find("SIGILL, illegal instruction or trap in "), 0u) << text;
    text = fault(FAULT_DIVISION);
    EXPECT_EQ(text.find("SIGFPE, division by zero or overflow in divide_by_zero"), 0u) << text;
    text = fault(FAULT_BREAKPOINT);
    EXPECT_EQ(text.find("SIGTRAP, breakpoint in "), 0u) << text;
    text = fault(FAULT_NON_CANONICAL);
    EXPECT_EQ(text.find("SIGSEGV at an address that cannot exist in read_non_canonical"), 0u)
        << text;
}

TEST_F(FaultyFirmware, RecursionEndsAtTheGuard)
{
    const std::string text = fault(FAULT_RECURSION, FiberEvent::kStackOverflow);
    EXPECT_EQ(text.find("more than the 16384 bytes of stack are in use in recurse"), 0u) << text;
}

TEST_F(FaultyFirmware, APlatformCallBelowTheStackIsAnOverflow)
{
    const std::string text = fault(FAULT_RECURSION_WITH_CALLS, FiberEvent::kStackOverflow);
    EXPECT_TRUE(contains(text, "called from recurse + 0x")) << text;
}

TEST_F(FaultyFirmware, AnEndlessLoopIsAHang)
{
    for (int i = 0; i < 2; ++i) {
        const std::string text = fault(FAULT_SPIN, FiberEvent::kHang);
        EXPECT_EQ(text.find("no call to the platform for 0.05 s of CPU time in spin_for_ever"), 0u)
            << text;
    }
}

TEST_F(FaultyFirmware, ALongComputationThatCallsItsPlatformIsNoHang)
{
    set_firmware_hang_limit(5.0);
    EXPECT_EQ(run_.run(FAULT_SPIN_WITH_CALLS, 8), FiberEvent::kReturned);
}

TEST_F(FaultyFirmware, EverythingWorksInAForkedChild)
{
    ASSERT_EQ(fault(FAULT_READ_NULL).find("SIGSEGV"), 0u);
    ASSERT_EQ(fault(FAULT_SPIN, FiberEvent::kHang).find("no call"), 0u);
    const pid_t child = fork();
    if (child == 0) {
        const bool hangs = run_.run(FAULT_SPIN) == FiberEvent::kHang;
        const bool faults = run_.run(FAULT_READ_NULL) == FiberEvent::kFault;
        const bool overflows = run_.run(FAULT_RECURSION) == FiberEvent::kStackOverflow;
        const bool returns = run_.run(FAULT_NONE) == FiberEvent::kReturned;
        _exit((hangs ? 1 : 0) | (faults ? 2 : 0) | (overflows ? 4 : 0) | (returns ? 8 : 0));
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 15);
}

using FaultyFirmwareDeathTest = FaultyFirmware;

TEST_F(FaultyFirmwareDeathTest, AFaultInsideThePlatformStillCrashes)
{
    EXPECT_DEATH(run_.run(FAULT_IN_PLATFORM), "");
}

TEST_F(FaultyFirmwareDeathTest, AFaultOutsideOfFirmwareStillCrashes)
{
    fault(FAULT_READ_NULL);
    const volatile int* nowhere = nullptr;
    EXPECT_DEATH(static_cast<void>(*nowhere), "");
}

}  // namespace
}  // namespace brownout::sim
