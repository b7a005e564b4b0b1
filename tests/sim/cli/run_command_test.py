"""brownout run, replay, validate and list, from outside: exit codes, reports, JSON."""

import json

from command_runner import (BAD_INPUT, CHECK_FAILED, HOLDS, MOVE_32K, SCENARIOS, TUTORIAL,
                            CommandTest, main)
from report_test import complaints


class Running(CommandTest):
    def test_a_run_that_holds_ends_with_0_and_prints_the_log_and_the_slots(self):
        result = self.brownout("run", TUTORIAL)
        self.assert_exit(result, HOLDS)
        self.assertEqual(result.stderr, "")
        self.assertIn("I: Starting swap using move algorithm.\n", result.stdout)
        self.assertRegex(result.stdout, r"mcuboot_primary +0x0000C000 +1\.1\.0 \(v2\)\n")
        self.assertTrue(result.stdout.endswith("All 3 expectations hold.\n"))
        self.assert_no_leftovers()

    def test_a_failed_expectation_ends_with_1_and_names_its_line(self):
        scenario = self.tutorial(texts={"boots: v2\n": "boots: v1\n"})
        result = self.brownout("run", scenario.name)
        self.assert_exit(result, CHECK_FAILED)
        line = scenario.read_text().split("\n").index("      boots: v1") + 1
        self.assertIn(f"tutorial.yaml:{line}:14: expected to boot v1; instead: ", result.stdout)
        self.assertIn("An expectation FAILS.\n", result.stdout)

    def test_one_failed_scenario_of_two_ends_with_1(self):
        self.tutorial(texts={"boots: v2\n": "boots: v1\n"})
        for files in (("tutorial.yaml", TUTORIAL), (TUTORIAL, "tutorial.yaml")):
            self.assert_exit(self.brownout("run", *files), CHECK_FAILED)

    def test_json_has_every_step_and_standard_output_holds_nothing_else(self):
        result = self.brownout("run", TUTORIAL, "--json", "-")
        self.assert_exit(result, HOLDS)
        report = json.loads(result.stdout)
        self.assertIs(report["holds"], True)
        self.assertEqual([step["step"] for step in report["steps"]],
                         ["reset", "expect", "upload", "request_upgrade", "reset", "expect",
                          "confirm", "reset", "expect"])
        swap = report["steps"][4]
        self.assertIn("Starting swap using move algorithm.", [line["text"] for line in swap["log"]])
        self.assertGreater(swap["end_s"], swap["start_s"])
        self.assertEqual(report["slots"]["mcuboot_primary"], "1.1.0 (v2)")
        self.assertRegex(report["inputs"]["scenario_sha256"], r"^[0-9a-f]{64}$")

    def test_json_follows_its_schema(self):
        schema = json.loads(self.brownout("run", "--json-schema").stdout)
        self.assertEqual(schema, json.loads((SCENARIOS / "run-schema.json").read_text()),
                         "brownout run --json-schema > scenarios/run-schema.json")
        field = SCENARIOS / "field"
        for scenario in (SCENARIOS / "suites" / "netcore-simultaneous-qspi-32k.yaml",
                         field / "d-net-core-raw-pointer" / "broken-unmapped.yaml",
                         field / "b-spi-nor-easydma" / "broken.yaml",
                         field / "erase-then-resume" / "broken.yaml"):
            report = json.loads(self.brownout("run", scenario, "--json", "-").stdout)
            self.assertEqual(complaints(report, schema), [], scenario)

    def test_json_says_how_long_each_phase_of_an_update_of_both_cores_took(self):
        scenario = SCENARIOS / "suites" / "netcore-simultaneous-qspi-32k.yaml"
        report = json.loads(self.brownout("run", scenario, "--json", "-").stdout)
        boot = next(step for step in report["steps"] if step["step"] == "reset")
        phases = {phase["phase"]: phase for phase in boot["phases"]}
        for name in ("copy the image", "copy the network image to RAM",
                     "network core: copy the image to its slot"):
            self.assertGreater(phases[name]["duration_s"], 0, name)
        network = phases["network core: copy the image to its slot"]
        self.assertEqual(network["bytes_written"] // 1024, 16)
        self.assertAlmostEqual(sum(phase["duration_s"] for phase in boot["phases"]),
                               boot["end_s"] - boot["start_s"], places=6)
        upload = next(step for step in report["steps"] if step["step"] == "upload")
        self.assertNotIn("phases", upload)

    def test_a_run_without_a_scenario_is_refused(self):
        self.assert_refused(self.brownout("run"), "needs a scenario file")

    def test_json_of_a_failed_run_says_what_failed(self):
        self.tutorial(texts={"boots: v2\n": "boots: v1\n"})
        result = self.brownout("run", "tutorial.yaml", "--json", "report.json")
        self.assert_exit(result, CHECK_FAILED)
        report = json.loads((self.directory / "report.json").read_text())
        self.assertIs(report["holds"], False)
        self.assertIn("expected to boot v1", report["steps"][5]["failures"][0])

    def test_json_is_for_one_scenario(self):
        result = self.brownout("run", TUTORIAL, MOVE_32K, "--json", "report.json")
        self.assert_refused(result, "--json")
        self.assert_no_leftovers()

    def test_two_runs_print_the_same(self):
        first, second = (self.brownout("run", TUTORIAL).stdout for _ in range(2))
        self.assertEqual(first, second)

    def test_a_replay_that_holds_ends_with_0_and_says_so(self):
        result = self.brownout("replay", TUTORIAL)
        self.assert_exit(result, HOLDS)
        self.assertIn("no longer fails", result.stdout)


class Validating(CommandTest):
    def test_good_files_end_with_0(self):
        result = self.brownout("validate", TUTORIAL, MOVE_32K)
        self.assert_exit(result, HOLDS)
        self.assertEqual(result.stdout.count(": ok: "), 2)

    def test_every_error_of_every_file_is_listed_with_its_place(self):
        self.tutorial(texts={"strategy:": "strategie:", "reset:": "rest:"})
        result = self.brownout("validate", "missing.yaml", "tutorial.yaml", TUTORIAL)
        self.assert_exit(result, BAD_INPUT)
        self.assertIn("missing.yaml: no such file\n", result.stderr)
        self.assertIn("tutorial.yaml:12:3: unknown key 'strategie'", result.stderr)
        self.assertGreaterEqual(result.stderr.count("Did you mean 'reset'?"), 3)
        self.assertIn("1-first-swap.yaml: ok: ", result.stdout)

    def test_the_schema_is_json(self):
        result = self.brownout("validate", "--schema")
        self.assert_exit(result, HOLDS)
        self.assertIn("$schema", json.loads(result.stdout))


class Listing(CommandTest):
    def test_boards_scenarios_and_names_are_listed(self):
        result = self.brownout("list")
        self.assert_exit(result, HOLDS)
        for name in ("nrf52840dk", "tutorial/1-first-swap.yaml", "swap-move", "ecdsa-p256"):
            self.assertIn(name, result.stdout)


class CommandLine(CommandTest):
    def test_help_ends_with_0_for_every_command(self):
        for words in ((), ("run",), ("explore",), ("replay",), ("validate",), ("list",)):
            result = self.brownout(*words, "--help")
            self.assert_exit(result, HOLDS)
            self.assertIn("Usage: ", result.stdout)

    def test_wrong_words_end_with_2_and_are_named(self):
        for words, named in (((), "subcommand"), (("frobnicate",), "frobnicate"),
                             (("run",), "scenario"), (("explore",), "scenario"),
                             (("replay",), "repro"), (("run", "--speed", "9"), "--speed"),
                             (("explore", str(TUTORIAL), "--states", "0"), "--states"),
                             (("explore", str(TUTORIAL), "--states", "few"), "--states"),
                             (("explore", str(TUTORIAL), "--time", "-1"), "--time"),
                             (("explore", str(TUTORIAL), "--jobs", "0"), "--jobs"),
                             (("explore", str(TUTORIAL), "--depth", "-1"), "--depth"),
                             (("validate",), "validate")):
            result = self.brownout(*words)
            self.assert_exit(result, BAD_INPUT)
            self.assertIn(named, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertTrue(all(len(line) < 200 for line in result.stderr.split("\n")), words)


if __name__ == "__main__":
    main()
