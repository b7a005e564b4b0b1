#include "case_reader.hpp"

#include "gzip_file.hpp"
#include "json_fields.hpp"
#include "row_reader.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace brownout::sim {

namespace {

constexpr std::size_t kCaseTextBytesMax = 64u << 20;
constexpr std::uint32_t kDeviceBytesMax = 64u << 20;
constexpr std::uint32_t kCaseImageBytesMax = 16u << 20;
constexpr std::size_t kListLengthMax = 64;

template <typename Value>
struct Named {
    std::string_view name;
    Value value;
};

constexpr Named<boot_strategy> kStrategies[] = {
    {"swap-move", BOOT_SWAP_MOVE},
    {"swap-offset", BOOT_SWAP_OFFSET},
    {"swap-scratch", BOOT_SWAP_SCRATCH},
    {"overwrite-only", BOOT_OVERWRITE_ONLY},
    {"overwrite-only-fast", BOOT_OVERWRITE_ONLY_FAST},
    {"direct-xip", BOOT_DIRECT_XIP},
    {"direct-xip-revert", BOOT_DIRECT_XIP_REVERT},
    {"ram-load", BOOT_RAM_LOAD},
    {"ram-load-revert", BOOT_RAM_LOAD_REVERT},
};
constexpr Named<crypto_signature> kSignatures[] = {
    {"none", CRYPTO_SIGNATURE_NONE},   {"ecdsa-p256", CRYPTO_ECDSA_P256},
    {"ecdsa-p384", CRYPTO_ECDSA_P384}, {"rsa2048", CRYPTO_RSA2048_PSS},
    {"rsa3072", CRYPTO_RSA3072_PSS},   {"ed25519", CRYPTO_ED25519},
};
constexpr Named<crypto_key_wrap> kKeyWraps[] = {
    {"none", CRYPTO_WRAP_NONE},           {"ec256", CRYPTO_WRAP_ECIES_P256},
    {"x25519", CRYPTO_WRAP_ECIES_X25519}, {"rsa2048", CRYPTO_WRAP_RSA2048_OAEP},
    {"aes128kw", CRYPTO_WRAP_AES_KW},
};
constexpr Named<boot_downgrade> kDowngrades[] = {
    {"version", BOOT_DOWNGRADE_BY_VERSION},
    {"security-counter", BOOT_DOWNGRADE_BY_COUNTER},
};

template <typename Value, std::size_t count>
Value choose(const JsonFields& fields, std::string_view member,
             const Named<Value> (&choices)[count])
{
    const std::string text = fields.text(member);
    for (const Named<Value>& choice : choices) {
        if (text == choice.name) {
            return choice.value;
        }
    }
    fields.refuse(member, fmt::format("'{}' is not known.", text));
}

CaseConfig read_config(const JsonFields& fields)
{
    CaseConfig config;
    config.strategy = choose(fields, "strategy", kStrategies);
    config.strategy_name = fields.text("strategy");
    config.max_sectors = fields.number32("max_sectors", 65536);
    config.images = fields.number32("images", FLASH_IMAGES_MAX);
    config.max_align = fields.number32("max_align", 4096);
    config.validate_primary = fields.flag("validate_primary");
    config.bootstrap = fields.flag("bootstrap");
    const bool is_flag = fields.has("downgrade_prevention") &&
                         fields.value().at("downgrade_prevention").is_boolean();
    if (!is_flag) {
        config.downgrade = choose(fields, "downgrade_prevention", kDowngrades);
    } else if (fields.flag("downgrade_prevention")) {
        fields.refuse("downgrade_prevention", "false or the name of a kind is expected.");
    }
    config.signature = choose(fields, "signature", kSignatures);
    config.encryption = choose(fields, "encryption", kKeyWraps);
    config.save_enctlv = fields.flag("save_enctlv");
    config.minimal_scramble = fields.flag("minimal_scramble");
    config.no_erase = fields.flag("no_erase");
    return config;
}

// "4096x24,1024x8"
std::vector<SectorRun> read_layout(const JsonFields& device)
{
    std::vector<SectorRun> runs;
    std::istringstream text(device.text("layout"));
    std::string run_text;
    while (std::getline(text, run_text, ',')) {
        SectorRun run;
        const char* end = run_text.data() + run_text.size();
        const auto size = std::from_chars(run_text.data(), end, run.size_bytes);
        if (size.ec != std::errc{} || size.ptr == end || *size.ptr != 'x') {
            device.refuse("layout", "A list like 4096x24,1024x8 is expected.");
        }
        const auto count = std::from_chars(size.ptr + 1, end, run.count);
        if (count.ec != std::errc{} || count.ptr != end || run.size_bytes == 0 || run.count == 0 ||
            runs.size() == FLASH_SECTOR_RUNS_MAX) {
            device.refuse("layout", "A list like 4096x24,1024x8 is expected.");
        }
        runs.push_back(run);
    }
    return runs;
}

CaseDevice read_device(const JsonFields& fields)
{
    CaseDevice device;
    device.size_bytes = fields.number32("size", kDeviceBytesMax);
    device.write_unit_bytes = fields.number32("write_size", 2048);
    device.sectors = read_layout(fields);
    device.overwrites = fields.has("program") && fields.text("program") == "overwrite";
    std::uint64_t covered_bytes = 0;
    for (const SectorRun& run : device.sectors) {
        covered_bytes += std::uint64_t{run.size_bytes} * run.count;
    }
    if (device.size_bytes == 0 || covered_bytes != device.size_bytes) {
        fields.refuse("layout", fmt::format("The sectors cover {} bytes of {}.", covered_bytes,
                                            device.size_bytes));
    }
    if (device.write_unit_bytes == 0 ||
        (device.write_unit_bytes & (device.write_unit_bytes - 1)) != 0) {
        fields.refuse("write_size", "A power of two is expected.");
    }
    for (const SectorRun& run : device.sectors) {
        if (run.size_bytes % device.write_unit_bytes != 0) {
            fields.refuse("layout", "A sector is not a multiple of the write size.");
        }
    }
    return device;
}

CaseArea read_area(const JsonFields& fields, const std::string& role,
                   const std::vector<CaseDevice>& devices)
{
    CaseArea area;
    area.role = role;
    area.id = fields.number32("id");
    area.device = fields.number32("device");
    area.offset_bytes = fields.number32("offset");
    area.size_bytes = fields.number32("size");
    if (area.device >= devices.size()) {
        fields.refuse("device", "There is no such device.");
    }
    const std::uint32_t device_bytes = devices[area.device].size_bytes;
    if (area.offset_bytes > device_bytes || area.size_bytes > device_bytes - area.offset_bytes) {
        fields.refuse("The area does not lie inside its device.");
    }
    return area;
}

void read_geometry(const JsonFields& fields, ReferenceCase& out)
{
    for (const JsonFields& device : fields.objects("devices")) {
        out.devices.push_back(read_device(device));
    }
    if (out.devices.empty() || out.devices.size() > BOARD_DEVICES_MAX) {
        fields.refuse("devices",
                      fmt::format("From 1 to {} devices are expected.", BOARD_DEVICES_MAX));
    }
    static constexpr const char* kRoles[] = {"primary", "secondary", "primary1", "secondary1",
                                             "scratch"};
    const JsonFields areas = fields.object("areas");
    for (const char* role : kRoles) {
        if (areas.has(role)) {
            const CaseArea area = read_area(areas.object(role), role, out.devices);
            for (const CaseArea& other : out.areas) {
                if (other.id == area.id) {
                    areas.refuse(role, fmt::format("'{}' has the same id.", other.role));
                }
            }
            out.areas.push_back(area);
        }
    }
    if (areas.value().size() != out.areas.size()) {
        areas.refuse("An area has a role that is not known.");
    }
}

std::uint32_t area_index(const ReferenceCase& reference, const std::string& role,
                         const JsonFields& where)
{
    for (std::uint32_t i = 0; i < reference.areas.size(); ++i) {
        if (reference.areas[i].role == role) {
            return i;
        }
    }
    where.refuse(fmt::format("There is no area '{}'.", role));
}

void read_images(const JsonFields& fields, ReferenceCase& out)
{
    const JsonFields images = fields.object("images");
    for (const auto& [path, value] : images.value().items()) {
        const JsonFields image = images.object(path);
        // An image file lies beside the cases, never elsewhere.
        if (path.rfind("images/", 0) != 0 || path.find("..") != std::string::npos) {
            image.refuse("The path of an image begins with images/ and has no '..'.");
        }
        out.images[path] = {path,
                            image.number32("size", kCaseImageBytesMax),
                            image.number32("total"),
                            image.number32("hdr_size"),
                            image.number32("img_size"),
                            image.text("sha256"),
                            image.text("modification") != "none"};
    }
    const JsonFields labels = fields.object("labels");
    for (const auto& [name, value] : labels.value().items()) {
        std::string image = labels.text(name);
        const bool decrypted = !name.empty() && name.back() == 'd';
        image = image.substr(0, image.find(' '));  // "x.bin (decrypted payload)"
        if (out.images.count(image) == 0) {
            labels.refuse(name, fmt::format("There is no image '{}'.", image));
        }
        out.labels.push_back({name, image, decrypted});
    }
}

void check_image(const ReferenceCase& reference, const std::string& path, const JsonFields& where,
                 std::uint32_t area, std::uint32_t offset_bytes)
{
    const auto found = reference.images.find(path);
    if (found == reference.images.end()) {
        where.refuse(fmt::format("There is no image '{}'.", path));
    }
    const std::uint32_t area_bytes = reference.areas[area].size_bytes;
    if (offset_bytes > area_bytes || found->second.size_bytes > area_bytes - offset_bytes) {
        where.refuse(fmt::format("The image '{}' does not fit.", path));
    }
}

void read_initial(const JsonFields& fields, ReferenceCase& out)
{
    for (const JsonFields& entry : fields.objects("initial")) {
        CaseInitial initial;
        initial.area = area_index(out, entry.text("area"), entry);
        initial.offset_bytes = entry.number32("offset");
        if (entry.has("image")) {
            initial.image = entry.text("image");
            check_image(out, initial.image, entry, initial.area, initial.offset_bytes);
        } else {
            const std::uint32_t area_bytes = out.areas[initial.area].size_bytes;
            initial.fill_bytes = entry.number32("fill_len", area_bytes);
            initial.fill_value = static_cast<std::uint8_t>(entry.number32("fill_byte", 255));
            if (initial.offset_bytes > area_bytes - initial.fill_bytes) {
                entry.refuse("The fill does not lie inside its area.");
            }
        }
        out.initial.push_back(initial);
    }
}

UploadStepOfCase read_upload(std::istringstream& words, const JsonFields& where,
                             const ReferenceCase& reference)
{
    UploadStepOfCase upload;
    std::string role;
    words >> role >> upload.offset_bytes >> upload.image;
    if (!words) {
        where.refuse("step", "An upload is: upload <role> <offset> <image file>.");
    }
    upload.area = area_index(reference, role, where);
    check_image(reference, upload.image, where, upload.area, upload.offset_bytes);
    return upload;
}

CommandStep read_command(std::istringstream& words, const JsonFields& where,
                         const ReferenceCase& reference)
{
    CommandStep step;
    app_command& command = step.command;
    std::string name;
    words >> name;
    if (name == "set_next") {
        std::string role;
        command.kind = APP_SET_NEXT;
        words >> role >> command.active >> command.permanent;
        command.area_id = reference.areas[area_index(reference, role, where)].id;
    } else if (name == "pending") {
        command.kind = APP_SET_PENDING;
        words >> command.image_index >> command.permanent;
    } else if (name == "confirm" || name == "swap_type") {
        command.kind = name == "confirm" ? APP_SET_CONFIRMED : APP_SWAP_TYPE;
        words >> command.image_index;
    } else {
        where.refuse("step", fmt::format("The application cannot do '{}'.", name));
    }
    if (!words || command.image_index >= FLASH_IMAGES_MAX) {
        where.refuse("step", "The numbers behind the command are not right.");
    }
    return step;
}

void read_step_action(const JsonFields& fields, const ReferenceCase& reference, CaseStep& step)
{
    step.text = fields.text("step");
    std::istringstream words(step.text);
    std::string kind;
    words >> kind;
    if (kind == "boot") {
        step.action = BootStep{};
    } else if (kind == "app") {
        step.action = read_command(words, fields, reference);
    } else if (kind == "upload") {
        step.action = read_upload(words, fields, reference);
    } else {
        fields.refuse("step", fmt::format("'{}' is not known.", kind));
    }
}

CaseResult read_result(const JsonFields& fields)
{
    CaseResult result;
    result.code = fields.integer("rc");
    if (fields.has("outcome")) {
        result.outcome = fields.text("outcome");
    }
    if (fields.has("dev")) {
        result.has_image = true;
        result.device = fields.number32("dev");
        result.offset_bytes = fields.number32("off");
        result.version = fields.text("version");
    }
    if (fields.has("ram_sha256")) {
        result.ram_sha256 = fields.text("ram_sha256");
        result.load_address = fields.number32("load_addr");
    }
    return result;
}

void read_steps(const JsonFields& fields, ReferenceCase& out)
{
    const auto state_count = static_cast<std::uint32_t>(out.states.size());
    for (const JsonFields& entry : fields.objects("steps")) {
        CaseStep step;
        read_step_action(entry, out, step);
        if (!std::holds_alternative<UploadStepOfCase>(step.action)) {
            step.result = read_result(entry.object("result"));
        }
        step.operation_count = entry.number32("nops");
        step.operations_hash = entry.text("ops_hash");
        step.state = entry.number32("state", state_count - 1);
        step.log = entry.texts("log");
        step.operations = read_operations(entry.array("ops"), entry);
        out.steps.push_back(std::move(step));
    }
}

void read_dictionaries(const JsonFields& fields, ReferenceCase& out)
{
    for (const JsonFields& result : fields.objects("results")) {
        out.results.push_back(read_result(result));
    }
    for (const JsonFields& entry : fields.objects("states")) {
        CaseState state;
        state.sha256 = entry.texts("sha256");
        const JsonFields content = entry.object("content");
        for (const auto& [role, label] : content.value().items()) {
            state.content[role] = content.text(role);
        }
        out.states.push_back(std::move(state));
    }
    for (const nlohmann::json& log : fields.array("logs")) {
        // Wrapped so that complaints name the list.
        const nlohmann::json wrapped = {{"lines", log}};
        out.logs.push_back(JsonFields(wrapped, out.id + ".logs", out.file).texts("lines"));
    }
    if (out.states.empty()) {
        fields.refuse("states", "At least one state is expected.");
    }
    out.initial_state =
        fields.number32("initial_state", static_cast<std::uint32_t>(out.states.size() - 1));
}

}  // namespace

ReferenceCase read_case(std::string_view text, const std::string& file)
{
    const nlohmann::json document = parse_json(text, file);
    ReferenceCase reference;
    reference.file = file;
    reference.id = JsonFields(document, "the case", file).text("id");
    const JsonFields fields(document, fmt::format("case '{}'", reference.id), file);
    if (fields.number("format", UINT64_MAX) != 1) {
        fields.refuse("format", "Only format 1 is understood.");
    }
    for (const char* list : {"steps", "tables", "initial"}) {
        if (fields.array(list).size() > kListLengthMax) {
            fields.refuse(list, fmt::format("More than {} entries.", kListLengthMax));
        }
    }
    reference.config = read_config(fields.object("config"));
    read_geometry(fields.object("geometry"), reference);
    read_images(fields, reference);
    read_initial(fields, reference);
    read_dictionaries(fields, reference);
    read_steps(fields, reference);
    for (const JsonFields& table : fields.objects("tables")) {
        reference.tables.push_back(read_table(table, reference));
    }
    return reference;
}

std::vector<ReferenceCase> read_case_file(const std::filesystem::path& path)
{
    const std::string text = path.extension() == ".gz" ? read_gzip_file(path, kCaseTextBytesMax)
                                                       : read_whole_file(path, kCaseTextBytesMax);
    std::vector<ReferenceCase> cases;
    // A line that begins with a brace begins a case.
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t next = text.find("\n{", start);
        const std::size_t end = next == std::string::npos ? text.size() : next + 1;
        cases.push_back(
            read_case(std::string_view(text).substr(start, end - start), path.string()));
        start = end;
    }
    if (cases.empty()) {
        throw InputError(Place{path.string()}, "The file holds no case.");
    }
    return cases;
}

std::vector<std::filesystem::path> find_case_files(const std::vector<std::filesystem::path>& paths)
{
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const fs::path& path : paths) {
        if (!fs::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        std::vector<fs::path> inside;
        for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".json.gz") || name.ends_with(".json")) {
                inside.push_back(entry.path());
            }
        }
        if (inside.empty()) {
            throw InputError(Place{path.string()}, "The folder holds no *.json.gz.");
        }
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

}  // namespace brownout::sim
