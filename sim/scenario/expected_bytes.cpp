#include "expected_bytes.hpp"

namespace brownout::sim {

namespace {

const KeyTable<ExpectedBytes>& expected_bytes_keys()
{
    static const KeyTable<ExpectedBytes> kTable{
        "bytes",
        {key("in", Presence::kRequired, Text{}, &ExpectedBytes::partition, "partition"),
         key("at", Presence::kOptional, ByteSize{}, &ExpectedBytes::offset_bytes,
             "offset in it; default 0"),
         key("are", Presence::kOptional, ListOf<WholeNumber>{WholeNumber{0, 255}},
             &ExpectedBytes::are, "the bytes there"),
         key("size", Presence::kOptional, ByteSize{1}, &ExpectedBytes::size_bytes,
             "with not_erased: how many bytes to look at"),
         key("not_erased", Presence::kOptional, WholeNumber{}, &ExpectedBytes::not_erased,
             "how many of them differ from the erased value")},
        {"are", "not_erased"}};
    return kTable;
}

}  // namespace

bool BytesExpectation::read(Reader& reader, const YamlNode& node, Value& expected) const
{
    if (!read_fields(reader, node, expected_bytes_keys(), expected)) {
        return false;
    }
    expected.place = reader.place(node);
    if (expected.not_erased.has_value() != (expected.size_bytes > 0)) {
        reader.fail(node, "'not_erased' and 'size' go together");
        return false;
    }
    return true;
}

Json BytesExpectation::schema() const
{
    return fields_schema(expected_bytes_keys());
}

void write_expected_bytes(YamlFields& to, const std::vector<ExpectedBytes>& list)
{
    to.begin_list("bytes");
    for (const ExpectedBytes& expected : list) {
        to.begin_item();
        to.value("in", expected.partition);
        to.unless_default("at", expected.offset_bytes, 0u);
        if (expected.not_erased) {
            to.value("size", expected.size_bytes);
            to.value("not_erased", *expected.not_erased);
        } else {
            to.numbers("are", expected.are);
        }
        to.end_map();
    }
    to.end_list();
}

}  // namespace brownout::sim
