// What the numbers say, in words: which settings plan, the headline, the lead and the few large numbers.

// A seed is called planning when extra ticks gain it more than this on the larger worlds (lower limit) and
// its best solve rate is above greedy's by as much (lower limit). A convention, printed with the method: well
// above what 1,000 levels leave to chance, well below what search gains.
const PLANNING_MARGIN = 0.1;

const gainIn = (trial, world) => (world && trial.gain && trial.gain[world.id]) || null;

// Only a gain from thinking longer counts: an agent whose best is at fewer ticks than the reference gains
// nothing.
const isLonger = gain => gain && known(gain.value) && !(gain.to_ticks <= gain.from_ticks);

function baselineBest(name, world) {
  const found = report.baselines.find(b => b.name === name);
  const result = found && resultIn(found, world);
  return result && result.solve ? d3.max(result.solve) : undefined;
}

function seedPlans(trial, world = largerWorld) {
  const gain = gainIn(trial, world), result = resultIn(trial, world);
  if (!isLonger(gain) || !result || !result.best) return false;
  return gain.lo > PLANNING_MARGIN && result.best.lo > (baselineBest('greedy', world) || 0) + PLANNING_MARGIN;
}

// One entry a setting that has results, best first: how well, how many seeds plan, what thinking gains.
function judgeSettings() {
  return report.settings
      .map((setting, index) => {
        const trials = trialsOf(setting);
        const planning = trials.filter(t => seedPlans(t)).length;
        return {
          setting,
          index,
          best: bestOf(setting, largerWorld),
          seeds: trials.length,
          planning,
          plans: planning > trials.length / 2,
          gain: meanGain(trials)
        };
      })
      .filter(s => s.best)
      .sort((a, b) => d3.descending(a.best.mean, b.best.mean));
}

function meanGain(trials) {
  const gains = trials.map(t => gainIn(t, largerWorld)).filter(g => g && known(g.value));
  const gain = summarize(gains.map(g => (isLonger(g) ? g.value : 0)));
  if (!gain) return null;
  if (gains.length === 1) Object.assign(gain, {lo: gains[0].lo, hi: gains[0].hi});
  return {...gain, from: gains[0].from_ticks, to: d3.extent(gains, g => g.to_ticks)};
}

const judged = judgeSettings();
const planner = judged.find(s => s.plans) || null;
// The contrast is the weakest setting that does not plan.
const reactive = [...judged].reverse().find(s => !s.plans) || null;

// "given 8–24 ticks" where ticks are the only axis, else "with LABEL"; empty for a lone setting.
function described({setting}, given = 'given') {
  if (report.settings.length < 2) return '';
  const ticks = report.axes.length === 1 && report.axes[0].key === 'agent.ticks' && trainedTicks(setting);
  return ticks ? ` ${given} ${ticksText(ticks)}` : ` with ${setting.label}`;
}

// U+2060 keeps a range on one line.
const ticksText = ([lo, hi]) => `${lo === hi ? lo : `${lo}\u2060–\u2060${hi}`} tick${hi === 1 ? '' : 's'}`;

function placeText() {
  const levels = `${sizeName(largerWorld)} levels`;
  return largerWorld.role === 'larger' ? `${levels}, larger than any they trained on` : `held-out ${levels}`;
}

// The headline as pieces of text; {text, index} is marked in the colour of a setting.
function headline() {
  if (!judged.length) return ['No trial has been evaluated yet.'];
  // Without a gain nobody can tell who plans: then only the rates stand there.
  if (!planner && judged.some(s => s.gain)) return headlineWithoutPlanner();
  const {index, best, gain} = planner || judged[0];
  const cut = gain &&
      `, and lose ${(100 * gain.mean).toFixed(0)} points if cut to ${ticksText([gain.from, gain.from])}`;
  const reach = [
    {text: `Agents${described(judged.find(s => s.index === index))}`, index},
    ` reach the goal from ${percent(best.mean)} of squares in ${placeText()}${cut || ''}`
  ];
  if (reactive && reactive.index !== index)
    return [
      ...reach, '; ', {text: `agents${described(reactive, 'held to')}`, index: reactive.index},
      ` stay at ${percent(reactive.best.mean)}.`
    ];
  return [
    ...reach, gain && judged.length > 1 ? '. Every setting of this sweep learned to use its ticks.' : '.'
  ];
}

function headlineWithoutPlanner() {
  const [first] = judged, many = judged.length > 1, greedy = baselineBest('greedy', largerWorld);
  const beside = known(greedy) ? `; greedy steps reach it from ${percent(greedy)}` : '';
  return [
    many ? 'No setting learned to plan: ' : 'These agents did not learn to plan: ',
    {text: `the best agents${described(first)}`, index: first.index},
    ` reach the goal from ${percent(first.best.mean)} of squares in ${placeText()}${beside}.`
  ];
}

function lede() {
  const done = report.trials.filter(t => t.status === 'done'), lost = report.trials.length - done.length;
  const steps = d3.sum(done, t => t.env_steps || 0), seconds = d3.sum(done, t => t.train_seconds || 0);
  const parts = [`${plural(report.trials.length, 'agent')} in ${plural(report.settings.length, 'setting')}`];
  if (lost) parts.push(`${lost} of them not finished`);
  if (steps)
    parts.push(
        `${d3.format('.3s')(steps).replace('M', ' million').replace('G', ' billion')} steps of experience`);
  if (seconds)
    parts.push(
        `${seconds < 120 ? `${seconds.toFixed(0)} seconds` : `${(seconds / 60).toFixed(1)} minutes`} ` +
        'of training in all');
  return `${parts.join(', ')}. Trained by reward alone; measured on levels none of them has seen.`;
}

// Fewest ticks with 95 % of the best solve rate, or null.
function ticksForMost(result) {
  if (!result || !result.solve) return null;
  const enough = 0.95 * d3.max(result.solve);
  return result.solve.findIndex(v => known(v) && v >= enough) + 1 || null;
}

// How many times the ticks that the training world takes does a trial need in the larger world?
function ticksRatio(trial) {
  const small = ticksForMost(resultIn(trial, trainingWorld)),
        large = ticksForMost(resultIn(trial, largerWorld));
  return small && large ? large / small : null;
}

function seedsText(summary) {
  const n = summary.values.length;
  if (n < 2) return known(summary.lo) ? `95\u202f% interval ${percentRange(summary)}` : '';
  return `seeds ${percentRange({lo: summary.min, hi: summary.max})}`;
}

function gainCard(gain) {
  if (gain.max <= 0)
    return {
      value: '0',
      name: `points from thinking longer than ${ticksText([gain.from, gain.from])}`,
      detail: 'best at no more ticks than that'
    };
  const to = gain.to[0] === gain.to[1] ? gain.to[0] : gain.to.join('–');
  return {
    value: signed(gain.mean),
    name: `points from thinking longer, ${gain.from} → ${to} ticks`,
    detail: known(gain.lo) ? `95\u202f% interval ${signed(gain.lo)} … ${signed(gain.hi)}` : ''
  };
}

// [{value, name, detail, color}] for the row under the headline.
function keyNumbers() {
  const numbers = [], solveCard = s => ({
                        value: percent(s.best.mean),
                        color: colorOf(s.index),
                        detail: seedsText(s.best),
                        name: `of squares solved at ${sizeName(largerWorld)}${
                            report.settings.length > 1 ? `, ${labelOf(s.index)}` : ''}`
                      });
  const first = planner || judged[0];
  if (!first) return numbers;
  numbers.push(solveCard(first));
  if (reactive && reactive !== first) numbers.push(solveCard(reactive));
  if (first.gain) numbers.push({...gainCard(first.gain), color: colorOf(first.index)});
  const ratio = largerWorld !== trainingWorld && summarize(trialsOf(first.setting).map(ticksRatio));
  if (ratio && first.plans)
    numbers.push({
      value: `${ratio.mean.toFixed(1)}×`,
      color: colorOf(first.index),
      name: `the ticks at ${sizeName(largerWorld)} that ${sizeName(trainingWorld)} takes`,
      detail: ratio.values.length > 1 ? `seeds ${ratio.min.toFixed(1)}–${ratio.max.toFixed(1)}×` : ''
    });
  return numbers;
}

function drawFindings() {
  const marks = p => p.text && report.settings.length > 1;
  d3.select('#headline')
      .selectAll('span')
      .data(headline())
      .join('span')
      .text(p => p.text || p)
      .attr('class', p => (marks(p) ? 'marked' : null))
      .style('--mark', p => (marks(p) ? colorOf(p.index) : null));
  byId('lede').textContent = lede();
  const card = d3.select('#numbers').selectAll('div').data(keyNumbers()).join('div');
  card.append('dt').text(d => d.name);
  card.append('dd').attr('class', 'value').style('--mark', d => d.color).text(d => d.value);
  card.append('dd').attr('class', 'detail').text(d => d.detail);
  byId('method-rule').textContent =
      `A seed whose gain on ${sizeName(largerWorld)} has a lower limit above ` +
      `${
          percent(
              PLANNING_MARGIN,
              '')} points, and whose best solve rate has one at least that far above greedy's. A ` +
      'setting, if most of its seeds do. ' +
      judged.map(s => `${labelOf(s.index)}: ${s.planning} of ${s.seeds}`).join('; ') +
      (judged.length ? '.' : '');
}
