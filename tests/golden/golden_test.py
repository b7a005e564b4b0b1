"""Compares what the program prints with the approved texts in this directory.

Numbers that are measured (seconds of exploring, boots per second, memory) are replaced by N. After
a change of output that is wanted:

    BROWNOUT_UPDATE_GOLDEN=1 ctest --preset release -R golden

and read the difference with `git diff tests/golden` before committing it.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

APPROVED = {
    "tutorial-run.txt": ["run", "scenarios/tutorial/1-first-swap.yaml"],
    "tutorial-map.txt": ["run", "scenarios/tutorial/3-power-cut.yaml", "--map"],
    "tutorial-explain.txt": ["explain", "scenarios/tutorial/3-power-cut.yaml"],
    "tutorial-explore.txt": ["explore", "scenarios/tutorial/1-first-swap.yaml"],
    "tutorial-incomplete.txt": ["explore", "scenarios/tutorial/1-first-swap.yaml",
                                "--depth", "0"],
    "torn-magic-explore.txt": ["explore", "scenarios/regressions/move-torn-magic.yaml",
                               "--out-dir", "{out}"],
    "torn-magic-replay.txt": ["replay", "{out}/move-torn-magic.repro.yaml"],
}

TOOK = re.compile(r"took +[0-9.]+ s, [0-9]+ boots per second, [0-9.]+ KiB of memory per state")


def printed(program, words, out):
    """The text of a run, without what is measured, and its exit code as the last line."""
    out.mkdir(parents=True, exist_ok=True)
    words = [word.replace("{out}", str(out)) for word in words]
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("GITHUB_")}
    result = subprocess.run([str(program), *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                            env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            timeout=600, check=False)
    text = TOOK.sub("took     N s, N boots per second, N KiB of memory per state", result.stdout)
    return text.replace(str(out), "OUT") + f"exit code {result.returncode}\n"


def main():
    parser = argparse.ArgumentParser(description="Compares printed with approved texts.")
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where replay files go")
    arguments = parser.parse_args()
    update = os.environ.get("BROWNOUT_UPDATE_GOLDEN", "") not in ("", "0")
    differing = 0
    for name, words in APPROVED.items():
        text = printed(arguments.program.resolve(), words, arguments.out.resolve())
        path = HERE / name
        approved = path.read_text() if path.exists() else ""
        if text == approved:
            print(f"{name}: as approved")
        elif update:
            path.write_text(text)
            print(f"{name}: updated")
        else:
            differing += 1
            print(f"{name}: differs from what is approved")
            sys.stdout.writelines(difflib.unified_diff(
                approved.splitlines(True), text.splitlines(True), "approved", "printed"))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
