"""Runs the examples of README.md and compares what they print with what the README shows.

An example is a ```console block. Its lines starting with '$ build/release/brownout' are run in the
source root (with the program given by --program), and the lines below it must appear in the output,
in order and without gaps; '...' stands for any text within a line and, alone, for any lines. The
exit code must be 0, or what a following '$ echo $?' shows. '$ cat > FILE <<END' writes what follows
up to END. Other commands are not run.
"""

import argparse
import re
import shlex
import subprocess
import sys
import unittest
from collections import namedtuple
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "build/release/brownout"
WRITES = re.compile(r"cat > (\S+) <<END")

Example = namedtuple("Example", "line command shown exit_code")


def examples(text):
    """The examples of a Markdown text that run the program."""
    found = []
    inside, command = False, None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            inside, command = line == "```console", None
        elif inside and line == "$ echo $?" and command:
            command = "exit code"
        elif inside and line.startswith("$ "):
            command = line[2:]
            if command.startswith(PROGRAM) or WRITES.match(command):
                found.append(Example(number, command, [], 0))
        elif inside and command == "exit code":
            found[-1] = found[-1]._replace(exit_code=int(line))
        elif inside and command and (command.startswith(PROGRAM) or WRITES.match(command)):
            found[-1].shown.append(line.rstrip())
    return found


def pattern_of(shown):
    """A regular expression of the lines shown."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("...")) + r"[ ]*\n")
    return re.compile("^" + "".join(parts), re.M)


def difference(example, output, exit_code):
    """Why the output is not what is shown, or None."""
    if exit_code != example.exit_code:
        return f"exit code is {exit_code}, shown is {example.exit_code}"
    if not pattern_of(example.shown).search(output if output.endswith("\n") else output + "\n"):
        return "the lines shown are not in the output"
    return None


def run_examples(program):
    found = examples((ROOT / "README.md").read_text())
    if not found:
        print("README.md shows no example that runs the program")
        return 1
    failed = 0
    for example in found:
        written = WRITES.match(example.command)
        if written:
            (ROOT / written[1]).write_text("\n".join(example.shown[:example.shown.index("END")]))
            continue
        words = [program, *shlex.split(example.command)[1:]]
        result = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, timeout=600, check=False)
        why = difference(example, result.stdout, result.returncode)
        print(f"README.md:{example.line}: {example.command}: {why or 'as shown'}")
        if why:
            failed += 1
            print("--- shown", *example.shown, "--- printed", result.stdout, sep="\n")
    return 1 if failed else 0


class Extraction(unittest.TestCase):
    TEXT = ("```console\n$ tools/quickstart\nhello\n$ build/release/brownout run a\none\n...\n"
            "four ... six\n$ echo $?\n1\n```\n```\n$ build/release/brownout list\n```\n")

    def test_only_console_examples_of_the_program_are_found(self):
        self.assertEqual(examples(self.TEXT), [
            Example(4, "build/release/brownout run a", ["one", "...", "four ... six"], 1)])

    def test_files_that_are_written_are_found(self):
        text = "```console\n$ cat > build/a.yaml <<END\nb: c\nEND\n$ ls\nno\n```\n"
        self.assertEqual(examples(text), [
            Example(2, "cat > build/a.yaml <<END", ["b: c", "END"], 0)])

    def test_wildcards_stand_for_lines_and_for_parts_of_lines(self):
        example = examples(self.TEXT)[0]
        self.assertIsNone(difference(example, "zero\none\ntwo\nthree\nfour 5 six\nseven\n", 1))
        self.assertIsNone(difference(example, "one\nfour  six", 1))

    def test_missing_lines_other_order_and_other_exit_codes_differ(self):
        example = examples(self.TEXT)[0]
        self.assertIsNotNone(difference(example, "one\ntwo\n", 1))
        self.assertIsNotNone(difference(example, "four 5 six\none\n", 1))
        self.assertIsNotNone(difference(example, "one\nfour 5 seven\n", 1))
        self.assertIsNotNone(difference(example, "one\nfour 5 six\n", 0))

    def test_lines_without_a_wildcard_between_them_are_neighbours(self):
        example = Example(1, "", ["one", "two"], 0)
        self.assertIsNone(difference(example, "one\ntwo\n", 0))
        self.assertIsNotNone(difference(example, "one\nand\ntwo\n", 0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Runs the examples of README.md.")
    parser.add_argument("--program", type=Path, default=ROOT / PROGRAM)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        unittest.main(argv=sys.argv[:1])
    sys.exit(run_examples(arguments.program.resolve()))
