"""explore --dot: a file that Graphviz reads, with every state in it."""

import json
import re
import shutil
import subprocess
import unittest

from command_runner import MOVE_32K, TORN_MAGIC, TUTORIAL, CommandTest, main

STATE = re.compile(r'^  s(\d+) \[label="((?:[^"\\]|\\.)*)", fillcolor="#\w{6}"[^]]*\];$', re.M)
EDGE = re.compile(r'^  s(\d+) -> s(\d+) \[label="(?:[^"\\]|\\.)*"[^]]*\];$', re.M)


class StateGraphCommand(CommandTest):
    def test_every_state_is_in_it_and_graphviz_reads_it(self):
        result = self.brownout("explore", TORN_MAGIC, "--dot", "torn.dot", "--json", "torn.json")
        self.assert_exit(result, 1)
        text = (self.directory / "torn.dot").read_text()
        labels = dict(STATE.findall(text))
        drawn = sum(int(states) if states else 1 for states in
                    (re.match(r"(?:start\\n)?(?:(\d+) states|state \d+), \d+", label).group(1)
                     for label in labels.values()))
        report = json.loads((self.directory / "torn.json").read_text())["explorations"][0]
        self.assertEqual(drawn, report["states"])
        self.assertRegex(result.stdout, rf"graph    torn.dot: {drawn} states drawn as "
                                        rf"{len(labels)}: those alike in .* are drawn as one")
        edges = EDGE.findall(text)
        self.assertEqual({end for edge in edges for end in edge}, set(labels))
        self.assertEqual(len(text.splitlines()), len(labels) + len(edges) + 5)
        self.assertEqual(sum("FAILED unconfirmed-image-reverts" in label
                             for label in labels.values()), 2)
        if shutil.which("dot") is None:
            self.skipTest("dot is not installed (tools/install-dependencies --with-check)")
        picture = subprocess.run(["dot", "-Tsvg", "torn.dot"], cwd=self.directory, check=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(picture.stderr, "")
        self.assertEqual(picture.stdout.count('class="node"'), len(labels))
        self.assertEqual(picture.stdout.count('class="edge"'), len(edges))

    def test_an_exploration_that_is_not_closed_says_so(self):
        result = self.brownout("explore", TUTORIAL, "--depth", "0", "--dot", "-")
        self.assert_exit(result, 4)
        self.assertTrue(result.stdout.startswith("digraph states {\n"))
        self.assertIn("INCOMPLETE: depth limit of 0 cuts reached", result.stdout)
        self.assertIn("next boot: not booted yet", result.stdout)

    def test_what_cannot_be_drawn_is_refused_before_the_work(self):
        self.assert_refused(self.brownout("explore", TUTORIAL, MOVE_32K, "--dot", "a.dot"),
                            "--dot draws one exploration; these are 2")
        self.assert_refused(self.brownout("explore", TUTORIAL, "--dot", "none/a.dot"),
                            "none/a.dot", "cannot be written")
        self.assert_refused(self.brownout("explore", TUTORIAL, "--dot", "a.dot", "--reach", "b"),
                            "--dot and --html do not go together with --reach")
        self.assert_no_leftovers()


if __name__ == "__main__":
    main()
