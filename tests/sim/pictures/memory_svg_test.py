"""--svg: a well-formed picture that shows what the memory held, with every name as text."""

import sys
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from command_runner import SCENARIOS, TUTORIAL, CommandTest, main  # pylint: disable=C0413

CUT = SCENARIOS / "tutorial" / "3-power-cut.yaml"
SVG = "{http://www.w3.org/2000/svg}"


class MemorySvg(CommandTest):
    def picture(self, scenario, exit_code=0):
        self.assert_exit(self.brownout("run", scenario, "--svg", "a.svg"), exit_code)
        return ElementTree.fromstring((self.directory / "a.svg").read_text())

    def texts(self, picture):
        return ["".join(element.itertext()) for element in picture.iter(SVG + "text")]

    def strips(self, picture):
        """Of each strip, from the first: what its boxes are, and the numbers in them."""
        rows = {}
        for rect in picture.iter(SVG + "rect"):
            if rect.get("class", "").startswith("cell ") and rect.get("width") != "14":
                rows.setdefault(float(rect.get("y")), []).append(
                    rect.get("class").removeprefix("cell "))
        return [rows[y] for y in sorted(rows)]

    def test_the_strips_show_what_each_sector_holds(self):
        strips = self.strips(self.picture(CUT))
        # The start, the upload, the request, the cut and the end, two slots each.
        self.assertEqual(len(strips), 10)
        self.assertEqual(strips[0], ["image0"] * 6 + ["erased"] * 3)
        self.assertEqual(strips[1], ["erased"] * 9)
        self.assertEqual(strips[5], ["image1"] * 7 + ["erased", "trailer"])
        # Sector 4 of the new image is there, that of the old one still above it.
        self.assertEqual(strips[6], ["image1"] * 5 + ["image0"] * 2 + ["erased", "trailer"])
        self.assertEqual(strips[7], ["image0"] * 4 + ["image1"] * 3 + ["erased"] * 2)
        self.assertEqual(strips[8], ["image1"] * 7 + ["erased", "trailer"])

    def test_words_say_when_and_what(self):
        texts = self.texts(self.picture(CUT))
        for text in ("Power lost in the middle of a swap", "at the start",
                     "0.000 s  reset, power fails before call 100power lost",
                     "trailer: magic good, swap_info test, 15 status entries", "111 erased",
                     "1.1.0 (v2), by sectors of the image"):
            self.assertIn(text, texts)

    def test_nothing_reaches_out_of_the_picture(self):
        for scenario in (TUTORIAL, SCENARIOS / "suites" / "scratch-192k.yaml"):
            picture = self.picture(scenario)
            width, height = float(picture.get("width")), float(picture.get("height"))
            self.assertLess(width, 1200)
            for rect in picture.iter(SVG + "rect"):
                self.assertLessEqual(float(rect.get("x")) + float(rect.get("width")), width)
                self.assertLessEqual(float(rect.get("y")) + float(rect.get("height")), height)

    def test_names_are_text_whatever_they_hold(self):
        strange = self.tutorial(texts={
            "First swap on the nRF52840 DK": "'<script>alert(\"1\")</script> & \u00fc'",
            "partitions:\n": "partitions:\n  my-data: {address: 0xFA000, size: 0x2000}\n",
            "  mcuboot_primary: v1": "  mcuboot_primary: v1\n  my-data: "
                                     "{fill: 0x5A, size: 4096}"})
        picture = self.picture(strange)
        self.assertEqual([element.tag for element in picture.iter() if "script" in element.tag],
                         [])
        self.assertIn("my-data", self.texts(picture))
        self.assertIn("<script>alert(\"1\")</script> & \u00fc", self.texts(picture))
        self.assertIn(["unknown"], [strip[:1] for strip in self.strips(picture)])

    def test_it_needs_no_other_file_and_knows_dark_ground(self):
        self.picture(TUTORIAL)
        text = (self.directory / "a.svg").read_text()
        self.assertNotIn("url(", text)
        self.assertNotIn("href", text)
        self.assertIn("prefers-color-scheme: dark", text)

    def test_the_middle_of_a_long_story_is_left_out_and_said(self):
        steps = "  - reset:\n  - upload: {image: v2, to: mcuboot_secondary}\n" \
                "  - request_upgrade: {type: permanent}\n" * 5
        text = TUTORIAL.read_text()
        self.tutorial()
        long = self.write("long.yaml", text.split("steps:\n")[0] + "steps:\n" + steps)
        captions = [text for text in self.texts(self.picture(long)) if " s  " in text]
        self.assertEqual(len(captions), 9)  # and the start
        self.assertTrue(any("further steps that changed the memory are not shown" in text
                            for text in self.texts(self.picture(long))))

    def test_what_cannot_be_written_is_refused_before_the_run(self):
        self.assert_refused(self.brownout("run", TUTORIAL, "--svg", "none/a.svg"), "none/a.svg")
        self.assert_refused(self.brownout("run", TUTORIAL, CUT, "--svg", "a.svg"),
                            "--trace and --svg take one scenario")
        self.assert_refused(self.brownout("run", TUTORIAL, "--svg", "-", "--trace", "-"),
                            "cannot both go to standard output")
        self.assert_refused(self.brownout("run", TUTORIAL, "--svg", TUTORIAL), "scenario itself")


if __name__ == "__main__":
    main()
