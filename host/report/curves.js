// Charts over ticks, updates, distances and worlds: thinking curves, learning curves, tick demand, off-axis rates.
"use strict";

const SHARE_AXIS = { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], format: v => percent(v, v === 1 ? "%" : ""),
  tipFormat: v => percent(v) };
const settingSeries = pointsOf => report.settings
  .map((setting, i) => ({ name: labelOf(i), color: colorOf(i), points: pointsOf(setting) }))
  .filter(s => s.points.length);

const DASHES = ["1.5 4", "6 4", "9 3 2 3"];
// A baseline that knows no ticks is a flat line.
function baselineSeries(world, longest) {
  return report.baselines.map((b, i) => ({ name: b.name, dashed: DASHES[i % DASHES.length], result: resultIn(b, world) }))
    .filter(b => b.result && b.result.solve)
    .map(({ name, dashed, result: { solve } }) => ({ name, dashed, color: "var(--muted)", points: solve.length > 1 ?
      solve.map((mean, k) => ({ x: k + 1, mean })) : [1, longest].map(x => ({ x, mean: solve[0] })) }));
}

// Gives each span the first row where it does not lie on another.
function stackSpans(spans) {
  const ends = [];
  for (const span of spans) {
    const free = ends.findIndex(end => end < span.lo);
    span.row = free < 0 ? ends.length : free;
    ends[span.row] = span.hi;
  }
  return spans;
}

function thinkingSpec(world) {
  const curves = settingSeries(s => curveOf(s, world));
  const longest = d3.max(curves, s => s.points[s.points.length - 1].x) || 1;
  const series = [...curves, ...baselineSeries(world, longest)];
  const spans = stackSpans(report.settings.map((s, i) => [trainedTicks(s), colorOf(i)]).filter(([range]) => range)
    .map(([[lo, hi], color]) => ({ lo, hi: Math.min(hi, longest), color })));
  const note = { training: " · as trained", larger: " · never trained on" }[world.role] || "";
  return { title: sizeName(world) + note, about: `${world.title}: solve rate by ticks, a line for each setting`, series,
    spans: canLabel(curves) ? spans : [], y: SHARE_AXIS,
    x: { log: true, domain: [1, longest], ticks: d3.range(8).map(i => 2 ** i).filter(k => k <= longest) },
    tip: k => `${plural(k, "tick")} · ${world.title}` };
}

function drawThinking() {
  const worlds = [...worldsWithRole("training"), ...worldsWithRole("larger")]
    .filter(w => report.settings.some(s => curveOf(s, w).length));
  if (!worlds.length) return;
  const section = reveal("thinking"), specs = worlds.map(thinkingSpec);
  byId("thinking-text").textContent = thinkingText(worlds);
  if (specs[0].spans.length)
    byId("thinking-note").textContent = "Bars under the axis: the ticks a setting was trained with.";
  showMultiples(section, specs);
}

// A legend stands in for names at the lines where those are too many or too long.
function showMultiples(section, specs) {
  if (!canLabel(specs[0].series)) drawLegend(section.querySelector(".legend"), specs[0].series);
  drawMultiples(section.querySelector(".multiples"), specs);
}

// What to look for, with the planner's own numbers where there is one.
function thinkingText(worlds) {
  const text = "Agents that merely react gain nothing from more ticks. One that searches gets better with every tick " +
    "until its plan covers the maze, and needs the more ticks the larger the maze is. ";
  if (!planner) return text;
  const needed = worlds.map(w => [w, summarize(trialsOf(planner.setting).map(t => ticksForMost(resultIn(t, w))))])
    .filter(([, s]) => s).map(([w, s], i) => `${s.mean.toFixed(0)}${i ? "" : " ticks"} at ${sizeName(w)}`);
  return text + `For 95\u202f% of their best, agents${described(planner)} need ${joinWords(needed)}.`;
}
const joinWords = words =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;

// Seeds of a setting by update: each update takes the seeds that have it, so a stopped trial just ends.
function learningPoints(setting, key) {
  const at = new Map();
  for (const i of setting.trials || []) {
    const learning = (report.trials[i] || {}).learning;
    if (!learning || !learning[key]) continue;
    learning.update.forEach((u, k) => at.set(u, [...(at.get(u) || []), learning[key][k]]));
  }
  return [...at].sort((a, b) => a[0] - b[0]).map(([x, values]) => [x, summarize(values)])
    .filter(([, s]) => s).map(([x, s]) => ({ x, ...s }));
}

function learningSpec(key, title, y) {
  const series = settingSeries(s => learningPoints(s, key));
  const points = d3.merge(series.map(s => s.points));
  const domain = y.domain || [Math.min(0, d3.min(points, p => p.min)), Math.max(0, d3.max(points, p => p.max))];
  return { title, series, y: { ...y, domain }, about: `${title} by update, a line for each setting`,
    x: { domain: [0, d3.max(points, p => p.x) || 1], format: d3.format(","), label: "update" }, height: 240,
    tip: u => `${title} · update ${d3.format(",")(u)}` };
}

function drawLearning() {
  const plain = { format: d3.format(".2~f") };
  const kinds = [["solved", "Episodes solved", SHARE_AXIS], ["return", "Return of an episode", plain],
    ["entropy", "Entropy of the policy (nats)", plain]];
  const shown = kinds.filter(([key]) => settingSeries(s => learningPoints(s, key)).length);
  if (!shown.length) return;
  showMultiples(reveal("learning"), shown.map(kind => learningSpec(...kind)));
}

// By distance: mean over the seeds that got there, as far as more than half of the seeds do.
function demandPoints(setting) {
  const demands = trialsOf(setting).map(t => t.demand).filter(d => d && d.distance);
  const longest = demands.reduce((a, d) => (d.distance.length > a.length ? d.distance : a), []);
  return longest.map(x => ({ x, ...summarize(demands.map(d => d.ticks[d.distance.indexOf(x)])) }))
    .filter(p => p.values && p.values.length > demands.length / 2);
}

// Least squares through the planner's points: how many ticks a further square costs.
function demandText(series) {
  const own = planner && series.find(s => s.name === labelOf(planner.index));
  const text = "Search spreads: the farther the goal, the more ticks before a square points the right way. ";
  if (!own || own.points.length < 5) return text;
  const x = own.points.map(p => p.x), y = own.points.map(p => p.mean), mx = d3.mean(x), my = d3.mean(y);
  const slope = d3.sum(x, (v, i) => (v - mx) * (y[i] - my)) / d3.sum(x, v => (v - mx) ** 2);
  return text + `Agents${described(planner)} take ${slope.toFixed(2)} ticks for each square of distance; value ` +
    "iteration takes one sweep.";
}

function drawDemand() {
  const series = settingSeries(demandPoints);
  if (!series.length) return;
  const section = reveal("demand"), points = d3.merge(series.map(s => s.points));
  const farthest = d3.max(points, p => p.x), most = d3.max(points, p => p.max);
  const reference = { name: "value iteration", color: "var(--muted)", dashed: DASHES[2],
    points: d3.range(1, Math.min(farthest, most) + 1).map(x => ({ x, mean: x })) };
  byId("demand-text").textContent = demandText(series);
  byId("demand-world").textContent = sizeName(largerWorld);
  const all = [...series, reference], room = labelRoom(all);
  const node = section.querySelector(".plot");
  if (!room) drawLegend(section.querySelector(".legend"), all);
  onWidth(node, width => {
    d3.select(node).selectAll("*").remove();
    const chart = lineChart(node, { width: Math.min(width, 780), height: 330, series: all, labelRoom: 0,
      margin: { top: 26, right: Math.max(12, room) }, about: "Fewest ticks by distance to the goal, a line for each setting",
      x: { domain: [0, farthest], label: "squares to the goal" }, y: { domain: [0, most], format: d3.format(".2~f") },
      tip: d => `${plural(d, "square")} to the goal` });
    chart.svg.append("text").attr("class", "axis-label").attr("x", 2).attr("y", 11).text("ticks needed");
    if (room) nameAtEnds(chart);
  });
}

// These lines end anywhere: each name stands right of its line's end, lower ones out of the way of higher ones; the
// reference's above its end, where no agent's line comes.
function nameAtEnds({ svg, x, y, spec }) {
  const ends = spec.series.map(s => ({ ...s, end: s.points[s.points.length - 1] }))
    .map(s => ({ ...s, left: x(s.end.x) + (s.dashed ? 0 : 7), at: y(s.end.mean) - (s.dashed ? 9 : 0) }));
  ends.sort((a, b) => a.at - b.at).forEach((name, i) => ends.slice(0, i).forEach(above => {
    const crowded = Math.abs(name.left - above.left) < 110 && name.at < above.at + LABEL_GAP;
    if (crowded && !above.dashed && !name.dashed) name.at = above.at + LABEL_GAP;
  }));
  svg.append("g").selectAll("text").data(ends).join("text").attr("class", "line-name").attr("x", l => l.left)
    .attr("y", l => l.at).attr("dy", ".32em").attr("text-anchor", l => (l.dashed ? "end" : "start"))
    .style("fill", l => l.color).text(l => l.name);
}

const PERFECT = 0.9995;  // a baseline that solves everything marks the axis' end and says nothing
const ROW_NAME = 190;  // px for the worlds' names beside their rows
function drawOffAxis() {
  const others = worldsWithRole("off-axis").filter(w => report.settings.some(s => bestOf(s, w)));
  if (!others.length) return;
  const section = reveal("off-axis"), node = section.querySelector(".plot");
  const rows = [trainingWorld, ...others].map(world => ({ world, dots: report.settings
    .map((s, index) => ({ index, world, best: bestOf(s, world) })).filter(d => d.best),
    marks: report.baselines.map(b => ({ name: b.name, at: baselineBest(b.name, world) })).filter(b => b.at < PERFECT) }));
  drawLegend(section.querySelector(".legend"), settingSeries(s => [bestOf(s, trainingWorld)].filter(Boolean)));
  onWidth(node, width => drawDots(node, rows, Math.min(width, 860)));
}

function drawDots(node, rows, width) {
  const beside = width > 600, step = 13, pad = beside ? 22 : 46;
  const tall = pad + step * report.settings.length, height = 20 + tall * rows.length + 24;
  const x = d3.scaleLinear().domain([0, 1]).range([beside ? ROW_NAME : 8, width - 16]);
  d3.select(node).selectAll("*").remove();
  const svg = d3.select(node).append("svg").attr("class", "chart").attr("width", width).attr("height", height)
    .attr("viewBox", [0, 0, width, height]).attr("role", "img").attr("aria-label", "Best solve rate by world and setting");
  const ticks = svg.append("g").attr("class", "axis").selectAll("g").data(SHARE_AXIS.ticks).join("g")
    .attr("transform", v => `translate(${x(v)},0)`);
  ticks.append("line").attr("y1", 20).attr("y2", height - 24);
  ticks.append("text").attr("y", height - 8).attr("text-anchor", "middle").text(SHARE_AXIS.format);
  const row = svg.append("g").selectAll("g").data(rows).join("g").attr("transform", (r, i) => `translate(0,${20 + i * tall})`);
  row.append("text").attr("class", "row-name").attr("x", beside ? 0 : 8).attr("y", beside ? tall / 2 : 14)
    .attr("dy", ".32em").text(r => r.world.title + (r.world.role === "training" ? " · as trained" : ""));
  drawRowMarks(row, x, pad, tall);
  const dot = row.selectAll("g.dot").data(r => r.dots).join("g").attr("class", "dot").style("color", d => colorOf(d.index))
    .attr("transform", (d, i) => `translate(0,${pad - 6 + (i + 0.5) * step})`);
  dot.append("line").attr("x1", d => x(known(d.best.lo) ? d.best.lo : d.best.mean))
    .attr("x2", d => x(known(d.best.hi) ? d.best.hi : d.best.mean));
  dot.append("circle").attr("r", 5).attr("cx", d => x(d.best.mean));
  dot.on("pointermove", d => showTip(d3.event.clientX, d3.event.clientY, d.world.title, [[labelOf(d.index),
    `${percent(d.best.mean)} ${percentRange(d.best) && `[${percentRange(d.best)}]`}`, colorOf(d.index)]]))
    .on("pointerleave", hideTip);
}

// Baselines as strokes across their row, named in the first.
function drawRowMarks(row, x, pad, tall) {
  const mark = row.selectAll("g.mark").data(r => r.marks).join("g").attr("class", "mark")
    .attr("transform", m => `translate(${x(m.at)},0)`);
  mark.append("line").attr("y1", pad - 8).attr("y2", tall - 6);
  mark.filter((m, i, nodes) => nodes[i].parentNode === row.node()).append("text").attr("y", pad - 12).attr("text-anchor", m => (m.at > 0.9 ? "end" : m.at < 0.1 ? "start" : "middle"))
    .text(m => m.name);
}
