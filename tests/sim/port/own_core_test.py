"""Bootloader cores that are not ours: the porting kit, --core, and diff."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

from command_runner import (BAD_INPUT, CHECK_FAILED, HOLDS, MOVE_32K, SCENARIOS,  # noqa: E402
                            CommandTest, main)
import report_test  # noqa: E402

OVERWRITE = SCENARIOS / "suites" / "overwrite-only-32k.yaml"
# What the example core does not do: hand updates on to the network core; erase the header of the
# image that it copied.
DIFFERENT = {"broken-nand.yaml", "fixed-nand.yaml", "overwrite-only.yaml"}


class KitTest(CommandTest):
    def core(self, name):
        folder = self.program.parent
        beside = folder / f"{name}.so"
        return beside if beside.exists() else folder / "tests" / "firmware" / f"{name}_core.so"

    def small(self):
        """Slots of four sectors: explored in no time."""
        text = OVERWRITE.read_text().replace("size: 0x10000", "size: 0x4000")
        return self.write("small.yaml", text.replace("32 KiB", "5000"))


class Interface(KitTest):
    def test_every_item_of_the_interface_does_what_it_promises(self):
        self.write("probe.yaml", OVERWRITE.read_text().replace("boots: v2", "boots: v1"))
        result = self.brownout("run", "probe.yaml", "--core", self.core("probe"))
        self.assert_exit(result, HOLDS)
        self.assertNotIn("WRONG", result.stdout)
        self.assertNotIn("never printed", result.stdout)
        self.assertGreater(result.stdout.count(": ok "), 35)
        for part in ("W: ok warning", "ok status 0", "ok mapped flash", "ok too many sectors"):
            self.assertIn(part, result.stdout)

    def test_a_core_built_for_other_numbers_says_so(self):
        text = OVERWRITE.read_text().replace("{strategy:", "{max_image_sectors: 64, strategy:")
        self.write("other.yaml", text)
        result = self.brownout("run", "other.yaml", "--core", self.core("probe"))
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("built for 128 sectors, the scenario has 64", result.stdout)


class Unruly(KitTest):
    def test_each_has_a_clear_outcome(self):
        scenario = self.small()
        for name, part in (("leak", "assertion failed"), ("recurse", "stack overflow"),
                           ("scribble", "SIGSEGV")):
            with self.subTest(name):
                result = self.brownout("run", scenario, "--core", self.core(f"unruly_{name}"))
                self.assert_exit(result, CHECK_FAILED)
                self.assertIn(part, result.stdout)

    def test_what_a_core_must_not_import_is_named(self):
        for name, symbol in (("exit", "'exit'"), ("thread", "'pthread_create'")):
            with self.subTest(name):
                self.assert_refused(self.brownout("run", self.small(), "--core",
                                                  self.core(f"unruly_{name}")), symbol)


class SecondCore(KitTest):
    def test_it_runs_every_scenario_that_fits_and_none_other(self):
        files = [file for file in SCENARIOS.rglob("*.yaml")
                 if re.search(r"^scenario:", file.read_text(), re.M)]
        several = [file for file in files if "mcuboot_primary_1:" in file.read_text()]
        # As the strategy of the scenario, not of a member of its matrix (`boot.strategy: ...`).
        fitting = [file for file in files
                   if re.search(r"(?<!\.)strategy: overwrite-only", file.read_text()) and
                   file not in several]
        result = self.brownout("run", *files, "--core", self.core("copy_loader"))
        self.assert_exit(result, CHECK_FAILED)
        failing = set(re.findall(r"^ +(\S+\.yaml):\d+:\d+: ", result.stdout, re.M))
        self.assertEqual({Path(file).name for file in failing}, DIFFERENT)
        self.assertLessEqual(failing, set(map(str, fitting)))
        reasons = dict(re.findall(r"^skipped (\S+): (.*)$", result.stdout, re.M))
        self.assertEqual(set(reasons), set(map(str, files)) - set(map(str, fitting)))
        for why in reasons.values():
            self.assertRegex(why, "^the core 'copy-loader' (is not built for|handles one image)|"
                                  "^boot.ram_load leaves too little RAM")
        self.assertGreater(len(fitting), 25)

    def test_what_does_not_fit_is_skipped_with_the_reason(self):
        skipped = self.brownout("explore", self.small(), MOVE_32K, "--core",
                                self.core("copy_loader"))
        self.assert_exit(skipped, HOLDS)
        self.assertIn("skipped", skipped.stdout)
        self.assertIn("the core 'copy-loader' is not built for swap-move", skipped.stdout)
        alone = self.brownout("explore", MOVE_32K, "--core", self.core("copy_loader"))
        self.assert_exit(alone, BAD_INPUT)
        self.assertIn("nothing was explored", alone.stderr)
        alone = self.brownout("run", MOVE_32K, "--core", self.core("copy_loader"))
        self.assert_refused(alone, "the core 'copy-loader' is not built for swap-move")

    def test_skipped_is_skipped_in_every_report(self):
        result = self.brownout("explore", self.small(), MOVE_32K, "--core",
                               self.core("copy_loader"), *(f"--{form}={form}" for form in
                                                           ("json", "junit", "sarif", "tap")))
        self.assert_exit(result, HOLDS)
        self.assertIn("1 explorations: 1 hold, 0 failed, 0 incomplete; 1 skipped", result.stdout)
        merged = self.brownout("merge", "json", *(f"--{form}={form}2" for form in
                                                  ("json", "junit", "sarif", "tap")))
        self.assert_exit(merged, HOLDS)
        reason = "the core 'copy-loader' is not built for swap-move"
        for file in ("", "2"):
            report = json.loads((self.directory / f"json{file}").read_text())
            self.assertEqual([(s["file"], s["index"], s["reason"]) for s in report["skipped"]],
                             [(str(MOVE_32K), 1, reason)])
            self.assertEqual(report_test.complaints(report, report_test.Json.SCHEMA), [])
            suite = ElementTree.parse(self.directory / f"junit{file}").getroot()[1]
            self.assertEqual((suite.get("tests"), suite.get("skipped")), ("1", "1"))
            self.assertEqual(suite.find("testcase/skipped").get("message"), reason)
            log = json.loads((self.directory / f"sarif{file}").read_text())
            found, = log["runs"][0]["results"]
            self.assertEqual((found["kind"], found["level"]), ("notApplicable", "none"))
            self.assertIn(reason, found["message"]["text"])
            points = (self.directory / f"tap{file}").read_text().split("\n")
            self.assertEqual(points[1], "1..2")
            self.assertRegex(points[3], f"^ok 2 - Swap using move.* # SKIP {reason}$")

    def test_exploring_proves_it_on_what_fits(self):
        files = [*SCENARIOS.glob("suites/overwrite-only*-32k.yaml"),
                 *SCENARIOS.glob("suites/*net-overwrite*.yaml"),
                 *SCENARIOS.glob("coverage/*overwrite*.yaml")]
        result = self.brownout("explore", *files, "--core", self.core("copy_loader"))
        self.assert_exit(result, HOLDS)
        self.assertIn("9 explorations: 9 hold, 0 failed, 0 incomplete\n", result.stdout)

    def test_exploring_proves_it_and_finds_its_planted_bug(self):
        good = self.brownout("explore", self.small(), "--core", self.core("copy_loader"))
        self.assert_exit(good, HOLDS)
        self.assertIn("closed", good.stdout)
        bad = self.brownout("explore", self.small(), "--core", self.core("copy_loader_with_bug"))
        self.assert_exit(bad, CHECK_FAILED)
        self.assertIn("always-boots-an-authentic-image    after 1 cut", bad.stdout)
        repro = next(self.directory.glob("small.always-boots*.repro.yaml"))
        self.assert_exit(self.brownout("replay", repro), CHECK_FAILED)

    def test_a_core_that_is_not_there_gets_a_sentence(self):
        self.assert_refused(self.brownout("run", OVERWRITE, "--core", "nowhere.so"), "nowhere.so")
        self.write("text.so", "no core")
        self.assert_refused(self.brownout("run", OVERWRITE, "--core", "text.so"), "text.so")


class Diff(KitTest):
    def diff(self, first, second, *words):
        cores = [c if c == "builtin" else self.core(c) for c in (first, second)]
        return self.brownout("diff", "--core", cores[0], "--core", cores[1], self.small(), *words)

    def test_the_first_call_that_differs_is_named_with_what_came_before(self):
        result = self.diff("copy_loader", "copy_loader_with_bug")
        self.assert_exit(result, CHECK_FAILED)
        self.assertRegex(result.stdout, r"  A     call 0  E mcuboot_primary sector 0 ")
        self.assertRegex(result.stdout, r"  B     call 0  E mcuboot_secondary sector 3 ")

    def test_calls_before_the_first_that_differs_are_agreed_on(self):
        result = self.diff("builtin", "copy_loader")
        self.assert_exit(result, CHECK_FAILED)
        index = re.search(r"  A     call (\d+)  W", result.stdout)[1]
        self.assertGreater(int(index), 3)
        self.assertIn(f"They agree on {index} calls and 0 cut points, then part", result.stdout)

    def test_a_core_agrees_with_itself_at_every_cut(self):
        result = self.diff("copy_loader", "copy_loader")
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"agree on 1 boots, (\d+) calls and \1 cut points")
        self.assert_exit(self.diff("builtin", "builtin", "--explore"), HOLDS)

    def test_states_that_only_one_reaches_are_told_with_the_way_there(self):
        result = self.diff("copy_loader", "copy_loader_with_bug", "--explore")
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("are reached by B alone", result.stdout)

    def test_bad_input(self):
        self.assert_refused(self.brownout("diff", "--core", "builtin", OVERWRITE), "two cores")
        self.assert_refused(self.diff("builtin", "unruly_exit"), "'exit'")


if __name__ == "__main__":
    main()
