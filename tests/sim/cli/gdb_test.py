"""Stopping in gdb where the bootloader issues an operation; what is said when that cannot be."""

import re
import shutil
import unittest

from command_runner import ROOT, TORN_MAGIC, TUTORIAL, CommandTest, main

LOOKING = ROOT / "sim" / "LOOKING.md"


def frames(text):
    """(marked, function, file, line) of the way to the operation."""
    return [(mark == "->", function, path, int(line)) for mark, function, path, line in
            re.findall(r"^(->|  ) (\w+) +([\w/.]+):(\d+)$", text, re.M)]


def without_numbers(lines):
    """Addresses, lines and what is inlined change with every build of a program."""
    lines = [re.sub(r"^(->|  ) (\w+) +boot/\S+$", r"\1 \2", line) for line in lines]
    lines = [re.sub(r"0x[0-9a-f]{6,}|:\d+\b|^\d+\t|^#\d+ ", "N", line) for line in lines]
    return [re.sub(r"at \S*boot/", "at boot/", re.sub(r"=[^,)]+", "=N", line)) for line in lines]


class WithoutGdb(CommandTest):
    def stopped(self, *words):
        return self.brownout("run", TUTORIAL, *words, env={"PATH": str(self.directory)})

    def test_a_missing_gdb_is_said_with_how_to_get_it(self):
        self.assert_refused(self.stopped("--gdb-before-op", "0", "--gdb-boot", "2"),
                            "gdb is not installed", "apt-get install gdb")

    def test_operations_inside_a_block_write_are_told_apart(self):
        addresses = []
        for operation in (70, 71):
            words = self.stopped("--gdb-before-op", operation, "--gdb-boot", "2").stdout
            addresses.append(int(re.search(r"programs 4 bytes at (0x\w+) of internal",
                                           words).group(1), 16))
        self.assertEqual(addresses[1] - addresses[0], 4)

    def test_operations_and_boots_that_do_not_exist_are_refused(self):
        last = re.search(r"boot 2 has (\d+) ops", self.stopped(
            "--gdb-before-op", "99999999", "--gdb-boot", "2").stderr).group(1)
        self.assertGreater(int(last), 20000)
        self.assert_refused(self.stopped("--gdb-before-op", last, "--gdb-boot", "2"),
                            f"no op {last} to stop before")
        self.assert_refused(self.stopped("--gdb-before-op", str(int(last) - 1), "--gdb-boot", "2"),
                            "gdb is not installed")
        self.assert_refused(self.stopped("--gdb-before-op", "0"), "boot 3 has 0 ops", "--gdb-boot")
        self.assert_refused(self.stopped("--gdb-before-op", "0", "--gdb-boot", "4"),
                            "there is no boot 4", "it has 3")
        self.assert_refused(self.stopped("--gdb-before-op", "0", "--gdb-boot", "0"),
                            "there is no boot 0")
        self.assert_refused(self.stopped("--gdb-boot", "1"), "belongs to --gdb-before-op")
        self.assert_refused(self.stopped(TUTORIAL, "--gdb-before-op", "0"), "one file")

    def test_what_is_no_number_is_refused(self):
        for text in ("-4", "1.5", "x"):
            result = self.stopped("--gdb-before-op", text)
            self.assert_exit(result, 2)
            self.assertIn(text, result.stderr)

    def test_what_follows_a_power_cut_cannot_be_stopped_at(self):
        first = self.tutorial(texts={
            "- reset:\n  - expect:\n      boots: v2": "- reset: {cut: {op: 70}}\n  - reset:\n"
                                                     "  - expect:\n      boots: v2"})
        result = self.brownout("run", first, "--gdb-before-op", "71", "--gdb-boot", "2",
                               env={"PATH": str(self.directory)})
        self.assert_refused(result, "the power fails before op 70 of boot 2")


@unittest.skipIf(shutil.which("gdb") is None,
                 "gdb is not installed (tools/install-dependencies --with-check)")
class WithGdb(CommandTest):
    def test_it_stops_at_the_line_of_the_core(self):
        way = {}
        for operation in (0, 70):
            result = self.brownout("run", TUTORIAL, "--gdb-before-op", operation, "--gdb-boot", 2)
            self.assert_exit(result, 0)
            self.assertRegex(result.stdout, rf"stops before op {operation} of boot 2, which")
            way[operation] = frames(result.stdout)
            marked = [frame for frame in way[operation] if frame[0]]
            self.assertEqual(len(marked), 1, result.stdout)
            _, function, path, line = marked[0]
            self.assertRegex(path, "^boot/(core|strategy|trailer)/")
            # gdb shows the line itself, with the variables of the function around it.
            source = (ROOT / path).read_text().splitlines()[line - 1]
            self.assertIn(f"{line}\t{source}", result.stdout)
            self.assertRegex(result.stdout, rf"(?m)^#\d+ .* in {function} \(\w+=")
            self.assertIn("swap_using_move", [frame[1] for frame in way[operation]])
        self.assertNotEqual(way[0], way[70])

    def test_the_transcript_in_the_documentation_is_what_is_printed(self):
        self.brownout("explore", TORN_MAGIC, "--jobs", "1")
        shown = LOOKING.read_text().split("```console\n$ brownout replay "
                                          "move-torn-magic.repro.yaml --gdb\n")[1].split("```")[0]
        shown = [line for line in shown.splitlines() if line and line != "..."]
        printed = self.brownout("replay", "move-torn-magic.repro.yaml", "--gdb").stdout
        printed = without_numbers(printed.splitlines())
        position = 0
        for line in without_numbers(shown):
            self.assertIn(line, printed[position:])
            position = printed.index(line, position) + 1


if __name__ == "__main__":
    main()
