#include "reference_set_probe.hpp"

namespace brownout::sim {
namespace {

using nlohmann::json;

std::string complaint_on(const json& document)
{
    return complaint([&] { read_case(document.dump(), "case.json"); });
}

TEST(CaseReader, ReadsEveryImportedCase)
{
    std::size_t count = 0;
    for (const auto& file : find_case_files({kConformanceFolder / "cases"})) {
        count += read_case_file(file).size();
    }
    EXPECT_EQ(count, 658u);
}

TEST(CaseReader, ReadsTheStepsAndRowsOfACase)
{
    const ReferenceCase reference = read_case(tiny_case().dump(), "case.json");
    EXPECT_EQ(reference.id, "move-tiny-test");
    EXPECT_EQ(reference.config.max_sectors, 7u);
    ASSERT_EQ(reference.steps.size(), 4u);
    EXPECT_EQ(std::get<CommandStep>(reference.steps[0].action).command.kind, APP_SET_PENDING);
    EXPECT_TRUE(std::holds_alternative<BootStep>(reference.steps[1].action));
    EXPECT_EQ(reference.steps[1].operations.size(), 24u);
    EXPECT_EQ(reference.tables[0].rows[2].operations.size(),
              reference.tables[0].rows[2].recovery.operation_count);
}

TEST(CaseReader, NamesAMissingMemberWithItsPath)
{
    json document = tiny_case();
    document["geometry"]["devices"][0].erase("size");
    EXPECT_EQ(complaint_on(document), "case.json: case 'move-tiny-test'.geometry.devices[0]: "
                                      "The member 'size' is missing.");
}

TEST(CaseReader, MissesEveryMemberOfTheConfiguration)
{
    const json whole = tiny_case();
    EXPECT_GE(whole["config"].size(), 12u);
    for (const auto& [name, value] : whole["config"].items()) {
        json document = whole;
        document["config"].erase(name);
        EXPECT_EQ(complaint_on(document),
                  "case.json: case 'move-tiny-test'.config: The member '" + name + "' is missing.");
    }
}

// Every member of every object, taken away and replaced by values of other types.
void bend_everything(json& value, const json& root, int depth)
{
    if (value.is_structured() && depth < 7) {
        std::size_t seen = 0;
        for (auto& child : value) {
            if (++seen > 3) {
                break;  // a list's later elements are read like its first
            }
            bend_everything(child, root, depth + 1);
        }
    }
    const json kept = value;
    for (const json& other :
         {json(), json(-1), json(1e300), json(18446744073709551615u), json("x"), json(true),
          json::array(), json::object(), json::array({json::array()})}) {
        value = other;
        complaint_on(root);  // an InputError or nothing: never another end
    }
    value = kept;
}

TEST(CaseReader, SurvivesEveryMemberOfTheWrongKind)
{
    json document = tiny_case();
    document["tables"] = json::array({document["tables"][0]});
    document["tables"][0]["rows"] = json::array({document["tables"][0]["rows"][0]});
    bend_everything(document, document, 0);
    EXPECT_EQ(complaint_on(document), "");
}

TEST(CaseReader, RefusesWhatDoesNotFit)
{
    const std::pair<const char*, json> patches[] = {
        {"/format", 2},
        {"/config/strategy", "swap-magic"},
        {"/config/downgrade_prevention", true},
        {"/config/images", 5},
        {"/geometry/devices/0/layout", "4096x23"},
        {"/geometry/devices/0/layout", "4096"},
        {"/geometry/devices/0/layout", "0x24"},
        {"/geometry/devices/0/layout", "4096x24x"},
        {"/geometry/devices/0/write_size", 3},
        {"/geometry/devices/0/layout", "2x49152"},
        {"/geometry/areas/primary/id", 2},
        {"/geometry/areas/primary/device", 1},
        {"/geometry/areas/primary/size", 49153},
        {"/geometry/areas/attic", json::object()},
        {"/labels/i0", "images/none.bin"},
        {"/initial/0/area", "attic"},
        {"/initial/0/image", "images/none.bin"},
        {"/initial/0/offset", 24576 - 2051},
        {"/initial_state", 1000},
        {"/steps/0/step", "dance"},
        {"/steps/0/step", "app dance 0"},
        {"/steps/0/step", "app pending"},
        {"/steps/0/step", "app pending 9 0"},
        {"/steps/0/step", "upload attic 0 x"},
        {"/steps/0/ops/0/4", "8c20"},
        {"/steps/0/ops/0/4", nullptr},
        {"/steps/1/ops/0/4", "8c20bdb652f5ae22"},
        {"/steps/0/state", 1000},
        {"/tables/0/type", "triple"},
        {"/tables/0/step", 4},
        {"/tables/0/rows/0/3", 1000},
        {"/tables/0/rows/0/7", 0},
    };
    for (const auto& [path, value] : patches) {
        json document = tiny_case();
        document[json::json_pointer(path)] = value;
        EXPECT_NE(complaint_on(document), "") << path << " = " << value;
    }
    EXPECT_EQ(complaint_on(tiny_case()), "");
}

TEST(CaseReader, KeepsImagesInsideTheirFolder)
{
    for (const char* path : {"/etc/passwd", "images/../../x", "../images/x", "keys/x"}) {
        json document = tiny_case();
        document["images"][path] = *document["images"].begin();
        EXPECT_NE(complaint_on(document), "") << path;
    }
}

TEST(CaseReader, RefusesTextThatIsNoCase)
{
    for (const char* text :
         {"", "{", "[]", "7", "{\"id\":5}", "{\"id\":1e999}", "null", "\xFF\xFE", "{}"}) {
        EXPECT_NE(complaint([&] { read_case(text, "x"); }), "") << text;
    }
    const std::string deep(1'000'000, '[');
    EXPECT_NE(complaint([&] { read_case(deep, "x"); }), "");
    EXPECT_NE(complaint([&] { read_case("{\"id\":" + deep, "x"); }), "");
}

TEST(CaseReader, ReadsOneCasePerLineOrOnePerFile)
{
    const TemporaryFolder folder;
    const std::string line = tiny_case().dump();
    EXPECT_EQ(read_case_file(folder.write("a.json", line + "\n" + line + "\n")).size(), 2u);
    EXPECT_EQ(read_case_file(folder.write("b.json", tiny_case().dump(4))).size(), 1u);
    EXPECT_NE(complaint([&] { read_case_file(folder.write("c.json", "")); }), "");
}

TEST(FindCaseFiles, TakesFilesAndFoldersInTheOrderOfTheirNames)
{
    const TemporaryFolder folder;
    EXPECT_NE(complaint([&] { find_case_files({folder.path()}); }), "");
    folder.write("b.json.gz", "");
    folder.write("a.json", "");
    folder.write("notes.txt", "");
    const auto found = find_case_files({folder.path(), "/nowhere/x.json"});
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].filename(), "a.json");
    EXPECT_EQ(found[1].filename(), "b.json.gz");
    EXPECT_NE(complaint([&] { read_case_file(found[2]); }), "");
}

}  // namespace
}  // namespace brownout::sim
