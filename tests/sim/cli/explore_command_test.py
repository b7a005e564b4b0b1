"""brownout explore, from outside: exit codes, reports, replay files, interruption."""

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

from command_runner import (BAD_INPUT, CHECK_FAILED, HANG_SECONDS, HOLDS, INCOMPLETE,
                            MOVE_32K, MOVE_FULL_TEST, SCENARIOS, TORN_MAGIC, TUTORIAL, CommandTest,
                            main, without_measures)


class Exploring(CommandTest):
    def test_an_exploration_that_closes_and_holds_ends_with_0_and_writes_nothing(self):
        result = self.brownout("explore", MOVE_32K)
        self.assert_exit(result, HOLDS)
        self.assertIn("Every sequence of power cuts explored: ", result.stdout)
        self.assertIn("All 9 checks hold.", result.stdout)
        self.assertNotIn("INCOMPLETE", result.stdout)
        self.assert_no_leftovers()

    def test_a_budget_of_states_ends_with_4_and_says_incomplete(self):
        result = self.brownout("explore", MOVE_32K, "--states", 10, "--json", "report.json")
        self.assert_exit(result, INCOMPLETE)
        self.assertIn("INCOMPLETE", result.stdout)
        self.assertIn("budget of 10 states reached", result.stdout)
        self.assertNotIn("checks hold", result.stdout)
        report = json.loads((self.directory / "report.json").read_text())["explorations"][0]
        self.assertFalse(report["closed"])
        self.assertEqual(report["stopped_by"], "budget of 10 states reached")
        self.assertGreater(report["waiting"], 0)
        self.assertEqual({check["result"] for check in report["checks"]}, {"inconclusive"})

    def test_a_violation_ends_with_1_even_if_another_scenario_is_incomplete(self):
        result = self.brownout("explore", TORN_MAGIC, MOVE_32K, "--depth", 2)
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("FAILED  unconfirmed-image-reverts", result.stdout)

    def test_random_walks_end_with_4_and_go_on_from_their_state_file(self):
        options = ("explore", MOVE_32K, "--random", 200, "--random-state", "walks.state", "--json",
                   "report.json")
        first = self.brownout(*options)
        self.assert_exit(first, INCOMPLETE)
        self.assertIn("boots sampled in", first.stdout)
        self.assertNotIn("checks hold", first.stdout)
        report = json.loads((self.directory / "report.json").read_text())["explorations"][0]
        self.assertFalse(report["closed"])
        self.assertGreaterEqual(report["boots"], 200)
        again = self.brownout(*options)
        self.assert_exit(again, INCOMPLETE)
        self.assertEqual(json.loads((self.directory / "report.json").read_text())
                         ["explorations"][0]["boots"], report["boots"])
        (self.directory / "walks.state").write_bytes(b"not what it was")
        refused = self.brownout(*options)
        self.assert_exit(refused, BAD_INPUT)
        self.assertIn("walks.state: is no state file", refused.stderr)

    def test_the_budget_of_depth_ends_with_4(self):
        result = self.brownout("explore", MOVE_32K, "--depth", 0)
        self.assert_exit(result, INCOMPLETE)
        self.assertIn("INCOMPLETE", result.stdout)

    def test_no_progress_is_shown_when_standard_error_is_not_a_terminal(self):
        self.assertEqual(self.brownout("explore", TUTORIAL).stderr, "")

    def test_progress_is_shown_on_a_terminal_and_wiped(self):
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal to be had here: {error}")
        with subprocess.Popen([str(self.program), "explore", str(TUTORIAL)], cwd=self.directory,
                              stdout=subprocess.DEVNULL, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    chunk = os.read(ours, 4096)
                except OSError:
                    break
                if not chunk:
                    break
                shown += chunk
        os.close(ours)
        self.assertEqual(process.returncode, HOLDS)
        self.assertTrue(shown.endswith(b"\r" + b" " * 70 + b"\r"), shown)


class ReplayFiles(CommandTest):
    def test_a_violation_leaves_a_file_that_replay_reruns_until_it_is_mended(self):
        result = self.brownout("explore", TORN_MAGIC)
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("brownout replay ./move-torn-magic.repro.yaml", result.stdout)
        self.assert_no_leftovers("move-torn-magic.repro.yaml")
        repro = self.directory / "move-torn-magic.repro.yaml"

        replayed = self.brownout("replay", repro.name)
        self.assert_exit(replayed, CHECK_FAILED)
        self.assertIn("An expectation FAILS.", replayed.stdout)
        self.assertIn("still fails", replayed.stdout)

        repro.write_text(repro.read_text().replace("boots: v1", "boots: v2"))
        mended = self.brownout("replay", repro.name)
        self.assert_exit(mended, HOLDS)
        self.assertIn("no longer fails", mended.stdout)

    def test_out_dir_is_made_and_the_files_name_their_inputs_from_there(self):
        scenario = self.tutorial(texts={"boots: v2\n      from": "boots: v2\n      from"})
        text = scenario.read_text().replace("granularity: calls", "granularity: default")
        scenario.write_text(text.replace("during: [reset, confirm]", "during: [reset]"))
        result = self.brownout("explore", "tutorial.yaml", "--out-dir", "deep/er")
        self.assert_exit(result, CHECK_FAILED)
        replayed = self.brownout("replay", "deep/er/tutorial.repro.yaml")
        self.assert_exit(replayed, CHECK_FAILED)

    def test_two_scenarios_of_one_name_do_not_replace_each_other(self):
        text = TORN_MAGIC.read_text()
        self.write("one/same.yaml", text)
        self.write("two/same.yaml", text)
        result = self.brownout("explore", "one/same.yaml", "two/same.yaml", "--json", "report.json")
        self.assert_exit(result, CHECK_FAILED)
        self.assert_no_leftovers("one/same.yaml", "two/same.yaml", "report.json",
                                 "same.repro.yaml", "same.2.repro.yaml")

    def test_stop_at_first_still_writes_the_file(self):
        result = self.brownout("explore", TORN_MAGIC, "--stop-at-first")
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("FAILED", result.stdout)
        self.assert_no_leftovers("move-torn-magic.repro.yaml")
        self.assert_exit(self.brownout("replay", "move-torn-magic.repro.yaml"), CHECK_FAILED)


class JsonReports(CommandTest):
    FIELDS = {"scenario", "file", "core", "strategy", "inputs", "closed", "granularity", "tears",
              "states", "edges", "boots", "depth", "checks", "violations", "elapsed_s",
              "memory_bytes_per_state"}

    def test_every_field_is_there_and_standard_output_holds_nothing_else(self):
        result = self.brownout("explore", TUTORIAL, "--json", "-")
        self.assert_exit(result, HOLDS)
        report = json.loads(result.stdout)
        self.assertEqual(len(report["explorations"]), 1)
        exploration = report["explorations"][0]
        self.assertEqual(self.FIELDS - exploration.keys(), set())
        self.assertIs(exploration["closed"], True)
        self.assertEqual(exploration["granularity"], "calls")
        self.assertEqual(exploration["tears"], ["not-started"])
        self.assertEqual(exploration["violations"], [])
        for count in ("states", "edges", "boots", "depth"):
            self.assertGreater(exploration[count], 0)
        inputs = exploration["inputs"]
        digests = [inputs["scenario_sha256"], inputs["board_sha256"], *inputs["images"].values()]
        self.assertEqual(set(inputs["images"]), {"v1", "v2"})
        for digest in digests:
            self.assertRegex(digest, r"^[0-9a-f]{64}$")
        self.assertIn("MCUboot", exploration["core"]["behaves_as"])

    def test_a_violation_names_its_check_its_trace_and_its_file(self):
        result = self.brownout("explore", TORN_MAGIC, "--json", "-")
        self.assert_exit(result, CHECK_FAILED)
        violation = json.loads(result.stdout)["explorations"][0]["violations"][0]
        self.assertEqual(violation["check"], "unconfirmed-image-reverts")
        self.assertEqual(violation["cuts"], 2)
        self.assertTrue((self.directory / violation["repro"]).is_file())

    def test_several_scenarios_share_one_report(self):
        result = self.brownout("explore", MOVE_32K, TUTORIAL, "--json", "-")
        self.assert_exit(result, HOLDS)
        listed = json.loads(result.stdout)["explorations"]
        self.assertEqual([entry["file"] for entry in listed], [str(MOVE_32K), str(TUTORIAL)])

    def test_the_number_of_workers_changes_nothing_but_time_and_memory(self):
        for scenario in (TUTORIAL, TORN_MAGIC, SCENARIOS / "suites" / "move-32k-test.yaml"):
            texts = []
            for jobs in (1, 3):
                result = self.brownout("explore", scenario, "--jobs", jobs, "--json", "-")
                texts.append(without_measures(result.stdout))
            self.assertEqual(texts[0], texts[1])
            self.assertTrue(json.loads(texts[0])["explorations"][0]["closed"])

    def test_a_file_name_that_is_not_utf8_does_not_break_the_report(self):
        name = os.fsencode(str(self.directory)) + b"/caf\xe9.yaml"
        with open(name, "wb") as file:
            file.write(MOVE_32K.read_bytes())
        result = self.brownout("explore", os.fsdecode(name), "--json", "-", "--states", "10")
        self.assert_exit(result, INCOMPLETE)
        json.loads(result.stdout)


class Interruption(CommandTest):
    def wait_for_workers(self, process):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while len(children.read_text().split()) < 2:
            self.assertIsNone(process.poll(), "the exploration is not long enough")
            time.sleep(0.05)

    def interrupt(self, which, *words):
        with subprocess.Popen([str(self.program), "explore", str(MOVE_FULL_TEST), "--jobs", "2",
                               *words],
                              cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            self.wait_for_workers(process)
            process.send_signal(which)
            out, err = process.communicate(timeout=HANG_SECONDS)
        self.assertEqual(process.returncode, INCOMPLETE, out + err)
        self.assertEqual(err, "")
        return out

    def test_ctrl_c_leaves_a_report_that_says_incomplete(self):
        out = self.interrupt(signal.SIGINT, "--json", "report.json")
        self.assertIn("INCOMPLETE", out)
        self.assertIn("interrupted", out)
        report = json.loads((self.directory / "report.json").read_text())["explorations"][0]
        self.assertFalse(report["closed"])
        self.assertEqual(report["stopped_by"], "interrupted")

    def test_the_time_limit_of_a_ci_system_does_the_same(self):
        report = json.loads(self.interrupt(signal.SIGTERM, "--json", "-"))["explorations"][0]
        self.assertEqual(report["stopped_by"], "interrupted")


if __name__ == "__main__":
    main()
