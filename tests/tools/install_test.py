"""Installs a build into an empty folder, moves it, and uses what is there like somebody who has
never seen the source: the program with its scenarios, and a CMake project with its own core."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(my_bootloader C)
find_package(brownout 0.1 REQUIRED)
brownout_add_core(my_core SOURCES src/copy_loader.c)
brownout_add_core(my_buggy_core SOURCES src/copy_loader.c
  INCLUDE_DIRECTORIES config DEFINITIONS COPY_LOADER_BUG=MY_BUG LIBRARIES my_options)
add_library(my_options INTERFACE)
target_compile_options(my_options INTERFACE -include my_config.h)
add_custom_target(explore COMMAND ${BROWNOUT_PROGRAM} explore ${SCENARIO} --core
  $<TARGET_FILE:my_core>)
"""

SCENARIO = """scenario: My update
board: nrf52840dk
partitions:
  mcuboot_primary: {address: 0xC000, size: 0x4000}
  mcuboot_secondary: {address: 0x83000, size: 0x4000}
boot: {strategy: overwrite-only, signature: {type: ecdsa-p256, key: dev-p256.der}}
images:
  v1: {generate: {version: 1.0.0, payload_bytes: 5000, seed: old}}
  v2: {generate: {version: 2.0.0, payload_bytes: 6000, seed: new}}
flash: {mcuboot_primary: v1}
steps:
  - upload: {image: v2, to: mcuboot_secondary}
  - request_upgrade: {type: permanent}
  - reset:
  - expect: {boots: v2, from: mcuboot_primary}
"""


class Installed(unittest.TestCase):
    build = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="brownout-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        result = cls.run_in(cls.folder, "cmake", "--install", cls.build, "--prefix",
                            cls.folder / "first")
        assert result.returncode == 0, result.stdout
        cls.prefix = (cls.folder / "first").rename(cls.folder / "prefix")
        cls.program = cls.prefix / "bin" / "brownout"

    @staticmethod
    def run_in(folder, *words):
        return subprocess.run([str(word) for word in words], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=600, check=False)

    def must(self, *words, exit_code=0):
        result = self.run_in(self.folder, *words)
        self.assertEqual(result.returncode, exit_code, f"{words}\n{result.stdout}")
        return result.stdout

    def test_installing_and_packing_build_nothing(self):
        for target in ("install", "package"):
            needed = self.must("ninja", "-C", self.build, "-t", "query",
                               f"CMakeFiles/{target}.util")
            self.assertIn("input: CUSTOM_COMMAND", needed)
            self.assertNotIn("all", needed.replace("install", "").split())

    def test_the_program_finds_its_own_boards_and_scenarios(self):
        shipped = self.prefix / "share" / "brownout" / "scenarios"
        self.assertIn(f"scenarios (in {shipped})", self.must(self.program, "list"))
        self.must(self.program, "run", shipped / "tutorial" / "1-first-swap.yaml")
        for part in ("include/brownout/boot/core_abi.h", "include/brownout_port/brownout_port.h",
                     "share/brownout/porting-kit/README.md", "share/doc/brownout/copyright"):
            self.assertTrue((self.prefix / part).is_file(), part)

    def test_a_project_elsewhere_builds_its_core_and_explores_it(self):
        example = self.prefix / "share" / "brownout" / "porting-kit" / "example" / "copy_loader.c"
        for name, text in (("CMakeLists.txt", PROJECT), ("src/copy_loader.c", example.read_text()),
                           ("config/my_config.h", "#define MY_BUG 1\n"), ("case.yaml", SCENARIO)):
            path = self.folder / "project" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        shutil.copy(self.prefix / "share/brownout/scenarios/keys/dev-p256.der",
                    self.folder / "project")
        case = self.folder / "project" / "case.yaml"
        self.must("cmake", "-S", "project", "-B", "out", "-G", "Ninja", *self.compiler(),
                  f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DSCENARIO={case}")
        self.must("cmake", "--build", "out")
        explored = self.must("cmake", "--build", "out", "--target", "explore")
        self.assertIn("closed at depth", explored)
        self.assertIn("core: copy-loader ", explored)
        buggy = self.must(self.program, "explore", case, "--core", "out/my_buggy_core.so",
                          exit_code=1)
        self.assertIn("always-boots-an-authentic-image    after 1 cut", buggy)
        repro = next(self.folder.glob("case.always-boots*.repro.yaml"))
        self.must(self.program, "replay", repro, exit_code=1)

    def compiler(self):
        """The kit's library needs what it was compiled with: sanitizers, for one."""
        cache = (self.build / "CMakeCache.txt").read_text()
        kept = ("CMAKE_C_COMPILER:", "CMAKE_C_FLAGS:")
        return [f"-D{line}" for line in cache.splitlines() if line.startswith(kept)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    arguments, rest = parser.parse_known_args()
    Installed.build = arguments.build.resolve()
    unittest.main(argv=sys.argv[:1] + rest)
