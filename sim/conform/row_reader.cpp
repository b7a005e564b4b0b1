#include "row_reader.hpp"

#include <fmt/format.h>

#include <charconv>

namespace brownout::sim {

namespace {

// Takes the elements of one row from left to right.
class RowCursor {
public:
    RowCursor(const nlohmann::json& row, const JsonFields& where) : row_(row), where_(where)
    {
        if (!row.is_array()) {
            where.refuse("A row is a list.");
        }
    }

    std::uint32_t number(std::size_t below)
    {
        const nlohmann::json& element = next();
        if (!element.is_number_unsigned() || element.get<std::uint64_t>() >= below) {
            where_.refuse(fmt::format("Element {} of a row is not a number below {}: {}",
                                      index_ - 1, below, row_.dump().substr(0, 120)));
        }
        return element.get<std::uint32_t>();
    }

    std::string text()
    {
        const nlohmann::json& element = next();
        if (!element.is_string()) {
            where_.refuse(fmt::format("Element {} of a row is not a text: {}", index_ - 1,
                                      row_.dump().substr(0, 120)));
        }
        return element.get<std::string>();
    }

    const nlohmann::json& next()
    {
        if (index_ >= row_.size()) {
            where_.refuse(fmt::format("A row is too short: {}", row_.dump().substr(0, 120)));
        }
        return row_[index_++];
    }

    void expect_end() const
    {
        if (index_ != row_.size()) {
            where_.refuse(fmt::format("A row is too long: {}", row_.dump().substr(0, 120)));
        }
    }

private:
    const nlohmann::json& row_;
    const JsonFields& where_;
    std::size_t index_ = 0;
};

constexpr std::size_t kAnyNumber = std::size_t{1} << 32;

std::uint64_t read_digest(const std::string& text, const JsonFields& where)
{
    std::uint64_t digest = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, digest, 16);
    if (text.size() != 16 || parsed.ec != std::errc{} || parsed.ptr != end) {
        where.refuse(fmt::format("'{}' is not a digest of 16 hex digits.", text.substr(0, 80)));
    }
    return digest;
}

RecoveryRecord read_recovery(RowCursor& row, const ReferenceCase& reference)
{
    RecoveryRecord record;
    record.operation_count = row.number(kAnyNumber);
    record.operations_hash = row.text();
    record.result = row.number(reference.results.size());
    record.state = row.number(reference.states.size());
    record.log = row.number(reference.logs.size());
    return record;
}

}  // namespace

std::vector<CaseOperation> read_operations(const nlohmann::json& list, const JsonFields& where)
{
    if (!list.is_array()) {
        where.refuse("Operations are a list.");
    }
    std::vector<CaseOperation> operations;
    for (const nlohmann::json& entry : list) {
        RowCursor row(entry, where);
        CaseOperation operation;
        operation.device = row.number(BOARD_DEVICES_MAX);
        const std::string kind = row.text();
        operation.offset_bytes = row.number(kAnyNumber);
        operation.byte_count = row.number(kAnyNumber);
        if (kind == "W") {
            operation.data_digest = read_digest(row.text(), where);
        } else if (kind == "E" && row.next().is_null()) {
            operation.kind = CallKind::kErase;
        } else {
            where.refuse("An operation is an erase without a digest or a write with one.");
        }
        row.expect_end();
        operations.push_back(operation);
    }
    return operations;
}

CutTable read_table(const JsonFields& fields, const ReferenceCase& reference)
{
    CutTable table;
    table.type = fields.text("type");
    table.step = fields.number32("step");
    table.is_double = table.type.starts_with("double");
    table.has_then = table.type.ends_with("_then");
    table.has_trace = table.type == "single_trace";
    if (table.type != "single" && table.type != "single_then" && table.type != "single_trace" &&
        table.type != "double" && table.type != "double_then") {
        fields.refuse("type", fmt::format("'{}' is not known.", table.type.substr(0, 80)));
    }
    if (table.step >= reference.steps.size()) {
        fields.refuse("step", "There is no such step.");
    }
    if (std::holds_alternative<UploadStepOfCase>(reference.steps[table.step].action)) {
        fields.refuse("step", "An upload has no operations that a cut could fall between.");
    }
    for (const nlohmann::json& entry : fields.array("rows")) {
        RowCursor cursor(entry, fields);
        CutRow row;
        row.cut = cursor.number(kAnyNumber);
        if (table.is_double) {
            row.second_cut = cursor.number(kAnyNumber);
        }
        row.recovery = read_recovery(cursor, reference);
        if (table.has_then) {
            row.then = read_recovery(cursor, reference);
        }
        if (table.has_trace) {
            row.operations = read_operations(cursor.next(), fields);
        }
        cursor.expect_end();
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace brownout::sim
