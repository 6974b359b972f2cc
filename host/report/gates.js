// Gates, students, and what could not be asked.

const COMPETENCE_MARGIN = 0.1;  // above greedy's solve rate
const OFF_AXIS_LEAST = 0.8;
const OFF_AXIS = [['trees', 'mazes without loops'], ['loops', '30 % loops'], ['blocks', 'random blocks']];

const passedText = passed => (passed === true ? '✓ passed' : passed === false ? '✗ not passed' : '');

// A gate's own row: the value that decides it, and whether it passed.
const gateHead = (row, passed) => ({...row, class: 'family', detail: passedText(passed)});

function gateRow(name, note, value, least) {
  const passed = known(value) && known(least) ? value >= least : null;
  return {
    name,
    note,
    class: 'metric',
    text: scoreText(value),
    line: {limits: [{at: least}], dots: [{value, color: passed === false ? 'var(--low)' : 'var(--high)'}]}
  };
}

function drawGates() {
  const {competence, off_axis: offAxis} = probe.gates;
  if (!competence && !offAxis) return;
  const section = reveal('gates'), rows = [];
  if (competence) {
    const {solve, greedy, passed} = competence;
    const least = known(greedy) ? greedy + COMPETENCE_MARGIN : null;
    rows.push(gateHead(gateRow('Competence', 'training sizes, greedy + 0.1', solve, least), passed));
  }
  if (offAxis) {
    const worlds = OFF_AXIS.filter(([key]) => known(offAxis[key]));
    const worst = d3.min(worlds, ([key]) => offAxis[key]);
    rows.push(gateHead(gateRow('Off axis', 'the worst of these', worst, OFF_AXIS_LEAST), offAxis.passed));
    rows.push(...worlds.map(([key, note]) => gateRow(capital(note), '', offAxis[key], OFF_AXIS_LEAST)));
  }
  drawTrackTable(
      section.querySelector('table'), rows, {caption: 'Gates: solve rates with the limits they must pass'});
}

// What the agent itself reaches on a world of the curves: the line that students stay below.
const agentBest = place => d3.max((((probe.extras.curves || {})[place] || {}).solve || []).filter(known));

function studentsText({accepted, fourfold}) {
  const verdict = accepted === true ?
      'These students were trained well enough to stand for what depth alone can do.' :
      accepted === false ?
      'These students were not trained well enough to be accepted, so irreducibility is an upper bound.' :
      '';
  const more = fourfold && known(fourfold.I) ?
      ` Against students of a fourfold budget, irreducibility is ${scoreText(fourfold.I)}.` :
      '';
  return verdict + more;
}

function drawStudents() {
  const {students} = probe, depths = students.depths || [];
  if (!depths.length) return;
  const section = reveal('students'), node = section.querySelector('.plot');
  const points = values => depths.map((x, i) => ({x, mean: (values || [])[i]})).filter(p => known(p.mean));
  const ends = d3.extent(depths);
  const level = (name, place, color) => ({
    name,
    color,
    dashed: DASHES[1],
    points: known(agentBest(place)) ? ends.map(x => ({x, mean: agentBest(place)})) : []
  });
  const series = [
    {name: 'students, larger mazes', color: 'var(--far)', points: points(students.far)},
    {name: 'students, still larger', color: 'var(--farther)', points: points(students.farther)},
    level('the agent, larger mazes', 'far', 'var(--far)'),
    level('the agent, still larger', 'farther', 'var(--farther)')
  ].filter(s => s.points.length);
  byId('students-text').textContent = studentsText(students);
  drawLegend(section.querySelector('.legend'), series);
  onWidth(node, width => {
    d3.select(node).selectAll('*').remove();
    lineChart(node, {
      width: Math.min(width, 640),
      height: 250,
      about: 'Solve rate of feed-forward students by depth',
      series,
      x: {
        log: true,
        domain: ends[0] === ends[1] ? [ends[0] / 2, ends[0] * 2] : ends,
        ticks: depths,
        label: 'layers'
      },
      y: SHARE_AXIS,
      tip: depth => `${plural(depth, 'layer')}`
    });
  });
}

function drawMissing() {
  if (!probe.missing.length) return;
  d3.select(reveal('missing')).select('ul').selectAll('li').data(probe.missing).join('li').text(text => text);
}
