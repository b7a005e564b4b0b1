"""Field cases as a field engineer meets them, and runs over many seeds, from outside."""

import json

from command_runner import (BAD_INPUT, CHECK_FAILED, HOLDS, SCENARIOS, TUTORIAL, CommandTest,
                            main)

FIELD = SCENARIOS / "field"
TABLE = FIELD / "c-spim3-fast-upload" / "table.yaml"
ODD_BYTES = FIELD / "e-thirty-odd-bytes"


class FieldCases(CommandTest):
    def test_case_b_names_symbol_functions_rule_and_effect(self):
        result = self.brownout("run", FIELD / "b-spi-nor-easydma" / "broken.yaml")
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"rule easydma-ram-only: mx25r32, buffer 0x[0-9A-F]{8}, 16 "
                                        r"bytes: EasyDMA reaches Data RAM only")
        self.assertIn("symbol   boot_img_magic (16 bytes, .rodata of builtin-app)", result.stdout)
        self.assertRegex(result.stdout, r"in +.*begin_transaction <- .*<- flash_write")
        self.assertIn("effect   the write of 16 bytes at 0x72FF0 of mcuboot_secondary returned -5 "
                      "(EIO)", result.stdout)

    def test_case_e_says_which_flash_the_update_used(self):
        result = self.brownout("run", ODD_BYTES / "update.yaml", "--json", "run.json")
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"mx25r32 +upload +\d+ erases \(\d+ KiB\), \d{6} bytes")
        self.assertNotRegex(result.stdout, r"internal +upload")
        for device in ("mx25r32", "internal"):
            self.assertRegex(result.stdout, device + r" +reset +\d+ erases")
        self.assertRegex(result.stdout, r"internal +confirm +0 erases \(0 KiB\), 4 bytes")
        steps = json.loads((self.directory / "run.json").read_text())["steps"]
        uses = [step["flash_use"] for step in steps if step["step"] == "reset"]
        self.assertEqual(len(uses), 2)
        self.assertGreater(uses[0]["mx25r32"]["erased_bytes"], 256 * 1024)
        self.assertEqual({device: use["erases"] for device, use in uses[1].items()},
                         {"internal": 0, "mx25r32": 0})

    def test_case_e_is_explained_by_inspect(self):
        result = self.brownout("inspect", "--scenario", ODD_BYTES / "update.yaml")
        self.assert_exit(result, HOLDS)
        secondary = result.stdout[result.stdout.index("mcuboot_secondary"):]
        self.assertRegex(secondary.split("\n")[0], r"mx25r32 0x00000000  1\.0\.0 \(old\)")
        self.assertIn("the image header is 32 bytes; the 480 up to the payload at 0x200 are erased "
                      "filler (0xFF)", secondary)

    def test_case_e_explored_nothing_is_erased_after_the_confirmation(self):
        name = ODD_BYTES / "nothing-erased-after-confirm.yaml"
        result = self.brownout("explore", name, "--jobs", "1")
        self.assert_exit(result, HOLDS)
        self.assertIn("holds    the-old-image-stays", result.stdout)
        self.assertIn("holds    quiet-at-rest", result.stdout)
        always = name.read_text().replace("once_confirmed: true", "once_confirmed: false")
        self.write("always.yaml", always)
        result = self.brownout("explore", "always.yaml", "--jobs", "1")
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("FAILED  the-old-image-stays", result.stdout)

    def test_inspect_says_how_to_find_the_way_to_a_cut_swap(self):
        self.tutorial()
        text = (self.directory / "tutorial.yaml").read_text()
        head, _, _ = text.partition("  - request_upgrade")
        request = text[len(head):].split("\n")[0]
        self.write("cut.yaml", head + request + "\n  - reset: {cut: {call: 20}}\n")
        self.assert_exit(self.brownout("run", "cut.yaml", "--export", "internal=cut.hex"), HOLDS)
        result = self.brownout("inspect", "cut.hex", "--scenario", "cut.yaml")
        self.assert_exit(result, HOLDS)
        self.assertIn("how it got here    brownout explore cut.yaml --reach cut.hex\n",
                      result.stdout)
        self.assert_exit(self.brownout("run", "tutorial.yaml", "--export", "internal=done.hex"),
                         HOLDS)
        result = self.brownout("inspect", "done.hex", "--scenario", "cut.yaml")
        self.assertNotIn("how it got here", result.stdout)


class Seeds(CommandTest):
    def test_a_table_of_rates_comes_from_one_command(self):
        result = self.brownout("run", TABLE, "--seeds", "6", "--json", "table.json")
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"11\.8 KiB/s, SPIM3 +\d+\.\d %  +\d of +6  at least")
        self.assertRegex(result.stdout, r"11\.8 KiB/s, SPIM2 +0\.0 %  +0 of +6  never")
        self.assertRegex(result.stdout, r"\nAll \d rows fail as often as expected\.\n$")
        report = json.loads((self.directory / "table.json").read_text())
        self.assertIs(report["holds"], True)
        rates = {row["variant"]["upload and controller"]: row["failed_percent"]
                 for row in report["rows"]}
        self.assertGreater(rates["11.8 KiB/s, SPIM3"], rates["3.0 KiB/s, SPIM3"] + 50)
        for label, rate in rates.items():
            if "SPIM3" not in label or "work-around" in label or "nobody" in label:
                self.assertEqual(rate, 0.0, label)
        first = report["rows"][0]
        again = self.brownout("run", TABLE, "--row", "1", "--seed", first["first_failing_seed"])
        self.assert_exit(again, CHECK_FAILED)
        self.assertIn("rule anomaly-198", again.stdout)

    def test_the_result_does_not_depend_on_the_number_of_workers(self):
        one, three = (self.brownout("run", TABLE, "--seeds", "20", "--jobs", jobs).stdout
                      for jobs in ("1", "3"))
        self.assertEqual(one, three)

    def test_a_scenario_without_chance_is_run_once(self):
        result = self.brownout("run", TUTORIAL, "--seeds", "1000000")
        self.assert_exit(result, HOLDS)
        self.assertIn("0 of 1000000", result.stdout)
        self.assertIn("nothing is drawn", result.stdout)

    def test_failures_are_counted_and_end_with_1(self):
        scenario = self.tutorial(texts={"boots: v2\n": "boots: v1\n"})
        result = self.brownout("run", scenario.name, "--seeds", "3")
        self.assert_exit(result, CHECK_FAILED)
        self.assertRegex(result.stdout, r"100\.0 % +3 of +3  never +FAILS")

    def test_bad_seeds_and_rows_are_refused(self):
        for words in (("--seeds", "0"), ("--seeds", "many"), ("--seed", "x"),
                      ("--seeds", "5", "--seed", "1"), ("--row", "0"), ("--row", "99"),
                      ("--seeds", "5", "--export", "internal=x.hex")):
            result = self.brownout("run", TABLE, *words)
            self.assert_exit(result, BAD_INPUT)
            self.assertNotIn("internal error", result.stderr)
        self.assertIn("--row 99: the scenario has rows 1 to 8",
                      self.brownout("run", TABLE, "--row", "99").stderr)


class TooLittleRam(CommandTest):
    """Memory that a board or ram_load leaves to the firmware."""

    def test_ram_load_right_above_the_start_of_ram_is_refused(self):
        text = (SCENARIOS / "suites" / "ram-load-32k.yaml").read_text()
        start = text.index("ram_load:")
        end = text.index("}", start) + 1
        for address in ("0x20000400", "0x20002000", "0x20008000"):
            small = text[:start] + f"ram_load: {{address: {address}, size: 0x10000}}" + text[end:]
            self.write("small.yaml", small)
            self.assert_refused(self.brownout("run", "small.yaml"), "small.yaml:",
                                "boot.ram_load leaves too little RAM below it", "bytes of RAM")

    def test_ram_over_registers_is_refused(self):
        board = (SCENARIOS / "field" / "pof-threshold-above-supply.yaml").read_text()
        for address, what in (("0x40002800", "UARTE0"), ("0x40000000", "nrf52840")):
            self.write("over.yaml", board.replace(
                "  devices:\n", f"  ram: {{address: {address}, size: 0x1000}}\n  devices:\n", 1))
            self.assert_refused(self.brownout("run", "over.yaml"), "over.yaml:", "overlaps", what)


if __name__ == "__main__":
    main()
