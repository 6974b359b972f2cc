#!/usr/bin/env python3
# Opens pages of probed agents, and reports with a phase diagram, in headless Chromium, and uses them as a person would.
"""usage: probe_browser_test.py WRITER                                    made-up pages, written by tests/report_page.c
       probe_browser_test.py --agent PROBE.html [--screenshots DIR]     a page that is there

Exit 0: all checks hold. 1: a check failed (the reason is printed). 77: there is no Chromium to test with."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import report_made_up
from chromium import check, run_checks
from report_browser_test import (check_narrow, check_play, check_quiet, check_start_moves, check_theme, open_report,
                                 save_picture, shoot_section, shoot_view)

OPTIONAL = ("wave", "maze", "edits", "gates", "students", "extras", "missing")  # sections that may have nothing to show


def count(page, selector):
    return page.value(f"document.querySelectorAll({json.dumps(selector)}).length")


def text(page, selector):
    return page.value(f"document.querySelector({json.dumps(selector)}).innerText")


def shown(page):
    return {i for i in OPTIONAL if not page.value(f"document.getElementById('{i}').hidden")}


def check_words(page):
    words = page.value("document.querySelector('main').innerText")
    for word in ("undefined", "NaN", "[object", "Infinity", "null"):
        check(word not in words, f"the text holds no '{word}'")
    check(not page.value("Array.from(document.querySelectorAll('path'), p => p.getAttribute('d') || '')"
                         ".some(d => /NaN|undefined/.test(d))"), "every drawn path has numbers")


# ---- The page of an agent ----

def check_verdict(page, data):
    check(text(page, "#headline").lower() == (data.get("label") or "undecided"), "the headline is the label")
    check(text(page, "#reason") == (data.get("reason") or ""), "the reason stands under it")
    score = data.get("S")
    places = page.value("Array.from(document.querySelectorAll('#score .point.family'), p => parseFloat(p.style.left))")
    check(len(places) == (score is not None), "the score is one point on its line")
    if score is not None:
        check(text(page, "#score-value") == f"{score:.2f}", "the score stands beside its line")
        check(abs(places[0] - 100 * score) < 0.02, "the score's point lies at its value")


def check_profile(page, data):
    check(count(page, "#profile tr.family") == 4, "the profile has a row for each family")
    names = page.value("Array.from(document.querySelectorAll('#profile tr.metric .name'), n => n.textContent)")
    check(names == ["FLIP", "TICK", "FRONT", "BLOCK", "GOAL", "RESIDUAL"], f"and six for metrics, not {names}")
    for i, name in enumerate(names):
        metric = (data.get("metrics") or {}).get(name) or {}
        speaks = metric.get("value") is not None and metric.get("applies", True) and metric.get("informative", True)
        row = f"document.querySelectorAll('#profile tr.metric')[{i}]"
        check(page.value(row + ".classList.contains('silent')") == (not speaks), f"{name} is grey if it says nothing")
        if not speaks:
            check(len(page.value(row + ".querySelector('.value').innerText")) > 6, f"{name} says why it is grey")
            continue
        check(page.value(row + ".querySelectorAll('.band, .whisker').length") == 3, f"{name} has whisker and two bands")


def check_wave(page, wave):
    cells = sum(p is not None for row in wave["p"] for p in row)
    check(count(page, ".wave .cell") == cells, f"the wave has a cell for each of {cells} numbers")
    check(page.value("document.querySelector('.wave .front').getAttribute('d').length") > 10, "the front is drawn")
    x, y, width, height = page.middle(".wave")
    page.press(x + width / 2, y + height / 2, "mouseMoved", 0)
    check("away" in text(page, "#tip"), "pointing at the wave tells its numbers")
    page.value("document.querySelector('.wave').focus()")
    before = text(page, "#tip")
    page.key("ArrowRight", 39)
    check(text(page, "#tip") != before, "an arrow key walks over the wave")
    page.key("Escape", 27)
    check(page.value("document.getElementById('tip').hidden"), "Escape closes the tooltip")


def check_settling(page):
    arrows = "Array.from(document.querySelectorAll('#maze .arrow'), a => a.dataset.move || '?').join('')"
    page.value("(() => { const s = document.getElementById('tick-slider'); s.value = 0; "
               "s.dispatchEvent(new Event('input')); s.focus(); })()")
    first = page.value(arrows)
    check(first and "?" not in first, "every arrow of the plan has a move")
    page.key("End", 35)
    page.settle()
    check(page.value(arrows) != first, "the arrows change with the ticks")
    check(count(page, "#maze .square.reached") > 0, "squares that reach the goal are filled")
    check(count(page, "#maze .board") == 1, "one agent has one board")
    check_play(page)
    check_start_moves(page)


def check_picture(page, name, picture):
    article, size = f".edit[data-probe=\"{name}\"]", picture["size"]
    check(count(page, article + " .board") == 2, f"{name} has a board before and one after")
    y, x = picture["edited"]
    marks = page.value(f"Array.from(document.querySelectorAll('{article} .edited rect'), "
                       "r => [Math.floor(r.x.baseVal.value), Math.floor(r.y.baseVal.value)])")
    check(marks == [[x, y], [x, y]], f"{name} marks the edited square on both boards, not {marks}")
    walls = [i for i in range(size * size) if picture["rows"][i // size][i % size] == "#"]
    ones = lambda key: {i for i, c in enumerate(picture[key]) if c == "1"} - set(walls)
    drawn = [page.value(f"[0, 1].map(i => document.querySelectorAll('{article} .board')[i]"
                        f".querySelectorAll('{what}').length)") for what in (".changed", ".counted", ".moved")]
    check(drawn[0][0] == 0 and 0 < drawn[0][1] <= len(ones("changed")), f"{name} has bold arrows after the edit only")
    check(drawn[1] == [len(ones("counted"))] * 2, f"{name} tints its counted squares")
    check(drawn[2] == [0, len(ones("counted") & ones("moved"))], f"{name} fills those that moved, after the edit only")
    walks = f"Array.from(document.querySelectorAll('{article} .walk'), w => w.getAttribute('d'))"
    before = page.value(walks)
    page.value(f"document.querySelector('{article} .board').focus()")
    for key, code in (("ArrowLeft", 37), ("ArrowUp", 38), ("ArrowRight", 39), ("ArrowDown", 40)):
        page.key(key, code)
        after = page.value(walks)
        if after != before:
            break
    check(after[0] != before[0] and after[1] != before[1], f"an arrow key moves the start on both boards of {name}")


def whole_pictures(data):
    return {k: p for k, p in (data.get("pictures") or {}).items() if p}


def expected_sections(data):
    extras = data.get("extras") or {}
    return {name for name, there in (
        ("wave", extras.get("wave")), ("maze", data.get("settling")), ("edits", whole_pictures(data)),
        ("gates", any((data.get("gates") or {}).values())), ("students", (data.get("students") or {}).get("depths")),
        ("extras", any(v for k, v in extras.items() if k != "wave")), ("missing", data.get("missing"))) if there}


def check_agent(page, path):
    open_report(page, path)
    data = json.loads(page.value("document.getElementById('data').textContent"))
    check_words(page)
    check_verdict(page, data)
    check_profile(page, data)
    check(shown(page) == expected_sections(data), f"it shows {expected_sections(data)}, not {shown(page)}")
    extras = data.get("extras") or {}
    if extras.get("wave"):
        check_wave(page, extras["wave"])
    if data.get("settling"):
        check_settling(page)
    for name, picture in whole_pictures(data).items():
        check_picture(page, name, picture)
    cards = page.value("Array.from(document.querySelectorAll('#extras .card'), c => c.innerText)")
    check(all("Not scored: " in card for card in cards), "every extra says why it is not scored")
    check(count(page, "#missing li") == len(data.get("missing") or []), "every missing thing has its sentence")
    check_theme(page)
    check_narrow(page, path)
    check_quiet(page)


def check_without(page, pages):
    """Whatever is missing or null, the page still stands."""
    full = report_made_up.agent()
    holes = [{k: v for k, v in full.items() if k != key} for key in full]
    holes += [{**full, key: None} for key in full]
    holes += [{**full, "extras": {**full["extras"], key: value}} for key in full["extras"] for value in (None, {})]
    holes += [{**full, "metrics": {**full["metrics"], key: None}} for key in full["metrics"]]
    holes += [{}]
    for data in holes:
        open_report(page, pages.write("agent", "hole", data))
        check_words(page)
        check(count(page, "#profile tr.metric") == 6, "with holes the profile still has six metrics")
    check_quiet(page)


# ---- The phase diagram ----

def check_phases(page, path, data):
    open_report(page, path)
    check_words(page)
    probed = [i for i, s in enumerate(data["settings"]) if any(data["trials"][t].get("probe") for t in s["trials"])]
    cells = page.value("Array.from(document.querySelectorAll('.phase td[data-setting]'), c => +c.dataset.setting)")
    check(sorted(cells) == probed, f"the diagram has a cell for each probed setting, not {cells}")
    for setting in probed:
        seeds = [data["trials"][t]["probe"] for t in data["settings"][setting]["trials"]]
        labels = [s["label"] for s in seeds]
        most = max(labels, key=labels.count)
        cell = f'.phase td[data-setting="{setting}"]'
        want = most if labels.count(most) > len(labels) / 2 else "mixed"
        check(page.value(f"document.querySelector('{cell}').dataset.label") == want, f"setting {setting} is {want}")
        check(f"{sum(s['S'] for s in seeds) / len(seeds):.2f}" in text(page, cell), f"setting {setting} has its mean S")
        check(count(page, cell + " .point.seed") == len(seeds), f"setting {setting} has a dot for each seed")
    check(count(page, "#likelihood tbody tr") == len(data["settings"]), "the likelihood table has all settings")
    links = page.value("Array.from(document.querySelectorAll('#results tr.trial a'), a => a.getAttribute('href'))")
    names = [t["name"] for t in data["trials"] if t.get("probe")]
    check([l.replace("%3D", "=").replace("%2C", ",") for l in links] == [f"{n}/probe.html" for n in names],
          "each probed trial links to its page")
    check_phase_keys(page)
    check_theme(page)
    check_narrow(page, path)


def check_phase_keys(page):
    page.value("document.querySelector('.phase td[tabindex=\"0\"]').focus()")
    check("seed" in text(page, "#tip"), "a cell tells its seeds")
    before = text(page, "#phase-detail")
    check(count(page, "#phase-detail tr.metric") == 4, "the chosen setting shows its four families")
    if count(page, ".phase td[data-setting]") < 2:
        return
    page.key("ArrowRight", 39)
    check(page.value("document.activeElement.cellIndex") == 2, "an arrow key walks to the next cell")
    page.value("document.querySelector('.phase td[data-setting]:not(.chosen)').focus()")
    page.key("Enter", 13)
    check(text(page, "#phase-detail") != before, "Enter shows another setting's families")


def axes_of(data, number):
    """The same sweep with fewer or more axes."""
    data = json.loads(json.dumps(data))
    if number == 3:
        data["axes"].append({"key": "agent.tied", "values": ["true", "false"]})
        for i, setting in enumerate(data["settings"]):
            setting["values"]["agent.tied"] = "true" if i % 2 else "false"
    if number < 2:
        data["axes"] = data["axes"][:number]
        data["settings"] = data["settings"][1::3] if number else data["settings"][:1]
        kept = [t for s in data["settings"] for t in s["trials"]]
        data["trials"] = [{**data["trials"][t], "setting": i // 5} for i, t in enumerate(kept)]
        for i, setting in enumerate(data["settings"]):
            setting["trials"] = list(range(5 * i, 5 * i + 5))
        data["phases"] = None
    return data


def check_sweeps(page, pages):
    sweep = report_made_up.sweep()
    for number in (2, 3, 1, 0):
        data = axes_of(sweep, number)
        check_phases(page, pages.write("sweep", f"axes-{number}", data), data)
    bare = {**sweep, "phases": None, "trials": [{k: v for k, v in t.items() if k != "probe"} for t in sweep["trials"]]}
    open_report(page, pages.write("sweep", "unprobed", bare))
    check(page.value("document.getElementById('phases').hidden"), "without probes the phase diagram is hidden")
    check(count(page, "#results a") == 0, "and no trial has a link")
    check_quiet(page)


# ---- Running ----

class Pages:
    """Writes pages of made-up data into a folder."""

    def __init__(self, writer, folder):
        self.writer, self.folder = writer, pathlib.Path(folder)

    def write(self, kind, name, data):
        source, path = self.folder / f"{name}.json", self.folder / f"{name}.html"
        source.write_text(json.dumps(data), encoding="utf-8")
        subprocess.run([self.writer, kind, source, path], check=True)
        return path


def check_made_up(page, writer):
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(os.path.abspath(writer), folder)
        check_agent(page, pages.write("agent", "planner", report_made_up.agent()))
        check_agent(page, pages.write("agent", "bare", report_made_up.bare_agent()))
        check_without(page, pages)
        check_sweeps(page, pages)


def take_screenshots(page, path, folder):
    folder.mkdir(parents=True, exist_ok=True)
    save_picture(page, folder / "probe-top.png", shoot_view(page, path, 1240, "light"))
    save_picture(page, folder / "probe-dark.png", shoot_view(page, path, 1240, "dark"))
    for section in ("wave", "maze", "edits"):
        if section in shown(page):
            save_picture(page, folder / f"probe-{section}.png", shoot_section(page, path, f"#{section}"))


def parse_arguments():
    parser = argparse.ArgumentParser(description="Checks pages of probed agents in headless Chromium.")
    parser.add_argument("writer", nargs="?", help="the program report_page of the tests")
    parser.add_argument("--agent", type=pathlib.Path, metavar="PROBE.html", help="check this page instead")
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="DIR", help="also write PNGs of that page there")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "chromium"), metavar="PROGRAM")
    arguments = parser.parse_args()
    if (arguments.writer is None) == (arguments.agent is None):
        parser.error("give either the program that writes made-up pages, or --agent PROBE.html")
    return arguments


def main():
    arguments = parse_arguments()

    def checks(page):
        if arguments.writer:
            check_made_up(page, arguments.writer)
            return
        check_agent(page, arguments.agent)
        if arguments.screenshots:
            take_screenshots(page, arguments.agent, arguments.screenshots)

    return run_checks(arguments.chromium, arguments.agent or "made-up pages", checks)


if __name__ == "__main__":
    sys.exit(main())
