// Tick demand: the fewest ticks that squares at a distance from the goal need to find it.

// By distance: mean over the seeds that got there, as far as more than half of the seeds do.
function demandPoints(setting) {
  const demands = trialsOf(setting).map(t => t.demand).filter(d => d && d.distance);
  const longest = demands.reduce((a, d) => (d.distance.length > a.length ? d.distance : a), []);
  return longest.map(x => ({x, ...summarize(demands.map(d => d.ticks[d.distance.indexOf(x)]))}))
      .filter(p => p.values && p.values.length > demands.length / 2);
}

// Least squares through the planner's points: how many ticks a further square costs.
function demandText(series) {
  const own = planner && series.find(s => s.name === labelOf(planner.index));
  const text = 'Search spreads: the farther the goal, the more ticks before a square points the right way. ';
  if (!own || own.points.length < 5) return text;
  const x = own.points.map(p => p.x), y = own.points.map(p => p.mean), mx = d3.mean(x), my = d3.mean(y);
  const slope = d3.sum(x, (v, i) => (v - mx) * (y[i] - my)) / d3.sum(x, v => (v - mx) ** 2);
  return text +
      `Agents${described(planner)} take ${slope.toFixed(2)} ticks for each square of distance; value ` +
      'iteration takes one sweep.';
}

function drawDemand() {
  const series = settingSeries(demandPoints);
  if (!series.length) return;
  const section = reveal('demand'), points = d3.merge(series.map(s => s.points));
  const farthest = d3.max(points, p => p.x), most = d3.max(points, p => p.max);
  const reference = {
    name: 'value iteration',
    color: 'var(--muted)',
    dashed: DASHES[2],
    points: d3.range(1, Math.min(farthest, most) + 1).map(x => ({x, mean: x}))
  };
  byId('demand-text').textContent = demandText(series);
  byId('demand-world').textContent = sizeName(largerWorld);
  const all = [...series, reference], room = labelRoom(all);
  const node = section.querySelector('.plot');
  if (!room) drawLegend(section.querySelector('.legend'), all);
  onWidth(node, width => {
    d3.select(node).selectAll('*').remove();
    const chart = lineChart(node, {
      width: Math.min(width, 780),
      height: 330,
      series: all,
      labelRoom: 0,
      margin: {top: 26, right: Math.max(12, room)},
      about: 'Fewest ticks by distance to the goal, a line for each setting',
      x: {domain: [0, farthest], label: 'squares to the goal'},
      y: {domain: [0, most], format: d3.format('.2~f')},
      tip: d => `${plural(d, 'square')} to the goal`
    });
    chart.svg.append('text').attr('class', 'axis-label').attr('x', 2).attr('y', 11).text('ticks needed');
    if (room) nameAtEnds(chart);
  });
}

// These lines end anywhere: each name stands right of its line's end, lower ones out of the way of higher
// ones; the reference's above its end, where no agent's line comes.
function nameAtEnds({svg, x, y, spec}) {
  const ends =
      spec.series.map(s => ({...s, end: s.points[s.points.length - 1]}))
          .map(s => ({...s, left: x(s.end.x) + (s.dashed ? 0 : 7), at: y(s.end.mean) - (s.dashed ? 9 : 0)}));
  ends.sort((a, b) => a.at - b.at).forEach((name, i) => ends.slice(0, i).forEach(above => {
    const crowded = Math.abs(name.left - above.left) < 110 && name.at < above.at + LABEL_GAP;
    if (crowded && !above.dashed && !name.dashed) name.at = above.at + LABEL_GAP;
  }));
  svg.append('g')
      .selectAll('text')
      .data(ends)
      .join('text')
      .attr('class', 'line-name')
      .attr('x', l => l.left)
      .attr('y', l => l.at)
      .attr('dy', '.32em')
      .attr('text-anchor', l => (l.dashed ? 'end' : 'start'))
      .style('fill', l => l.color)
      .text(l => l.name);
}
