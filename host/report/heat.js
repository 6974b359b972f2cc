// The heat map: a real table of settings by ticks, coloured by rate, that arrow keys can walk.

const HEAT_TICKS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
const STRONG = 0.62;  // shares above it are so dark (or bright) that their text takes the paper's colour
const MEASURES = [
  {key: 'solve', name: 'Solved'},
  {key: 'spl', name: 'SPL', note: 'SPL: solved, weighted by the shortest way over the way taken. '},
  {key: 'optimal', name: 'Optimal moves', note: 'Share of squares on which the plan\'s move is optimal. '},
];

// Every other column goes where the page is narrow; the last stays.
function heatColumns(width, longest) {
  const all = HEAT_TICKS.filter(k => k <= longest);
  return width < 620 ? all.filter(k => Number.isInteger(Math.log2(k))) : all;
}

function heatTip(td, {setting, index, point}, tick, world) {
  const box = td.getBoundingClientRect();
  const rows = [['mean', percent(point.mean), colorOf(index)]];
  if (known(point.lo)) rows.push(['95\u202f% interval', percentRange(point)]);
  const seeds = trialsOf(setting);
  if (point.values.length > 1)
    point.values.forEach(
        (v, i) => rows.push([seeds[i] ? `seed ${seeds[i].seed}` : `trial ${i + 1}`, percent(v)]));
  showTip(
      box.left + box.width / 2, box.bottom, `${labelOf(index)} · ${plural(tick, 'tick')} · ${world.title}`,
      rows);
}

// Arrow keys walk over the cells; only one cell at a time is in the tab order.
function walkCells(table) {
  const cells = [...table.rows].slice(1).map(row => [...row.querySelectorAll('td')]);
  if (cells.length && cells[0].length) cells[0][0].tabIndex = 0;
  table.onkeydown = event => {
    const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
    const row = cells.findIndex(r => r.includes(event.target));
    if (event.key === 'Escape') hideTip();
    if (!step || row < 0) return;
    const next = (cells[row + step[0]] || [])[cells[row].indexOf(event.target) + step[1]];
    event.preventDefault();
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
}

function drawHeatTable(table, world, measure, width) {
  const curves = report.settings.map(s => curveOf(s, world, measure.key));
  const columns = heatColumns(width, d3.max(curves, c => c.length) || 0);
  d3.select(table).selectAll('*').remove();
  d3.select(table)
      .append('caption')
      .attr('class', 'hidden')
      .text(`${measure.name} in ${world.title}, per cent, by setting and ticks`);
  const head = d3.select(table).append('thead').append('tr');
  head.append('th').attr('scope', 'col').text('ticks');
  head.selectAll('th.tick').data(columns).join('th').attr('class', 'tick').attr('scope', 'col').text(k => k);
  const row = d3.select(table).append('tbody').selectAll('tr').data(report.settings).join('tr');
  row.append('th').attr('scope', 'row').style('--mark', (s, i) => colorOf(i)).text((s, i) => labelOf(i));
  row.each(function(setting, index) {
    const trained = trainedTicks(setting);
    for (const k of columns)
      addHeatCell(this, {setting, index, trained, point: curves[index].find(p => p.x === k)}, k, world);
  });
  walkCells(table);
}

function addHeatCell(row, cell, tick, world) {
  const td = d3.select(row).append('td').attr('tabindex', -1);
  if (!cell.point) return td.attr('class', 'empty').text('–');
  const inside = cell.trained && tick >= cell.trained[0] && tick <= cell.trained[1];
  const share = cell.point.mean;
  td.style('--share', `${(100 * share).toFixed(1)}%`)
      .style('--mark', colorOf(cell.index))
      .attr('class', [inside ? 'trained' : '', share > STRONG ? 'strong' : ''].join(' '))
      .text(percent(share, ''));
  const show = () => heatTip(td.node(), cell, tick, world);
  td.on('pointerenter', show).on('focus', show).on('pointerleave', hideTip).on('blur', hideTip);
}

function drawHeat() {
  const worlds = report.worlds.filter(w => report.settings.some(s => curveOf(s, w).length));
  if (!worlds.length) return;
  const section = reveal('heat'), table = section.querySelector('table.heat'),
        scroll = section.querySelector('.scroll');
  const measures = MEASURES.filter(m => report.settings.some(s => curveOf(s, worlds[0], m.key).length));
  let world = worlds.find(w => w === largerWorld) || worlds[0], measure = measures[0], width = 0;
  const draw = () => {
    drawHeatTable(table, world, measure, width);
    byId('heat-note').textContent = (measure.note || '') +
        (report.settings.some(trainedTicks) ? 'Underlined cells: the ticks a setting was trained with. ' :
                                              '');
  };
  segments(byId('heat-world'), worlds, w => w.title, world, w => {
    world = w;
    draw();
  });
  segments(byId('heat-measure'), measures, m => m.name, measure, m => {
    measure = m;
    draw();
  });
  onWidth(scroll, now => {
    width = now;
    draw();
  });
}
