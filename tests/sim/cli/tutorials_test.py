"""Every scenario of the tutorial does what it says."""

import re
import shlex
import shutil

from command_runner import HOLDS, SCENARIOS, TUTORIAL, CommandTest, main


def commands_in(text):
    """The commands that the first comment of a scenario shows, without what is said about them."""
    comment = text[:text.index("\nscenario:")].split("\n")
    commands = []
    for line in comment:
        if line.startswith("#   brownout "):
            parts = re.split(r" {3,}", line[4:])
            words = [part for i, part in enumerate(parts)
                     if i == 0 or "/" in part or part.startswith("-")]
            commands.append(" ".join(words))
        elif line.startswith("#            ") and commands:
            commands[-1] += " " + line[1:].strip()
    return [shlex.split(command)[1:] for command in commands]


class Tutorials(CommandTest):
    def test_every_command_that_they_show_works(self):
        (self.directory / "scenarios").symlink_to(SCENARIOS)
        for file in [*TUTORIAL.parent.glob("images/*"), *SCENARIOS.glob("keys/*")]:
            if "encrypted" not in file.name and "clear" not in file.name:
                shutil.copy(file, self.directory)
        shown = 0
        for file in sorted(TUTORIAL.parent.glob("*.yaml")):
            for words in commands_in(file.read_text()):
                with self.subTest(file=file.name, words=words):
                    self.assert_exit(self.brownout(*words), HOLDS)
                    shown += 1
        self.assertGreater(shown, 12)

    def test_all_hold(self):
        files = sorted(TUTORIAL.parent.glob("*.yaml"))
        self.assertGreater(len(files), 3)
        for file in files:
            result = self.brownout("run", file)
            self.assert_exit(result, HOLDS)
            self.assertIn("expectations hold.", result.stdout)

    def test_the_cut_can_be_inspected(self):
        scenario = TUTORIAL.parent / "3-power-cut.yaml"
        result = self.brownout("inspect", "--scenario", scenario, "--steps", "3")
        self.assert_exit(result, HOLDS)
        self.assertIn("swap (test) in progress: sector 5 of 7, first half", result.stdout)
        self.assertIn("resumes the swap (test): sector 5 of 7", result.stdout)

    def test_the_32_bytes_that_remain_are_explained(self):
        scenario = TUTORIAL.parent / "4-why-32-bytes-remain.yaml"
        self.assert_exit(self.brownout("run", scenario, "--export", "mx25r32=external.bin"), HOLDS)
        start = (self.directory / "external.bin").read_bytes()[:512]
        self.assertEqual(sum(byte != 0xFF for byte in start), 32)
        result = self.brownout("inspect", "--scenario", scenario)
        self.assert_exit(result, HOLDS)
        self.assertRegex(result.stdout, r"mcuboot_secondary +mx25r32 0x00000000  1\.0\.0 \(v1\)")
        self.assertIn("the image header is 32 bytes; the 480 up to the payload", result.stdout)

    def test_the_wear_of_an_upgrade_is_counted(self):
        result = self.brownout("run", "--wear", TUTORIAL.parent / "5-wear.yaml")
        self.assert_exit(result, HOLDS)
        wear = result.stdout[result.stdout.index("wear of this run"):]
        # Seven sectors are moved up, seven swapped, and the trailer's is erased.
        self.assertRegex(wear, r"mcuboot_primary +internal +15 erases in 9 sectors; most: sector 1")
        self.assertRegex(wear, r"mcuboot_secondary +mx25r32 +16 erases in 8 sectors")
        self.assertIn("first to wear out: sector 1 of mcuboot_primary, endurance 10000 erases: "
                      "5000 runs", wear)

    def test_an_encrypted_update_leaves_nothing_plain_in_external_flash(self):
        scenario = TUTORIAL.parent / "6-encrypted.yaml"
        self.assert_exit(self.brownout("run", scenario, "--export", "mx25r32=external.bin"), HOLDS)
        external = (self.directory / "external.bin").read_bytes()
        for name in ("app-1.0.0.signed.bin", "app-1.1.0.signed.bin"):
            plain = (TUTORIAL.parent / "images" / name).read_bytes()
            self.assertNotIn(plain[0x400:0x440], external)
        result = self.brownout("inspect", "--scenario", scenario, "--steps", "3")
        self.assert_exit(result, HOLDS)
        self.assertIn("resumes the swap (test)", result.stdout)


if __name__ == "__main__":
    main()
