// The interactive maze: two agents on one level, a slider over ticks, and the plans that settle.

const PLAY_PAUSE = 160;  // ms a tick

// What is shown: one level, two panels, the tick's index in `ticks`.
const stage = {
  maze: null,
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
  const bySetting = d3.nest().key(p => report.trials[p.trial].setting).entries(stage.maze.plans);
  const group = d3.select(select)
                    .selectAll('optgroup')
                    .data(bySetting)
                    .join('optgroup')
                    .attr('label', g => labelOf(+g.key));
  group.selectAll('option')
      .data(g => g.values)
      .join('option')
      .attr('value', p => p.trial)
      .text(p => `${labelOf(report.trials[p.trial].setting)}, seed ${report.trials[p.trial].seed}`);
  select.value = chosen.trial;
}

// One panel: picker, board, and two lines that tell what the plan does at this tick.
function buildPanel(side, chosen) {
  const node = document.querySelector(`#maze .panel[data-side="${side}"]`), panel = {node};
  d3.select(node).selectAll('*').remove();
  const label = d3.select(node)
                    .append('label')
                    .attr('class', 'agent')
                    .text(side ? 'Agent on the right ' : 'Agent on the left ');
  const select = label.append('select').attr('id', `agent-${side}`).node();
  planOptions(select, chosen);
  panel.board = drawBoard(node, stage.maze, {arrows: true});
  panel.share = d3.select(node).append('p').attr('class', 'share');
  panel.outcome = d3.select(node).append('p').attr('class', 'quiet outcome');
  select.addEventListener('change', () => {
    choosePlans(panel, +select.value);
    showTick();
  });
  listenForStart(panel.board);
  choosePlans(panel, chosen.trial);
  return panel;
}

function choosePlans(panel, trial) {
  panel.plans = stage.maze.plans.find(p => p.trial === trial);
  const index = report.trials[trial].setting;
  panel.node.style.setProperty('--mark', colorOf(index));
  panel.series = {
    name: labelOf(index),
    color: colorOf(index),
    points: panel.plans.ticks.map(
        (x, k) => ({x, mean: reachedShare(stage.maze, panel.board.squares, panel.plans.reach[k])}))
  };
  panel.shown = -1;
  if (stage.panels.length === 2) drawTrack();
}

// A click puts the start on a square, arrow keys walk it; both panels share it.
function listenForStart({svg, maze, squares}) {
  const place = square => {
    if (!squares.some(s => isSquare(s, square))) return;
    stage.start = square;
    showTick();
  };
  svg.attr('tabindex', 0)
      .attr('role', 'application')
      .on('click',
          () => {
            const [x, y] = d3.mouse(svg.node());
            place([Math.floor(y), Math.floor(x)]);
          })
      .on('keydown', () => {
        const move = {ArrowUp: 'U', ArrowRight: 'R', ArrowDown: 'D', ArrowLeft: 'L'}[d3.event.key];
        if (!move) return;
        d3.event.preventDefault();
        place([stage.start[0] + MOVES[move].dy, stage.start[1] + MOVES[move].dx]);
      });
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
  const shares = stage.panels.map(p => percent(p.series.points[p.shown].mean));
  slider.setAttribute(
      'aria-valuetext', `${plural(tick, 'tick')}: left ${shares[0]}, right ${shares[1]} of squares`);
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
    about: 'Share of squares that reach the goal, by ticks, both agents',
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
function openLevel(maze, left, right) {
  const plansOf = trial => maze.plans.find(p => p.trial === trial);
  Object.assign(stage, {maze, start: maze.start, panels: []});
  stage.ticks = Array.from(new Set(d3.merge(maze.plans.map(p => p.ticks)))).sort(d3.ascending);
  stage.at = Math.min(stage.at, stage.ticks.length - 1);
  byId('tick-slider').max = stage.ticks.length - 1;
  stage.panels = [plansOf(left) || maze.plans[0], plansOf(right) || maze.plans[maze.plans.length - 1]].map(
      (plans, side) => buildPanel(side, plans));
  drawTrack();
  showTick();
}

function drawMaze() {
  const pair = firstPair();
  if (!pair) return;
  reveal('maze');
  const levels = report.mazes.filter(m => (m.plans || []).length), select = byId('maze-level');
  d3.select(select)
      .selectAll('option')
      .data(levels)
      .join('option')
      .attr('value', (m, i) => i)
      .text((m, i) => `${i + 1}: ${m.size}×${m.size}, held out`);
  select.value = levels.indexOf(pair.maze);
  openLevel(pair.maze, pair.left.trial, pair.right.trial);
  select.addEventListener(
      'change', () => openLevel(levels[+select.value], ...stage.panels.map(p => p.plans.trial)));
  byId('tick-slider').addEventListener('input', event => {
    stopPlaying();
    stage.at = +event.target.value;
    showTick();
  });
  byId('play').addEventListener('click', togglePlay);
  onWidth(document.querySelector('#maze .track .plot'), drawTrack);
}
