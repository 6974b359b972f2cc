// The tables at the end: every trial's results, the resolved settings, and how to get them again.

const bestText = result => result && result.best ?
    `${percent(result.best.value)} [${percentRange(result.best)}] @ ${result.best_ticks}` :
    '–';

function gainText(trial, world) {
  const gain = gainIn(trial, world);
  if (!gain || !known(gain.value)) return '–';
  const interval = known(gain.lo) ? ` [${signed(gain.lo)} … ${signed(gain.hi)}]` : '';
  return `${signed(gain.value)}${interval}, ${gain.from_ticks} → ${gain.to_ticks}`;
}

const pText = p => (!known(p) ? '–' : p < 0.0001 ? '< 0.0001' : d3.format('.2~g')(p));

// The way to a probed agent's page, beside this one.
const probeLink = t => (t.probe ? `${t.name.split('/').map(encodeURIComponent).join('/')}/probe.html` : null);

function probeText({probe}) {
  if (!probe) return '–';
  return `${probe.label}, S ${estimateText({value: probe.S, lo: probe.S_lo, hi: probe.S_hi})}`;
}

// [heading, trial → text, trial → address]; worlds that no trial was measured on have no column.
function resultColumns() {
  const measured = report.worlds.filter(w => report.trials.some(t => resultIn(t, w)));
  const gained = report.worlds.filter(w => report.trials.some(t => gainIn(t, w)));
  const tests = gained.filter(w => report.trials.some(t => known((gainIn(t, w) || {}).mcnemar_p)));
  return [
    ['setting', t => labelOf(t.setting)],
    ['seed', t => t.seed],
    ['status', t => t.status + (t.reason ? `: ${t.reason}` : '')],
    ...(report.trials.some(t => t.probe) ? [['probe', probeText, probeLink]] : []),
    ...measured.map(w => [w.title, t => bestText(resultIn(t, w))]),
    ...gained.map(w => [`gain, ${sizeName(w)}`, t => gainText(t, w)]),
    ...tests.map(w => [`McNemar's p, ${sizeName(w)}`, t => pText((gainIn(t, w) || {}).mcnemar_p)]),
    ['ticks ratio', t => (ticksRatio(t) || NaN).toFixed(2).replace('NaN', '–')],
    ['env steps', t => (known(t.env_steps) ? d3.format(',')(t.env_steps) : '–')],
    ['training, s', t => (known(t.train_seconds) ? t.train_seconds.toFixed(1) : '–')],
  ].map(([name, text, link]) => ({name, text, link, world: measured.find(w => w.title === name)}));
}

function drawResults() {
  if (!report.trials.length) return;
  const columns = resultColumns(), table = d3.select(reveal('results')).select('table');
  table.append('caption').attr('class', 'hidden').text('Results of every trial and baseline');
  table.append('thead')
      .append('tr')
      .selectAll('th')
      .data(columns)
      .join('th')
      .attr('scope', 'col')
      .text(c => c.name);
  const body = table.append('tbody');
  const trial =
      body.selectAll('tr.trial').data(report.trials).join('tr').attr('class', t => `trial ${t.status}`);
  trial.each(function(t) {
    fillRow(this, columns.map(c => c.text(t)), colorOf(t.setting), columns.map(c => c.link && c.link(t)));
  });
  const baseline = body.selectAll('tr.baseline').data(report.baselines).join('tr').attr('class', 'baseline');
  byId('results-note').textContent =
      `Ticks ratio: those for 95\u202f% of the best rate at ${sizeName(largerWorld)} over those ` +
      `at ${sizeName(trainingWorld)}.`;
  baseline.each(function(b) {
    fillRow(
        this,
        columns.map(
            (c, i) =>
                (i === 0     ? b.name :
                     c.world ? percent(baselineBest(b.name, c.world)) :
                               '')));
  });
}

function fillRow(row, texts, color, links = []) {
  texts.forEach((text, i) => {
    const cell = d3.select(row).append(i ? 'td' : 'th');
    (links[i] ? cell.append('a').attr('href', links[i]) : cell).text(text);
    if (!i) cell.attr('scope', 'row').style('--mark', color || 'transparent');
  });
}

function drawSettings() {
  byId('settings').hidden = !report.config.length;
  const swept = new Map(report.axes.map(a => [a.key, a.values]));
  const row = d3.select('#settings table').selectAll('tr').data(report.config).join('tr');
  row.append('th').attr('scope', 'row').append('code').text(d => d[0]);
  row.append('td')
      .attr('class', d => (swept.has(d[0]) ? 'swept' : ''))
      .text(d => (swept.has(d[0]) ? `swept: ${swept.get(d[0]).join(', ')}` : d[1]));
  row.append('td').text(d => d[2] || '');
  if (report.axes.length)
    byId('settings').querySelector('summary').textContent =
        `The resolved configuration (swept: ${report.axes.map(a => a.key).join(', ')})`;
}

function drawTables() {
  drawResults();
  drawSettings();
  byId('method-levels').textContent =
      report.worlds.map(w => `${w.title}: ${d3.format(',')(w.levels || 0)}`).join('; ') +
      '. All held out, by a rule on the level itself; all agents see the same ones.';
  byId('reproduce').querySelector('pre').hidden = !report.reproduce.length;
  byId('commands').textContent = report.reproduce.join('\n');
}
