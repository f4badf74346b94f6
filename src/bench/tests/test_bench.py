"""What the benchmark concludes from what it measured, and that nothing is left of it when it ends."""

from __future__ import annotations

import pathlib
import sys
import tempfile
import unittest
from typing import Any
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import against
import chart
import flame
import profiling
import report
from figures import Result, Summary
from proc import cpu_ns, exists
from processes import Failed, Lab
from targets import Target, judge

STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.000600           2       300           read
 40.00    0.000400           4       100        12 accept4
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000           2       400        12 total
"""

PERF = """java
\tffffffff81589b79 tcp_sendmsg
\t    7fc46b6998a8 void dev.lander.relay.Direction.onReadable(int, java.lang.String)
\t           20b74 start_thread

java
\t    7fc46b6998a8 void dev.lander.relay.Direction.onReadable(int, java.lang.String)
\t           20b74 start_thread

"""


def row(ours: list[float], theirs: list[float], lost: int = 0) -> dict[str, Any]:
    """A row's JSON with these figures."""
    result = Result("keepalive", "Keep-alive <requests>", {"cpu_us": "CPU us/request"})
    result.samples["Lander"] = [{"cpu_us": value, "lost": lost} for value in ours]
    result.samples["HAProxy"] = [{"cpu_us": value} for value in theirs]
    return result.as_json()


class AgainstTest(unittest.TestCase):
    def test_the_ratio_is_of_each_round_and_the_median_of_those_is_told(self) -> None:
        result = Result("row", "Row", {"cpu_us": "CPU us"})
        result.samples["new"] = [{"cpu_us": cpu} for cpu in (10, 30, 9)]
        result.samples["old"] = [{"cpu_us": cpu} for cpu in (10, 20, 10)]
        self.assertEqual(1.0, against.tell(result, "new", "old"))

    def test_a_lost_answer_is_no_speed(self) -> None:
        result = Result("row", "Row", {"cpu_us": "CPU us"})
        result.samples["new"] = [{"cpu_us": 1, "lost": 1}]
        result.samples["old"] = [{"cpu_us": 2}]
        with self.assertRaises(Failed):
            against.tell(result, "new", "old")

    def test_each_lander_of_a_row_has_its_older_self_beside_it(self) -> None:
        row = next(row for row in against.ROWS if row.name == "udp-64")
        self.assertEqual(
            [("Lander", "Lander as of v1"), ("Lander responses 1", "Lander responses 1 as of v1")],
            against._pairs(row, "v1"),
        )

    def test_what_is_no_commit_is_refused(self) -> None:
        with self.assertRaisesRegex(Failed, "no-such-ref is no commit"):
            against.build("no-such-ref")


class Judging(unittest.TestCase):
    TARGET = Target("keepalive", "cpu_us", 0.95, 0.90)

    def word(self, *arguments: Any) -> str:
        return judge(self.TARGET, row(*arguments)).word

    def test_well_below_the_target_is_met_and_far_above_is_not(self) -> None:
        self.assertEqual(self.word([8, 8, 8], [10, 10, 10]), "met, and the prize")
        self.assertEqual(self.word([12, 12, 12], [10, 10, 10]), "not met")

    def test_close_to_the_target_a_few_rounds_do_not_decide(self) -> None:
        self.assertIn("make bench ROW=keepalive", self.word([9.4] * 7, [10] * 7))
        self.assertIn("make bench ROW=keepalive", self.word([9.6] * 7, [10] * 7))

    def test_close_to_the_target_21_rounds_decide_by_median_and_lower_quartile(self) -> None:
        self.assertEqual(self.word([9.4] * 21, [10] * 21), "met")
        self.assertEqual(self.word([9.4] * 21, [9] * 8 + [10] * 13), "not met")

    def test_a_lost_answer_is_never_met(self) -> None:
        self.assertIn("not met", self.word([5] * 7, [10] * 7, 1))

    def test_a_peer_that_is_missing_leaves_it_open(self) -> None:
        self.assertEqual(judge(self.TARGET, row([1], [])).word, "not measured")


class Reporting(unittest.TestCase):
    REPORT = {"about": "make bench", "machine": {"CPU": "two cores"}, "rows": [row([8], [10])]}

    def test_a_summary_has_median_quartile_and_extremes(self) -> None:
        self.assertEqual(Summary.of([5, 1, 2, 4, 3]), Summary(3, 2, 1, 5))
        self.assertEqual(Summary.of([7]), Summary(7, 7, 7, 7))

    def test_what_people_wrote_around_the_tables_stays(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            page = pathlib.Path(directory, "benchmarks.md")
            page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
            for _ in range(2):
                report.write(self.REPORT, page.parent, "benchmarks")
            text = page.read_text()
        self.assertTrue(text.startswith("before\n") and text.endswith("\nafter\n"))
        self.assertNotIn("old", text)
        self.assertEqual(text.count("Keep-alive <requests> (`keepalive`)"), 1)

    def test_what_the_run_before_found_is_beside_what_this_one_has(self) -> None:
        latest = {**self.REPORT, "rows": [row([9], [10])]}
        report.remember(latest, {**self.REPORT, "about": "the day before"})
        text = report.markdown(latest, "chart.svg")
        self.assertIn("The run before: the day before", text)
        self.assertRegex(text, r"Lander / HAProxy \| 0\.90 \| 0\.90 \| 0\.80 \|")

    def test_the_chart_is_well_formed(self) -> None:
        self.assertIn("0.80 (8)", "".join(ElementTree.fromstring(chart.draw(self.REPORT["rows"])).itertext()))


class Profiling(unittest.TestCase):
    def test_system_calls_are_read_from_straces_table(self) -> None:
        self.assertEqual(profiling.parse_calls(STRACE), {"read": 300, "accept4": 100})

    def test_stacks_are_counted_from_the_outside(self) -> None:
        method = "dev.lander.relay.Direction.onReadable()"
        stacks = flame.collapse(PERF)
        self.assertEqual(
            stacks, {("java", "start_thread", method, "tcp_sendmsg [k]"): 1, ("java", "start_thread", method): 1}
        )
        graph = "".join(ElementTree.fromstring(flame.draw("title", stacks)).itertext())
        self.assertIn(f"{method}: 2 samples, 100.0 %", graph)
        self.assertIn("tcp_sendmsg [k]: 1 samples, 50.0 %", graph)


class Processes(unittest.TestCase):
    def test_leaving_the_lab_ends_every_child(self) -> None:
        with Lab() as lab:
            pids = [lab.start("sleeper", ["sleep", "60"]).process.pid for _ in range(3)]
            self.assertTrue(all(map(exists, pids)))
        self.assertFalse(any(map(exists, pids)))
        self.assertFalse(lab.path.exists())

    def test_a_generator_that_hangs_or_fails_is_ended(self) -> None:
        with Lab() as lab:
            with self.assertRaisesRegex(Failed, "did not end"):
                lab.run(["sleep", "60"], 0.2)
            with self.assertRaisesRegex(Failed, "status 1"):
                lab.run(["false"], 5)

    def test_cpu_time_counts_threads_that_have_ended(self) -> None:
        work = (
            "import threading, time\n"
            "def burn():\n"
            "    while time.thread_time() < 0.3: pass\n"
            "thread = threading.Thread(target=burn); thread.start(); thread.join()\n"
            "print('burnt', flush=True); time.sleep(60)"
        )
        with Lab() as lab:
            child = lab.start("burner", [sys.executable, "-c", work])
            while "burnt" not in child.log.read_text():
                self.assertIsNone(child.process.poll())
            self.assertGreater(cpu_ns(child.pids()), 290_000_000)


if __name__ == "__main__":
    unittest.main()
