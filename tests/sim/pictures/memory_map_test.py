"""--map: key frames where the output is a file, a moving picture on a terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from command_runner import SCENARIOS, TUTORIAL, CommandTest, main  # pylint: disable=C0413

CUT = SCENARIOS / "tutorial" / "3-power-cut.yaml"
LARGE = SCENARIOS / "suites" / "overwrite-only-192k.yaml"
COLOUR = re.compile(r"\x1b\[[0-9;]+m")


def shown(text):
    """The lines that a terminal shows in the end, without colours."""
    lines, row = [], 0
    for line in COLOUR.sub("", text).replace("\r\n", "\n").split("\n"):
        up = re.match(r"\x1b\[(\d+)A\r", line)
        if up:
            row -= int(up.group(1))
            line = line[up.end():]
        lines[row:row + 1] = [line.replace("\x1b[K", "")]
        row += 1
    return lines


class MemoryMap(CommandTest):
    def on_terminal(self, columns, *words, **variables):
        """What the program writes to a terminal of that width."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **variables}
        if "NO_COLOR" not in variables:
            environment.pop("NO_COLOR", None)
        with subprocess.Popen([str(self.program), "run", *map(str, words), "--map",
                               "--map-delay", "0"],
                              cwd=self.directory, stdin=subprocess.DEVNULL, stdout=slave,
                              stderr=subprocess.PIPE, env=environment) as run:
            os.close(slave)
            output = b""
            while True:
                try:
                    chunk = os.read(master, 65536)
                except OSError:  # the last writer is gone
                    break
                if not chunk:
                    break
                output += chunk
            self.assertEqual(run.wait(timeout=300), 0)
        os.close(master)
        return output.decode()

    def test_a_file_gets_key_frames_in_plain_ascii(self):
        result = self.brownout("run", CUT, "--map")
        self.assert_exit(result, 0)
        self.assertTrue(result.stdout.isascii())
        self.assertNotIn("\x1b", result.stdout)
        lines = result.stdout.splitlines()
        primary = [line.split()[1:] for line in lines if line.startswith("mcuboot_primary ")]
        self.assertEqual([" ".join(words) for words in primary],
                         ["AAAAAA.( 111 ).", "AAAAAA.( 111 ).", "AAAAAA.( 111 ).",
                          "BBBBBAA( 111 )#", "BBBBBBB( 111 )#"])
        self.assertIn("     2.324 s  power lost", lines)
        self.assertIn("A 1.0.0 (v1)  B 1.1.0 (v2)", lines[2])

    def test_a_terminal_shows_a_frame_for_each_change_in_place(self):
        text = self.on_terminal(100, CUT)
        frames = text.count("\x1b[") - len(COLOUR.findall(text)) - text.count("\x1b[K")
        self.assertGreater(frames, 40)
        end = shown(text)
        self.assertFalse([line for line in end if "\x1b" in line])
        # One picture per step that changed something.
        self.assertEqual(sum(line.startswith("mcuboot_primary ") for line in end), 4)
        self.assertTrue(any("BBBBBAA( 111 )#" in line for line in end))
        self.assertIn("\u00b7", text)
        self.assertRegex(text, r"\x1b\[[0-9;]+mB\x1b\[0m")

    def test_no_line_is_wider_than_the_terminal(self):
        for columns in (60, 80, 132):
            for line in shown(self.on_terminal(columns, LARGE)):
                if line.startswith(("mcuboot_", "a letter", "A ")):
                    self.assertLessEqual(len(line), columns, line)
        self.assertIn("a letter stands for up to 2 sectors",
                      "\n".join(shown(self.on_terminal(60, LARGE))))

    def test_colours_and_movement_can_be_refused(self):
        plain = self.on_terminal(80, CUT, NO_COLOR="1")
        self.assertNotRegex(plain, COLOUR)
        self.assertIn("\x1b[K", plain)
        self.assertNotIn("\x1b", self.on_terminal(80, CUT, TERM="dumb"))
        self.assertTrue(self.on_terminal(80, CUT, LC_ALL="C").isascii())

    def test_it_goes_with_the_other_outputs(self):
        result = self.brownout("run", TUTORIAL, "--map", "--json", "-")
        self.assertTrue(result.stdout.startswith("{"))
        self.assert_exit(self.brownout("run", TUTORIAL, CUT, "--map"), 0)
        self.assert_refused(self.brownout("run", TUTORIAL, "--map-delay", "5"),
                            "--map-delay belongs to --map")


if __name__ == "__main__":
    main()
