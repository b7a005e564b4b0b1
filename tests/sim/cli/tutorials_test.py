"""Every scenario of the tutorial does what it says."""

from command_runner import HOLDS, TUTORIAL, CommandTest, main


class Tutorials(CommandTest):
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


if __name__ == "__main__":
    main()
