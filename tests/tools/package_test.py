"""Packs a build as a Debian package and looks into it: what it holds and what it depends on. The
program in it, taken out anywhere, runs an installed scenario."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
CONTENT = ("bin/brownout", "lib/brownout/brownout_core.so", "lib/brownout/brownout_app.so",
           "lib/brownout/brownout_b0n.so", "lib/libbrownout_port.a",
           "lib/cmake/brownout/brownoutConfig.cmake", "lib/cmake/brownout/brownout_add_core.cmake",
           "include/brownout_port/flash_map_backend/flash_map_backend.h",
           "include/brownout/boot/core_abi.h", "share/brownout/porting-kit/example/copy_loader.c",
           "share/brownout/scenarios/tutorial/1-first-swap.yaml",
           "share/brownout/scenarios/boards/nrf52840dk.yaml",
           "share/brownout/scenarios/parts/mx25r6435f.yaml", "share/doc/brownout/copyright")
LIBRARIES = ("libboost-context", "libboost-iostreams", "libc6 ", "libfmt", "libssl", "libstdc++6",
             "libxxhash", "libyaml-cpp")


def run(*words, cwd):
    result = subprocess.run([str(word) for word in words], cwd=cwd, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
    assert result.returncode == 0, f"{words}: exit code {result.returncode}\n{result.stdout}"
    return result.stdout


def pack(build, folder):
    # Not compressed: that takes longer than all the rest.
    run("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder,
        "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none", cwd=folder)
    package, = folder.glob("brownout_*.deb")
    return package


def look_into(package, folder):
    fields = run("dpkg-deb", "--field", package, cwd=folder)
    assert re.search(r"^Package: brownout$", fields, re.M), fields
    depends = re.search(r"^Depends: (.*)$", fields, re.M)[1]
    missing = [library for library in LIBRARIES if library not in depends]
    assert not missing, f"{missing} not in {depends}"
    held = re.findall(r"\S+ root/root .* \./usr/(\S+)$",
                      run("dpkg-deb", "--contents", package, cwd=folder), re.M)
    assert set(CONTENT) <= set(held), set(CONTENT) - set(held)
    foreign = [name for name in held
               if not re.match(r"(bin|lib|include/brownout|share/brownout|share/doc/brownout)"
                               r"|(include|share|share/doc)/$", name)]
    assert not foreign, foreign


def main():
    parser = argparse.ArgumentParser(description="Packs a build and looks into the package.")
    parser.add_argument("--build", type=Path, required=True)
    build = parser.parse_args().build.resolve()
    for tool in ("cpack", "dpkg-deb", "dpkg-shlibdeps"):
        if shutil.which(tool) is None:
            print(f"skipped: there is no {tool}")
            return SKIPPED
    with tempfile.TemporaryDirectory(prefix="brownout-package-") as name:
        folder = Path(name)
        package = pack(build, folder)
        look_into(package, folder)
        run("dpkg-deb", "--extract", package, folder / "root", cwd=folder)
        usr = folder / "root" / "usr"
        assert f"scenarios (in {usr}/share/brownout/scenarios)" in run(
            usr / "bin" / "brownout", "list", cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
