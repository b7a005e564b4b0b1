"""A window of a swap on a real part, decoded by sigrok's spi and spiflash decoders: they see the
commands, addresses and data of our own trace. vcd2fst of gtkwave reads the file as well."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SUITES = Path(__file__).resolve().parents[3] / "scenarios" / "suites"
SCENARIO = SUITES / "spim-mx25r32-move-32k.yaml"

HALF_PERIOD_PS = 62500  # of SCK at 8 MHz: one sample for each

# What spiflash calls a command, and whether an address follows.
NAMES = {"WRSR": 0x01, "PP": 0x02, "READ": 0x03, "WRDI": 0x04, "RDSR": 0x05, "WREN": 0x06,
         "FAST/READ": 0x0B, "SE": 0x20, "RDID": 0x9F, "RDP/RES": 0xAB, "DP": 0xB9, "BE": 0xD8}
WITH_ADDRESS = {0x02, 0x03, 0x20, 0xD8}
WITH_DATA = {0x02, 0x03}


def trace_commands(text):
    """(opcode, address, data) of every line that spiflash has a decoder for."""
    commands = []
    for line in text.splitlines():
        out, into = re.search(r"out([ 0-9a-f]*) in([ 0-9a-f]*)$", line).groups()
        out, into = bytes.fromhex(out), bytes.fromhex(into)
        if out[0] not in NAMES.values():
            continue
        address = int.from_bytes(out[1:4], "big") if out[0] in WITH_ADDRESS else None
        data = None
        if out[0] in WITH_DATA:
            data = (out if out[0] == 0x02 else into)[4:]
        commands.append((out[0], address, data))
    return commands


def decoded_commands(lines):
    """The same from the annotations of spiflash. It names a status read at its opcode and again at
    each status byte; the latter also has a line of its own."""
    commands = []
    for line in lines:
        command = re.search(r"Command: .*\(([A-Z/]+)\)$", line)
        address = re.search(r"Address: 0x([0-9a-f]+)$", line)
        data = re.search(r"\(addr 0x([0-9a-f]+), \d+ bytes\): ([0-9a-f ]+)$", line)
        if command and command.group(1) != "RDSR":
            commands.append([NAMES[command.group(1)], None, None])
        elif line.endswith(": Status register"):
            commands.append([NAMES["RDSR"], None, None])
        elif address:
            commands[-1][1] = int(address.group(1), 16)
        elif data:
            commands[-1][2] = bytes.fromhex(data.group(2))
    return [tuple(command) for command in commands]


def picoseconds_less(seconds):
    picoseconds = int(seconds.replace(".", "")) - 1
    return f"{picoseconds // 10**12}.{picoseconds % 10**12:012d}"


def windows(trace):
    """Two short ones, for sigrok looks at every sample: from a read to the erase of a sector, and
    the first two pages programmed into it."""
    lines = trace.splitlines()
    opcodes = [bytes.fromhex(line.split(" out ")[1][:2])[0] for line in lines]
    erases = [i for i, opcode in enumerate(opcodes) if opcode == 0x20]
    erase = erases[len(erases) // 2]
    read = max(i for i in range(erase) if opcodes[i] == 0x03)
    pages = [i for i in range(erase, len(lines)) if opcodes[i] == 0x02]
    for first, last in ((read, erase + 1), (pages[0] - 1, pages[1] + 1)):
        begin, end = lines[first].split()[0], lines[last + 1].split()[0]
        # The falling edge of CS# belongs to the first command, that of the one after it does not.
        yield f"{begin} s..{picoseconds_less(end)} s"


class SigrokTest(unittest.TestCase):
    program = None

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="brownout-vcd-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.windows = list(windows(self.run_swap("--spi-trace", "-")))

    def run_swap(self, *options):
        return subprocess.run([str(self.program), "run", str(SCENARIO), *options],
                              cwd=self.directory, check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def sigrok(self, annotations):
        """What the decoders spi and, on top of it, spiflash say, a line each."""
        stack = "spi:clk=SCK:mosi=MOSI:miso=MISO:cs=CS,spiflash:chip=macronix_mx25l3205d"
        vcd = (self.directory / "swap.vcd").read_text()
        unit_ps = int(re.search(r"\$timescale (\d+) ps \$end", vcd).group(1))
        done = subprocess.run(["sigrok-cli", "-i", "swap.vcd", "-I",
                               f"vcd:downsample={HALF_PERIOD_PS // unit_ps}",
                               "-P", stack, "-A", annotations],
                              cwd=self.directory, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.splitlines()

    def expect_bytes(self, lines, trace, pattern):
        seen = [line.split()[-1].lower() for line in lines if line.startswith("spi-")]
        ours = []
        for line in trace.splitlines():
            ours += re.search(pattern, line).group(1).split()
        self.assertGreater(len(ours), 500)
        self.assertEqual(seen, ours)

    def test_every_poll_of_a_busy_part_is_in_the_trace(self):
        lines = self.run_swap("--spi-trace", "-").splitlines()
        opcodes = [bytes.fromhex(line.split(" out ")[1][:2])[0] for line in lines]
        erase = opcodes.index(0x20)
        end = next(i for i in range(erase + 1, len(opcodes)) if opcodes[i] != 0x05)
        times = [float(line.split()[0]) for line in lines[erase:end]]
        self.assertGreater(times[-1] - times[0], 0.03)  # tSE
        self.assertLess(max(b - a for a, b in zip(times, times[1:])), 0.001)

    def test_sigrok_decodes_the_bytes_and_commands_of_our_trace(self):
        if shutil.which("sigrok-cli") is None:
            self.skipTest("sigrok-cli is not installed (tools/install-dependencies --with-check)")
        opcodes = set()
        for window in self.windows:
            self.run_swap("--vcd", "swap.vcd", "--spi-trace", "swap.txt", "--vcd-window", window)
            trace = (self.directory / "swap.txt").read_text()
            told = self.sigrok("spi=mosi-data,spiflash")
            self.expect_bytes(told, trace, r"out([ 0-9a-f]*) in")
            self.expect_bytes(self.sigrok("spi=miso-data"), trace, r" in(.*)$")
            ours = trace_commands(trace)
            self.assertEqual(decoded_commands(told), ours)
            opcodes |= {command[0] for command in ours}
        self.assertEqual(opcodes, {0x02, 0x03, 0x05, 0x06, 0x20})

    def test_gtkwave_converts_it(self):
        if shutil.which("vcd2fst") is None:
            self.skipTest("vcd2fst is not installed (tools/install-dependencies --with-check)")
        self.run_swap("--vcd", "swap.vcd", "--vcd-window", self.windows[0])
        subprocess.run(["vcd2fst", "swap.vcd", "swap.fst"], cwd=self.directory, check=True,
                       stdout=subprocess.PIPE)
        self.assertGreater((self.directory / "swap.fst").stat().st_size, 1000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    arguments, rest = parser.parse_known_args()
    SigrokTest.program = arguments.program.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
