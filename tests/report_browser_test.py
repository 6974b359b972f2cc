#!/usr/bin/env python3
# Opens a report in headless Chromium, uses it as a person would, and fails on what breaks or loads from outside.
"""usage: report_browser_test.py REPORT.html [--screenshots DIR] [--chromium PROGRAM]

Exit 0: all checks hold. 1: a check failed (the reason is printed). 77: there is no Chromium to test with."""
import argparse
import json
import os
import pathlib
import sys
import time

from chromium import check, run_checks

LARGEST_PICTURE = 300 * 1024  # bytes

# What the page shows of both plans: one string of moves a panel.
ARROWS = """[0, 1].map(side => Array.from(
    document.querySelectorAll(`#maze .panel[data-side="${side}"] .arrow`), a => a.dataset.move || '?').join(''))"""
REACHED = "[0, 1].map(s => document.querySelectorAll(`#maze .panel[data-side=\"${s}\"] .square.reached`).length)"
TICK = "Number(document.getElementById('tick-slider').value)"
PAPER = "getComputedStyle(document.body).backgroundColor"


def open_report(page, path, width=1200, height=900, scheme="light", scale=1.0):
    page.resize(width, height, scale)
    page.prefer(scheme)
    page.call("Page.navigate", url=path.resolve().as_uri())
    page.wait_for("document.readyState === 'complete'", "the page to load")
    page.settle()
    check(page.value("document.documentElement.dataset.ready === 'yes'"),
          "the page's scripts ran to their end; " + "; ".join(page.complaints()))


def is_light(page):
    """Whether the page's paper is bright: the mean of its three channels, 0 … 255."""
    numbers = page.value(PAPER).strip("rgba()").split(",")[:3]
    return sum(map(float, numbers)) / 3 > 128


def check_page_says_something(page, data):
    check(len(page.value("document.getElementById('headline').textContent")) > 20, "the headline is a sentence")
    text = page.value("document.querySelector('main').innerText")
    for word in ("undefined", "NaN", "[object", "Infinity"):
        check(word not in text, f"the text holds no '{word}'")
    rows = page.value("document.querySelectorAll('#results tr.trial').length")
    trials = len(data["trials"])
    check(rows == trials, f"the results table has a row for each of {trials} trials, not {rows}")
    check(page.value("document.querySelectorAll('.heat tbody tr').length") == len(data["settings"]),
          "the heat map has a row for each setting")
    lines = page.value("document.querySelectorAll('#thinking .line').length")
    check(lines >= len(data["settings"]), "the thinking curves have a line for each setting")
    check(not page.value("Array.from(document.querySelectorAll('path'), p => p.getAttribute('d') || '')"
                         ".some(d => d.includes('NaN'))"), "every drawn path has numbers")


def check_heat_map(page):
    before = page.value("document.querySelector('.heat tbody').innerText")
    choices = page.value("document.querySelectorAll('#heat-world input').length")
    if choices > 1:
        page.click("#heat-world label:last-of-type span")
        page.settle()
        check(page.value("document.querySelector('.heat tbody').innerText") != before, "another world has other rates")
    x, y, width, height = page.middle(".heat td:not(.empty)")
    page.press(x + width / 2, y + height / 2, "mouseMoved", 0)
    check("%" in page.value("document.getElementById('tip').innerText"), "pointing at a cell tells its rate")
    page.value("document.querySelector('.heat td[tabindex=\"0\"]').focus()")
    page.key("ArrowRight", 39)
    check(page.value("document.activeElement.cellIndex") == 2, "an arrow key walks to the next cell")


def check_chart_values(page):
    x, y, width, height = page.middle("#thinking .chart")
    page.press(x + width / 2, y + height / 2, "mouseMoved", 0)
    tip = page.value("document.getElementById('tip').innerText")
    check("tick" in tip and "%" in tip, "pointing at a thinking curve tells its values")


def check_slider(page):
    """Drags the thumb with the mouse, then steps with the keyboard."""
    page.value("document.getElementById('tick-slider').scrollIntoView({block: 'end', behavior: 'instant'})")
    start = page.value(ARROWS)
    check(all(start) and "?" not in "".join(start), "every arrow of both plans has a move")
    x, y, width, height = page.middle("#tick-slider")
    across = [(x + 9 + (width - 18) * f, y + height / 2) for f in (0.0, 0.2, 0.45, 0.7)]
    page.drag_points(across)
    page.settle()
    check(page.value(TICK) > 0, "dragging the slider's thumb moves it")
    dragged = page.value(ARROWS)
    check(dragged[1] != start[1], "the arrows of the agent on the right changed with the ticks")
    reached = page.value(REACHED)
    check(max(reached) > 0, "squares that reach the goal are filled")
    at = page.value(TICK)
    page.key("ArrowLeft", 37)
    check(page.value(TICK) == at - 1, "an arrow key moves the slider by one")
    check("tick" in page.value("document.getElementById('tick-slider').getAttribute('aria-valuetext')"),
          "the slider tells its ticks to screen readers")
    page.key("Home", 36)
    page.settle()
    check(page.value(ARROWS) == start, "the slider's first tick shows the first plan again")


def check_play(page):
    page.click("#play")
    page.wait_for(f"{TICK} >= 3", "playing to move the slider")
    page.click("#play")
    at = page.value(TICK)
    time.sleep(0.5)
    check(page.value(TICK) == at, "the play button pauses")


def check_start_moves(page):
    before = page.value("document.querySelector('#maze .walk').getAttribute('d')")
    page.value("document.querySelector('#maze .board').focus()")
    for name, code in (("ArrowLeft", 37), ("ArrowUp", 38), ("ArrowRight", 39), ("ArrowDown", 40)):
        page.key(name, code)
        if page.value("document.querySelector('#maze .walk').getAttribute('d')") != before:
            return
    check(False, "an arrow key moves the walk's start")


def check_pickers(page, data):
    levels = [m for m in data["mazes"] if m.get("plans")]
    for i in reversed(range(len(levels))):
        page.value("(() => { const s = document.getElementById('maze-level'); s.value = %d; "
                   "s.dispatchEvent(new Event('change')); })()" % i)
        page.settle()
        walls = sum(row.count("#") for row in levels[i]["rows"])
        drawn = page.value("document.querySelector('#maze .walls').getAttribute('d').split('M').length - 1")
        check(drawn == walls, f"level {i + 1} is drawn with its {walls} walls, not {drawn}")


def check_theme(page):
    check(is_light(page), "a light system gets a light page")
    page.click("#theme-toggle")
    page.settle()
    check(not is_light(page), "the button turns the page dark")
    page.click("#theme-toggle")
    page.settle()
    check(is_light(page), "the button turns the page light again")


def check_narrow(page, path):
    for scheme in ("light", "dark"):
        open_report(page, path, width=400, scheme=scheme)
        check(is_light(page) == (scheme == "light"), f"a {scheme} system gets a {scheme} page")
        width = page.value("document.scrollingElement.scrollWidth")
        check(width <= 400, f"at 400 px nothing sticks out sideways (it is {width} px wide)")


def check_quiet(page):
    complaints = page.complaints()
    check(not complaints, "no console error, exception or request: " + "; ".join(complaints[:5]))


def check_report(page, path, need_mazes):
    open_report(page, path)
    read = json.loads(page.value("document.getElementById('data').textContent"))
    data = {"trials": [], "settings": [], "mazes": [], **read}
    check_page_says_something(page, data)
    check_heat_map(page)
    check_chart_values(page)
    if any(m.get("plans") for m in data["mazes"]):
        for step in (check_slider, check_play, check_start_moves):
            step(page)
        check_pickers(page, data)
    else:
        check(not need_mazes, "the report holds mazes with plans")
        check(page.value("document.getElementById('maze').hidden"), "without mazes their section is hidden")
    check_theme(page)
    check_narrow(page, path)
    check_quiet(page)


def save_picture(page, path, shoot):
    """Takes the picture as sharp as the size limit allows."""
    for scale in (2.0, 1.5, 1.25, 1.0):
        png = shoot(scale)
        if len(png) <= LARGEST_PICTURE:
            break
    check(len(png) <= LARGEST_PICTURE, f"{path.name} is at most {LARGEST_PICTURE} bytes ({len(png)})")
    path.write_bytes(png)
    print(f"{path}: {len(png) // 1024} KiB at {scale:g}x")


def shoot_section(page, path, section, before="0"):
    """A section at full width; `before` is what to do in the page first."""
    def shoot(scale):
        open_report(page, path, scale=scale)
        page.value(before)
        time.sleep(0.6)  # transitions end
        top, height = page.value("(() => { const b = document.querySelector('%s').getBoundingClientRect(); "
                                 "return [b.y + scrollY, b.height]; })()" % section)
        return page.picture(0, top - 28, 1200, height + 56)
    return shoot


def shoot_view(page, path, height, scheme):
    def shoot(scale):
        open_report(page, path, height=height, scheme=scheme, scale=scale)
        time.sleep(0.3)
        return page.picture(0, 0, 1200, height)
    return shoot


def take_screenshots(page, path, folder):
    folder.mkdir(parents=True, exist_ok=True)
    # Where the planner's plan has come half way: more telling than either end.
    half_way = "(() => { const s = document.getElementById('tick-slider'); s.value = 17; " \
               "s.dispatchEvent(new Event('input')); })()"
    save_picture(page, folder / "report-top.png", shoot_view(page, path, 960, "light"))
    save_picture(page, folder / "report-thinking.png", shoot_section(page, path, "#thinking"))
    save_picture(page, folder / "report-maze.png", shoot_section(page, path, "#maze", half_way))
    save_picture(page, folder / "report-dark.png", shoot_view(page, path, 1560, "dark"))


def parse_arguments():
    parser = argparse.ArgumentParser(description="Checks a report in headless Chromium.")
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="DIR", help="also write four PNGs there")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "chromium"), metavar="PROGRAM")
    parser.add_argument("--without-mazes", action="store_true", help="the report may lack the interactive maze")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if not arguments.report.is_file():
        print(f"FAILED: {arguments.report}: no such report")
        return 1

    def checks(page):
        check_report(page, arguments.report, not arguments.without_mazes)
        if arguments.screenshots:
            take_screenshots(page, arguments.report, arguments.screenshots)

    return run_checks(arguments.chromium, arguments.report, checks)


if __name__ == "__main__":
    sys.exit(main())
