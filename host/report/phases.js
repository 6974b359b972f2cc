// The phase diagram: label and score over the swept constraints, and the table of how likely each label is.

const probedTrials = setting => (setting.trials || []).map(i => report.trials[i]).filter(t => t && t.probe);

// "[8, 24]" → "8–24", as settings' labels write ranges.
const axisValue = text =>
    String(text).replace(/^\[(.+), (.+)\]$/, (all, lo, hi) => (lo === hi ? lo : `${lo}–${hi}`));
const axisName = key => key.split('.').pop().replace(/_/g, ' ');

// The label that more than half of the seeds got, else "mixed".
function majorityLabel(trials) {
  const counts = d3.nest().key(t => t.probe.label).rollup(all => all.length).entries(trials);
  const first = counts.sort((a, b) => d3.descending(a.value, b.value))[0];
  return first && first.value > trials.length / 2 ? first.key : 'mixed';
}
const MIXED = 'var(--label-mixed)';
const cellColor = label => (label === 'mixed' ? MIXED : labelColor(label));

// Mean over seeds with its t interval; a lone seed has its own interval over levels.
function scoreOf(trials, value) {
  const score = summarizeShares(trials.map(value));
  if (score && score.values.length === 1 && trials.length === 1 && value(trials[0]) === trials[0].probe.S)
    Object.assign(score, {lo: trials[0].probe.S_lo, hi: trials[0].probe.S_hi});
  return score;
}
// Half of the interval before it was cut to 0 … 1; of a lone seed its own.
function halfWidth(score) {
  const whole = score && score.values.length > 1 ? summarize(score.values) : score;
  return whole && known(whole.hi) ? (whole.hi - whole.lo) / 2 : NaN;
}
const meanText = s => (s ? `${scoreText(s.mean)} ${intervalText(s)}`.trim() : '–');

// The axis with most values runs across; every combination of the others is a row.
function phaseLayout() {
  const swept = report.axes.filter(a => a.values.length > 1);
  const x = swept.reduce((most, a) => (most && most.values.length >= a.values.length ? most : a), null);
  const others = swept.filter(a => a !== x);
  const rowOf = s => others.map(a => `${axisName(a.key)} ${axisValue(s.values[a.key])}`).join(' · ');
  const cells = report.settings.map((setting, index) => {
    const trials = probedTrials(setting);
    return {
      setting,
      index,
      trials,
      row: rowOf(setting),
      column: x ? axisValue(setting.values[x.key]) : '',
      label: majorityLabel(trials),
      score: scoreOf(trials, t => t.probe.S)
    };
  });
  const columns = x ? x.values.map(axisValue) : [''];
  return {cells, columns, rows: [...new Set(cells.map(c => c.row))], name: x ? axisName(x.key) : ''};
}

const seedRows = trials =>
    trials.map(t => [`seed ${t.seed}: ${t.probe.label}`, scoreText(t.probe.S), labelColor(t.probe.label)]);

function familyScores(trials) {
  return FAMILIES.map(f => ({...f, mean: scoreOf(trials, t => valueOfFamily(t, f.key))})).filter(f => f.mean);
}
function valueOfFamily(trial, key) {
  const value = (trial.probe.families || {})[key];
  return value !== null && typeof value === 'object' ? value.value : value;
}

function phaseTip(node, cell) {
  const box = node.getBoundingClientRect();
  const rows = [
    ['mean S', meanText(cell.score), 'var(--ink)'], ...seedRows(cell.trials),
    ...familyScores(cell.trials).map(f => [`${f.letter} ${f.name.toLowerCase()}`, meanText(f.mean)])
  ];
  showTip(box.left + box.width / 2, box.bottom, labelOf(cell.index), rows);
}

// Families of one setting, kept under the diagram: means with intervals, seeds as small dots.
function showPhaseDetail(cell) {
  const node = d3.select('#phase-detail').html('');
  const color = cellColor(cell.label);
  node.append('h3').text(labelOf(cell.index)).append('span').attr('class', 'note').text(` ${cell.label}`);
  const rows = familyScores(cell.trials)
                   .map(f => ({
                          name: f.name,
                          note: f.letter,
                          class: 'metric',
                          text: scoreText(f.mean.mean),
                          detail: intervalText(f.mean),
                          line: {
                            dots: [
                              ...f.mean.values.map(value => ({value, kind: 'small', color: 'var(--muted)'})),
                              {value: f.mean.mean, lo: f.mean.lo, hi: f.mean.hi, color}
                            ]
                          }
                        }));
  drawTrackTable(
      node.append('table').node(), rows, {caption: `Families of ${labelOf(cell.index)}, means over seeds`});
}

function addPhaseCell(row, cell, choose) {
  const td = d3.select(row).append('td').attr('tabindex', -1);
  if (!cell || !cell.trials.length) return td.attr('class', 'empty').text('–');
  const {score, trials, label} = cell, half = halfWidth(score);
  td.style('--mark', cellColor(label)).attr('data-setting', cell.index).attr('data-label', label);
  td.append('span').attr('class', 'phase-label').text(label);
  const number = td.append('span').attr('class', 'phase-score').text(score ? scoreText(score.mean) : '–');
  if (known(half)) number.append('span').text(` ± ${scoreText(half)}`);
  drawTrackLine(
      td.node(),
      {dots: trials.map(t => ({value: t.probe.S, color: labelColor(t.probe.label), kind: 'seed'}))});
  const show = () => phaseTip(td.node(), cell), pick = () => choose(td.node(), cell);
  td.on('pointerenter', show).on('focus', show).on('pointerleave', hideTip).on('blur', hideTip);
  td.on('click', pick).on('keyup', () => d3.event.key === 'Enter' && pick());
}

function drawPhaseTable(table, {cells, columns, rows, name}) {
  const choose = (td, cell) => {
    d3.select(table).selectAll('td').classed('chosen', false);
    d3.select(td).classed('chosen', true);
    showPhaseDetail(cell);
  };
  table.style.setProperty('--columns', columns.length);
  d3.select(table).append('caption').attr('class', 'hidden').text('Majority label and mean S by setting');
  const head = d3.select(table).append('thead').append('tr');
  head.append('th').attr('scope', 'col').text(name);
  head.selectAll('th.value')
      .data(columns)
      .join('th')
      .attr('class', 'value')
      .attr('scope', 'col')
      .text(c => c);
  for (const title of rows) {
    const row = d3.select(table).append('tbody').append('tr');
    row.append('th').attr('scope', 'row').text(title);
    for (const column of columns)
      addPhaseCell(row.node(), cells.find(c => c.row === title && c.column === column), choose);
  }
  walkCells(table);
  const best = cells.filter(c => c.score).sort((a, b) => d3.descending(a.score.mean, b.score.mean))[0];
  if (best) choose(table.querySelector(`td[data-setting="${best.index}"]`), best);
}

const likelihoodOf = index => ((report.phases || {}).likelihood || []).find(l => l.setting === index);
const comparisonOf = index => ((report.phases || {}).comparisons || []).find(c => c.setting === index);

function shareText(likelihood, key) {
  const label = likelihood && (likelihood.labels || {})[key];
  if (!label || !likelihood.seeds) return '–';
  return `${label.count} of ${likelihood.seeds} [${percentRange(label)}]`;
}

function drawLikelihood(cells) {
  const compared = cells.some(c => comparisonOf(c.index)), table = d3.select('#likelihood');
  const got = l => cells.some(c => c.trials.some(t => t.probe.label === l.key));
  const labels = LABELS.filter((l, i) => i === 0 || got(l));
  const difference = c =>
      (c && known(c.difference) ? (c.difference < 0 ? '' : '+') + scoreText(c.difference) : '–');
  const columns = [
    ['setting', c => labelOf(c.index)],
    ['seeds', c => `${c.trials.length} of ${(c.setting.trials || []).length}`],
    ...labels.map(l => [l.name, c => shareText(likelihoodOf(c.index), l.key)]),
    ['mean S', c => meanText(c.score)],
    ...(compared ?
            [
              ['S less the first\'s', c => (c.index ? difference(comparisonOf(c.index)) : 'the first')],
              ['p', c => pText((comparisonOf(c.index) || {}).p)],
              ['p, Holm', c => pText((comparisonOf(c.index) || {}).p_holm)]
            ] :
            [])
  ];
  table.append('caption').attr('class', 'hidden').text('Share of seeds by label and setting');
  table.append('thead')
      .append('tr')
      .selectAll('th')
      .data(columns)
      .join('th')
      .attr('scope', 'col')
      .text(c => c[0]);
  table.append('tbody').selectAll('tr').data(cells).join('tr').each(function(
      cell) { fillRow(this, columns.map(c => c[1](cell)), cellColor(cell.label)); });
  byId('likelihood-note').textContent =
      'Seeds: probed, of those in the setting. Labels: seeds, and the 95\u202f% interval ' +
      '(Wilson) of the share; labels that no seed got are left out. Mean S: a t interval over seeds.' +
      (compared ?
           ` p: exact permutation test of S against ${labelOf(0)}; Holm's adjustment for all settings.` :
           '');
}

function drawPhases() {
  if (!report.trials.some(t => t.probe)) return;
  const section = reveal('phases'), layout = phaseLayout(), present = new Set(layout.cells.map(c => c.label));
  for (const {probe} of report.trials.filter(t => t.probe)) present.add(probe.label);
  drawChips(byId('phase-legend'), [
    ...LABELS.filter(l => present.has(l.key)).map(l => ({...l, kind: 'fill'})),
    ...(present.has('mixed') ? [{name: 'no majority', kind: 'fill', color: MIXED}] : [])
  ]);
  drawPhaseTable(section.querySelector('table.phase'), layout);
  drawLikelihood(layout.cells);
}
