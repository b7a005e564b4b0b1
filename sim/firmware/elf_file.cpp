#include "firmware/elf_file.hpp"

#include <sim/error.hpp>

#include <fmt/format.h>

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace brownout::sim {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kHostMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kHostMachine = EM_AARCH64;
#else
#    error "firmware images are supported on x86-64 and AArch64 hosts"
#endif

// More than any firmware needs, and little enough to reserve without thought.
constexpr std::uint64_t kElfFileBytesMax = 256ull << 20;

class ElfReader {
public:
    ElfReader(std::span<const std::uint8_t> bytes, const std::filesystem::path& path)
        : bytes_(bytes), path_(path)
    {
    }

    ElfFile read()
    {
        read_header();
        read_segments();
        read_sections();
        finish_symbols();
        return std::move(file_);
    }

private:
    [[noreturn]] void fail(const std::string& sentence) const
    {
        throw InputError(Place{path_.string()}, sentence);
    }

    [[noreturn]] void fail_damaged(const char* what) const
    {
        fail(fmt::format("the file is damaged or cut short: {}", what));
    }

    template <typename T>
    T at(std::uint64_t offset, const char* what) const
    {
        if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
            fail_damaged(what);
        }
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }

    template <typename T>
    std::vector<T> table(std::uint64_t offset, std::uint64_t count, const char* what) const
    {
        if (offset > bytes_.size() || (bytes_.size() - offset) / sizeof(T) < count) {
            fail_damaged(what);
        }
        std::vector<T> entries(count);
        if (count > 0) {
            std::memcpy(entries.data(), bytes_.data() + offset, count * sizeof(T));
        }
        return entries;
    }

    std::string text(const Elf64_Shdr& strings, std::uint64_t index) const
    {
        if (index >= strings.sh_size) {
            fail_damaged("a name lies outside its string table");
        }
        const auto* begin = bytes_.data() + strings.sh_offset + index;
        const auto* end = bytes_.data() + strings.sh_offset + strings.sh_size;
        return std::string(begin, std::find(begin, end, std::uint8_t{0}));
    }

    void read_header();
    void read_segments();
    void add_segment(const Elf64_Phdr& header);
    void read_sections();
    void read_symbols(const Elf64_Shdr& table_header, bool dynamic);
    void finish_symbols();
    const Elf64_Shdr& string_table(std::uint32_t section) const;

    std::span<const std::uint8_t> bytes_;
    const std::filesystem::path& path_;
    Elf64_Ehdr header_{};
    std::vector<Elf64_Shdr> section_headers_;
    ElfFile file_;
};

void ElfReader::read_header()
{
    if (bytes_.size() < SELFMAG || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0) {
        fail("not a firmware image: a shared object (ELF) is expected");
    }
    header_ = at<Elf64_Ehdr>(0, "it ends inside the ELF header");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB ||
        header_.e_machine != kHostMachine) {
        fail(fmt::format("built for another machine (ELF machine {}, this host is {}): build the "
                         "firmware for the host",
                         header_.e_machine, kHostMachine));
    }
    if (header_.e_type != ET_DYN) {
        fail(header_.e_type == ET_REL ? "an object file, not a shared object: link it with -shared"
                                      : "a program, not a shared object: link it with -shared");
    }
    if (header_.e_version != EV_CURRENT || header_.e_ident[EI_VERSION] != EV_CURRENT) {
        fail_damaged("unknown ELF version");
    }
}

void ElfReader::read_segments()
{
    if (header_.e_phentsize != sizeof(Elf64_Phdr)) {
        fail_damaged("its program headers have an unknown size");
    }
    const auto headers =
        table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum, "it ends inside the program headers");
    bool has_dynamic = false;
    for (const Elf64_Phdr& header : headers) {
        if (header.p_type == PT_INTERP) {
            fail("a program, not a shared object: link it with -shared");
        }
        if (header.p_type == PT_TLS) {
            fail("uses thread-local storage, which firmware does not have");
        }
        if (header.p_type == PT_LOAD) {
            add_segment(header);
        }
        has_dynamic = has_dynamic || header.p_type == PT_DYNAMIC;
        if (header.p_type == PT_GNU_RELRO) {
            file_.relro_begin = header.p_vaddr;
            file_.relro_end = header.p_vaddr + header.p_memsz;
        }
    }
    if (file_.segments.empty() || !has_dynamic) {
        fail_damaged("it has nothing to load");
    }
    // The dynamic linker protects whole pages: the rest of the last one stays writable.
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    file_.relro_end = std::max(file_.relro_begin, file_.relro_end / page * page);
    if (file_.relro_end > kElfFileBytesMax) {
        fail_damaged("its RELRO range lies outside of the image");
    }
}

void ElfReader::add_segment(const Elf64_Phdr& header)
{
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    if (header.p_filesz > bytes_.size() || header.p_offset > bytes_.size() - header.p_filesz) {
        fail_damaged("it ends inside a load segment");
    }
    const std::uint64_t floor = file_.segments.empty() ? 0 : file_.segments.back().end();
    if (header.p_filesz > header.p_memsz || header.p_vaddr < floor ||
        header.p_vaddr > kElfFileBytesMax || header.p_memsz > kElfFileBytesMax ||
        header.p_vaddr % page != header.p_offset % page || header.p_align > kElfFileBytesMax) {
        fail_damaged("its load segments are inconsistent");
    }
    file_.segments.push_back(ElfSegment{.address = header.p_vaddr,
                                        .size_bytes = header.p_memsz,
                                        .writable = (header.p_flags & PF_W) != 0,
                                        .executable = (header.p_flags & PF_X) != 0});
}

void ElfReader::read_sections()
{
    if (header_.e_shnum == 0 || header_.e_shentsize != sizeof(Elf64_Shdr)) {
        fail_damaged("it has no section table");
    }
    section_headers_ =
        table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum, "it ends inside the section table");
    const Elf64_Shdr& names = string_table(header_.e_shstrndx);
    for (const Elf64_Shdr& section : section_headers_) {
        if ((section.sh_flags & SHF_ALLOC) != 0) {
            file_.sections.push_back(
                ElfSection{text(names, section.sh_name), section.sh_addr, section.sh_size});
        }
    }
    const auto of_type = [](std::uint32_t type) {
        return [type](const Elf64_Shdr& section) { return section.sh_type == type; };
    };
    const auto dynamic =
        std::find_if(section_headers_.begin(), section_headers_.end(), of_type(SHT_DYNSYM));
    if (dynamic == section_headers_.end()) {
        fail_damaged("it has no dynamic symbol table");
    }
    read_symbols(*dynamic, true);
    const auto full =
        std::find_if(section_headers_.begin(), section_headers_.end(), of_type(SHT_SYMTAB));
    if (full != section_headers_.end()) {
        file_.symbols.clear();  // holds those of the dynamic table too
        read_symbols(*full, false);
    }
}

const Elf64_Shdr& ElfReader::string_table(std::uint32_t section) const
{
    if (section >= section_headers_.size() || section_headers_[section].sh_type != SHT_STRTAB) {
        fail_damaged("a string table is missing");
    }
    const Elf64_Shdr& strings = section_headers_[section];
    if (strings.sh_offset > bytes_.size() || strings.sh_size > bytes_.size() - strings.sh_offset) {
        fail_damaged("it ends inside a string table");
    }
    return strings;
}

void ElfReader::read_symbols(const Elf64_Shdr& table_header, bool dynamic)
{
    const Elf64_Shdr& names = string_table(table_header.sh_link);
    const auto entries =
        table<Elf64_Sym>(table_header.sh_offset, table_header.sh_size / sizeof(Elf64_Sym),
                         "it ends inside a symbol table");
    for (const Elf64_Sym& entry : entries) {
        if (entry.st_name == 0) {
            continue;
        }
        const auto type = ELF64_ST_TYPE(entry.st_info);
        const bool is_local = ELF64_ST_BIND(entry.st_info) == STB_LOCAL;
        if (dynamic && !is_local) {
            auto& list = entry.st_shndx == SHN_UNDEF ? file_.imports : file_.exports;
            list.push_back(text(names, entry.st_name));
        }
        if (entry.st_shndx != SHN_UNDEF && entry.st_size > 0 &&
            (type == STT_FUNC || type == STT_OBJECT)) {
            file_.symbols.push_back(ElfSymbol{text(names, entry.st_name), entry.st_value,
                                              entry.st_size, type == STT_FUNC});
        }
    }
}

void ElfReader::finish_symbols()
{
    std::sort(file_.imports.begin(), file_.imports.end());
    std::sort(file_.exports.begin(), file_.exports.end());
    std::stable_sort(file_.symbols.begin(), file_.symbols.end(),
                     [](const ElfSymbol& a, const ElfSymbol& b) { return a.address < b.address; });
}

// The last of the entries, sorted by address, that begins at or before `address` and holds it.
template <typename T>
const T* find_holding(const std::vector<T>& entries, std::uint64_t address)
{
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (entry->address <= address && address - entry->address < entry->size_bytes) {
            return &*entry;
        }
    }
    return nullptr;
}

}  // namespace

const ElfSegment* ElfFile::segment_at(std::uint64_t address) const
{
    return find_holding(segments, address);
}

const ElfSection* ElfFile::section_at(std::uint64_t address) const
{
    return find_holding(sections, address);
}

const ElfSymbol* ElfFile::symbol_at(std::uint64_t address) const
{
    return find_holding(symbols, address);
}

ElfFile ElfFile::parse(std::span<const std::uint8_t> bytes, const std::filesystem::path& path)
{
    return ElfReader(bytes, path).read();
}

}  // namespace brownout::sim
