"""Feeds tools/tidy small trees and sees each rule fire, on both sides of its edge."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parents[2] / "tools" / "tidy"

GOOD = {
    "README.md": "See [the core](boot/core/decide.c) and [far](https://example.org).\n",
    "boot/CMakeLists.txt": "add_library(boot core/decide.c)\n",
    "boot/include/boot/decide.h": "#include <stdint.h>\nint decide(void);\n",
    "boot/core/decide.c":
        "#include <boot/decide.h>\n#include \"fields.h\"\n\n"
        "static const int table[] = {1};\n\nint decide(void)\n{\n    return table[0];\n}\n",
    "boot/core/fields.h": "int field(void);\n",
    "models/CMakeLists.txt": "add_library(models bus.cpp)\n",
    "models/bus.cpp":
        "#include <vector>\n// a strcpy() in a comment; \"malloc(\"\nint x() { return 1; }\n",
    "sim/CMakeLists.txt": "add_library(sim machine/run.cpp)\n",
    "sim/machine/run.cpp": "#include <boot/decide.h>\n#include <fmt/format.h>\nint y = 1;\n",
}


def function_of(line_count):
    return "int f(int a)\n{\n" + "    ++a;\n" * (line_count - 4) + "    return a;\n}\n"


def constructor_of(line_count):
    head = "A::A(int a) : a_{a}, b_(a)\n{\n"
    return head + "    use(a);\n" * (line_count - 3) + "}\n"


class Rules(unittest.TestCase):
    def run_tidy(self, changes, *options):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**GOOD, **changes}.items():
                if text is not None:
                    Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                    Path(folder, path).write_text(text)
            prepare = [option(folder) if callable(option) else option for option in options]
            return subprocess.run([sys.executable, TIDY, "--root", folder, *prepare],
                                  capture_output=True, text=True, check=False)

    def assert_clean(self, changes=None, *options):
        result = self.run_tidy(changes or {}, *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def assert_fires(self, start, changes, *options):
        result = self.run_tidy(changes, *options)
        self.assertEqual((result.returncode, result.stderr), (1, ""), result.stdout)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 2, result.stdout)
        self.assertTrue(lines[0].startswith(start), f"{lines[0]} does not start with {start}")

    def test_a_good_tree_is_clean(self):
        self.assert_clean()

    def test_a_line_has_at_most_100_columns(self):
        self.assert_clean({"models/bus.cpp": "// " + "x" * 97 + "\n"})
        self.assert_fires("models/bus.cpp:1: line-length",
                          {"models/bus.cpp": "// " + "x" * 98 + "\n"})

    def test_a_file_has_at_most_500_lines(self):
        self.assert_clean({"models/bus.cpp": "int a;\n" * 500})
        self.assert_fires("models/bus.cpp:501: file-length", {"models/bus.cpp": "int a;\n" * 501})

    def test_a_function_has_at_most_70_lines(self):
        around = "namespace a {\nstruct B { int c{1}; };\n", "}\n"
        self.assert_clean({"models/bus.cpp": around[0] + function_of(70) + around[1]})
        self.assert_fires("models/bus.cpp:3: function-length: f has 71 lines",
                          {"models/bus.cpp": around[0] + function_of(71) + around[1]})

    def test_function_length_counts_c_and_constructors(self):
        self.assert_fires("boot/core/decide.c:3: function-length", {
            "boot/core/decide.c": "#include \"fields.h\"\n\n" + function_of(71)})
        self.assert_clean({"models/bus.cpp": constructor_of(70)})
        self.assert_fires("models/bus.cpp:1: function-length: A::A has 71 lines",
                          {"models/bus.cpp": constructor_of(71)})

    def test_function_length_ignores_long_tables_and_classes(self):
        table = "const int kTable[] = {\n" + "    1,\n" * 90 + "};\n"
        klass = "class A {\n" + "    int f() { return 1; }\n" * 90 + "};\n"
        self.assert_clean({"models/bus.cpp": table + klass})

    def test_function_length_counts_tests_and_python(self):
        body = "TEST(Bus, DecodesAnAddress)\n{\n" + "    f();\n" * 68 + "}\n"
        self.assert_fires("models/bus.cpp:1: function-length: TEST", {"models/bus.cpp": body})
        self.assert_fires("tools/x.py:1: function-length: f",
                          {"tools/x.py": "def f():\n" + "    g()\n" * 70})

    def test_tabs_and_trailing_blanks_are_seen(self):
        self.assert_fires("models/bus.cpp:1: whitespace", {"models/bus.cpp": "int a; \n"})
        self.assert_fires("models/bus.cpp:1: whitespace", {"models/bus.cpp": "\tint a;\n"})
        self.assert_fires("models/bus.cpp:1: whitespace", {"models/bus.cpp": "int a;"})

    def test_models_do_not_see_boot(self):
        self.assert_fires("models/bus.cpp:1: include",
                          {"models/bus.cpp": "#include <boot/decide.h>\n"})

    def test_boot_does_not_see_models_sim_or_the_host(self):
        for name in ("models/bus.hpp", "sim/error.hpp", "stdio.h", "string.h", "vector"):
            self.assert_fires("boot/core/fields.h:1: include",
                              {"boot/core/fields.h": f"#include <{name}>\n"})

    def test_sim_does_not_see_private_headers_of_others(self):
        self.assert_fires("sim/machine/run.cpp:1: include",
                          {"sim/machine/run.cpp": "#include \"../../boot/core/fields.h\"\n"})
        self.assert_fires("sim/machine/run.cpp:1: include",
                          {"sim/machine/run.cpp": "#include \"core/fields.h\"\n"})

    def test_tests_see_private_headers_of_their_room_only(self):
        test = {"tests/CMakeLists.txt": "fields_test.cpp\n", "boot/core/fields.h": "int f();\n"}
        use = "#include \"../../../boot/core/fields.h\"\n"
        self.assert_clean({**test, "tests/boot/core/fields_test.cpp": use})
        self.assert_fires("tests/sim/core/fields_test.cpp:1: include",
                          {**test, "tests/sim/core/fields_test.cpp": use})

    def test_the_command_line_library_stays_in_its_room(self):
        self.assert_fires("sim/machine/run.cpp:1: include",
                          {"sim/machine/run.cpp": "#include <CLI/CLI.hpp>\n"})

    def test_unsafe_and_unrepeatable_calls_are_banned(self):
        for call in ("sprintf(a, b)", "strcpy(a, b)", "atoi(a)", "rand()", "longjmp(a, 1)",
                     "std::random_device{}", "std::chrono::system_clock::now()", "time(nullptr)"):
            self.assert_fires("models/bus.cpp:1: banned", {"models/bus.cpp": f"auto b = {call};\n"})
        self.assert_clean({"models/bus.cpp": "auto b = snprintf(a); auto c = operand(1);\n"})

    def test_boot_has_no_heap_no_stdio_and_no_mutable_statics(self):
        for code in ("int *p = malloc(4);", "int n = printf(a);", "static int n;",
                     "static unsigned n[4] = {1};"):
            self.assert_fires("boot/core/fields.h:1: banned", {"boot/core/fields.h": code + "\n"})
        self.assert_clean({"boot/core/fields.h": "static int f(void);\nstatic const int n = 1;\n"})

    def test_leftovers_and_machine_paths_are_seen(self):
        self.assert_fires("models/bus.cpp:1: leftover", {"models/bus.cpp": "// FIX" + "ME later\n"})
        self.assert_fires("README.md:1: machine-path", {"README.md": "Look in /ho" + "me/me.\n"})

    def test_a_source_nobody_builds_is_seen(self):
        self.assert_fires("models/lost.cpp:1: not-built", {"models/lost.cpp": "int z;\n"})
        self.assert_fires("models/bus.cpp:1: not-built",
                          {"models/CMakeLists.txt": "# bus.cpp\nadd_library(models myBus.cpp)\n"})

    def test_a_source_built_in_a_loop_over_names_is_built(self):
        loop = "foreach(name bus)\n  add_library(${name} ${name}.cpp)\nendforeach()\n"
        self.assert_clean({"models/CMakeLists.txt": loop})
        self.assert_fires("models/bus.cpp:1: not-built",
                          {"models/CMakeLists.txt": loop.replace("bus", "us")})

    def test_a_header_nobody_includes_is_seen(self):
        self.assert_fires("models/lost.hpp:1: not-built", {"models/lost.hpp": "int z;\n"})

    def test_file_names_are_unique(self):
        self.assert_fires("sim/machine/bus.cpp:1: file-name", {
            "sim/machine/bus.cpp": "int z;\n",
            "sim/CMakeLists.txt": "add_library(sim machine/run.cpp machine/bus.cpp)\n"})

    def test_a_dead_link_is_seen(self):
        self.assert_fires("README.md:2: link", {"README.md": "\n[gone](boot/gone.md#part)\n"})
        self.assert_clean({"README.md": "```\n[gone](boot/gone.md)\n```\n"})

    def compile(self):
        """A build folder with the boot core compiled, as an option of tidy."""
        def build(folder):
            objects = Path(folder, "build", "boot")
            objects.mkdir(parents=True)
            Path(folder, "build", "compile_commands.json").write_text("[]")
            subprocess.run(["cc", "-c", "-fPIC", f"-I{folder}/boot/include",
                            f"{folder}/boot/core/decide.c", "-o", objects / "decide.c.o"],
                           check=True)
            return f"--build={folder}/build"
        return build

    @unittest.skipUnless(shutil.which("cc") and shutil.which("nm"), "no compiler")
    def test_compiled_boot_objects_hold_no_mutable_data_and_call_nobody(self):
        use = "#include \"fields.h\"\n"
        constant = "static const char *const names[] = {\"a\"};\n"
        self.assert_clean({"boot/core/decide.c": use + constant + "const char *n(void)"
                           "{ return names[0]; }\n"}, self.compile())
        self.assert_fires("boot/decide.c.o:1: object: count is mutable data",
                          {"boot/core/decide.c": use + "int count;\n"}, self.compile())
        self.assert_fires("boot/decide.c.o:1: object: puts is called",
                          {"boot/core/decide.c": use + "int puts(const char *);\n"
                           "int f(void) { return puts(\"\"); }\n"}, self.compile())


if __name__ == "__main__":
    unittest.main()
