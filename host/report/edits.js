// The edits on a real level, before and after: what was clamped, who changed their mind, which counted
// squares moved.

const EDITS = {
  BLOCK: {
    title: 'A wall that is only in its mind',
    did: 'to look like a wall',
    untouched: 'The agent still sees a free square there',
    counted: 'whose way led through it and who have a longer way around',
    moved: 'now reach the goal without it',
    other: 'walks into the marked square'
  },
  GOAL: {
    title: 'A goal that is only in its mind',
    did: 'to look like the goal',
    untouched: 'The agent still sees the goal where the star is',
    counted: 'nearer to it than to the star, where greedy steps towards it would fail',
    moved: 'now go there first',
    other: 'goes to the marked square'
  }
};

const onesIn = text => [...(text || '')].filter(c => c === '1').length;
const bitAt = (text, maze, [y, x]) => (text || '')[y * maze.size + x] === '1';

// A maze for board.js from a picture.
const mazeOf = picture => ({size: picture.size, rows: picture.rows, goal: picture.goal});

// Marks the clamped square: hatched as a wall or with a hollow star, framed after the edit, dashed before.
function drawEdited({svg, maze}, name, [y, x], isAfter) {
  const group = svg.append('g').attr('class', `edited ${isAfter ? 'after' : 'before'}`);
  if (isAfter && name === 'GOAL')
    group.append('use').attr('href', '#goal-mark').attr('transform', `translate(${x + 0.5},${y + 0.5})`);
  else if (isAfter)
    group.append('path')
        .attr('class', 'hatch')
        .attr('d', `M${x},${y + 0.5}l.5,-.5M${x},${y + 1}l1,-1M${x + 0.5},${y + 1}l.5,-.5`);
  group.append('rect')
      .attr('x', x + 0.04)
      .attr('y', y + 0.04)
      .attr('width', 0.92)
      .attr('height', 0.92)
      .attr('rx', 0.08);
}

// One side: the plan of that moment on the level, counted squares tinted, after the edit those that moved
// filled.
function drawEditSide(parent, name, picture, isAfter) {
  const maze = mazeOf(picture), node = d3.select(parent).append('div').attr('class', 'panel');
  node.append('p').attr('class', 'side').text(isAfter ? 'After the edit' : 'Before');
  const board = drawBoard(node.node(), maze, {arrows: true}), plan = isAfter ? picture.after : picture.before;
  showPlan(board, plan, '', picture.before);
  board.arrow.classed('changed', a => isAfter && bitAt(picture.changed, maze, [a.y, a.x]));
  board.square.classed('counted', s => bitAt(picture.counted, maze, s))
      .classed('moved', s => isAfter && bitAt(picture.counted, maze, s) && bitAt(picture.moved, maze, s));
  drawEdited(board, name, picture.edited, isAfter);
  return {...board, plan, outcome: node.append('p').attr('class', 'quiet outcome')};
}

// The walk to show first: of the counted squares that moved, the one with the longest way after the edit.
function tellingStart(name, picture) {
  const maze = mazeOf(picture), squares = countedSquares(maze);
  const length = s => walkPlan(maze, picture.after, s, otherEnd(name, picture)).path.length;
  const moved = squares.filter(s => bitAt(picture.counted, maze, s) && bitAt(picture.moved, maze, s));
  const from = moved.length ? moved : squares;
  return from[d3.scan(from, (a, b) => length(b) - length(a))];
}

// Where else than at the goal a walk ends: on the square that is taken for one.
const otherEnd = (name, picture) => (name === 'GOAL' ? picture.edited : null);

function editText(name, picture) {
  const {did, untouched, counted, moved} = EDITS[name];
  const all = onesIn(picture.counted),
        gone = [...(picture.counted || '')].filter((c, i) => c === '1' && picture.moved[i] === '1').length;
  const until = known(picture.ticks) ? `, for ${plural(picture.ticks, 'tick')} in all` : '';
  const since = known(picture.from_tick) ? ` from tick ${picture.from_tick} on` : '';
  return [
    {strong: `${gone} of ${all}`}, ` counted squares ${moved}; `, {strong: onesIn(picture.changed)},
    ` squares changed their mind. The state of the marked square, and nothing else, was made ${did}${since}${
        until}. ` +
        `${untouched}. Counted are squares ${counted}.`
  ];
}

function drawEdit(parent, name, picture) {
  const node = d3.select(parent).append('article').attr('class', 'edit').attr('data-probe', name);
  node.append('h3').text(EDITS[name].title).append('span').attr('class', 'note').text(` ${name}`);
  node.append('p')
      .selectAll('span')
      .data(editText(name, picture))
      .join('span')
      .attr('class', t => (t.strong !== undefined ? 'strong' : null))
      .text(t => (t.strong !== undefined ? t.strong : t));
  const pair = node.append('div').attr('class', 'boards').node();
  const sides = [drawEditSide(pair, name, picture, false), drawEditSide(pair, name, picture, true)];
  let start = tellingStart(name, picture);
  const show = () => sides.forEach((side, i) => {
    const walk = showWalk(side, side.plan, start, otherEnd(name, picture));
    const through = i && name === 'BLOCK' && walk.path.some(s => isSquare(s, picture.edited));
    const end = walk.end === 'other' ? `${EDITS[name].other} in ${plural(walk.path.length - 1, 'step')}` :
                                       outcomeText(walk) + (through ? ', through the marked square' : '');
    side.outcome.text(`From the ring it ${end}.`);
    side.svg.attr(
        'aria-label',
        `${name}, ${i ? 'after' : 'before'} the edit: from the start the plan ${
            end}. Arrow keys move the start.`);
  });
  sides.forEach(side => listenForStart(side, () => start, square => {
                  start = square;
                  show();
                }));
  show();
}

// A picture is whole when it can be drawn.
const isWhole = picture => picture && picture.size && picture.rows && picture.goal && picture.edited &&
    picture.before && picture.after;

function drawEdits() {
  const names = Object.keys(EDITS).filter(name => isWhole(probe.pictures[name]));
  if (!names.length) return;
  const section = reveal('edits');
  drawChips(section.querySelector('.legend'), [
    {name: 'the square whose state is clamped', kind: 'box', color: 'var(--edit)'},
    {name: 'counted', kind: 'fill', color: 'var(--counted)'},
    {name: 'counted, and moved as the edit asks', kind: 'fill', color: 'var(--moved)'},
    {name: 'bold: another move than before', kind: 'arrow', color: 'var(--ink)'}
  ]);
  names.forEach(name => drawEdit(section.querySelector('.edits'), name, probe.pictures[name]));
}
