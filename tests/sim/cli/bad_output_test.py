"""Output that cannot be written: said before the work begins, and nothing of the user's is lost."""

import os
import stat
import unittest

from command_runner import BAD_INPUT, CHECK_FAILED, HOLDS, TORN_MAGIC, TUTORIAL, CommandTest, main

IS_ROOT = os.geteuid() == 0


class Unwritable(CommandTest):
    def test_a_report_in_a_directory_that_is_missing_is_refused_at_once(self):
        for command in ("run", "explore"):
            result = self.brownout(command, TUTORIAL, "--json", "missing/report.json")
            self.assert_refused(result, "missing/report.json: cannot be written: ",
                                "No such file or directory")
            self.assertEqual(result.stdout, "")

    def test_a_report_that_is_a_directory_is_refused_at_once(self):
        (self.directory / "report.json").mkdir()
        for command in ("run", "explore"):
            result = self.brownout(command, TUTORIAL, "--json", "report.json")
            self.assert_refused(result, "report.json: cannot be written: it is a directory")
            self.assertEqual(result.stdout, "")

    def test_a_directory_for_files_that_is_a_file(self):
        self.write("taken", "mine")
        result = self.brownout("explore", TORN_MAGIC, "--out-dir", "taken")
        self.assert_refused(result, "--out-dir taken: is not a writable directory")
        self.assertEqual((self.directory / "taken").read_text(), "mine")
        self.assert_refused(self.brownout("explore", TORN_MAGIC, "--out-dir", "/proc/none"),
                            "--out-dir /proc/none: ")

    def test_a_replay_file_that_cannot_be_written_does_not_lose_the_report(self):
        (self.directory / "move-torn-magic.repro.yaml").mkdir()
        result = self.brownout("explore", TORN_MAGIC, "--json", "report.json")
        self.assert_refused(result, "move-torn-magic.repro.yaml: cannot be written: ")
        self.assertIn("FAILED  unconfirmed-image-reverts", result.stdout)
        self.assertNotIn("brownout replay", result.stdout)
        self.assert_no_leftovers("report.json")

    def test_a_full_disk_behind_standard_output(self):
        for words in (("run", TUTORIAL), ("run", TUTORIAL, "--json", "-"), ("list",),
                      ("explore", TUTORIAL, "--json", "-")):
            with open("/dev/full", "w", encoding="utf-8") as full:
                result = self.brownout(*words, stdout=full)
            self.assert_refused(result, "standard output cannot be written: ")

    @unittest.skipIf(IS_ROOT, "root may write anywhere")
    def test_a_read_only_file_is_kept(self):
        report = self.write("report.json", "mine")
        report.chmod(stat.S_IRUSR)
        result = self.brownout("run", TUTORIAL, "--json", "report.json")
        self.assert_refused(result, "report.json: cannot be written: ")
        self.assertEqual(report.read_text(), "mine")


class Existing(CommandTest):
    def test_a_report_of_bad_input_leaves_the_old_report(self):
        report = self.write("report.json", "mine")
        self.write("bad.yaml", "nonsense: 1\n")
        for command in ("run", "explore"):
            self.assert_exit(self.brownout(command, "bad.yaml", "--json", "report.json"), BAD_INPUT)
            self.assertEqual(report.read_text(), "mine")
        self.assert_no_leftovers("report.json", "bad.yaml")

    def test_a_report_that_does_not_fit_leaves_the_old_report(self):
        report = self.write("report.json", "mine")
        # The file size limit stands for the full disk: the report is larger than 100 bytes.
        result = self.brownout("run", TUTORIAL, "--json", "report.json", preexec_fn=limit_file_size)
        self.assert_refused(result, "report.json: cannot be written: ")
        self.assertEqual(report.read_text(), "mine")
        self.assert_no_leftovers("report.json")

    def test_a_report_never_replaces_its_scenario(self):
        scenario = self.tutorial()
        before = scenario.read_text()
        for command in ("run", "explore"):
            result = self.brownout(command, "tutorial.yaml", "--json", "./tutorial.yaml")
            self.assert_refused(result, "./tutorial.yaml: cannot be written: it is the scenario")
            self.assertEqual(scenario.read_text(), before)

    def test_a_link_stays_a_link(self):
        self.write("kept/report.json", "old")
        (self.directory / "link.json").symlink_to("kept/report.json")
        self.assert_exit(self.brownout("run", TUTORIAL, "--json", "link.json"), HOLDS)
        self.assertTrue((self.directory / "link.json").is_symlink())
        self.assertIn('"holds": true', (self.directory / "kept/report.json").read_text())

    def test_a_pipe_is_written_to_and_not_replaced(self):
        pipe = self.directory / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.assert_exit(self.brownout("run", TUTORIAL, "--json", "pipe"), HOLDS)
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))
        self.assertIn(b'"format": 1', os.read(reader, 4096))

    def test_a_replay_file_of_an_earlier_exploration_is_replaced(self):
        repro = self.write("move-torn-magic.repro.yaml", "old")
        self.assert_exit(self.brownout("explore", TORN_MAGIC), CHECK_FAILED)
        self.assertIn("scenario:", repro.read_text())
        self.assert_no_leftovers(repro.name)


def limit_file_size():
    import resource
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


if __name__ == "__main__":
    main()
