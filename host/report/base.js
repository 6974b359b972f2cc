// What every figure of every page uses: the data, numbers as text, means with intervals, the tooltip, the
// theme.

'use strict';

// The page's data: of a sweep (sweep.js) or of one agent (verdict.js).
const pageData = JSON.parse(document.getElementById('data').textContent) || {};

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

// The system's scheme holds until the button says otherwise; colours follow by CSS alone.
function startTheme() {
  const button = byId('theme-toggle'), system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () =>
      (document.documentElement.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark';
  const name = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`);
    button.setAttribute('aria-pressed', String(isDark()));
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    name();
  });
  system.addEventListener('change', name);
  name();
}

function saveData() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([byId('data').textContent], {type: 'application/json'}));
  link.download = `${(pageData.name || 'report').replace(/\//g, '-')}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What every page has: the theme's button, its titles, and the button that saves its data.
function startPage(title) {
  startTheme();
  document.title = `${title || 'Report'} · mesagrid`;
  byId('run-name').textContent = title || '';
  byId('save-data').addEventListener('click', saveData);
}
