"""Installs a build into an empty folder and uses what is there: the program, run away from its
build, finds its firmware and the installed scenarios."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

TUTORIAL = "share/brownout/scenarios/tutorial/1-first-swap.yaml"


def run(*words, cwd):
    result = subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
    if result.returncode != 0:
        print(f"{' '.join(str(word) for word in words)}: exit code {result.returncode}")
        print(result.stdout)
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description="Installs a build and runs the tutorial with it.")
    parser.add_argument("--build", type=Path, required=True)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder, "prefix")
        run("cmake", "--install", build, "--prefix", prefix, cwd=folder)
        for header in ("boot/io.h", "models/bus.hpp", "sim/machine.hpp"):
            assert Path(prefix, "include", header).exists(), f"{header} is not installed"
        run(prefix / "bin" / "brownout", "run", prefix / TUTORIAL, cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
