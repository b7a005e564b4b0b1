"""explain: a scenario as a lesson, and the words of the reports."""

import re

from command_runner import SCENARIOS, TUTORIAL, CommandTest, main


class ExplainCommand(CommandTest):
    def test_a_lesson_has_numbered_parts_with_the_numbers_of_the_board(self):
        result = self.brownout("explain", TUTORIAL)
        self.assert_exit(result, 0)
        numbers = [int(number) for number in re.findall(r"^(\d+)  \S", result.stdout, re.M)]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertGreater(len(numbers), 6)
        for text in ("256 sectors of 4 KiB", "erasing 4 KiB takes 85.0 ms",
                     "programming 4 bytes takes 41.0 us", "476 KiB in 119 sectors",
                     "The idea of swap-move", "holds 1.0.0 (v1) in 6 sectors"):
            self.assertIn(text, result.stdout)
        self.assertLess(max(map(len, result.stdout.splitlines())), 260)

    def test_every_strategy_and_a_power_cut_can_be_explained(self):
        for name in ("suites/scratch-32k", "suites/offset-32k", "suites/overwrite-only-32k",
                     "suites/direct-xip-32k", "suites/ram-load-32k", "suites/single-slot-32k",
                     "tutorial/3-power-cut", "field/a-uart-loop/broken"):
            result = self.brownout("explain", SCENARIOS / f"{name}.yaml")
            self.assert_exit(result, 0)
            self.assertRegex(result.stdout, r"(?m)^2  The idea of \S+\n   \S+ \S+")
        self.assertIn("Here the power fails, after 100 calls",
                      self.brownout("explain", SCENARIOS / "tutorial/3-power-cut.yaml").stdout)

    def test_every_word_of_the_list_is_explained(self):
        listed = self.brownout("explain")
        self.assert_exit(listed, 0)
        words = [word.strip() for line in listed.stdout.splitlines() if line.startswith("  ")
                 for word in line.rstrip(",").split(",") if word.strip()]
        self.assertGreater(len(words), 50)
        for word in words:
            result = self.brownout("explain", *word.split())
            self.assert_exit(result, 0)
            self.assertTrue(result.stdout.startswith(word), result.stdout)
            self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)

    def test_words_that_reports_use_are_known(self):
        for word in ("call", "op", "cut", "tear", "closure", "magic", "copy_done", "edge", "state",
                     "at rest", "granularity", "repro", "Operation", "unconfirmed-image-reverts"):
            self.assert_exit(self.brownout("explain", *word.split()), 0)

    def test_what_is_unknown_is_refused_with_the_nearest_word(self):
        self.assert_refused(self.brownout("explain", "magik"), "'magik'", "Did you mean 'magic'?")
        self.assert_refused(self.brownout("explain", "zzzzzzzz"), "brownout explain")
        self.assert_refused(self.brownout("explain", "none.yaml"), "none.yaml", "no such file")
        self.assert_refused(self.brownout("explain", TUTORIAL, TUTORIAL), "one scenario")
        self.assert_refused(self.brownout("explain", ""), "is neither a scenario")


if __name__ == "__main__":
    main()
