#include "conform/call_recorder.hpp"

#include <gtest/gtest.h>

namespace brownout::sim {
namespace {

Call write_call(std::uint64_t offset, std::uint32_t byte_count)
{
    Call call;
    call.device_offset_bytes = offset;
    call.byte_count = byte_count;
    return call;
}

TEST(CallRecorder, DigestsTheDataOfACallHoweverItArrives)
{
    // "abc" in one operation, then byte by byte: ba7816bf8f01cfea is the start of its SHA-256.
    const std::uint8_t abc[] = {'a', 'b', 'c'};
    const MachineState state;
    CallRecorder recorder(false);
    models::OperationBatch batch;
    const Call first = write_call(0, 3);
    EXPECT_EQ(recorder.before_call(first, state), Power::kHolds);
    batch.data = abc;
    batch.count = 3;
    EXPECT_EQ(recorder.before_operations(batch, 0, &first, state), 3u);
    const Call second = write_call(8, 3);
    recorder.before_call(second, state);
    batch.count = 1;
    for (const std::uint8_t& byte : abc) {
        batch.data = {&byte, 1};
        EXPECT_EQ(recorder.before_operations(batch, 3, &second, state), 1u);
    }
    DataDigests digests;
    const auto operations = recorder.take_operations(digests);
    ASSERT_EQ(operations.size(), 2u);
    EXPECT_EQ(operations[0].data_digest, 0xba7816bf8f01cfeau);
    EXPECT_EQ(operations[1].data_digest, 0xba7816bf8f01cfeau);
    EXPECT_EQ(operations[1].offset_bytes, 8u);
}

TEST(CallRecorder, KeepsTheStateBeforeEachCall)
{
    MachineState state;
    state.devices.emplace_back(models::FlashGeometry{.size_bytes = 4096});
    CallRecorder recorder(true);
    for (std::uint8_t i = 0; i < 3; ++i) {
        Call erase = write_call(0, 1);
        erase.kind = CallKind::kErase;
        recorder.before_call(erase, state);
        state.devices[0].poke(0, {&i, 1});
    }
    const auto states = recorder.take_states();
    ASSERT_EQ(states.size(), 3u);
    EXPECT_EQ(states[0].devices[0].byte_at(0), 0xFF);
    EXPECT_EQ(states[1].devices[0].byte_at(0), 0);
    EXPECT_EQ(states[2].devices[0].byte_at(0), 1);
}

}  // namespace
}  // namespace brownout::sim
