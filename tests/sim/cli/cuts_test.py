"""Torn operations, cuts at times, dumps: where explore cuts and what it says about it."""

import json
import re

from command_runner import (BAD_INPUT, CHECK_FAILED, HOLDS, MOVE_32K, SCENARIOS, CommandTest,
                            main, without_measures)


class CutsTest(CommandTest):
    def scenario(self, explore, steps=None, name="small.yaml"):
        text = MOVE_32K.read_text().replace("32 KiB", "2 KiB")
        self.assertIn("explore: {during: [reset]}", text)
        text = text.replace("explore: {during: [reset]}", f"explore: {explore}")
        if steps:
            self.assertIn("  - reset:\n", text)
            text = text.replace("  - reset:\n", steps, 1)
        return self.write(name, text)

    def explored(self, *words):
        result = self.brownout("explore", *words, "--json", "-")
        self.assert_exit(result, HOLDS)
        return json.loads(result.stdout)["explorations"][0], result.stdout

    def test_a_sampled_tear_set_is_never_called_a_proof(self):
        scenario = self.scenario("{during: [reset], tears: [not-started, erase-phases], seed: 7}")
        result = self.brownout("explore", scenario)
        self.assert_exit(result, HOLDS)
        self.assertIn("closed over 4 samples per operation, seed 7: no proof", result.stdout)
        document, _ = self.explored(scenario, "--seed", 8)
        self.assertEqual(document["tears"], ["not-started", "erase-phases (4 samples, seed 8)"])

    def test_the_report_is_the_same_for_any_number_of_workers(self):
        scenario = self.scenario(
            "{during: [reset], tears: [not-started, monotone-subset], tears_max: 1}")
        one = self.explored(scenario, "--jobs", 1)[1]
        for jobs in (2, 5):
            many = self.explored(scenario, "--jobs", jobs)[1]
            self.assertEqual(without_measures(many), without_measures(one))

    def test_cuts_at_times_replace_the_granularity(self):
        scenario = self.scenario("{during: [reset]}")
        document, _ = self.explored(scenario, "--at-time", "0.1", "--at-time", "0.3")
        self.assertGreater(document["depth"], 0)
        self.assertLess(document["states"], self.explored(scenario)[0]["states"])
        result = self.brownout("explore", scenario, "--at-time", "0.1")
        self.assertIn("cuts     at 1 times", result.stdout)

    def test_a_dump_is_reached_by_the_cuts_that_it_came_from(self):
        cut = "  - reset: {cut: {call: 13}}\n"
        self.assert_exit(self.brownout("run", self.scenario("{}", cut, "cut.yaml"), "--export",
                                       "internal=dump.bin"), CHECK_FAILED)
        scenario = self.scenario("{during: [reset]}")
        result = self.brownout("explore", scenario, "--reach", "dump.bin@internal")
        self.assert_exit(result, HOLDS)
        self.assertIn("reached after 1 power cut: 256 of 256 sectors agree", result.stdout)
        self.assertIn("call 13", result.stdout)
        self.assert_exit(self.brownout("run", "small.reach.yaml", "--export",
                                       "internal=again.bin"), HOLDS)

        dump = bytearray((self.directory / "dump.bin").read_bytes())
        dump[0xC800] ^= 1
        self.write("damaged.bin", bytes(dump))
        result = self.brownout("explore", scenario, "--reach", "damaged.bin@internal")
        self.assert_exit(result, CHECK_FAILED)
        self.assertIn("255 of 256 sectors agree", result.stdout)
        self.assertIn("mcuboot_primary offset 0x0", result.stdout)

    def test_a_reset_of_the_mcu_alone_leaves_parts_busy(self):
        text = (SCENARIOS / "suites" / "move-32k-w25q80-qspi.yaml").read_text()
        text = text.replace("32 KiB", "2 KiB").replace("192 KiB", "2 KiB")
        states = {}
        for resets in ("power-loss", "power-loss, mcu-reset"):
            explore = "explore: {during: [reset], granularity: calls, resets: [%s]}" % resets
            document, _ = self.explored(self.write("w25.yaml", re.sub(r"explore: .*", explore,
                                                                      text)))
            self.assertTrue(document["closed"])
            states[resets] = document["states"]
        self.assertGreater(states["power-loss, mcu-reset"], states["power-loss"])

    def test_a_tear_that_the_operation_does_not_have_is_bad_input(self):
        cut = "  - reset: {cut: {call: 0, tear: nand-page}}\n"
        self.assert_refused(self.brownout("run", self.scenario("{}", cut)), "nand-page", "call 0")
        cut = "  - reset: {cut: {call: 0, tear: bus-error}}\n"
        self.assert_refused(self.brownout("run", self.scenario("{}", cut)), "bus-error", "call 0")
        bad = self.scenario("{tears: [{prefix: {samples: 0}}]}", None, "bad.yaml")
        self.assert_exit(self.brownout("validate", bad), BAD_INPUT)


if __name__ == "__main__":
    main()
