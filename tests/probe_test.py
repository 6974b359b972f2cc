#!/usr/bin/env python3
# Trains an agent that plans and one that reacts, probes both, and holds the labels to what they are.
"""usage: probe_test.py MESAGRID SOURCE_DIR

One seed of ticks 8-24 and one of ticks 2-3, 1,500 updates each, in the quickstart's world; students in a cache of
the test's own. Probing one agent whose students are there is promised within PROMISED_SECONDS.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

PROMISED_SECONDS = 20
REUSED_SECONDS = 2
failures = []


def claim(holds, text):
    print(("ok      " if holds else "FAILED  ") + text, flush=True)
    if not holds:
        failures.append(text)


def tree(directory):
    """Path -> content and time of change of every file."""
    found = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, directory)] = (file.read(), os.stat(path).st_mtime_ns)
    return found


def without_probe(files):
    return {path: kept for path, kept in files.items() if os.path.basename(path) not in ("probe.json", "probe.html")}


def check_labels(agents):
    reacts, plans = agents["ticks=2-3,seed=1"], agents["ticks=8-24,seed=1"]
    claim(reacts["label"] == "reactive", f"ticks 2-3 are {reacts['label']}: {reacts['reason']}")
    claim(reacts["S"] == 0 and reacts["S_hi"] < 0.05, f"S of ticks 2-3 is {reacts['S']} [{reacts['S_lo']}, {reacts['S_hi']}]")
    claim(plans["S"] > 0.3, f"S of ticks 8-24 is {plans['S']} [{plans['S_lo']}, {plans['S_hi']}] > .3")
    claim(plans["label"] != "reactive", f"ticks 8-24 are {plans['label']}: {plans['reason']}")
    for name, metric in plans["metrics"].items():
        claim(metric["value"] > reacts["metrics"][name]["value"], f"{name}: {metric['value']} > {reacts['metrics'][name]['value']}")
    far, farther = plans["students"]["far"][-1], plans["students"]["farther"][-1]
    claim(plans["students"]["accepted"] is True, f"the deepest student is as good as it must be: {far}, {farther}")
    flatters = any("flatters" in sentence for sentence in plans["missing"])
    claim(flatters == (plans["students"]["accepted"] is False), "students that are not accepted are said to be")


def check_report(path):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    data = [json.loads(text) for text in re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.S)]
    phases = next((part["phases"] for part in data if part.get("phases")), None)
    claim(phases is not None and len(phases["likelihood"]) == 2, "the report has the likelihood of labels in both settings")
    claim(phases is not None and len(phases["comparisons"]) == 1, "and the difference between them")
    probes = [trial["probe"] for part in data for trial in part.get("trials", []) if trial.get("probe")]
    claim(len(probes) == 2 and all("S" in probe for probe in probes), "and both agents' scores")


def main():
    program, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as directory:
        run, cache = os.path.join(directory, "run"), os.path.join(directory, "cache")
        trial = os.path.join(run, "ticks=8-24,seed=1")
        made = os.path.join(trial, "probe.json")

        def probe(*words):
            start = time.monotonic()
            out = subprocess.run([program, "probe", *words, "--cache", cache, "--json", "--quiet"], check=True, capture_output=True, text=True).stdout
            return json.loads(out), time.monotonic() - start

        subprocess.run([program, "sweep", os.path.join(source, "sweeps/quickstart.yaml"), "--out", run, "--quiet",
                        "axes.agent.ticks=[[2, 3], [8, 24]]", "seeds=[1]", "eval.levels=50", "eval.levels_apart=20"], check=True, stdout=subprocess.DEVNULL)
        before = tree(run)
        found, seconds = probe(run)
        print(f"        students and two agents took {seconds:.1f} s")
        check_labels({agent["name"]: agent for agent in found["agents"]})
        check_report(os.path.join(run, "report.html"))
        before.pop("report.html"), (after := tree(run)).pop("report.html")
        claim(without_probe(after) == before, "nothing but probes and report has changed")
        claim(all(os.path.join(name, file) in after for name in ("ticks=2-3,seed=1", "ticks=8-24,seed=1") for file in ("probe.json", "probe.html")),
              "each agent has its probe.json and probe.html")

        first, reused = probe(trial)
        claim(reused < REUSED_SECONDS, f"a probe that is there is read in {reused:.2f} s")
        with open(made, "rb") as file:
            expected = file.read()
        _, seconds = probe(trial, "--again")
        claim(seconds <= PROMISED_SECONDS, f"one agent is probed in {seconds:.1f} s (promised on two idle cores: {PROMISED_SECONDS} s)")
        probe(trial, "--again", "--threads", "1")
        with open(made, "rb") as file:
            claim(file.read() == expected, "on one thread probe.json has the same bytes")
        claim(json.loads(expected) == first, "what is printed is what is written")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
