"""brownout inspect, from outside: dumps of several kinds, JSON and its schema, bad input."""

import json

from command_runner import BAD_INPUT, HOLDS, SCENARIOS, TUTORIAL, CommandTest, main
from report_test import complaints

PARTITIONS = """mcuboot_primary: {address: 0xc000, size: 0x77000}
mcuboot_secondary: {address: 0x83000, size: 0x77000}
"""
KEY = SCENARIOS / "tutorial" / "keys" / "sign-p256.der"


class Inspecting(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("pm.yml", PARTITIONS)

    def dump(self, name="dump.hex"):
        self.assert_exit(self.brownout("run", TUTORIAL, "--export", f"internal={name}"), HOLDS)
        return name

    def test_a_dump_becomes_an_explanation(self):
        result = self.brownout("inspect", self.dump(), "--partitions", "pm.yml", "--key", KEY)
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"mcuboot_primary +0x0000C000  1\.1\.0, 24680 bytes, hash "
                                        r"good, signed by sign-p256\.der\n")
        self.assertIn("the image header is 32 bytes; the 480 up to the payload", result.stdout)
        self.assertRegex(result.stdout, r"next boot +changes nothing in flash, then boots 1\.1\.0")
        self.assertIn("swap-move is assumed", result.stdout)
        self.assertIn("MCUboot 2.4.0", result.stdout)

    def test_the_whole_device_or_its_partitions_one_by_one_give_the_same(self):
        for words in (("mcuboot_primary=p.bin",), ("mcuboot_secondary=s.hex",)):
            self.assert_exit(self.brownout("run", TUTORIAL, "--export", *words), HOLDS)
        whole = self.brownout("inspect", self.dump(), "--partitions", "pm.yml")
        parts = self.brownout("inspect", "p.bin@mcuboot_primary", "s.hex", "--partitions", "pm.yml")
        self.assert_exit(parts, HOLDS)
        self.assertEqual(whole.stdout, parts.stdout)
        one = self.brownout("inspect", "p.bin+0xC000", "--partitions", "pm.yml")
        self.assertIn("no file covers mcuboot_secondary (on internal): taken as erased", one.stdout)

    def test_json_follows_its_schema_and_keeps_the_names_of_imgtool(self):
        self.assert_exit(self.brownout("inspect", self.dump(), "--partitions", "pm.yml", "--json",
                                       "report.json"), HOLDS)
        report = json.loads((self.directory / "report.json").read_text())
        schema = json.loads(self.brownout("inspect", "--schema").stdout)
        self.assertEqual(complaints(report, schema), [])
        header = report["areas"][0]["image"]["header"]
        self.assertEqual((header["hdr_size"], header["img_size"], header["version"]),
                         (0x200, 24016, "1.1.0"))
        trailer = report["areas"][0]["trailer"]
        self.assertEqual((trailer["magic"], trailer["copy_done"], trailer["image_ok"]),
                         ("good", "set", "set"))
        self.assertEqual(trailer["swap_status"]["entries"][7], {"index": 128, "value": 1})
        self.assertEqual(report["next_boot"]["version"], "1.1.0")

    def test_a_cut_swap_says_where_it_stands(self):
        text = TUTORIAL.read_text()
        scenario = self.tutorial(texts={
            text[text.index("  - expect:\n      boots: v2\n"):]: "",
            "  - request_upgrade: {type: test}\n  - reset:\n":
            "  - request_upgrade: {type: test}\n  - reset: {cut: {call: 100}}\n"})
        result = self.brownout("inspect", "--scenario", scenario.name, "--json", "-")
        self.assert_exit(result, HOLDS)
        report = json.loads(result.stdout)
        schema = json.loads(self.brownout("inspect", "--schema").stdout)
        self.assertEqual(complaints(report, schema), [])
        swap = report["swaps"][0]
        self.assertEqual(swap["progress"], "sector 5 of 7, first half")
        self.assertTrue(swap["new_image"]["hash_valid"] and swap["old_image"]["hash_valid"])
        self.assertEqual(report["areas"][0]["held"][0],
                         {"first_sector": 0, "sectors": 4, "image_sector": 0, "of": "new"})

    def test_bad_input_gets_a_sentence(self):
        self.dump()
        self.write("bad.hex", ":0100000001FD\n")
        self.write("huge.yml", "mcuboot_primary: {address: 0, size: 0x80000000}\n")
        self.write("not.key", "hello")
        with open(self.directory / "sparse.bin", "wb") as sparse:
            sparse.truncate(2 << 30)
        partitions = ("--partitions", "pm.yml")
        for words, part in ((("dump.hex",), "--partitions"),
                            (partitions, "needs a dump"),
                            (("none.hex", *partitions), "no such file"),
                            (("bad.hex", *partitions), "bad.hex:1: checksum"),
                            (("sparse.bin", *partitions), "sparse.bin"),
                            (("dump.hex@mx25", *partitions), "no device or partition 'mx25'"),
                            (("dump.hex", "--partitions", "huge.yml"), "huge.yml:1:"),
                            (("dump.hex", *partitions, "--board", "nrf5284"), "nrf5284"),
                            (("dump.hex", *partitions, "--strategy", "swap"), "--strategy"),
                            (("dump.hex", *partitions, "--key", "not.key"), "not.key"),
                            (("dump.hex", *partitions, "--json", "dump.hex"), "dump.hex")):
            self.assert_refused(self.brownout("inspect", *words), part)
        self.assertEqual(self.brownout("inspect", "--alignment", "9000").returncode, BAD_INPUT)


if __name__ == "__main__":
    main()
