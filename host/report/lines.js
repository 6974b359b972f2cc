// One line chart: axes, bands, lines with their names at the end, and values under the pointer.

const LABEL_GAP = 14;      // px between the names at the line ends
const LABEL_WIDTH = 6.3;   // px a character takes, on the wide side
const LABEL_LONGEST = 22;  // characters; longer names stand in the legend only
const LABELS_MOST = 7;

const SHARE_AXIS = {
  domain: [0, 1],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: v => percent(v, v === 1 ? '%' : ''),
  tipFormat: v => percent(v)
};
const DASHES = ['1.5 4', '6 4', '9 3 2 3'];

// Names at the line ends are clearest while they are few and short; else a legend has to do.
const canLabel = series => series.length <= LABELS_MOST && series.every(s => s.name.length <= LABEL_LONGEST);

// spec: {width, height, title, about (text for screen readers), x: {log, domain, ticks, format, label},
//   y: {domain, ticks, format, label}, series: [{name, color, dashed, points: [{x, mean, min, max, lo,
//   hi}]}], spans: [{lo, hi, row, color}] (marked under the axis), labelRoom (px for names at the line ends;
//   0: none), tip: x → text}
// Returns {svg, x, y, margin, spec}, for what a figure adds of its own.
function lineChart(node, spec) {
  const margin = {
    top: spec.title ? 30 : 10,
    right: 12 + (spec.labelRoom || 0),
    bottom: 38 + 5 * (d3.max(spec.spans || [], s => s.row + 1) || 0),
    left: 40,
    ...spec.margin
  };
  const x = (spec.x.log ? d3.scaleLog().base(2) : d3.scaleLinear()).domain(spec.x.domain).range([
    margin.left, spec.width - margin.right
  ]);
  const y = d3.scaleLinear().domain(spec.y.domain).range([spec.height - margin.bottom, margin.top]);
  const svg = d3.select(node)
                  .append('svg')
                  .attr('class', 'chart')
                  .attr('width', spec.width)
                  .attr('height', spec.height)
                  .attr('viewBox', [0, 0, spec.width, spec.height])
                  .attr('role', 'img')
                  .attr('aria-label', spec.about || spec.title);
  const chart = {svg, x, y, margin, spec};
  drawAxes(chart);
  drawSpans(chart);
  drawSeries(chart);
  if (spec.labelRoom) drawLabels(chart);
  if (spec.tip) followPointer(chart);
  return chart;
}

function drawAxes({svg, x, y, margin, spec}) {
  const right = spec.width - margin.right, bottom = spec.height - margin.bottom;
  if (spec.title)
    svg.append('text').attr('class', 'title').attr('x', margin.left).attr('y', 14).text(spec.title);
  const rows = svg.append('g')
                   .attr('class', 'axis')
                   .selectAll('g')
                   .data(spec.y.ticks || y.ticks(4))
                   .join('g')
                   .attr('transform', v => `translate(0,${y(v)})`);
  rows.append('line').attr('x1', margin.left).attr('x2', right);
  rows.append('text')
      .attr('x', margin.left - 6)
      .attr('dy', '.32em')
      .attr('text-anchor', 'end')
      .text(spec.y.format);
  const columns = svg.append('g')
                      .attr('class', 'axis')
                      .selectAll('g')
                      .data(spec.x.ticks || x.ticks(Math.max(2, (right - margin.left) / 75)))
                      .join('g')
                      .attr('transform', v => `translate(${x(v)},${bottom})`);
  columns.append('line').attr('y2', 4);
  columns.append('text').attr('y', 16).attr('text-anchor', 'middle').text(spec.x.format || String);
  if (spec.x.label)
    svg.append('text')
        .attr('class', 'axis-label')
        .attr('x', (margin.left + right) / 2)
        .attr('y', spec.height - 4)
        .attr('text-anchor', 'middle')
        .text(spec.x.label);
}

// Short bars under the axis: the range of x that a setting knows from training.
function drawSpans({svg, x, margin, spec}) {
  const top = spec.height - margin.bottom + 22;
  svg.append('g')
      .selectAll('line')
      .data(spec.spans || [])
      .join('line')
      .attr('class', 'span')
      .attr('x1', s => x(s.lo))
      .attr('x2', s => Math.max(x(s.hi), x(s.lo) + 2))
      .attr('y1', s => top + 5 * s.row)
      .attr('y2', s => top + 5 * s.row)
      .style('stroke', s => s.color);
}

function drawSeries({svg, x, y, spec}) {
  const area =
      d3.area().defined(p => known(p.min) && known(p.max)).x(p => x(p.x)).y0(p => y(p.min)).y1(p => y(p.max));
  const line = d3.line().defined(p => known(p.mean)).x(p => x(p.x)).y(p => y(p.mean));
  const banded = spec.series.filter(s => !s.dashed);
  svg.append('g')
      .selectAll('path')
      .data(banded)
      .join('path')
      .attr('class', 'band')
      .style('fill', s => s.color)
      .attr('d', s => area(s.points));
  // Baselines first: agents are drawn over them.
  const ordered = [...spec.series].sort((a, b) => d3.descending(!!a.dashed, !!b.dashed));
  svg.append('g')
      .selectAll('path')
      .data(ordered)
      .join('path')
      .style('stroke', s => s.color)
      .attr('class', s => (s.dashed ? 'line dashed' : 'line'))
      .attr('stroke-dasharray', s => s.dashed || null)
      .attr('d', s => line(s.points));
}

// Names at the line ends, pushed apart from the top down, and back up where they leave the chart.
function drawLabels({svg, y, margin, spec}) {
  const labels = spec.series.filter(s => s.points.length)
                     .map(s => ({...s, at: y(s.points[s.points.length - 1].mean)}))
                     .sort((a, b) => a.at - b.at);
  labels.forEach((l, i) => {
    if (i) l.at = Math.max(l.at, labels[i - 1].at + LABEL_GAP);
  });
  let floor = spec.height - margin.bottom - 2;
  for (const l of [...labels].reverse()) floor = (l.at = Math.min(l.at, floor)) - LABEL_GAP;
  svg.append('g')
      .selectAll('text')
      .data(labels)
      .join('text')
      .attr('class', 'line-name')
      .attr('x', spec.width - margin.right + 7)
      .attr('y', l => l.at)
      .attr('dy', '.32em')
      .style('fill', l => l.color)
      .text(l => l.name);
}

// The series' point at x or the last before it; a flat baseline has only its two ends.
function pointAt(series, x) {
  const i = d3.bisector(p => p.x).right(series.points, x + 1e-9) - 1;
  return i >= 0 ? series.points[i] : null;
}

function followPointer({svg, x, margin, spec}) {
  const xs = Array.from(new Set(d3.merge(spec.series.map(s => s.points.map(p => p.x))))).sort(d3.ascending);
  if (!xs.length) return;
  const rule =
      svg.append('line').attr('class', 'rule').attr('y1', margin.top).attr('y2', spec.height - margin.bottom);
  svg.on('pointermove', () => {
       const pointer = x.invert(d3.mouse(svg.node())[0]), event = d3.event;
       const at = xs[d3.scan(xs, (a, b) => Math.abs(x(a) - x(pointer)) - Math.abs(x(b) - x(pointer)))];
       rule.attr('x1', x(at)).attr('x2', x(at)).style('opacity', 1);
       showTip(event.clientX, event.clientY, spec.tip(at), seriesRows(spec, at));
     }).on('pointerleave', () => {
    rule.style('opacity', 0);
    hideTip();
  });
}

function seriesRows(spec, at) {
  const format = spec.y.tipFormat || spec.y.format;
  return spec.series.map(s => [s, pointAt(s, at)]).filter(([s, p]) => p && known(p.mean)).map(([s, p]) => {
    const spread = known(p.lo) && p.values ? `  [${format(p.lo)}, ${format(p.hi)}]` : '';
    return [s.name, format(p.mean) + spread, s.color];
  });
}

// Colour chips with names; dashed ones for baselines. Pointing at one fades the other lines of its section.
function drawLegend(node, series) {
  const section = node.closest('section');
  const fade = only => d3.select(section)
                           .selectAll('.line, .band')
                           .classed('faded', s => only !== null && s.name !== only.name);
  const item = d3.select(node)
                   .selectAll('span.item')
                   .data(series)
                   .join('span')
                   .attr('class', 'item')
                   .on('pointerenter', fade)
                   .on('pointerleave', () => fade(null));
  item.append('i').attr('class', s => (s.dashed ? 'dashed' : null)).style('color', s => s.color);
  item.append('span').text(s => s.name);
}

const labelRoom = series => (canLabel(series) ? d3.max(series, s => s.name.length) * LABEL_WIDTH : 0);

// Small multiples: one chart a spec, in as many columns as fit, drawn anew when the width changes. The last
// chart of a row names the lines, with room of its own, so that all plots are equally wide.
function drawMultiples(node, specs, {narrowest = 270, most = 3, gap = 24, height = 260} = {}) {
  const room = labelRoom(specs[0].series);
  onWidth(node, width => {
    const columns =
        Math.max(1, Math.min(most, specs.length, Math.floor((width - room + gap) / (narrowest + gap))));
    const each = Math.floor((width - room - gap * (columns - 1)) / columns);
    d3.select(node).style('gap', `${gap / 2}px ${gap}px`).selectAll('*').remove();
    specs.forEach((spec, i) => {
      const last = i % columns === columns - 1 || i === specs.length - 1;
      lineChart(node, {height, ...spec, width: each + (last ? room : 0), labelRoom: last ? room : 0});
    });
  });
}
