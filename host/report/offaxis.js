// Off-axis worlds as dots: how well each setting does where the kind of world differs from training.

const PERFECT = 0.9995;  // a baseline that solves everything marks the axis' end and says nothing
const ROW_NAME = 190;    // px for the worlds' names beside their rows
function drawOffAxis() {
  const others = worldsWithRole('off-axis').filter(w => report.settings.some(s => bestOf(s, w)));
  if (!others.length) return;
  const section = reveal('off-axis'), node = section.querySelector('.plot');
  const rows = [trainingWorld, ...others].map(
      world => ({
        world,
        dots: report.settings.map((s, index) => ({index, world, best: bestOf(s, world)})).filter(d => d.best),
        marks: report.baselines.map(b => ({name: b.name, at: baselineBest(b.name, world)}))
                   .filter(b => b.at < PERFECT)
      }));
  drawLegend(
      section.querySelector('.legend'), settingSeries(s => [bestOf(s, trainingWorld)].filter(Boolean)));
  onWidth(node, width => drawDots(node, rows, Math.min(width, 860)));
}

function drawDots(node, rows, width) {
  const beside = width > 600, step = 13, pad = beside ? 22 : 46;
  const tall = pad + step * report.settings.length, height = 20 + tall * rows.length + 24;
  const x = d3.scaleLinear().domain([0, 1]).range([beside ? ROW_NAME : 8, width - 16]);
  d3.select(node).selectAll('*').remove();
  const svg = d3.select(node)
                  .append('svg')
                  .attr('class', 'chart')
                  .attr('width', width)
                  .attr('height', height)
                  .attr('viewBox', [0, 0, width, height])
                  .attr('role', 'img')
                  .attr('aria-label', 'Best solve rate by world and setting');
  const ticks = svg.append('g')
                    .attr('class', 'axis')
                    .selectAll('g')
                    .data(SHARE_AXIS.ticks)
                    .join('g')
                    .attr('transform', v => `translate(${x(v)},0)`);
  ticks.append('line').attr('y1', 20).attr('y2', height - 24);
  ticks.append('text').attr('y', height - 8).attr('text-anchor', 'middle').text(SHARE_AXIS.format);
  const row = svg.append('g').selectAll('g').data(rows).join('g').attr(
      'transform', (r, i) => `translate(0,${20 + i * tall})`);
  row.append('text')
      .attr('class', 'row-name')
      .attr('x', beside ? 0 : 8)
      .attr('y', beside ? tall / 2 : 14)
      .attr('dy', '.32em')
      .text(r => r.world.title + (r.world.role === 'training' ? ' · as trained' : ''));
  drawRowMarks(row, x, pad, tall);
  const dot = row.selectAll('g.dot')
                  .data(r => r.dots)
                  .join('g')
                  .attr('class', 'dot')
                  .style('color', d => colorOf(d.index))
                  .attr('transform', (d, i) => `translate(0,${pad - 6 + (i + 0.5) * step})`);
  dot.append('line')
      .attr('x1', d => x(known(d.best.lo) ? d.best.lo : d.best.mean))
      .attr('x2', d => x(known(d.best.hi) ? d.best.hi : d.best.mean));
  dot.append('circle').attr('r', 5).attr('cx', d => x(d.best.mean));
  dot.on('pointermove',
         d => showTip(d3.event.clientX, d3.event.clientY, d.world.title, [[
                        labelOf(d.index),
                        `${percent(d.best.mean)} ${percentRange(d.best) && `[${percentRange(d.best)}]`}`,
                        colorOf(d.index)
                      ]]))
      .on('pointerleave', hideTip);
}

// Baselines as strokes across their row, named in the first.
function drawRowMarks(row, x, pad, tall) {
  const mark = row.selectAll('g.mark')
                   .data(r => r.marks)
                   .join('g')
                   .attr('class', 'mark')
                   .attr('transform', m => `translate(${x(m.at)},0)`);
  mark.append('line').attr('y1', pad - 8).attr('y2', tall - 6);
  mark.filter((m, i, nodes) => nodes[i].parentNode === row.node())
      .append('text')
      .attr('y', pad - 12)
      .attr(
          'text-anchor',
          m =>
              (m.at > 0.9     ? 'end' :
                   m.at < 0.1 ? 'start' :
                                'middle'))
      .text(m => m.name);
}
