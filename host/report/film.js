// The film strip under the headline, the same level at a few ticks, and the interactive maze: a reactive
// agent beside a planner.

const FILM_TICKS = [1, 2, 4, 8, 16, 32, 64];
const FRAME = 112;  // px, the least width of a frame

// The maze and the two plans to show first: of the weakest and of the best setting, on the first level kept.
function firstPair() {
  const maze = report.mazes.find(m => (m.plans || []).length);
  if (!maze) return null;
  const of = side => side && maze.plans.find(p => (report.trials[p.trial] || {}).setting === side.index);
  const best = planner || judged[0],
        weak = reactive && reactive !== best ? reactive : judged[judged.length - 1];
  const right = of(best) || maze.plans[maze.plans.length - 1];
  const left = of(weak) || maze.plans[0];
  return {maze, left, right};
}

// Ticks that fit in the width, thinned evenly so that the first and the last stay.
function filmTicks(plans, room) {
  const all = FILM_TICKS.filter(k => k <= d3.max(plans.ticks) && k >= plans.ticks[0]);
  const count = Math.max(2, Math.min(all.length, room));
  return count >= all.length ? all :
                               d3.range(count).map(i => all[Math.round(i * (all.length - 1) / (count - 1))]);
}

function drawFilmRow(parent, maze, plans, ticks, isFirst) {
  const trial = report.trials[plans.trial], row = d3.select(parent).append('div').attr('class', 'film-row');
  row.append('p')
      .attr('class', 'film-name')
      .style('--mark', colorOf(trial.setting))
      .text(labelOf(trial.setting));
  const frames = row.append('div').attr('class', 'frames').style('--frames', ticks.length);
  for (const tick of ticks) {
    const frame = frames.append('div'), k = tickIndex(plans, tick);
    if (isFirst) frame.append('span').attr('class', 'film-tick').text(plural(tick, 'tick'));
    const board = drawBoard(frame.node(), maze), share = reachedShare(maze, board.squares, plans.reach[k]);
    showReach(board, plans.reach[k]);
    board.svg.attr('role', 'img')
        .attr(
            'aria-label',
            `${labelOf(trial.setting)}, ${plural(tick, 'tick')}: ${
                percent(share)} of squares reach the goal`);
    frame.append('span').attr('class', 'film-share').text(percent(share));
  }
}

function drawFilm() {
  const pair = firstPair();
  if (!pair) return;
  const figure = reveal('film'), node = figure.querySelector('.plot'), {maze, left, right} = pair;
  byId('film-caption').textContent =
      `One held-out ${maze.size}×${maze.size} level. Filled: squares from which the ` +
      'agent\'s plan leads to the goal (star) if it stops thinking after that many ticks.';
  onWidth(node, width => {
    d3.select(node).selectAll('*').remove();
    const room = Math.floor((width - (width > 700 ? 110 : 0)) / (width > 700 ? FRAME : 84));
    const rows = left === right ? [right] : [left, right];
    rows.forEach((plans, i) => drawFilmRow(node, maze, plans, filmTicks(right, room), i === 0));
  });
}

function drawMazes() {
  const pair = firstPair();
  if (!pair) return;
  const {maze, left, right} = pair, levels = report.mazes.filter(m => (m.plans || []).length);
  startMaze(levels, maze, [left.trial, right.trial], index => {
    const {setting, seed} = report.trials[index];
    return {name: labelOf(setting), title: `${labelOf(setting)}, seed ${seed}`, color: colorOf(setting)};
  });
}
