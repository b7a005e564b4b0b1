// app: what the application may do by itself during an exploration.
#include "scenario_keys.hpp"
#include "value_types.hpp"

namespace brownout::sim {

namespace {

// A list of upgrade types, kept as flags.
struct UpgradeTypes {
    using Value = std::vector<bool>;
    static std::span<const Named<bool>> names()
    {
        static constexpr Named<bool> kNames[] = {{"test", false}, {"permanent", true}};
        return kNames;
    }
    bool read(Reader& reader, const YamlNode& node, Value& values) const
    {
        return ListOf<Choice<bool>>{{names}}.read(reader, node, values);
    }
    Json schema() const { return ListOf<Choice<bool>>{{names}}.schema(); }
};

// All but serial recovery, which is the bootloader's.
std::span<const Named<UploadVia>> application_via_names()
{
    return upload_via_names().first(4);
}

const KeyTable<AppMachine>& app_keys()
{
    static const KeyTable<AppMachine> kTable{
        "app",
        {key("confirms", kOptional, Flag{}, &AppMachine::confirms,
             "may confirm the new image when it runs; default true"),
         key("requests", kOptional, UpgradeTypes{}, &AppMachine::requests,
             "may request an upgrade to what the secondary slot holds: test, permanent"),
         key("uploads", kOptional, ListOf<PlacedText>{}, &AppMachine::uploads,
             "images that it may bring into the secondary slot once an upgrade is over"),
         key("uploads_via", kOptional, Choice<UploadVia>{application_via_names},
             &AppMachine::uploads_via,
             "writer of these uploads, cut like any step; direct: by a programmer, not cut; "
             "default "
             "flash_img, for swap-offset direct")}};
    return kTable;
}

}  // namespace

Key<Scenario> app_key()
{
    return key("app", kOptional, Fields<AppMachine>{app_keys, true}, &Scenario::app,
               "what the application may do after each start, during an exploration; then it is "
               "reset");
}

}  // namespace brownout::sim
