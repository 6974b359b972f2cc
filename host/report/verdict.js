// The verdict on one agent: label, reason, score on its line, and the profile of families and metrics.

const probe = pageData;
for (const key of ['families', 'metrics', 'gates', 'students', 'pictures', 'extras'])
  probe[key] = probe[key] || {};
probe.missing = probe.missing || [];

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
const labelText = probe.label || 'undecided';

// The whole score on a long line, S without I beneath it as a hollow dot.
function drawScore() {
  const own = {value: probe.S, lo: probe.S_lo, hi: probe.S_hi}, without = probe.S_without_I;
  const color = labelColor(labelText), node = byId('score');
  node.style.setProperty('--mark', color);
  byId('score-value').textContent = scoreText(probe.S);
  byId('score-interval').textContent = known(probe.S) ?
      (intervalText(own) && `95\u202f% interval ${intervalText(own)}`) :
      'The score needs every family; one of them is missing.';
  const line = node.querySelector('.plot');
  drawTrackLine(line, {
    limits: [{at: 0.5}],
    dots: [
      without && {...without, color: 'var(--muted)', kind: 'hollow'}, {...own, color, kind: 'family'}
    ].filter(Boolean)
  });
  drawTrackScale(
      line, [{at: 0, text: '0 none'}, {at: 0.5, text: '0.5: search from here'}, {at: 1, text: '1 perfect'}]);
  const has = without && known(without.value);
  byId('score-without').textContent =
      has ? ` · hollow: S without irreducibility, ${estimateText(without)}` : '';
}

function drawVerdict() {
  const name = d3.select('#headline').append('span').attr('class', 'marked').text(capital(labelText));
  name.style('--mark', labelColor(labelText));
  byId('reason').textContent = probe.reason || '';
  byId('world').textContent = probe.world ? `Probed on held-out levels: ${probe.world}.` : '';
  const count = probe.missing.length;
  byId('missing-hint').hidden = !count;
  byId('missing-hint').querySelector('a').textContent =
      `${plural(count, 'thing')} could not be asked of this agent.`;
  drawScore();
}

// Why a metric says nothing, or nothing.
function silence(metric) {
  if (!metric) return 'not measured';
  if (metric.applies === false) return 'does not apply to this agent';
  if (metric.informative === false)
    return known(metric.planner) && known(metric.reactive) ?
        `says nothing here: built planner ${scoreText(metric.planner)}, greedy ${
            scoreText(metric.reactive)}` :
        'says nothing in this world';
  return known(metric.value) ? '' : 'no level counted';
}

const controlBands =
    ({reactive, planner}) => [{kind: 'low', from: 0, to: reactive}, {kind: 'high', from: planner, to: 1}];

function metricRow(name, metric) {
  const why = silence(metric), found = metric || {};
  const tip = [
    ['value', estimateText(found), 'var(--ink)'], ['built planner', scoreText(found.planner), 'var(--high)'],
    ['greedy agent', scoreText(found.reactive), 'var(--low)']
  ];
  return {
    name,
    class: `metric${why ? ' silent' : ''}`,
    note: found.question,
    text: scoreText(found.value),
    detail: why || intervalText(found),
    line: {
      bands: controlBands(found),
      dots: [{...found, color: why ? 'var(--muted)' : 'var(--ink)', kind: why ? 'hollow' : ''}]
    },
    tip: metric && [name, tip]
  };
}

function familyRow({key, letter, name}) {
  const family = probe.families[key];
  return {
    name,
    note: letter,
    class: `family${family && known(family.value) ? '' : ' silent'}`,
    text: scoreText(family && family.value),
    detail: family && known(family.value) ? intervalText(family) : 'missing',
    line: {dots: [{...family, color: labelColor(labelText), kind: 'family'}]}
  };
}

// Metrics stand under the family that they name, else under the usual one; ones that nobody knows come last
// of it.
function profileRows() {
  const familyOf = name => (probe.metrics[name] || {}).family;
  const own = family => [...new Set([...family.metrics, ...Object.keys(probe.metrics)])].filter(
      name => (familyOf(name) || (family.metrics.includes(name) && family.key)) === family.key);
  return d3.merge(FAMILIES.map(
      family => [familyRow(family), ...own(family).map(name => metricRow(name, probe.metrics[name]))]));
}

function drawProfile() {
  drawChips(byId('profile-legend'), [
    {name: 'the agent, with its 95\u202f% interval', kind: 'dot', color: 'var(--ink)'},
    {name: 'a greedy agent, which only reacts', kind: 'band', color: 'var(--low)'},
    {name: 'a built planner', kind: 'band', color: 'var(--high)'}
  ]);
  drawTrackTable(
      document.querySelector('#profile table'), profileRows(),
      {caption: 'Families and metrics with their 95 % intervals, beside greedy agent and built planner'});
}
