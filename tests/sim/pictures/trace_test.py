"""--trace: the file is a trace in the trace-event format, and says what the run did."""

import json
import sys
import unittest
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from command_runner import SCENARIOS, TUTORIAL, CommandTest, main  # pylint: disable=C0413

CUT = SCENARIOS / "tutorial" / "3-power-cut.yaml"
EXTERNAL = SCENARIOS / "suites" / "spim-mx25r32-move-32k.yaml"

NUMBER = (int, Decimal)
# What the trace-event format asks of the events that we use, by phase.
REQUIRED = {
    "M": {"name": str, "pid": int, "args": dict},
    "X": {"name": str, "pid": int, "tid": int, "ts": NUMBER, "dur": NUMBER, "cat": str},
    "i": {"name": str, "pid": int, "tid": int, "ts": NUMBER, "s": str, "cat": str},
    "C": {"name": str, "pid": int, "ts": NUMBER, "args": dict},
}
METADATA = {"process_name": "name", "thread_name": "name", "process_sort_index": "sort_index",
            "thread_sort_index": "sort_index"}


def faults(trace):
    """Every way in which it is no trace in the JSON object form."""
    found = []
    if not isinstance(trace, dict) or not isinstance(trace.get("traceEvents"), list):
        return ["it has no traceEvents"]
    if trace.get("displayTimeUnit") not in (None, "ms", "ns"):
        found.append("displayTimeUnit is neither ms nor ns")
    last = None
    spans = defaultdict(list)
    for number, event in enumerate(trace["traceEvents"]):
        def fault(text, number=number):
            found.append(f"event {number}: {text}")
        if event.get("ph") not in REQUIRED:
            fault(f"phase {event.get('ph')}")
            continue
        for key, kind in REQUIRED[event["ph"]].items():
            if not isinstance(event.get(key), kind) or isinstance(event.get(key), bool):
                fault(f"{key} is {event.get(key)!r}")
                break
        else:
            if event["ph"] == "M":
                if METADATA.get(event["name"]) not in event["args"]:
                    fault(f"metadata {event['name']}")
                continue
            if event["ts"] < 0 or event.get("dur", 0) < 0:
                fault("a negative time")
            if last is not None and event["ts"] < last:
                fault("earlier than the event before it")
            last = event["ts"]
            if event["ph"] == "i" and event["s"] not in ("g", "p", "t"):
                fault(f"scope {event['s']}")
            if event["ph"] == "C" and not all(
                    isinstance(value, NUMBER) for value in event["args"].values()):
                fault("a counter that is no number")
            if event["ph"] == "X":
                spans[event["pid"], event["tid"]].append(event)
    return found + nesting_faults(spans)


def nesting_faults(spans):
    """Spans of a thread lie in each other or apart."""
    found = []
    for thread, events in spans.items():
        stack = []
        for event in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
            end = event["ts"] + event["dur"]
            while stack and stack[-1] <= event["ts"]:
                stack.pop()
            if stack and end > stack[-1]:
                found.append(f"{thread}: {event['name']} at {event['ts']} ends after the span "
                             "around it")
            stack.append(end)
    return found


class TraceTest(CommandTest):
    def trace(self, scenario):
        result = self.brownout("run", scenario, "--trace", "run.json")
        self.assert_exit(result, 0)
        text = (self.directory / "run.json").read_text()
        return json.loads(text, parse_float=Decimal)

    def expect_sound(self, trace):
        self.assertEqual(faults(trace), [])
        names = {}
        for event in trace["traceEvents"]:
            if event["ph"] == "M" and event["name"] == "process_name":
                names[event["pid"]] = event["args"]["name"]
        self.assertEqual({event["pid"] for event in trace["traceEvents"]}, set(names))
        return names

    def test_it_is_a_trace_with_devices_partitions_calls_and_operations(self):
        trace = self.trace(TUTORIAL)
        self.assertEqual(list(self.expect_sound(trace).values()),
                         ["firmware on nrf52840dk", "internal"])
        events = trace["traceEvents"]
        kinds = Counter((event["ph"], event.get("cat")) for event in events)
        report = self.brownout("run", TUTORIAL, "--json", "-")
        steps = json.loads(report.stdout)["steps"]
        calls = sum(step.get("calls", 0) if isinstance(step.get("calls"), int)
                    else len(step.get("calls", [])) for step in steps)
        traced = [event["args"]["call"] for event in events
                  if event.get("cat") == "call" and not event["name"].startswith("store")]
        self.assertEqual(len(traced), calls)
        self.assertGreater(calls, 100)
        self.assertEqual(kinds["X", "run"], 5)  # three boots, a request, a confirmation
        done = sum(event["args"]["count"] for event in events if event.get("cat") == "op")
        told = sum(event["args"]["operations"] for event in events if event.get("cat") == "run")
        self.assertGreaterEqual(done, told)
        self.assertGreater(told, 20000)
        counted = {event["name"] for event in events if event["ph"] == "C"}
        self.assertEqual(counted, {"erased sectors", "status entries in mcuboot_primary",
                                   "status entries in mcuboot_secondary"})

    def test_counters_follow_the_swap(self):
        events = self.trace(TUTORIAL)["traceEvents"]
        values = defaultdict(list)
        for event in events:
            if event["ph"] == "C":
                values[event["name"]].append(event["args"]["value"])
        entries = values["status entries in mcuboot_primary"]
        self.assertEqual(max(entries), 21)  # seven sectors, three entries each
        swap = entries[entries.index(1) - 1:]
        self.assertEqual([value for i, value in enumerate(swap) if i == 0 or swap[i - 1] != value],
                         list(range(22)))
        # The sectors of 1.1.0 and the request; in the end 1.0.0 and both trailers are less.
        erased = values["erased sectors"]
        self.assertEqual(erased[0] - erased[-1], 7 + 1)
        self.assertTrue(all(a != b for a, b in zip(erased, erased[1:])))

    def test_a_power_cut_is_an_instant_between_two_boots(self):
        trace = self.trace(CUT)
        self.expect_sound(trace)
        cuts = [event for event in trace["traceEvents"] if event.get("cat") == "cut"]
        self.assertEqual(len(cuts), 1)
        self.assertEqual((cuts[0]["ph"], cuts[0]["s"], cuts[0]["name"]), ("i", "g", "power cut"))
        self.assertEqual(cuts[0]["args"]["call"], 100)
        boots = [event for event in trace["traceEvents"] if event.get("cat") == "run"]
        self.assertTrue(any(boot["ts"] + boot["dur"] == cuts[0]["ts"] for boot in boots), cuts)

    def test_an_external_part_is_a_process_of_its_own(self):
        trace = self.trace(EXTERNAL)
        names = self.expect_sound(trace)
        self.assertIn("mx25r32", names.values())
        part = next(pid for pid, name in names.items() if name == "mx25r32")
        self.assertTrue(any(event["pid"] == part and event.get("cat") == "op"
                            and "program page" in event["name"] for event in trace["traceEvents"]))

    def test_names_of_the_scenario_are_quoted(self):
        strange = self.tutorial(texts={"First swap on the nRF52840 DK": '"a \\"b\\" <script>"'})
        trace = self.trace(strange)
        self.expect_sound(trace)
        self.assertEqual(trace["otherData"]["scenario"], 'a "b" <script>')

    def test_it_may_go_to_standard_output_and_is_refused_for_two(self):
        result = self.brownout("run", TUTORIAL, "--trace", "-")
        self.assertEqual(faults(json.loads(result.stdout, parse_float=Decimal)), [])
        self.assert_refused(self.brownout("run", TUTORIAL, CUT, "--trace", "a.json"),
                            "--trace and --svg take one scenario")
        self.assert_refused(self.brownout("run", TUTORIAL, "--trace", "none/a.json"),
                            "none/a.json", "cannot be written")


class FaultsAreFound(unittest.TestCase):
    """The validator itself."""

    def span(self, start, duration, **more):
        return {"ph": "X", "name": "a", "pid": 1, "tid": 1, "ts": start, "dur": duration,
                "cat": "c", **more}

    def test_sound_events_have_none(self):
        self.assertEqual(faults({"traceEvents": [self.span(0, 5), self.span(1, 4),
                                                 self.span(5, 1)]}), [])

    def test_each_fault_is_found(self):
        for events in ([{"ph": "Q"}], [self.span(-1, 2)], [self.span(1, -2)],
                       [self.span(0, 5), self.span(4, 2)], [self.span(5, 1), self.span(4, 1)],
                       [self.span("0", 5)], [{**self.span(0, 1), "name": 3}],
                       [{"ph": "i", "name": "a", "pid": 1, "tid": 1, "ts": 0, "s": "x",
                         "cat": "c"}],
                       [{"ph": "C", "name": "a", "pid": 1, "ts": 0, "args": {"v": "1"}}],
                       [{"ph": "M", "name": "process_name", "pid": 1, "args": {}}]):
            self.assertEqual(len(faults({"traceEvents": events})), 1, events)
        self.assertEqual(len(faults([])), 1)


if __name__ == "__main__":
    main()
