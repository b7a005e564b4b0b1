// Options that subcommands of `brownout image` share, and the files that they read and write.
#pragma once

#include <CLI/CLI.hpp>

#include <sim/image_tool.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace brownout::sim::cli {

// A number as imgtool takes it: 512, 0x200. InputError naming the option.
std::uint32_t number_of_option(const std::string& option, const std::string& text);

// Bytes of an image or of a payload: raw, or Intel HEX with gaps filled.
struct ImageFile {
    std::vector<std::uint8_t> bytes;
    std::uint32_t address = 0;  // of the first byte of an Intel HEX file
    bool is_hex = false;
};
ImageFile read_image_file(const std::string& file, std::uint8_t gap_value = 0xFF);

// Where an image goes: raw, or Intel HEX by the name. A file that is there is kept without --force.
struct ImageOutput {
    std::string file;
    std::string hex_address;  // --hex-addr; empty: of the input
    bool force = false;
};
void add_output_options(CLI::App& command, ImageOutput& output);
void require_output(const ImageOutput& output, const std::string& input);
// `address`: of the first byte, for Intel HEX.
void write_image(const ImageOutput& output, const std::vector<std::uint8_t>& bytes,
                 std::uint32_t address);

// Options of the slot that sign, encrypt and pad share, as texts until slot_options().
struct SlotTexts {
    std::string slot_size, align = "8", max_align, max_sectors = "128", erased_value = "0xff";
    bool overwrite_only = false, save_enctlv = false, pad = false, confirm = false;
};
void add_slot_options(CLI::App& command, SlotTexts& texts);
SlotOptions slot_options(const SlotTexts& texts);

// Options of encryption that sign and encrypt share.
struct EncryptTexts {
    std::string key, key_bits = "128", hmac_sha = "auto";
    bool clear = false;
};
void add_encrypt_options(CLI::App& command, EncryptTexts& texts);
void apply_encrypt_options(const EncryptTexts& texts, SignOptions& options);

}  // namespace brownout::sim::cli
