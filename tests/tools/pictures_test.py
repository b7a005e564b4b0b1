"""tools/pictures draws what READMEs show, and --check notices what is missing or out of date."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = None


class PicturesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="brownout-pictures-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "scenarios" / "tutorial", self.folder, dirs_exist_ok=True)
        for picture in self.folder.glob("*.svg"):
            picture.unlink()
        (self.folder / "README.md").write_text("![a swap](1-first-swap.svg)\n")

    def pictures(self, *words):
        return subprocess.run([str(ROOT / "tools" / "pictures"), "--program", str(PROGRAM),
                               "--scenarios", str(self.folder), *words],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)

    def test_it_draws_and_then_finds_nothing_to_do(self):
        missing = self.pictures("--check")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("1-first-swap.svg: is missing", missing.stdout)
        self.assertFalse((self.folder / "1-first-swap.svg").exists())
        self.assertEqual(self.pictures().returncode, 0)
        self.assertIn("up to date", self.pictures("--check").stdout)

    def test_a_picture_that_is_not_what_is_drawn_is_named(self):
        self.pictures()
        picture = self.folder / "1-first-swap.svg"
        picture.write_text(picture.read_text().replace("1.1.0", "1.2.0"))
        stale = self.pictures("--check")
        self.assertEqual(stale.returncode, 1)
        self.assertIn("is not what is drawn today", stale.stdout)

    def test_a_picture_without_its_scenario_is_named(self):
        (self.folder / "README.md").write_text("![x](x.svg)\n")
        result = self.pictures()
        self.assertEqual(result.returncode, 1)
        self.assertIn("there is no x.yaml beside it", result.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    arguments, rest = parser.parse_known_args()
    PROGRAM = arguments.program.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
