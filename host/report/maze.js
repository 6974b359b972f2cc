// The interactive maze: one or two agents on one level, a slider over ticks, and the plans that settle.

const PLAY_PAUSE = 160;  // ms a tick

// What is shown: one level, a panel for each agent, the tick's index in `ticks`.
const stage = {
  maze: null,
  describe: null,
  panels: [],
  ticks: [],
  at: 0,
  start: null,
  timer: null,
  cursor: null
};

const ENDINGS = {
  goal: 'reaches the goal',
  wall: 'runs into a wall',
  circle: 'walks in circles'
};

function outcomeText({path, end}) {
  const steps = plural(path.length - 1, 'step');
  if (end === 'goal') return `${ENDINGS.goal} in ${steps}`;
  return path.length > 1 ? `${ENDINGS[end]} after ${steps}` : ENDINGS[end];
}

function planOptions(select, chosen) {
  const bySetting = d3.nest().key(p => stage.describe(p.trial).name).entries(stage.maze.plans);
  const group =
      d3.select(select).selectAll('optgroup').data(bySetting).join('optgroup').attr('label', g => g.key);
  group.selectAll('option')
      .data(g => g.values)
      .join('option')
      .attr('value', p => p.trial)
      .text(p => stage.describe(p.trial).title);
  select.value = chosen.trial;
}

function addPicker(node, side, panel, chosen) {
  const label = d3.select(node)
                    .append('label')
                    .attr('class', 'agent')
                    .text(side ? 'Agent on the right ' : 'Agent on the left ');
  const select = label.append('select').attr('id', `agent-${side}`).node();
  planOptions(select, chosen);
  select.addEventListener('change', () => {
    choosePlans(panel, +select.value);
    showTick();
  });
}

// One panel: a picker where there is a choice, the board, and two lines that tell what the plan does at this
// tick.
function buildPanel(side, chosen) {
  const node = document.querySelector(`#maze .panel[data-side="${side}"]`), panel = {node};
  d3.select(node).selectAll('*').remove();
  if (stage.maze.plans.length > 1) addPicker(node, side, panel, chosen);
  panel.board = drawBoard(node, stage.maze, {arrows: true});
  panel.share = d3.select(node).append('p').attr('class', 'share');
  panel.outcome = d3.select(node).append('p').attr('class', 'quiet outcome');
  listenForStart(panel.board, () => stage.start, square => {
    stage.start = square;
    showTick();
  });
  choosePlans(panel, chosen.trial);
  return panel;
}

function choosePlans(panel, trial) {
  panel.plans = stage.maze.plans.find(p => p.trial === trial);
  const {name, color} = stage.describe(trial);
  panel.node.style.setProperty('--mark', color);
  panel.series = {
    name,
    color,
    points: panel.plans.ticks.map(
        (x, k) => ({x, mean: reachedShare(stage.maze, panel.board.squares, panel.plans.reach[k])}))
  };
  panel.shown = -1;
  if (stage.panels.includes(panel)) drawTrack();
}

function showPanel(panel, tick) {
  const {plans, board} = panel, k = tickIndex(plans, tick), plan = plans.plan[k], reach = plans.reach[k];
  const result = showWalk(board, plan, stage.start), share = panel.series.points[k].mean;
  if (panel.shown !== k) {
    showReach(board, reach);
    showPlan(board, plan, reach, plans.plan[Math.max(0, k - 1)]);
    panel.shown = k;
  }
  panel.share.text(percent(share)).append('span').text(' of squares reach the goal');
  panel.outcome.text(`From the ring it ${outcomeText(result)}.`);
  board.svg.attr(
      'aria-label',
      `Plan of ${panel.series.name} after ${plural(tick, 'tick')}: ${percent(share)} of squares ` +
          `reach the goal; from the start it ${outcomeText(result)}. Arrow keys move the start.`);
}

function showTick() {
  const tick = stage.ticks[stage.at], slider = byId('tick-slider');
  slider.value = stage.at;
  byId('tick-readout').textContent = plural(tick, 'tick');
  stage.panels.forEach(panel => showPanel(panel, tick));
  const sides = stage.panels.length > 1 ? ['left ', 'right '] : [''];
  const shares = stage.panels.map((p, i) => sides[i] + percent(p.series.points[p.shown].mean));
  slider.setAttribute('aria-valuetext', `${plural(tick, 'tick')}: ${shares.join(', ')} of squares`);
  moveCursor();
}

// The small chart under the slider, its axis as long as the way of the slider's thumb.
const THUMB = 9;  // px, half the thumb's width
function drawTrack() {
  const node = document.querySelector('#maze .track .plot'),
        width = Math.round(node.getBoundingClientRect().width);
  d3.select(node).selectAll('*').remove();
  if (!width) return;
  stage.cursor = lineChart(node, {
    width,
    height: 96,
    about: 'Share of squares that reach the goal, by ticks',
    margin: {left: THUMB, right: THUMB, top: 8, bottom: 20},
    series: stage.panels.map(p => p.series),
    x: {domain: d3.extent(stage.ticks), ticks: trackTicks()},
    y: {domain: [0, 1], ticks: [0, 0.5, 1], format: () => '', tipFormat: v => percent(v)},
    tip: k => plural(k, 'tick')
  });
  stage.cursor.rule = stage.cursor.svg.append('line').attr('class', 'cursor').attr('y1', 0).attr('y2', 76);
  moveCursor();
}
const trackTicks = () =>
    d3.range(0, stage.ticks[stage.ticks.length - 1] + 1, 8).map(k => Math.max(k, stage.ticks[0]));

function moveCursor() {
  if (!stage.cursor) return;
  const at = stage.cursor.x(stage.ticks[stage.at]);
  stage.cursor.rule.attr('x1', at).attr('x2', at);
}

function stopPlaying() {
  clearInterval(stage.timer);
  stage.timer = null;
  d3.select('#play').text('▶').attr('aria-label', 'Play');
}

function playOn() {
  if (stage.at >= stage.ticks.length - 1) return stopPlaying();
  stage.at++;
  showTick();
}

function togglePlay() {
  if (stage.timer) return stopPlaying();
  if (stage.at >= stage.ticks.length - 1) stage.at = 0;
  showTick();
  stage.timer = setInterval(playOn, PLAY_PAUSE);
  d3.select('#play').text('❚❚').attr('aria-label', 'Pause');
}

// Keeps the agents when the level changes, where the level has their plans.
function openLevel(maze, trials) {
  const plansOf = trial => maze.plans.find(p => p.trial === trial);
  Object.assign(stage, {maze, start: maze.start, panels: []});
  stage.ticks = Array.from(new Set(d3.merge(maze.plans.map(p => p.ticks)))).sort(d3.ascending);
  stage.at = Math.min(stage.at, stage.ticks.length - 1);
  byId('tick-slider').max = stage.ticks.length - 1;
  stage.panels = trials.map(
      (trial, side) => buildPanel(side, plansOf(trial) || maze.plans[side ? maze.plans.length - 1 : 0]));
  drawTrack();
  showTick();
}

function pickLevel(levels, first) {
  const select = byId('maze-level');
  d3.select(select)
      .selectAll('option')
      .data(levels)
      .join('option')
      .attr('value', (m, i) => i)
      .text((m, i) => `${i + 1}: ${m.size}×${m.size}, held out`);
  select.value = levels.indexOf(first);
  select.addEventListener(
      'change', () => openLevel(levels[+select.value], stage.panels.map(p => p.plans.trial)));
}

const TRANSPORT = `<button type="button" id="play" aria-label="Play">▶</button>
  <output id="tick-readout" for="tick-slider"></output>
  <div class="track">
    <input type="range" id="tick-slider" min="0" step="1" value="0" aria-label="Ticks of thought">
    <div class="plot"></div>
  </div>`;

// Shows levels, that one first, at a tick, with the plans of one or two trials, of which describe(trial)
// tells {name, title, color}.
function startMaze(levels, first, trials, describe, tick = 0) {
  reveal('maze').querySelector('.transport').innerHTML = TRANSPORT;
  stage.describe = describe;
  if (byId('maze-level')) pickLevel(levels, first);
  openLevel(first, trials);
  stage.at = tickIndex(stage, tick);
  showTick();
  byId('tick-slider').addEventListener('input', event => {
    stopPlaying();
    stage.at = +event.target.value;
    showTick();
  });
  byId('play').addEventListener('click', togglePlay);
  onWidth(document.querySelector('#maze .track .plot'), drawTrack);
}
