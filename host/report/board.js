// A maze drawn as SVG: walls, squares that reach the goal, arrows of a plan, and the walk that follows it.

const MOVES = {
  U: {dy: -1, dx: 0, turn: -90, name: 'up'},
  R: {dy: 0, dx: 1, turn: 0, name: 'right'},
  D: {dy: 1, dx: 0, turn: 90, name: 'down'},
  L: {dy: 0, dx: -1, turn: 180, name: 'left'}
};
const ARROW = 'M-.27,0H.25M.06,-.19L.25,0L.06,.19';

const isWall = (maze, y, x) => (maze.rows[y] || '')[x] === '#' || (maze.rows[y] || '')[x] === undefined;
const isSquare = ([y, x], [v, u]) => y === v && x === u;

// Squares connected to the goal, the goal itself left out: those that solve is a share of.
function countedSquares(maze) {
  const seen = new Set([String(maze.goal)]), queue = [maze.goal];
  for (const [y, x] of queue)
    for (const {dy, dx} of Object.values(MOVES)) {
      const next = [y + dy, x + dx];
      if (isWall(maze, ...next) || seen.has(String(next))) continue;
      seen.add(String(next));
      queue.push(next);
    }
  return queue.slice(1);
}

const reachedShare = (maze, squares, reach) =>
    squares.length ? d3.sum(squares, ([y, x]) => reach[y * maze.size + x] === '1') / squares.length : 0;

// The squares that following the plan from a start visits, and how it ends: "goal", "wall", "circle", or
// "other" on the square where else it may end.
function walkPlan(maze, plan, start, other) {
  const path = [start], seen = new Set([String(start)]);
  for (let at = start; !isSquare(at, maze.goal);) {
    const move = MOVES[plan[at[0] * maze.size + at[1]]];
    const next = move ? [at[0] + move.dy, at[1] + move.dx] : at;
    if (other && isSquare(at, other)) return {path, end: 'other'};
    if (!move || isWall(maze, ...next)) return {path, end: 'wall'};
    path.push(next);
    if (seen.has(String(next))) return {path, end: 'circle'};
    seen.add(String(at = next));
  }
  return {path, end: 'goal'};
}

// The last tick's index that is not beyond `tick`.
function tickIndex(plans, tick) { return Math.max(0, d3.bisectRight(plans.ticks, tick) - 1); }

const wallPath = maze =>
    maze.rows.map((row, y) => [...row].map((c, x) => (c === '#' ? `M${x},${y}h1v1h-1z` : '')).join(''))
        .join('');

// Draws walls, squares and goal into an SVG of one unit a square; without arrows it stays small and still.
function drawBoard(parent, maze, {arrows = false} = {}) {
  const svg =
      d3.select(parent).append('svg').attr('class', 'board').attr('viewBox', [0, 0, maze.size, maze.size]);
  const squares = countedSquares(maze);
  const free =
      d3.merge(maze.rows.map((row, y) => [...row].map((c, x) => [y, x]).filter((s, x) => row[x] !== '#')));
  svg.append('rect').attr('class', 'floor').attr('width', maze.size).attr('height', maze.size);
  const square = svg.append('g')
                     .selectAll('rect')
                     .data(free)
                     .join('rect')
                     .attr('class', 'square')
                     .attr('x', ([, x]) => x)
                     .attr('y', ([y]) => y)
                     .attr('width', 1)
                     .attr('height', 1);
  svg.append('path').attr('class', 'walls').attr('d', wallPath(maze));
  const walk = svg.append('path').attr('class', 'walk'), stuck = svg.append('path').attr('class', 'stuck');
  const arrow = arrows ? drawArrows(svg, squares) : null;
  const ring =
      svg.append('circle').attr('class', 'start').attr('r', 0.36).attr('hidden', arrows ? null : true);
  svg.append('use')
      .attr('class', 'goal')
      .attr('href', '#goal-mark')
      .attr('transform', `translate(${maze.goal[1] + 0.5},${maze.goal[0] + 0.5}) scale(${arrows ? 1 : 1.7})`);
  return {maze, svg, squares, square, arrow, walk, stuck, ring};
}

// Each arrow keeps its own angle, so that it turns the short way.
function drawArrows(svg, squares) {
  return svg.append('g')
      .selectAll('g')
      .data(squares.map(([y, x]) => ({y, x, angle: 0, move: ''})))
      .join('g')
      .attr('class', 'arrow')
      .attr('transform', a => `translate(${a.x + 0.5},${a.y + 0.5})`)
      .each(function() { d3.select(this).append('path').attr('d', ARROW); });
}

function showReach({maze, square}, reach) {
  square.classed('reached', ([y, x]) => reach[y * maze.size + x] === '1' && !isSquare([y, x], maze.goal));
}

// Turns the arrows to the plan and marks the moves that were others a tick before.
function showPlan({maze, arrow}, plan, reach, before) {
  arrow.each(function(a) {
    const at = a.y * maze.size + a.x, move = plan[at], turned = MOVES[move];
    this.classList.toggle('changed', move !== before[at]);
    this.classList.toggle('right', reach[at] === '1');
    if (a.move === move || !turned) return;
    a.angle += ((turned.turn - a.angle) % 360 + 540) % 360 - 180;
    a.move = this.dataset.move = move;
    this.firstChild.style.transform = `rotate(${a.angle}deg)`;
  });
}

function showWalk({maze, walk, stuck, ring}, plan, start, other) {
  const result = walkPlan(maze, plan, start, other), [y, x] = result.path[result.path.length - 1];
  walk.attr('d', 'M' + result.path.map(([v, u]) => `${u + 0.5},${v + 0.5}`).join('L'));
  stuck.attr(
      'd',
      result.end === 'goal' || result.end === 'other' ? null :
                                                        `M${x + 0.28},${y + 0.28}l.44,.44m0,-.44l-.44,.44`);
  ring.attr('cx', start[1] + 0.5).attr('cy', start[0] + 0.5);
  return result;
}

// A click puts the start on a square, arrow keys walk it: start() tells where it is, place(square) moves it.
function listenForStart({svg, maze, squares}, start, place) {
  const put = square => {
    if (squares.some(s => isSquare(s, square))) place(square);
  };
  svg.attr('tabindex', 0)
      .attr('role', 'application')
      .on('click',
          () => {
            const [x, y] = d3.mouse(svg.node());
            put([Math.floor(y), Math.floor(x)]);
          })
      .on('keydown', () => {
        const move = {ArrowUp: 'U', ArrowRight: 'R', ArrowDown: 'D', ArrowLeft: 'L'}[d3.event.key];
        if (!move) return;
        d3.event.preventDefault();
        put([start()[0] + MOVES[move].dy, start()[1] + MOVES[move].dx]);
      });
}

byId('goal-mark').setAttribute('d', d3.symbol().type(d3.symbolStar).size(0.3)());
