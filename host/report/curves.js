// Charts by ticks and by update: the thinking curves of each world size, and the learning curves.

const settingSeries = pointsOf =>
    report.settings.map((setting, i) => ({name: labelOf(i), color: colorOf(i), points: pointsOf(setting)}))
        .filter(s => s.points.length);

// A baseline that knows no ticks is a flat line.
function baselineSeries(world, longest) {
  return report.baselines
      .map((b, i) => ({name: b.name, dashed: DASHES[i % DASHES.length], result: resultIn(b, world)}))
      .filter(b => b.result && b.result.solve)
      .map(({name, dashed, result: {solve}}) => ({
             name,
             dashed,
             color: 'var(--muted)',
             points: solve.length > 1 ? solve.map((mean, k) => ({x: k + 1, mean})) :
                                        [1, longest].map(x => ({x, mean: solve[0]}))
           }));
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
  const spans = stackSpans(report.settings.map((s, i) => [trainedTicks(s), colorOf(i)])
                               .filter(([range]) => range)
                               .map(([[lo, hi], color]) => ({lo, hi: Math.min(hi, longest), color})));
  const note = {training: ' · as trained', larger: ' · never trained on'}[world.role] || '';
  return {
    title: sizeName(world) + note,
    about: `${world.title}: solve rate by ticks, a line for each setting`,
    series,
    spans: canLabel(curves) ? spans : [],
    y: SHARE_AXIS,
    x: {log: true, domain: [1, longest], ticks: d3.range(8).map(i => 2 ** i).filter(k => k <= longest)},
    tip: k => `${plural(k, 'tick')} · ${world.title}`
  };
}

function drawThinking() {
  const worlds = [...worldsWithRole('training'), ...worldsWithRole('larger')].filter(
      w => report.settings.some(s => curveOf(s, w).length));
  if (!worlds.length) return;
  const section = reveal('thinking'), specs = worlds.map(thinkingSpec);
  byId('thinking-text').textContent = thinkingText(worlds);
  if (specs[0].spans.length)
    byId('thinking-note').textContent = 'Bars under the axis: the ticks a setting was trained with.';
  showMultiples(section, specs);
}

// A legend stands in for names at the lines where those are too many or too long.
function showMultiples(section, specs) {
  if (!canLabel(specs[0].series)) drawLegend(section.querySelector('.legend'), specs[0].series);
  drawMultiples(section.querySelector('.multiples'), specs);
}

// What to look for, with the planner's own numbers where there is one.
function thinkingText(worlds) {
  const text =
      'Agents that merely react gain little from more ticks. One that searches gets better with every tick ' +
      'until its plan covers the maze, and needs the more ticks the larger the maze is. ';
  if (!planner) return text;
  const needed =
      worlds.map(w => [w, summarize(trialsOf(planner.setting).map(t => ticksForMost(resultIn(t, w))))])
          .filter(([, s]) => s)
          .map(([w, s], i) => `${s.mean.toFixed(0)}${i ? '' : ' ticks'} at ${sizeName(w)}`);
  return text + `For 95\u202f% of their best, agents${described(planner)} need ${joinWords(needed)}.`;
}
const joinWords = words =>
    words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;

// Seeds of a setting by update: each update takes the seeds that have it, so a stopped trial just ends.
function learningPoints(setting, key) {
  const at = new Map();
  for (const i of setting.trials || []) {
    const learning = (report.trials[i] || {}).learning;
    if (!learning || !learning[key]) continue;
    learning.update.forEach((u, k) => at.set(u, [...(at.get(u) || []), learning[key][k]]));
  }
  return [...at]
      .sort((a, b) => a[0] - b[0])
      .map(([x, values]) => [x, summarize(values)])
      .filter(([, s]) => s)
      .map(([x, s]) => ({x, ...s}));
}

function learningSpec(key, title, y) {
  const series = settingSeries(s => learningPoints(s, key));
  const points = d3.merge(series.map(s => s.points));
  const domain =
      y.domain || [Math.min(0, d3.min(points, p => p.min)), Math.max(0, d3.max(points, p => p.max))];
  return {
    title,
    series,
    y: {...y, domain},
    about: `${title} by update, a line for each setting`,
    x: {domain: [0, d3.max(points, p => p.x) || 1], format: d3.format(','), label: 'update'},
    height: 240,
    tip: u => `${title} · update ${d3.format(',')(u)}`
  };
}

function drawLearning() {
  const plain = {format: d3.format('.2~f')};
  const kinds = [
    ['solved', 'Episodes solved', SHARE_AXIS], ['return', 'Return of an episode', plain],
    ['entropy', 'Entropy of the policy (nats)', plain]
  ];
  const shown = kinds.filter(([key]) => settingSeries(s => learningPoints(s, key)).length);
  if (!shown.length) return;
  showMultiples(reveal('learning'), shown.map(kind => learningSpec(...kind)));
}
