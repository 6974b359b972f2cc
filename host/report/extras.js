// Extras: small pictures of what is shown beside the score, each with the reason why it is not a part of it.

const PLACES = [
  {key: 'near', name: 'training size', color: 'var(--near)'},
  {key: 'far', name: 'larger', color: 'var(--far)'},
  {key: 'farther', name: 'still larger', color: 'var(--farther)'}
];
const placesOf = data => PLACES.filter(p => data[p.key] !== null && data[p.key] !== undefined);
const valueOf = v => (v !== null && typeof v === 'object' ? v.value : v);

// One small chart for each measure of plan quality, a line for each size.
function drawPlanCurves(node, curves) {
  const measures = [['solve', 'Solved'], ['spl', 'SPL'], ['optimal', 'Optimal moves']];
  const specs = measures
                    .map(([key, title]) => ({
                           title,
                           about: `${title} by tick, a line for each size`,
                           series: placesOf(curves)
                                       .map(({key: place, ...look}) => ({
                                              ...look,
                                              points: (curves[place][key] || [])
                                                          .map((mean, k) => ({x: k + 1, mean}))
                                                          .filter(p => known(p.mean))
                                            }))
                                       .filter(s => s.points.length)
                         }))
                    .filter(spec => spec.series.length);
  if (!specs.length) return false;
  const longest = d3.max(specs, spec => d3.max(spec.series, s => s.points.length));
  const powers = d3.range(8).map(i => 2 ** i).filter(k => k <= longest);
  for (const spec of specs)
    Object.assign(spec, {
      y: SHARE_AXIS,
      tip: k => plural(k, 'tick'),
      x: {log: true, domain: [1, Math.max(2, longest)], ticks: powers}
    });
  drawMultiples(node, specs, {height: 190, narrowest: 200});
  return true;
}

// Lines with dots, and one scale for all of them: rows [{name, dots: [[value, kind, color]], text}].
function drawDotRows(node, rows, options = {}) {
  const shown =
      rows.map(r => ({...r, dots: r.dots.filter(([value]) => known(value))})).filter(r => r.dots.length);
  if (!shown.length) return false;
  const lines = shown.map(
      r => ({
        name: r.name,
        class: 'metric',
        text: r.text,
        line: {dots: r.dots.map(([value, kind, color]) => ({value, kind, color: color || 'var(--ink)'}))}
      }));
  drawTrackTable(d3.select(node).append('table').node(), lines, options);
  return true;
}

const tenths = v => (known(v) ? `${(100 * v).toFixed(1)}${NARROW}%` : '–');

function drawRefinement(node, data) {
  const most = Math.max(0.1, ...placesOf(data).map(p => valueOf(data[p.key]) || 0));
  const rows = placesOf(data).map(
      p => ({name: p.name, dots: [[valueOf(data[p.key]), '', p.color]], text: tenths(valueOf(data[p.key]))}));
  const scale = [{at: 0, text: '0'}, {at: 0.05, text: '5 %'}, {at: 0.1, text: '10 %'}];
  return drawDotRows(node, rows, {most, scale, caption: 'Share of squares that move to a better route'});
}

function drawHysteresis(node, {from, share}) {
  const points = (from || []).map((x, i) => ({x, mean: (share || [])[i]})).filter(p => known(p.mean));
  if (points.length < 2) return false;
  onWidth(node, width => {
    d3.select(node).selectAll('*').remove();
    lineChart(node, {
      width,
      height: 190,
      about: 'Share that follows the edit, by the tick it begins at',
      series: [{name: 'follows the edit', color: 'var(--edit)', points}],
      x: {domain: d3.extent(points, p => p.x), label: 'the edit begins at tick'},
      y: SHARE_AXIS,
      tip: k => `from ${plural(k, 'tick')}`
    });
  });
  return true;
}

function drawLinear(node, data) {
  const names = {
    distance_r2: 'distance to the goal (R²)',
    action_accuracy: 'best move (accuracy)',
    action_f1: 'best move (macro F1)'
  };
  const rows = Object.keys(names).filter(key => data[key]).map(key => {
    const {state, patch, untrained} = data[key];
    return {
      name: names[key],
      text: scoreText(valueOf(state)),
      dots: [
        [valueOf(untrained), 'small', 'var(--muted)'], [valueOf(patch), 'hollow', 'var(--muted)'],
        [valueOf(state), '', 'var(--ink)']
      ]
    };
  });
  const drawn = drawDotRows(node, rows, {caption: 'What a linear probe reads from the state'});
  if (drawn)
    drawChips(d3.select(node).append('div').attr('class', 'legend small').node(), [
      {name: 'from its state', kind: 'dot', color: 'var(--ink)'},
      {name: 'from the 3×3 input', kind: 'dot hollow', color: 'var(--muted)'},
      {name: 'from an untrained net\'s state', kind: 'dot small', color: 'var(--muted)'}
    ]);
  return drawn;
}

// The bits that are enough, as a part of all.
function drawDescription(node, data) {
  const {bits, raw_bits: raw, weight_bits: each, pruned} = data,
                                                 kib = v => `${d3.format('.1f')(v / 8192)} KiB`;
  if (!known(bits) || !known(raw) || !(raw > 0)) return false;
  const how = [
    known(each) && `${plural(each, 'bit')} a weight`, known(pruned) && `${percent(pruned)} of weights pruned`
  ].filter(Boolean);
  const bar = d3.select(node).append('div').attr('class', 'bits');
  bar.append('i').style('width', across(bits, raw));
  const rates = known(data.solve) && known(data.solve_full) ?
      `; solves ${percent(data.solve)}, in full ${percent(data.solve_full)}` :
      '';
  d3.select(node)
      .append('p')
      .attr('class', 'fact')
      .text(`${kib(bits)} of ${kib(raw)}${how.length ? `: ${how.join(', ')}` : ''}${rates}.`);
  return true;
}

function drawReplanning(node, {world, state}) {
  const pair = (name, after, before) => ({
    name,
    text: `${percent(valueOf(after))} of ${percent(valueOf(before))}`,
    dots: [[valueOf(before), 'hollow', 'var(--muted)'], [valueOf(after), '', 'var(--edit)']]
  });
  const rows = [
    world && pair('the world changes', world.replanned, world.from_start),
    state && pair('its state is disturbed', state.recovered, state.undisturbed)
  ].filter(Boolean);
  const drawn =
      drawDotRows(node, rows, {caption: 'Right after a change in mid-thought, beside a fresh start'});
  if (drawn)
    drawChips(d3.select(node).append('div').attr('class', 'legend small').node(), [
      {name: 'right after the change', kind: 'dot', color: 'var(--edit)'},
      {name: 'had it known from the start', kind: 'dot hollow', color: 'var(--muted)'}
    ]);
  return drawn;
}

// `why` says what fools the picture; the figures are from the calibration's agents.
const EXTRAS = [
  {
    key: 'curves',
    title: 'Plan quality by tick',
    wide: true,
    draw: drawPlanCurves,
    why: 'a finished answer that is merely revealed bit by bit draws the same rising curves.'
  },
  {
    key: 'refinement',
    title: 'Squares that move to a better route',
    draw: drawRefinement,
    why: 'it was found when the score was settled already: planners 5–7 %, all others at most 0.4 %.'
  },
  {
    key: 'hysteresis',
    title: 'An edit that comes late',
    draw: drawHysteresis,
    why: 'trained planners hardly give up a plan that has settled; a low curve says nothing against search.'
  },
  {
    key: 'replanning',
    title: 'Planning anew in mid-thought',
    draw: drawReplanning,
    why: 'good planners replan for only 16–55 % of squares, so this does not tell them from others.'
  },
  {
    key: 'linear',
    title: 'What can be read from its state',
    draw: drawLinear,
    why: 'an agent that plans inside but acts greedily is read just as well; this follows value training.'
  },
  {
    key: 'description',
    title: 'Bits that are enough for its skill',
    draw: drawDescription,
    why: 'the order is the wrong way round: reactive agents bear coarse weights at least as well as planners.'
  }
];

function drawExtras() {
  const parent = document.querySelector('#extras .cards');
  for (const {key, title, wide, draw, why} of EXTRAS) {
    if (!probe.extras[key]) continue;
    reveal('extras');  // before drawing, so that widths can be measured
    const card = d3.select(parent).append('article').attr('class', `card${wide ? ' wide' : ''}`);
    card.append('h3').text(title);
    const drawn =
        draw(card.append('div').attr('class', wide ? 'multiples' : 'plot').node(), probe.extras[key]);
    if (!drawn) card.remove();
    card.append('p').attr('class', 'quiet').text(`Not scored: ${why}`);
  }
  byId('extras').hidden = !parent.children.length;
}
