"""Runs the program for the command-line tests, in a directory of its own for each test."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = ROOT / "scenarios"
TUTORIAL = SCENARIOS / "tutorial" / "1-first-swap.yaml"
TORN_MAGIC = SCENARIOS / "regressions" / "move-torn-magic.yaml"
MOVE_32K = SCENARIOS / "suites" / "move-32k.yaml"
MOVE_FULL_TEST = SCENARIOS / "suites" / "move-full-test.yaml"

HOLDS, CHECK_FAILED, BAD_INPUT, INTERNAL_ERROR, INCOMPLETE = range(5)

# A machine that builds several programs at once is slow; a hang is longer than this.
HANG_SECONDS = 300


class CommandTest(unittest.TestCase):
    """A test with a scratch directory, which is the working directory of the program."""

    program = None
    no_entry_point = None  # a shared object that is not firmware

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="brownout-cli-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def brownout(self, *words, **options):
        if "env" in options:
            options["env"] = {**os.environ, **options["env"]}
        return subprocess.run([str(self.program), *map(str, words)], cwd=self.directory,
                              stdin=subprocess.DEVNULL,
                              stdout=options.pop("stdout", subprocess.PIPE),
                              stderr=subprocess.PIPE, text=True, errors="replace",
                              timeout=HANG_SECONDS, check=False, **options)

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return path

    def tutorial(self, **replaced):
        """A copy of the tutorial in the scratch directory, with `replaced` texts."""
        shutil.copytree(TUTORIAL.parent, self.directory, dirs_exist_ok=True)
        text = TUTORIAL.read_text()
        for old, new in replaced.get("texts", {}).items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("tutorial.yaml", text)

    def assert_exit(self, result, code):
        self.assertEqual(result.returncode, code,
                         f"{result.args}\n{result.stdout}\n{result.stderr}")

    def assert_refused(self, result, *parts):
        """Exit code 2 and one sentence on standard error that holds every one of `parts`."""
        self.assert_exit(result, BAD_INPUT)
        for part in parts:
            self.assertIn(part, result.stderr)
        lines = result.stderr.rstrip("\n").split("\n")
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertLess(len(lines[0]), 500)
        self.assertNotRegex(result.stderr, r"internal error|terminate|what\(\)|Assertion|0x7f")

    def assert_no_leftovers(self, *expected):
        left = {str(path.relative_to(self.directory))
                for path in self.directory.rglob("*") if path.is_file()}
        self.assertEqual(left, set(expected))


def without_measures(json_text):
    """An exploration's JSON without what is measured: time and memory."""
    return re.sub(r'"(elapsed_s|memory_bytes_per_state)": [0-9.e+-]+', r'"\1": 0', json_text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--no-entry-point", type=Path)
    arguments, rest = parser.parse_known_args()
    # What a CI system around this test sets is not for the program under test.
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        del os.environ[name]
    CommandTest.program = arguments.program.resolve()
    CommandTest.no_entry_point = arguments.no_entry_point
    unittest.main(module="__main__", argv=sys.argv[:1] + rest)
