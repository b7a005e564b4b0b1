"""Bad input of every kind: one clear sentence that names the file, exit code 2, never a crash."""

import json
import random
import struct

from command_runner import BAD_INPUT, HOLDS, ROOT, TUTORIAL, CommandTest, main

COMMANDS = ("run", "explore", "replay", "validate")


class ScenarioFiles(CommandTest):
    UPLOAD_LAST = {"\nexplore:": "\n  - upload: {image: v2, to: mcuboot_secondary}\nexplore:"}

    def assert_all_refuse(self, name, *parts):
        for command in COMMANDS:
            self.assert_refused(self.brownout(command, name), *parts)

    def test_a_file_that_is_missing(self):
        self.assert_all_refuse("missing.yaml", "missing.yaml: no such file")

    def test_a_directory(self):
        self.assert_all_refuse(".", ".: is not a regular file")

    def test_a_device(self):
        self.assert_all_refuse("/dev/zero", "/dev/zero: is not a regular file")

    def test_an_empty_file(self):
        self.write("empty.yaml", "")
        self.assert_all_refuse("empty.yaml", "empty.yaml: is empty")

    def test_a_file_of_comments(self):
        self.write("comments.yaml", "# nothing\n")
        self.assert_all_refuse("comments.yaml", "comments.yaml")

    def test_binary_garbage(self):
        self.write("garbage.yaml", b"abc\n\x00\xff\x80\xfe" * 500)
        self.assert_all_refuse("garbage.yaml", "garbage.yaml:2:1: ")

    def test_random_bytes(self):
        for seed in range(5):
            name = f"random{seed}.yaml"
            self.write(name, random.Random(seed).randbytes(4096))
            self.assert_all_refuse(name, name + ":")

    def test_a_file_that_is_too_large(self):
        self.write("large.yaml", "# large\n" * (1 << 18))
        self.assert_all_refuse("large.yaml", "large.yaml: ")

    def test_a_yaml_bomb(self):
        levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for i in range(1, 12):
            levels.append(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]")
        self.write("bomb.yaml", "\n".join(levels) + "\n")
        self.assert_all_refuse("bomb.yaml", "bomb.yaml:1:5: ")

    def test_nesting_without_end(self):
        for name, text in (("lists.yaml", "[" * 100000), ("maps.yaml", "a: {" * 50000),
                           ("inner.yaml", "steps: " + "[" * 100000),
                           ("dashes.yaml", "steps:\n" + "- " * 100000),
                           ("question.yaml", "? " * 100000)):
            self.write(name, text)
            self.assert_all_refuse(name, name + ":")

    def test_broken_yaml(self):
        for text in ("a: [1, 2", "a: b: c: d", "{", "a: 'x", "\t- x", "a\nb", "- 1\n", "scalar",
                     "%YAML 9.9\n---\na: 1\n", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "a: !!x 1\n"):
            self.write("broken.yaml", text)
            self.assert_all_refuse("broken.yaml", "broken.yaml:")

    def test_broken_yaml_says_what_the_hand_did_wrong(self):
        for old, new, sentence in (
                ("  mcuboot_primary:   {", "\tmcuboot_primary:   {",
                 "tutorial.yaml:8:1: is not YAML: a tab cannot indent a line, use spaces"),
                ("board: nrf52840dk", "board nrf52840dk",
                 "tutorial.yaml:7:11: is not YAML: illegal map value (a colon may be missing in"),
                ("tears: [not-started]", "tears: []", "at least one entry, not an empty list")):
            with self.subTest(sentence):
                self.tutorial(texts={old: new})
                self.assert_refused(self.brownout("validate", "tutorial.yaml"), sentence)

    def test_validate_looks_into_keys_and_matrices_too(self):
        for added, parts in (
                ("matrix: {boot.strateg: [swap-move]}", ("tutorial.yaml:", "'strateg'")),
                ("matrix: {boot.strategy: [swap-moves]}", ("tutorial.yaml:", "'swap-moves'")),
                ("matrix: {boot.strategy: [swap-move, swap-scratch]}",
                 ("tutorial.yaml:", "mcuboot_scratch"))):
            with self.subTest(added):
                self.tutorial(texts={"\nexplore:": f"\n{added}\nexplore:"})
                self.assert_refused(self.brownout("validate", "tutorial.yaml"), *parts)
        matrix = "matrix: {boot.max_image_sectors: [128, 256]}"
        self.tutorial(texts={"\nexplore:": f"\n{matrix}\nexplore:"})
        self.assert_exit(self.brownout("validate", "tutorial.yaml"), HOLDS)

    def test_unknown_keys_and_wrong_types_have_a_place_and_a_hint(self):
        for old, new, parts in (
                ("strategy:", "strategie:", ("tutorial.yaml:12:3: ", "'strategy'")),
                ("max_image_sectors: 128", "max_image_sectors: many", (":14:22: ", "'many'")),
                ("max_image_sectors: 128", "max_image_sectors: [1]", (":14:22: ", "a list")),
                ("max_image_sectors: 128", "max_image_sectors: -1", (":14:22: ",)),
                ("board: nrf52840dk", "board: nrf52840dl", ("nrf52840dk",)),
                ("address: 0xC000", "address: 0xC001", ("tutorial.yaml:8:",)),
                ("address: 0x83000", "address: 0x13000", ("mcuboot_primary",)),
                ("to: mcuboot_secondary", "to: mcuboot_secundary", ("mcuboot_secondary",)),
                ("mcuboot_primary: v1", "mcuboot_primary: v3", ("'v3'",))):
            with self.subTest(new=new):
                self.tutorial(texts={old: new})
                self.assert_refused(self.brownout("run", "tutorial.yaml"), "tutorial.yaml:", *parts)

    def test_a_cut_that_never_fires(self):
        self.tutorial(texts={"- confirm:": "- confirm: {cut: {call: 100000}}"})
        self.assert_refused(self.brownout("run", "tutorial.yaml"), "tutorial.yaml:",
                            "the cut at call 100000 never fires", "1 calls")

    def test_a_check_that_is_unknown(self):
        self.tutorial(texts={"checks: default": "checks: [nonsense]"})
        self.assert_refused(self.brownout("explore", "tutorial.yaml"), "tutorial.yaml:", "nonsense")

    def test_nothing_to_explore(self):
        self.tutorial(texts=self.UPLOAD_LAST)
        self.assert_refused(self.brownout("explore", "tutorial.yaml"), "tutorial.yaml:",
                            "nothing to explore")

    def test_one_bad_scenario_of_several_is_found_before_anything_is_explored(self):
        result = self.brownout("explore", TUTORIAL, "missing.yaml")
        self.assert_refused(result, "missing.yaml: no such file")
        self.assertEqual(result.stdout, "")

    def test_a_good_scenario_is_reported_even_if_another_has_nothing_to_explore(self):
        self.tutorial(texts=self.UPLOAD_LAST)
        result = self.brownout("explore", TUTORIAL, "tutorial.yaml", "--json", "report.json")
        self.assert_refused(result, "nothing to explore")
        self.assertIn("All 9 checks hold.", result.stdout)
        report = json.loads((self.directory / "report.json").read_text())
        self.assertEqual(len(report["explorations"]), 1)


class OtherFiles(CommandTest):
    IMAGE = "images/app-1.1.0.signed.bin"
    REJECTED = {"      boots: v2\n      from": "      boots: v1\n      from",
                '["Starting swap using move algorithm."]':
                    '["Image in the secondary slot is not valid!"]',
                "      holds: {mcuboot_primary: v2, mcuboot_secondary: v1}\n": "",
                "  - confirm:\n": "",
                "during: [reset, confirm]": "during: [reset]",
                "expect: {boots: v2": "expect: {boots: v1"}

    def test_an_image_or_a_key_that_is_missing(self):
        for old, new in (("app-1.1.0", "nope"), ("keys/sign-p256.der", "keys/none.der")):
            self.tutorial(texts={old: new})
            for command in COMMANDS:
                self.assert_refused(self.brownout(command, "tutorial.yaml"), "tutorial.yaml:",
                                    f"'{'images/nope' if 'nope' in new else new}")

    def test_a_key_that_is_not_a_key(self):
        for content in (b"", b"text", bytes(91), b"\x30\x82\xff\xff"):
            self.tutorial()
            self.write("keys/sign-p256.der", content)
            for command in ("run", "validate"):
                self.assert_refused(self.brownout(command, "tutorial.yaml"), "sign-p256.der")

    def assert_rejected_by_the_bootloader(self, image):
        self.tutorial(texts=self.REJECTED)
        self.write(self.IMAGE, image)
        result = self.brownout("run", "tutorial.yaml")
        self.assert_exit(result, HOLDS)
        self.assertIn("E: Image in the secondary slot is not valid!\n", result.stdout)
        self.assertEqual(result.stderr, "")

    def test_a_truncated_image_is_data_that_the_bootloader_rejects(self):
        whole = (TUTORIAL.parent / self.IMAGE).read_bytes()
        header, payload = struct.unpack_from("<H2xI", whole, 8)
        for length in (header + payload // 2, header + payload, header + payload + 2,
                       len(whole) - 1):
            with self.subTest(length=length):
                self.assert_rejected_by_the_bootloader(whole[:length])

    def test_tlv_lengths_past_the_end_are_data_that_the_bootloader_rejects(self):
        whole = (TUTORIAL.parent / self.IMAGE).read_bytes()
        header, payload = struct.unpack_from("<H2xI", whole, 8)
        tlvs = header + payload
        for offset, value in ((tlvs + 2, 0xFFFF), (tlvs + 4 + 2, 0xFFFF), (tlvs + 2, 0),
                              (tlvs + 2, 5)):
            with self.subTest(offset=offset, value=value):
                image = bytearray(whole)
                struct.pack_into("<H", image, offset, value)
                self.assert_rejected_by_the_bootloader(bytes(image))

    def test_header_sizes_past_the_end_are_data_that_the_bootloader_rejects(self):
        whole = (TUTORIAL.parent / self.IMAGE).read_bytes()
        for layout, offset, value in (("<I", 12, 0xFFFFFFFF), ("<I", 12, 0x76000), ("<H", 8, 0),
                                      ("<H", 8, 0xFFFF), ("<H", 10, 0xFFFF)):
            with self.subTest(offset=offset, value=value):
                image = bytearray(whole)
                struct.pack_into(layout, image, offset, value)
                self.assert_rejected_by_the_bootloader(bytes(image))

    def test_an_image_larger_than_its_slot(self):
        self.tutorial()
        self.write(self.IMAGE, bytes(0x77001))
        for command in ("run", "explore"):
            self.assert_refused(self.brownout(command, "tutorial.yaml"), "tutorial.yaml:")

    def test_an_empty_image_file(self):
        self.tutorial()
        self.write(self.IMAGE, b"")
        result = self.brownout("run", "tutorial.yaml")
        self.assertIn(result.returncode, (1, BAD_INPUT))
        self.assertNotIn("internal error", result.stderr)

    def test_a_core_that_is_none(self):
        self.write("text.so", "not a shared object\n")
        self.write("cut.so", self.no_entry_point.read_bytes()[:3000])
        for core, named in (("missing.so", "missing.so"), ("text.so", "text.so"),
                            ("images", "images"), ("cut.so", "cut.so"), ("/dev/zero", "/dev/zero"),
                            (self.no_entry_point, "boot_firmware_query")):
            with self.subTest(core=core):
                self.tutorial(texts={"core: builtin": f"core: {core}"})
                for command in ("run", "explore"):
                    self.assert_refused(self.brownout(command, "tutorial.yaml"), named)


class ReferenceCases(CommandTest):
    CASES = ROOT / "tests" / "conformance" / "cases"

    def test_paths_that_hold_no_cases(self):
        (self.directory / "empty").mkdir()
        self.write("empty.json", "")
        self.write("garbage.json", b"\x00\xff" * 99)
        self.write("open.json", "[")
        self.write("other.json", '{"a": 1}')
        self.write("damaged.json.gz", random.Random(1).randbytes(500))
        for name in ("missing", "empty", "empty.json", "garbage.json", "open.json", "other.json",
                     "damaged.json.gz", "/dev/zero"):
            with self.subTest(name=name):
                self.assert_refused(self.brownout("conform", name), name + ": ")

    def test_a_case_file_that_is_truncated(self):
        whole = (self.CASES / "ram-load.json.gz").read_bytes()
        self.write("cases/cut.json.gz", whole[:3000])
        self.assert_refused(self.brownout("conform", "cases"), "cases/cut.json.gz: ")

    def test_cases_without_their_images(self):
        self.write("cases/ram-load.json.gz", (self.CASES / "ram-load.json.gz").read_bytes())
        self.assert_refused(self.brownout("conform", "cases"), "images/", "missing")

    def test_a_list_of_skipped_cases_that_is_missing(self):
        self.assert_refused(self.brownout("conform", self.CASES / "ram-load.json.gz",
                                          "--expect-skipped", "missing.txt"), "missing.txt")


if __name__ == "__main__":
    main()
