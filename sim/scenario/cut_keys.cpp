#include "cut_keys.hpp"

#include "value_types.hpp"

namespace brownout::sim {

namespace {

struct CutDraft {
    std::optional<std::uint64_t> call;
    std::optional<std::uint64_t> op;
    std::optional<models::Duration> time;
    models::ResetKind kind = models::ResetKind::kPowerOn;
    models::TearKind tear = models::TearKind::kNotStarted;
    std::uint32_t sample = 0;
    std::optional<std::uint32_t> samples;
    std::uint64_t seed = CutTear{}.seed;
};

const KeyTable<CutDraft>& cut_keys()
{
    static const KeyTable<CutDraft> kTable{
        "cut",
        {key("call", kOptional, WholeNumber{0, UINT32_MAX}, &CutDraft::call,
             "before this flash-area erase or write, counted from 0"),
         key("op", kOptional, WholeNumber{0, UINT64_MAX}, &CutDraft::op,
             "before this change of device state, counted from 0"),
         key("time", kOptional, TimeSpan{}, &CutDraft::time, "since the start of the step"),
         key("kind", kOptional, Choice<models::ResetKind>{reset_kind_names}, &CutDraft::kind,
             "power-loss (default), or mcu-reset: external parts go on"),
         key("tear", kOptional, Choice<models::TearKind>{tear_names}, &CutDraft::tear,
             "what the op in flight leaves; default not-started"),
         key("sample", kOptional, WholeNumber{0, kTearSamplesMax}, &CutDraft::sample,
             "which outcome of the tear, from 0; default 0"),
         key("samples", kOptional, WholeNumber{1, kTearSamplesMax}, &CutDraft::samples,
             "of how many outcomes; default: that of the tear"),
         key("seed", kOptional, WholeNumber{0, UINT64_MAX}, &CutDraft::seed,
             "of what the tear draws; default 1")},
        {"call", "op", "time"}};
    return kTable;
}

}  // namespace

bool CutValue::read(Reader& reader, const YamlNode& node, Value& cut) const
{
    CutDraft draft;
    if (!read_fields(reader, node, cut_keys(), draft)) {
        return false;
    }
    cut.place = reader.place(node);
    cut.where.kind = draft.kind;
    cut.where.tear.kind = draft.tear;
    cut.where.tear.sample = draft.sample;
    cut.where.tear.samples =
        draft.samples.value_or(models::tear_model(draft.tear).default_samples());
    cut.where.tear.seed = draft.seed;
    if (draft.time) {
        cut.where.at = PowerCut::At::kTime;
        cut.where.time = *draft.time;
    } else {
        cut.where.at = draft.call ? PowerCut::At::kCall : PowerCut::At::kOperation;
        cut.where.index = draft.call ? *draft.call : draft.op.value_or(0);
    }
    return true;
}

Json CutValue::schema() const
{
    return fields_schema(cut_keys());
}

}  // namespace brownout::sim
