// The wave: how likely an optimal move is on squares so far from the goal, after so many ticks.

const CHANCE = 0.25;  // share of optimal moves when moving at random: the colours' zero
const FRONT_LEAST =
    0.8;  // the front is the farthest distance up to which all are at least this likely (FRONT)

// The front at every tick: null before even the nearest squares are right.
function waveFront({distances, ticks, p}) {
  const near = (i, k) => d3.mean(p.slice(Math.max(0, i - 1), i + 2).map(row => row[k]).filter(known));
  return ticks.map((tick, k) => {
    const first = p.findIndex((row, i) => !known(row[k]) || near(i, k) < FRONT_LEAST);
    const count = first < 0 ? distances.length : first;
    return count ? distances[count - 1] : null;
  });
}

// Numbers of the heading row under the title.
function waveNumbers(wave, front) {
  const reached = d3.max(front), speed = probe.front_speed;
  const at = v => (Array.isArray(v) || typeof v === 'object' ? (v || {}).value : v);
  return [
    {value: known(reached) ? String(reached) : '0', name: 'squares: how far the front gets'},
    {value: known(at(speed)) ? d3.format('.2f')(at(speed)) : '–', name: 'squares a tick: its speed'},
    {
      value: known(probe.best_ticks) ? String(probe.best_ticks) : '–',
      name: 'ticks: its best on training sizes'
    },
    {
      value: known(probe.ticks95) ? String(probe.ticks95) : '–',
      name: 'ticks: fewest for 95\u202f% of its best'
    },
  ];
}

function drawWaveChart(node, wave, front, width) {
  const {distances, ticks, p} = wave, margin = {top: 8, right: 12, bottom: 38, left: 44};
  const height = Math.min(420, Math.max(220, width * 0.42));
  const x = d3.scaleBand().domain(ticks).range([margin.left, width - margin.right]);
  const y = d3.scaleBand().domain(distances).range([height - margin.bottom, margin.top]);
  d3.select(node).selectAll('*').remove();
  const svg = d3.select(node)
                  .append('svg')
                  .attr('class', 'chart wave')
                  .attr('width', width)
                  .attr('height', height)
                  .attr('viewBox', [0, 0, width, height]);
  const cells = d3.merge(distances.map((d, i) => ticks.map((t, k) => ({i, k, p: p[i][k]}))));
  svg.append('g')
      .selectAll('rect')
      .data(cells.filter(c => known(c.p)))
      .join('rect')
      .attr('class', 'cell')
      .attr('x', c => x(ticks[c.k]))
      .attr('y', c => y(distances[c.i]))
      .attr('width', x.bandwidth())
      .attr('height', y.bandwidth())
      .style('--share', c => `${(100 * clip01((c.p - CHANCE) / (1 - CHANCE))).toFixed(1)}%`);
  drawWaveAxes(svg, x, y, {width, height, margin});
  drawFrontLine(svg, x, y, wave, front);
  listenToWave(svg, x, y, wave, front);
}

// Round numbers, about as many as fit.
function spread(values, most) {
  const step = Math.max(1, d3.tickStep(values[0], values[values.length - 1], most));
  return values.filter((v, i) => i === 0 || (v % step === 0 && v - values[0] > step / 2));
}

function drawWaveAxes(svg, x, y, {width, height, margin}) {
  const label = (parent, text) => parent.append('text').attr('class', 'axis-label').text(text);
  const column = svg.append('g').selectAll('text').data(spread(x.domain(), (width - 60) / 60)).join('text');
  column.attr('x', t => x(t) + x.bandwidth() / 2)
      .attr('y', height - margin.bottom + 16)
      .attr('text-anchor', 'middle')
      .text(String);
  const row = svg.append('g').selectAll('text').data(spread(y.domain(), 8)).join('text');
  row.attr('x', margin.left - 8)
      .attr('y', d => y(d) + y.bandwidth() / 2)
      .attr('dy', '.32em')
      .attr('text-anchor', 'end')
      .text(String);
  label(svg, 'ticks of thought')
      .attr('x', (margin.left + width - margin.right) / 2)
      .attr('y', height - 4)
      .attr('text-anchor', 'middle');
  label(svg, 'squares to the goal')
      .attr('transform', `translate(11,${(height - margin.bottom) / 2}) rotate(-90)`)
      .attr('text-anchor', 'middle');
}

// The front runs along the upper edge of what is right; where there is none yet it lies on the bottom.
function drawFrontLine(svg, x, y, {distances, ticks}, front) {
  const edge = k => (known(front[k]) ? y(front[k]) : y(distances[0]) + y.bandwidth());
  const path = ticks.map((t, k) => `${k ? 'L' : 'M'}${x(t)},${edge(k)}H${x(t) + x.bandwidth()}`).join('');
  svg.append('path').attr('class', 'front-halo').attr('d', path);
  svg.append('path').attr('class', 'front').attr('d', path);
}

// The pointer or the arrow keys choose a cell and hear its numbers.
function listenToWave(svg, x, y, {distances, ticks, p}, front) {
  const frame = svg.append('rect').attr('class', 'cell-frame').attr('hidden', true);
  const at = {i: 0, k: 0};
  const show = (left, top) => {
    frame.attr('hidden', null)
        .attr('x', x(ticks[at.k]))
        .attr('y', y(distances[at.i]))
        .attr('width', x.bandwidth())
        .attr('height', y.bandwidth());
    showTip(left, top, `${plural(distances[at.i], 'square')} away · ${plural(ticks[at.k], 'tick')}`, [
      ['optimal moves', percent(p[at.i][at.k]), 'var(--solve)'],
      ['front at this tick', known(front[at.k]) ? plural(front[at.k], 'square') : 'none', 'var(--goal)']
    ]);
  };
  const hide = () => {
    frame.attr('hidden', true);
    hideTip();
  };
  const showFrame = () => {
    const box = svg.node().getBoundingClientRect();
    show(box.x + x(ticks[at.k]), box.y + y(distances[at.i]));
  };
  const step = (v, by, count) => Math.max(0, Math.min(count - 1, v + by));
  svg.attr('tabindex', 0)
      .attr('role', 'application')
      .attr(
          'aria-label',
          `Heat map: share of optimal moves by distance to the goal and tick; the front gets ` +
              `${plural(d3.max(front) || 0, 'square')} far. Arrow keys walk over the cells.`)
      .on('pointermove',
          () => {
            const [left, top] = d3.mouse(svg.node());
            at.k = step(Math.floor((left - x(ticks[0])) / x.step()), 0, ticks.length);
            at.i = step(Math.floor((y(distances[0]) + y.bandwidth() - top) / y.step()), 0, distances.length);
            show(d3.event.clientX, d3.event.clientY);
          })
      .on('pointerleave', hide)
      .on('focus', showFrame)
      .on('blur', hide)
      .on('keydown', () => {
        const by = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [
                      -1, 0
                    ]}[d3.event.key];
        if (d3.event.key === 'Escape') hide();
        if (!by) return;
        d3.event.preventDefault();
        at.i = step(at.i, by[0], distances.length);
        at.k = step(at.k, by[1], ticks.length);
        showFrame();
      });
}

function drawWave() {
  const wave = probe.extras.wave;
  const whole = wave && wave.p && wave.p.length && (wave.ticks || []).length;
  if (!whole) return;
  const section = reveal('wave'), front = waveFront(wave);
  drawNumbers(section.querySelector('.numbers'), waveNumbers(wave, front));
  onWidth(
      section.querySelector('.plot'),
      width => drawWaveChart(section.querySelector('.plot'), wave, front, width));
}

function drawNumbers(node, numbers) {
  const card = d3.select(node).selectAll('div').data(numbers).join('div');
  card.append('dt').text(d => d.name);
  card.append('dd').attr('class', 'value').style('--mark', 'var(--goal)').text(d => d.value);
}
