// What every figure uses: the data, numbers as text, means with intervals, colours of settings, the tooltip.

'use strict';

const report = JSON.parse(document.getElementById('data').textContent);
for (const key of ['axes', 'settings', 'worlds', 'trials', 'baselines', 'mazes', 'config', 'reproduce'])
  report[key] = report[key] || [];

const byId = id => document.getElementById(id);
const known = v => v !== null && v !== undefined && Number.isFinite(+v);
const NARROW = '\u202f';  // narrow no-break space between a number and its unit

// 0.8712 → "87 %"; near 0 and near 1 a digit more, as the difference between .99 and .999 is large.
function percent(v, unit = NARROW + '%') {
  if (!known(v)) return '–';
  const digits = (v > 0 && v < 0.01) || (v >= 0.99 && v < 0.9995) ? 1 : 0;
  return (100 * v).toFixed(digits) + unit;
}
const percentRange = ({lo, hi}) => (known(lo) && known(hi) ? `${percent(lo, '')}–${percent(hi)}` : '');
const signed = v => (Math.abs(v) < 0.005 ? '0' : (v < 0 ? '−' : '+') + Math.abs(100 * v).toFixed(0));
const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

// 97.5 % quantile of Student's t, for the interval of a mean over few seeds.
function tQuantile(freedom) {
  const table = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201,  2.179, 2.16,  2.145, 2.131, 2.12,  2.11,  2.101, 2.093, 2.086
  ];
  // Beyond the table: two terms of the Cornish-Fisher expansion, right to .001.
  return freedom <= table.length ? table[freedom - 1] : 1.96 + 2.372 / freedom + 2.82 / freedom ** 2;
}

// Mean of numbers, nulls left out, with its t interval (none below two numbers) and range; null for no
// numbers.
function summarize(numbers) {
  const values = numbers.filter(known).map(Number);
  if (!values.length) return null;
  const mean = d3.mean(values);
  const half = values.length > 1 ?
      tQuantile(values.length - 1) * d3.deviation(values) / Math.sqrt(values.length) :
      NaN;
  return {mean, lo: mean - half, hi: mean + half, min: d3.min(values), max: d3.max(values), values};
}

const clip01 = v => Math.max(0, Math.min(1, v));
function summarizeShares(numbers) {
  const s = summarize(numbers);
  return s && {...s, lo: clip01(s.lo), hi: clip01(s.hi)};
}

const worldsWithRole = role => report.worlds.filter(w => w.role === role);
const trainingWorld = worldsWithRole('training')[0] || report.worlds[0] || {title: 'no world'};
// The first larger world is where planning is judged; without one, the training world stands in.
const largerWorld = worldsWithRole('larger')[0] || trainingWorld;
const sizeName = world => (world.size ? `${world.size}×${world.size}` : world.title);

const trialsOf = setting =>
    (setting.trials || []).map(i => report.trials[i]).filter(t => t && t.status === 'done');
const resultIn = (trial, world) => (world && trial.worlds && trial.worlds[world.id]) || null;

// [{x: ticks, mean, lo, hi, min, max}] of a setting; with a lone seed lo and hi are its own bootstrap over
// levels.
function curveOf(setting, world, measure = 'solve') {
  const results = trialsOf(setting).map(t => resultIn(t, world)).filter(r => r && r[measure]);
  const length = d3.max(results, r => r[measure].length) || 0;
  return d3.range(length)
      .map(k => {
        const point = summarizeShares(results.map(r => r[measure][k]));
        if (point && results.length === 1 && measure === 'solve' && results[0].lo)
          Object.assign(point, {lo: results[0].lo[k], hi: results[0].hi[k]});
        return point && {x: k + 1, ...point};
      })
      .filter(Boolean);
}

function bestOf(setting, world) {
  const bests = trialsOf(setting).map(t => (resultIn(t, world) || {}).best).filter(Boolean);
  const best = summarizeShares(bests.map(b => b.value));
  if (best && bests.length === 1) Object.assign(best, {lo: bests[0].lo, hi: bests[0].hi});
  return best;
}

// [lo, hi] of the ticks a setting trained with, or null: its own value, or else the configuration's.
function trainedTicks(setting) {
  let value = (setting.values || {})['agent.ticks'];
  if (value === undefined) value = (report.config.find(row => row[0] === 'agent.ticks') || [])[1];
  const numbers = (Array.isArray(value) ? value : String(value).match(/\d+/g) || []).map(Number);
  return numbers.length ? [numbers[0], numbers[numbers.length - 1]] : null;
}

// Settings keep the sweep's order in colour: from amber over red to blue, falling in lightness, told apart
// with every common colour blindness. Each theme has its own ends; CSS picks by colour scheme.
function settingColors(count) {
  const light = d3.piecewise(d3.interpolateLab, ['#cf8a12', '#c2415c', '#2f3f9e']);
  const dark = d3.piecewise(d3.interpolateLab, ['#ffd27a', '#f2788f', '#8ea6ff']);
  return d3.range(count).map(i => {
    const at = count > 1 ? i / (count - 1) : 1;
    return `light-dark(${light(at)}, ${dark(at)})`;
  });
}
settingColors(report.settings.length)
    .forEach((color, i) => document.documentElement.style.setProperty(`--setting-${i}`, color));
const colorOf = index => `var(--setting-${index})`;
const labelOf = index => report.settings[index].label || 'base';

// Rows are [label, value] or [label, value, colour]; text is set as text, never as markup.
function showTip(x, y, title, rows) {
  const tip = d3.select('#tip').attr('hidden', null);
  tip.selectAll('*').remove();
  tip.append('strong').text(title);
  const line = tip.selectAll('div').data(rows).join('div');
  line.append('i').style('background', row => row[2] || 'transparent');
  line.append('span').text(row => row[0]);
  line.append('b').text(row => row[1]);
  const box = tip.node().getBoundingClientRect();
  tip.style('left', Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + 'px')
      .style('top', (y + 18 + box.height > innerHeight ? Math.max(4, y - box.height - 12) : y + 18) + 'px');
}
const hideTip = () => d3.select('#tip').attr('hidden', true);

// Calls draw(width in pixels) now and whenever the node's width changes.
function onWidth(node, draw) {
  let width = 0;
  const check = () => {
    const now = Math.round(node.getBoundingClientRect().width);
    if (now > 0 && now !== width) draw((width = now));
  };
  new ResizeObserver(() => requestAnimationFrame(check)).observe(node);
  check();
}

// Shows a section that has something to show; its figures can then measure their widths.
function reveal(id) {
  const section = byId(id);
  section.hidden = false;
  return section;
}

// Radio buttons that look like one segmented control; calls choose(item) on a change. A lone choice is not
// shown.
function segments(fieldset, items, label, chosen, choose) {
  fieldset.hidden = items.length < 2;
  const option = d3.select(fieldset).selectAll('label').data(items).join('label');
  option.append('input')
      .attr('type', 'radio')
      .attr('name', fieldset.id)
      .property('checked', item => item === chosen)
      .on('change', choose);
  option.append('span').text(label);
}
