// What both pages know of probes: labels and their colours, families and metrics, and values on lines from 0
// to 1.

const LABELS = [
  {key: 'search', name: 'search', color: 'var(--label-search)'},
  {key: 'axis-bound search', name: 'axis-bound search', color: 'var(--label-axis)'},
  {key: 'bounded-depth planner', name: 'bounded-depth planner', color: 'var(--label-bounded)'},
  {key: 'reactive', name: 'reactive', color: 'var(--label-reactive)'},
  {key: 'undecided', name: 'undecided', color: 'var(--label-undecided)'},
];
const labelColor = key => (LABELS.find(l => l.key === key) || LABELS[LABELS.length - 1]).color;

const FAMILIES = [
  {key: 'behaviour', letter: 'B', name: 'Behaviour', metrics: ['FLIP', 'TICK']},
  {key: 'representation', letter: 'R', name: 'Representation', metrics: ['FRONT']},
  {key: 'causation', letter: 'Z', name: 'Causation', metrics: ['BLOCK', 'GOAL']},
  {key: 'irreducibility', letter: 'I', name: 'Irreducibility', metrics: ['RESIDUAL']},
];

// Scores as 0.62 and 0.62 [0.57, 0.68]; a score lies on 0 … 1, so it is not a per cent of anything.
const scoreText = v => (known(v) ? d3.format('.2f')(v).replace('-', '−') : '–');
const intervalText = ({lo, hi}) => (known(lo) && known(hi) ? `[${scoreText(lo)}, ${scoreText(hi)}]` : '');
const estimateText = e => `${scoreText(e && e.value)} ${e ? intervalText(e) : ''}`.trim();

const across = (v, most) => `${(100 * clip01(v / most)).toFixed(2)}%`;

// A line from 0 to `most` with what is given: dots [{value, lo, hi, color, kind: "hollow" | "small" |
// "family"}] over bands [{from, to, kind: "low" | "high"}] and limits [{at}], all in the line's own unit.
function drawTrackLine(node, {dots = [], bands = [], limits = [], most = 1}) {
  const track = d3.select(node).append('div').attr('class', 'track-line');
  track.selectAll('i.band')
      .data(bands.filter(b => known(b.from) && known(b.to)))
      .join('i')
      .attr('class', b => `band ${b.kind}`)
      .style('left', b => across(b.from, most))
      .style('right', b => across(most - b.to, most));
  track.selectAll('i.limit')
      .data(limits.filter(l => known(l.at)))
      .join('i')
      .attr('class', 'limit')
      .style('left', l => across(l.at, most));
  const shown = dots.filter(d => known(d.value));
  track.selectAll('i.whisker')
      .data(shown.filter(d => known(d.lo) && known(d.hi)))
      .join('i')
      .attr('class', d => `whisker ${d.kind || ''}`)
      .style('color', d => d.color)
      .style('left', d => across(d.lo, most))
      .style('right', d => across(most - d.hi, most));
  track.selectAll('i.point')
      .data(shown)
      .join('i')
      .attr('class', d => `point ${d.kind || ''}`)
      .style('color', d => d.color)
      .style('left', d => across(d.value, most));
  return track;
}

// Numbers under a line, at the places they belong to: [{at, text}].
function drawTrackScale(node, marks, most = 1) {
  d3.select(node)
      .append('div')
      .attr('class', 'track-scale')
      .attr('aria-hidden', 'true')
      .selectAll('span')
      .data(marks)
      .join('span')
      .style('left', m => across(m.at, most))
      .text(m => m.text);
}
const UNIT_SCALE = [{at: 0, text: '0'}, {at: 0.5, text: '0.5'}, {at: 1, text: '1'}];

// A table of lines: rows [{name, note, line (for drawTrackLine), text, class, tip: [title, rows]}], its scale
// on top.
function drawTrackTable(table, rows, {caption, scale = UNIT_SCALE, most = 1} = {}) {
  d3.select(table).attr('class', 'tracks').selectAll('*').remove();
  d3.select(table).append('caption').attr('class', 'hidden').text(caption);
  const head = d3.select(table).append('thead').append('tr');
  head.append('td');
  drawTrackScale(head.append('td').node(), scale, most);
  head.append('td');
  const row = d3.select(table).append('tbody').selectAll('tr').data(rows).join('tr').attr(
      'class', r => r.class || null);
  const name = row.append('th').attr('scope', 'row');
  name.append('span').attr('class', 'name').text(r => r.name);
  name.filter(r => r.note).append('span').attr('class', 'note').text(r => r.note);
  row.append('td').attr('class', 'line').each(function(r) { drawTrackLine(this, {most, ...r.line}); });
  const value = row.append('td').attr('class', 'value');
  value.append('b').text(r => r.text);
  value.filter(r => r.detail).append('span').text(r => ' ' + r.detail);
  row.filter(r => r.tip)
      .on('pointermove', r => showTip(d3.event.clientX, d3.event.clientY, ...r.tip))
      .on('pointerleave', hideTip);
}

// Chips with the names of what a figure shows.
function drawChips(node, items) {
  const item = d3.select(node).selectAll('span.item').data(items).join('span').attr('class', 'item').html('');
  item.append('i').attr('class', i => `chip ${i.kind || ''}`).style('color', i => i.color);
  item.append('span').text(i => i.name);
}
