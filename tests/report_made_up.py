# Made-up data for the report's pages: a probed agent and a sweep of probed agents, on a maze drawn from a fixed seed.
"""Nothing here was measured. The shapes are those of host/report/report.h; the figures only look like real ones."""
import math
import random

MOVES = {"U": (-1, 0), "R": (0, 1), "D": (1, 0), "L": (0, -1)}


def draw_maze(size, loops, seed):
    """Rows of text: a spanning tree by depth-first search, then a share of the inner walls between two cells opened."""
    draw = random.Random(seed)
    grid = [["#"] * size for _ in range(size)]
    stack = [(1, 1)]
    grid[1][1] = " "
    while stack:
        y, x = stack[-1]
        ways = [(dy, dx) for dy, dx in MOVES.values()
                if 0 < y + 2 * dy < size and 0 < x + 2 * dx < size and grid[y + 2 * dy][x + 2 * dx] == "#"]
        if not ways:
            stack.pop()
            continue
        dy, dx = draw.choice(ways)
        grid[y + dy][x + dx] = grid[y + 2 * dy][x + 2 * dx] = " "
        stack.append((y + 2 * dy, x + 2 * dx))
    for y in range(1, size - 1):
        for x in range(1, size - 1):
            if (y + x) % 2 and grid[y][x] == "#" and draw.random() < loops:
                grid[y][x] = " "
    return ["".join(row) for row in grid]


def distances(rows, goals, closed=None):
    """Steps from each free square to the nearest goal, {(y, x): steps}, not through the closed square."""
    found = {tuple(goal): 0 for goal in goals}
    queue = list(found)
    for y, x in queue:
        for dy, dx in MOVES.values():
            square = (y + dy, x + dx)
            if rows[square[0]][square[1]] == "#" or square in found or square == closed:
                continue
            found[square] = found[(y, x)] + 1
            queue.append(square)
    return found


def plan(rows, steps, known=math.inf, draw=None):
    """Letters row by row: the way down `steps`; squares farther than `known` move anywhere."""
    letters = ""
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell == "#":
                letters += "#"
            elif steps.get((y, x), math.inf) > known:
                letters += draw.choice("URDL")
            else:
                near = {m: steps.get((y + dy, x + dx), math.inf) for m, (dy, dx) in MOVES.items()}
                letters += min(near, key=near.get)
    return letters


def walk(rows, letters, start, ends):
    """The squares that the plan visits from a start until an end, a wall or a circle."""
    path, at = [], tuple(start)
    while at not in path and rows[at[0]][at[1]] != "#":
        path.append(at)
        if at in map(tuple, ends):
            break
        dy, dx = MOVES[letters[at[0] * len(rows) + at[1]]]
        at = (at[0] + dy, at[1] + dx)
    return path


def reach(rows, letters, goal):
    """A 1 for each square from which the plan leads to the goal."""
    size = len(rows)
    return bits(size, {(y, x) for y in range(size) for x in range(size) if tuple(goal) in walk(rows, letters, (y, x), [goal])})


def settling(size=15, ticks=32):
    rows, goal, draw = draw_maze(size, 0.1, 3), [1, size - 2], random.Random(5)
    steps = distances(rows, [goal])
    plans = [plan(rows, steps, 1.6 * (t + 1), random.Random(1000 + t // 3)) for t in range(ticks)]
    start = max(steps, key=lambda s: (steps[s], draw.random()))
    return {"world": "15x15", "size": size, "rows": rows, "goal": goal, "start": list(start),
            "plans": [{"trial": 0, "ticks": list(range(1, ticks + 1)), "plan": plans,
                       "reach": [reach(rows, p, goal) for p in plans]}]}


def bits(size, squares):
    return "".join("1" if (y, x) in squares else "0" for y in range(size) for x in range(size))


def picture(name, size=9):
    """BLOCK: the square whose loss re-routes most; GOAL: a free square far from the goal."""
    rows, goal = draw_maze(size, 0.3, 11), [1, 1]
    steps = distances(rows, [goal])
    farther = lambda b: {s: d for s, d in distances(rows, [goal], b).items() if d >= steps[s] + 2}
    if name == "BLOCK":
        edited = max((s for s in steps if steps[s] > 1), key=lambda s: (len(farther(s)), s))
        counted, later = set(farther(edited)), distances(rows, [goal], edited)
    else:
        edited = (size - 2, size - 2)
        there = distances(rows, [edited])
        counted, later = {s for s in steps if there[s] + 2 <= steps[s] and s != edited}, distances(rows, [goal, edited])
    before, after = plan(rows, steps), plan(rows, later)
    keep = sorted(s for s in counted if random.Random(str(s)).random() < 0.06)  # these do not change their mind
    after = "".join(before[i] if (i // size, i % size) in keep else after[i] for i in range(size * size))
    changed = {(i // size, i % size) for i in range(size * size) if before[i] != after[i]}
    moved = {s for s in counted if (edited in walk(rows, after, s, [goal, edited])) == (name == "GOAL")}
    return {"size": size, "rows": rows, "goal": goal, "edited": list(edited), "from_tick": 2, "ticks": 17, "before": before,
            "after": after, "changed": bits(size, changed), "counted": bits(size, counted), "moved": bits(size, moved)}


def estimate(value, half=0.05):
    return {"value": value, "lo": max(0, value - half), "hi": min(1, value + half)}


QUESTIONS = {
    "FLIP": ("behaviour", "Does the plan follow when one changed cell turns all best moves around?"),
    "TICK": ("behaviour", "Do more ticks solve larger mazes than it trained on?"),
    "FRONT": ("representation", "Do right moves spread from the goal, tick by tick?"),
    "BLOCK": ("causation", "Does a wall put into its state alone re-route the plan?"),
    "GOAL": ("causation", "Does a goal put into its state alone draw the plan?"),
    "RESIDUAL": ("irreducibility", "Does it solve what no feed-forward student can?"),
}
VALUES = {"FLIP": 0.74, "TICK": 0.67, "FRONT": 0.61, "BLOCK": 0.86, "GOAL": 0.81, "RESIDUAL": 0.42}
REACTIVE = {"FLIP": 0.01, "TICK": 0, "FRONT": 0.15, "BLOCK": 0, "GOAL": 0, "RESIDUAL": 0}


def metric(name, value):
    family, question = QUESTIONS[name]
    return {**estimate(value), "family": family, "question": question, "applies": True, "informative": True,
            "planner": 0.99, "reactive": REACTIVE[name]}


def wave(longest=39, ticks=48):
    known = lambda d, t: 1 / (1 + math.exp((d - 1.35 * t - 1) / (1.5 + d / 12)))
    p = [[round(0.27 + 0.71 * known(d, t) * (1 - d / 150) - 0.002 * max(0, t - 30), 3) for t in range(1, ticks + 1)]
         for d in range(1, longest + 1)]
    p[-1] = [None] * ticks  # no square that far
    return {"distances": list(range(1, longest + 1)), "ticks": list(range(1, ticks + 1)), "p": p}


def rising(top, slow, ticks=48):
    return [round(top * (1 - math.exp(-t / slow)), 4) for t in range(1, ticks + 1)]


def extras():
    curve = lambda top, slow: {"solve": rising(top, slow), "spl": rising(top * .97, slow), "optimal": rising(top * .95, slow)}
    return {
        "curves": {"near": curve(0.99, 4), "far": curve(0.88, 8), "farther": curve(0.6, 12)}, "wave": wave(),
        "refinement": {"near": 0.059, "far": 0.064},
        "hysteresis": {"from": list(range(2, 25, 2)), "share": [round(0.9 * math.exp(-k / 8), 3) for k in range(12)]},
        "linear": {"distance_r2": {"state": 0.94, "patch": 0.31, "untrained": 0.42},
                   "action_accuracy": {"state": 0.92, "patch": 0.52, "untrained": 0.55},
                   "action_f1": {"state": 0.91, "patch": 0.46, "untrained": 0.5}},
        "description": {"bits": 19156, "weight_bits": 5, "pruned": 0.2, "solve": 0.981, "solve_full": 0.989, "raw_bits": 153248},
        "replanning": {"world": {"replanned": 0.41, "from_start": 0.86, "squares": 4120},
                       "state": {"recovered": 0.83, "undisturbed": 0.97}}}


def agent(name="ticks=8-24,seed=1"):
    """A planner of which all is known."""
    v = VALUES
    families = {"behaviour": (v["FLIP"] + v["TICK"]) / 2, "representation": v["FRONT"],
                "causation": (v["BLOCK"] + v["GOAL"]) / 2, "irreducibility": v["RESIDUAL"]}
    return {
        "version": "0.4.0", "name": name, "world": "maze 9×9 with 10 % loops; larger 15×15 and 23×23", "label": "search",
        "reason": "All four families stand above their limits: what it does, shows, and is made to do all speak for a search. "
                  "No feed-forward net of up to 24 layers comes near what it solves on mazes larger than its own.",
        "S": 0.65, "S_lo": 0.61, "S_hi": 0.69, "S_without_I": estimate(0.76, 0.03),
        "families": {key: estimate(value, 0.04) for key, value in families.items()},
        "metrics": {key: metric(key, value) for key, value in VALUES.items()},
        "gates": {"competence": {"solve": 0.99, "greedy": 0.39, "passed": True},
                  "off_axis": {"trees": 0.97, "loops": 0.94, "blocks": 0.83, "passed": True}},
        "best_ticks": 17, "ticks95": 12, "front_speed": 1.38,
        "students": {"accepted": True, "depths": [2, 3, 5, 8, 12, 24], "far": [0.09, 0.14, 0.27, 0.48, 0.63, 0.72],
                     "farther": [0.04, 0.06, 0.11, 0.2, 0.29, 0.38], "fourfold": {"I": 0.31}},
        "missing": [], "pictures": {"BLOCK": picture("BLOCK"), "GOAL": picture("GOAL")}, "settling": settling(),
        "extras": extras()}


def bare_agent():
    """An agent of which little can be said: no spatial state, no students, no extras, and hostile text."""
    full = agent("</script><b>bare</b>")
    full["metrics"]["BLOCK"].update(value=None, lo=None, hi=None)
    full["metrics"]["GOAL"].update(applies=False)
    full["metrics"]["FRONT"].update(informative=False, planner=0.41, reactive=0.38)
    full["metrics"]["TICK"] = None
    del full["metrics"]["RESIDUAL"]
    full["families"].update(causation=None, irreducibility=None)
    full.update(label="undecided", S=None, S_lo=None, S_hi=None, S_without_I=None, pictures={"BLOCK": None}, settling=None,
                front_speed=None, extras=None, students=None, gates={"competence": None},
                missing=["It has no spatial state, so BLOCK and GOAL cannot be asked.",
                         "There are no students for this world, so RESIDUAL cannot be asked."])
    return full


LABELS = ["search", "axis-bound search", "bounded-depth planner", "reactive", "undecided"]


def label_of(score):
    return "search" if score >= 0.5 else "undecided" if score >= 0.2 else "reactive"


def trial(index, setting, seed, score):
    families = dict(zip(("behaviour", "representation", "causation", "irreducibility"),
                        (min(1, score * f) for f in (1.1, 0.95, 1.3, 0.7))))
    return {"name": f"trial{index},seed={seed}", "seed": seed, "setting": setting, "status": "done", "reason": None,
            "env_steps": 6400000, "train_seconds": 31.5, "worlds": {}, "gain": {},
            "probe": {"label": label_of(score), "S": score, "S_lo": max(0, score - 0.05), "S_hi": score + 0.05,
                      "families": families, "metrics": dict(VALUES)}}


def sweep(seeds=5):
    """Three ranges of ticks by three numbers of channels; the last setting was not probed."""
    draw = random.Random(2)
    ticks, channels = ["[2, 3]", "[4, 6]", "[8, 24]", "[8, 40]"], ["4", "8", "16"]
    means = [[0, 0, 0], [0, 0.08, 0.2], [0.05, 0.43, 0.62], [0.1, 0.55, 0.8]]
    settings, trials, likelihood = [], [], []
    for t, tick in enumerate(ticks):
        for c, channel in enumerate(channels):
            setting, mine = len(settings), []
            for seed in range(1, seeds + 1):
                score = max(0, means[t][c] + draw.gauss(0, 0.06)) if means[t][c] else 0
                mine.append(len(trials))
                trials.append(trial(len(trials), setting, seed, round(score, 3)))
            label = f"ticks {tick[1:-1].replace(', ', '–')}, channels {channel}"
            settings.append({"label": label, "values": {"agent.ticks": tick, "agent.channels": channel}, "trials": mine})
            counts = {label: sum(trials[i]["probe"]["label"] == label for i in mine) for label in LABELS}
            likelihood.append({"setting": setting, "seeds": seeds,
                               "labels": {k: {"count": n, **estimate(n / seeds, 0.3)} for k, n in counts.items()}})
    for i in settings[-1]["trials"]:
        del trials[i]["probe"]
    likelihood.pop()
    comparisons = [{"setting": s, "difference": means[s // 3][s % 3], "p": 0.0079, "p_holm": 0.079}
                   for s in range(1, len(settings) - 1)]
    return {"name": "made-up", "version": "0.4.0", "settings": settings, "trials": trials, "worlds": [], "baselines": [],
            "axes": [{"key": "agent.ticks", "values": ticks}, {"key": "agent.channels", "values": channels}],
            "phases": {"likelihood": likelihood, "comparisons": comparisons}}
