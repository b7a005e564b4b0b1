"""Dumps from outside: scenarios that begin with them, --export, hostile files."""

from command_runner import CHECK_FAILED, HOLDS, TUTORIAL, CommandTest, main


def hex_record(kind, offset, data):
    body = bytes([len(data), offset >> 8, offset & 0xFF, kind]) + bytes(data)
    return ":" + body.hex().upper() + f"{-sum(body) & 0xFF:02X}\n"


class Export(CommandTest):
    def test_what_a_run_leaves_can_be_written_and_begun_with_again(self):
        result = self.brownout("run", TUTORIAL, "--export", "internal=all.hex",
                               "--export", "mcuboot_primary=primary.bin")
        self.assert_exit(result, HOLDS)
        self.assertEqual((self.directory / "primary.bin").stat().st_size, 0x77000)
        primary = (self.directory / "primary.bin").read_bytes()
        self.assertEqual(primary[:4], bytes.fromhex("3db8f396"))
        self.tutorial(texts={"flash:\n  mcuboot_primary: v1": "flash:\n  internal: {hex: all.hex}",
                             "  - expect: {boots: v1, from: mcuboot_primary}\n":
                             "  - expect: {boots: v2, holds: {mcuboot_secondary: v1}}\n"})
        again = self.brownout("run", "tutorial.yaml")
        self.assertIn("expect: holds", again.stdout)

    def test_a_file_that_is_there_is_not_replaced(self):
        mine = self.write("mine.hex", "mine")
        self.assert_refused(self.brownout("run", TUTORIAL, "--export", "internal=mine.hex"),
                            "mine.hex", "is there already")
        self.assertEqual(mine.read_text(), "mine")

    def test_places_and_names_that_cannot_be_are_refused_before_the_run(self):
        for words, part in (("nowhere=a.hex", "no device or partition 'nowhere'"),
                            ("internal=a.txt", "FILE.bin"), ("internal", "FILE.bin"),
                            ("internal=no/folder/a.hex", "cannot be written")):
            self.assert_refused(self.brownout("run", TUTORIAL, "--export", words), part)
        self.assert_no_leftovers()


class Hostile(CommandTest):
    def begin_with(self, content):
        self.tutorial(texts={"flash:\n  mcuboot_primary: v1": "flash:\n  internal: " + content})
        return self.brownout("run", "tutorial.yaml")

    def test_damaged_and_oversized_dumps_get_a_sentence(self):
        far = hex_record(4, 0, [0x80, 0]) + hex_record(0, 0, [1]) + hex_record(1, 0, [])
        self.write("far.hex", far)
        self.assert_refused(self.begin_with("{hex: far.hex}"), "far.hex:2: ", "0x80000000")
        self.write("damaged.hex", hex_record(0, 0, [1]).replace("FE", "FD"))
        self.assert_refused(self.begin_with("{hex: damaged.hex}"), "damaged.hex:1: checksum")
        self.write("far.txt", "0x80000000: 12345678\n")
        self.assert_refused(self.begin_with("{memrd: far.txt}"), "far.txt:1: ")
        with open(self.directory / "sparse.bin", "wb") as sparse:
            sparse.truncate(2 << 30)
        self.assert_refused(self.begin_with("{file: sparse.bin}"), "sparse.bin")
        self.assert_refused(self.begin_with("{hex: far.hex, offset: 4}"), "takes no 'offset'")

    def test_files_that_are_no_dumps_are_told_from_dumps(self):
        self.write("pm.yml", "mcuboot_primary: {address: 0xC000, size: 0x77000}\n"
                             "mcuboot_secondary: {address: 0x83000, size: 0x77000}\n")
        for name, content, parts in (
                ("zephyr.elf", b"\x7fELF" + bytes(60), ("zephyr.elf: is an ELF file", ".hex")),
                ("empty.hex", b"", ("empty.hex: is empty",)),
                ("odd.hex", b":0000000\n", ("odd.hex:1: ", "even number of digits", "has 7"))):
            with self.subTest(name):
                self.write(name, content)
                result = self.brownout("inspect", name, "--partitions", "pm.yml")
                self.assert_refused(result, *parts)
        result = self.brownout("inspect", "odd.hex", "--partitions", "pm.yml", "--board", "nrf9999")
        self.assert_refused(result, "there is no board")
        self.assertTrue(result.stderr.startswith('there is no board "nrf9999"'), result.stderr)

    def test_damage_in_an_image_is_an_outcome(self):
        self.assert_exit(self.begin_with("{fill: 0, offset: 0xC000, size: 64}"), CHECK_FAILED)


if __name__ == "__main__":
    main()
