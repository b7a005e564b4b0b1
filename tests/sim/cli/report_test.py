"""The reports of brownout explore for machines: JSON and its schema, JUnit, GitHub."""

import json
import re
import xml.etree.ElementTree as ElementTree

from command_runner import (BAD_INPUT, CHECK_FAILED, HOLDS, INCOMPLETE, MOVE_32K, SCENARIOS,
                            TORN_MAGIC, TUTORIAL, CommandTest, main, without_measures)

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
         "boolean": bool, "null": type(None)}


def complaints(value, schema, at="$"):
    """Where `value` is not as `schema` says: the part of JSON Schema that ours uses."""
    unknown = schema.keys() - {"$schema", "title", "description", "type", "properties", "required",
                               "additionalProperties", "items", "enum", "const", "pattern",
                               "minimum", "anyOf"}
    found = [f"{at}: the schema uses {sorted(unknown)}"] if unknown else []
    if "anyOf" in schema:
        choices = [complaints(value, choice, at) for choice in schema["anyOf"]]
        return found + ([] if [] in choices else min(choices, key=len))
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value} is not in {schema['enum']}")
    if "type" in schema and (not isinstance(value, TYPES[schema["type"]]) or
                             (isinstance(value, bool) and schema["type"] != "boolean")):
        return found + [f"{at}: is no {schema['type']}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: does not match")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: too small")
    for index, item in enumerate(value if isinstance(value, list) else []):
        found += complaints(item, schema["items"], f"{at}[{index}]")
    if isinstance(value, dict):
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in properties:
                found += complaints(item, properties[name], f"{at}.{name}")
            elif rest is False:
                found.append(f"{at}: has {name}")
            elif rest is not True:
                found += complaints(item, rest, f"{at}.{name}")
    return found


class ReportTest(CommandTest):
    def bad_scenario(self):
        """Its cut never fires: that shows only when it runs."""
        text = MOVE_32K.read_text()
        return self.write("never.yaml", text.replace(
            "  - reset:\n", "  - request_upgrade: {type: test, cut: {call: 999}}\n  - reset:\n", 1))


class Json(ReportTest):
    SCHEMA = json.loads((SCENARIOS / "report-schema.json").read_text())

    def test_the_schema_file_is_what_the_program_prints(self):
        printed = self.brownout("explore", "--json-schema").stdout
        self.assertEqual(printed, (SCENARIOS / "report-schema.json").read_text(),
                         "brownout explore --json-schema > scenarios/report-schema.json")

    def test_reports_of_every_kind_are_as_the_schema_says(self):
        for words in ((TUTORIAL,), (TORN_MAGIC, MOVE_32K), (MOVE_32K, "--states", 10),
                      (self.bad_scenario(), MOVE_32K), (MOVE_32K, "--coverage")):
            report = json.loads(self.brownout("explore", *words, "--json", "-").stdout)
            self.assertEqual(complaints(report, self.SCHEMA), [])

    def test_coverage_is_in_the_report_that_asks_for_it(self):
        for words, tables in (((), None), (("--coverage",), 5)):
            report = json.loads(self.brownout("explore", MOVE_32K, *words, "--json", "-").stdout)
            self.assertEqual(report.get("coverage") and len(report["coverage"]), tables)

    def test_a_report_with_one_field_more_or_less_is_not(self):
        report = json.loads(self.brownout("explore", MOVE_32K, "--json", "-").stdout)
        report["explorations"][0]["extra"] = 1
        del report["explorations"][0]["states"]
        report["explorations"][0]["edges"] = "many"
        self.assertEqual(len(complaints(report, self.SCHEMA)), 3)


class JUnit(ReportTest):
    def junit(self, exit_code, *words):
        result = self.brownout("explore", *words, "--junit", "junit.xml")
        self.assert_exit(result, exit_code)
        return ElementTree.parse(self.directory / "junit.xml").getroot()

    def test_what_holds_passes_and_carries_its_numbers(self):
        root = self.junit(HOLDS, MOVE_32K, TUTORIAL)
        self.assertEqual([suite.get("name") for suite in root], [str(MOVE_32K), str(TUTORIAL)])
        case = root[0].find("testcase")
        self.assertEqual(case.get("classname"), "swap-move")
        self.assertEqual(case.get("name"), "Swap using move, 32 KiB images, permanent")
        self.assertIsNone(case.find("failure"))
        self.assertIsNone(case.find("error"))
        names = {entry.get("name"): entry.get("value") for entry in case.find("properties")}
        self.assertGreater(int(names["states"]), 100)
        self.assertIn("4 KiB", names["geometry"])

    def test_a_violation_is_a_failure_with_the_command_that_repeats_it(self):
        root = self.junit(CHECK_FAILED, TORN_MAGIC)
        self.assertEqual(root[0].get("failures"), "1")
        failure = root[0].find("testcase/failure")
        self.assertEqual(failure.get("type"), "unconfirmed-image-reverts")
        self.assertIn("after 2 cuts: ", failure.get("message"))
        self.assertIn("brownout replay ./move-torn-magic.repro.yaml", failure.get("message"))
        self.assertIn("power fails", failure.text)

    def test_what_did_not_close_is_an_error_never_green(self):
        root = self.junit(INCOMPLETE, MOVE_32K, "--states", 10)
        self.assertEqual(root[0].get("errors"), "1")
        self.assertIn("budget of 10 states", root[0].find("testcase/error").get("message"))

    def test_bad_input_is_an_error_too(self):
        bad = self.bad_scenario()
        root = self.junit(BAD_INPUT, bad, MOVE_32K)
        self.assertEqual(root[1].find("testcase/error").get("type"), "bad-input")
        self.assertEqual(root[0].get("name"), str(MOVE_32K))

    def test_names_with_characters_of_xml_are_escaped(self):
        scenario = self.write("odd.yaml", MOVE_32K.read_text().replace(
            "scenario: Swap using move", "scenario: \"<a & \\\"b\\\">\\x1b Swap using move"
        ).replace("images, permanent", "images, permanent\"", 1))
        root = self.junit(HOLDS, scenario)
        self.assertIn('<a & "b">  Swap', root[0].find("testcase").get("name"))


class Sarif(ReportTest):
    def test_a_finding_is_a_result_with_its_rule_its_way_and_how_to_repeat_it(self):
        result = self.brownout("explore", TORN_MAGIC, "--sarif", "-")
        self.assert_exit(result, CHECK_FAILED)
        log = json.loads(result.stdout)
        self.assertEqual(log["version"], "2.1.0")
        run, = log["runs"]
        found, = run["results"]
        self.assertEqual(found["ruleId"], run["tool"]["driver"]["rules"][0]["id"])
        self.assertIn("after 2 power cuts", found["message"]["text"])
        self.assertEqual(found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                         str(TORN_MAGIC))
        steps = found["codeFlows"][0]["threadFlows"][0]["locations"]
        self.assertGreater(len(steps), 2)
        self.assertIn("brownout replay", found["properties"]["replay"])

    def test_what_holds_has_no_result_and_what_did_not_close_has_one(self):
        held = json.loads(self.brownout("explore", MOVE_32K, "--sarif", "-").stdout)
        self.assertEqual(held["runs"][0]["results"], [])
        cut = json.loads(self.brownout("explore", MOVE_32K, "--states", "5", "--sarif",
                                       "-").stdout)
        self.assertEqual([r["ruleId"] for r in cut["runs"][0]["results"]], ["incomplete"])


class Tap(ReportTest):
    def test_every_exploration_is_a_point_and_ok_only_if_it_holds(self):
        lines = self.brownout("explore", MOVE_32K, TORN_MAGIC, "--tap", "-").stdout.split("\n")
        self.assertEqual(lines[:2], ["TAP version 13", "1..2"])
        self.assertTrue(lines[2].startswith("ok 1 - "))
        self.assertTrue(lines[3].startswith("not ok 2 - "))
        self.assertIn("  ---", lines)
        cut = self.brownout("explore", MOVE_32K, "--states", "5", "--tap", "-").stdout
        self.assertIn("not ok 1 - ", cut)
        self.assertIn('severity: "incomplete"', cut)


class Suites(ReportTest):
    def matrix(self):
        return self.write("matrix.yaml", MOVE_32K.read_text() + (
            "matrix:\n  boot.alignment: [8, 16]\n"
            "  images.v2.generate.payload_bytes: [100, 5000, 9000]\n"))

    def test_a_matrix_is_a_test_case_each_and_shards_merge_to_the_same_report(self):
        whole = self.brownout("explore", self.matrix(), "--json", "whole.json",
                              "--junit", "junit.xml")
        self.assert_exit(whole, HOLDS)
        self.assertIn("6 explorations: 6 hold, 0 failed, 0 incomplete", whole.stdout)
        cases = ElementTree.parse(self.directory / "junit.xml").getroot().findall(".//testcase")
        self.assertEqual([case.get("name").split("[")[1] for case in cases][:2],
                         ["8, 100]", "8, 5000]"])
        for part in (1, 2, 3, 4):
            self.assert_exit(self.brownout("explore", "matrix.yaml", "--shard", f"{part}/4",
                                           "--json", f"part-{part}.json"), HOLDS)
        merged = self.brownout("merge", *(f"part-{part}.json" for part in (3, 1, 4, 2)),
                               "--json", "merged.json")
        self.assert_exit(merged, HOLDS)
        texts = [without_measures((self.directory / name).read_text()).replace(
            str(self.directory) + "/", "") for name in ("whole.json", "merged.json")]
        self.assertEqual(*texts)
        self.assertEqual(complaints(json.loads(texts[1]), Json.SCHEMA), [])

    def test_a_missing_shard_is_incomplete_and_one_twice_is_refused(self):
        self.brownout("explore", self.matrix(), "--shard", "1/2", "--json", "part-1.json")
        missing = self.brownout("merge", "part-1.json")
        self.assert_exit(missing, INCOMPLETE)
        self.assertIn("no report holds: 3", missing.stderr)
        self.assert_refused(self.brownout("merge", "part-1.json", "part-1.json"), "again")
        self.assert_refused(self.brownout("merge", MOVE_32K), "is no report")
        self.assert_refused(self.brownout("explore", "matrix.yaml", "--shard", "3/2"), "i/n")

    def test_list_names_the_scenarios_and_explores_nothing(self):
        listed = self.brownout("explore", self.matrix(), MOVE_32K, "--list")
        self.assert_exit(listed, HOLDS)
        self.assertEqual(len(listed.stdout.splitlines()), 7)
        self.assertNotIn("states", listed.stdout)


class GitHub(ReportTest):
    def test_annotations_and_summary_are_written_where_github_runs(self):
        summary = self.write("summary.md", "before\n")
        result = self.brownout("explore", TORN_MAGIC, MOVE_32K, "--depth", 2,
                               env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})
        self.assert_exit(result, CHECK_FAILED)
        lines = [line for line in result.stdout.split("\n") if line.startswith("::")]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"^::error file=[^,:]*move-torn-magic\.yaml,line=\d+,"
                                   r"title=unconfirmed-image-reverts%3A [^:]*::after 2 cuts: ")
        self.assertIn("%0Abrownout replay ./move-torn-magic.repro.yaml", lines[0])
        text = summary.read_text()
        self.assertTrue(text.startswith("before\n### Brownout: 1 of 2 explorations hold\n"), text)
        self.assertIn("**unconfirmed-image-reverts** after 2 cuts: `brownout replay", text)

    def test_nothing_of_it_elsewhere_unless_asked_for(self):
        self.assertNotIn("::", self.brownout("explore", MOVE_32K, "--states", 10).stdout)
        asked = self.brownout("explore", MOVE_32K, "--states", 10, "--github", "--json", "-")
        self.assertIn("::warning file=", asked.stderr)
        json.loads(asked.stdout)


if __name__ == "__main__":
    main()
