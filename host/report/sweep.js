// The data of a sweep's report: worlds, settings and their seeds, and the colours of settings.

const report = pageData;
for (const key of ['axes', 'settings', 'worlds', 'trials', 'baselines', 'mazes', 'config', 'reproduce'])
  report[key] = report[key] || [];

const worldsWithRole = role => report.worlds.filter(w => w.role === role);
const trainingWorld = worldsWithRole('training')[0] || report.worlds[0] || {title: 'no world'};
// The first larger world is where planning is judged; without one, the training world stands in.
const largerWorld = worldsWithRole('larger')[0] || trainingWorld;
const sizeName = world => (world.size ? `${world.size}×${world.size}` : world.title);

const trialsOf = setting =>
    (setting.trials || []).map(i => report.trials[i]).filter(t => t && t.status === 'done');
const resultIn = (trial, world) => (world && trial.worlds && trial.worlds[world.id]) || null;

// [{x: ticks, mean, lo, hi, min, max}] of a setting; with a lone seed lo and hi are its own bootstrap over
// levels.
function curveOf(setting, world, measure = 'solve') {
  const results = trialsOf(setting).map(t => resultIn(t, world)).filter(r => r && r[measure]);
  const length = d3.max(results, r => r[measure].length) || 0;
  return d3.range(length)
      .map(k => {
        const point = summarizeShares(results.map(r => r[measure][k]));
        if (point && results.length === 1 && measure === 'solve' && results[0].lo)
          Object.assign(point, {lo: results[0].lo[k], hi: results[0].hi[k]});
        return point && {x: k + 1, ...point};
      })
      .filter(Boolean);
}

function bestOf(setting, world) {
  const bests = trialsOf(setting).map(t => (resultIn(t, world) || {}).best).filter(Boolean);
  const best = summarizeShares(bests.map(b => b.value));
  if (best && bests.length === 1) Object.assign(best, {lo: bests[0].lo, hi: bests[0].hi});
  return best;
}

// [lo, hi] of the ticks a setting trained with, or null: its own value, or else the configuration's.
function trainedTicks(setting) {
  let value = (setting.values || {})['agent.ticks'];
  if (value === undefined) value = (report.config.find(row => row[0] === 'agent.ticks') || [])[1];
  const numbers = (Array.isArray(value) ? value : String(value).match(/\d+/g) || []).map(Number);
  return numbers.length ? [numbers[0], numbers[numbers.length - 1]] : null;
}

// Settings keep the sweep's order in colour: from amber over red to blue, falling in lightness, told apart
// with every common colour blindness. Each theme has its own ends; CSS picks by colour scheme.
function settingColors(count) {
  const light = d3.piecewise(d3.interpolateLab, ['#cf8a12', '#c2415c', '#2f3f9e']);
  const dark = d3.piecewise(d3.interpolateLab, ['#ffd27a', '#f2788f', '#8ea6ff']);
  return d3.range(count).map(i => {
    const at = count > 1 ? i / (count - 1) : 1;
    return `light-dark(${light(at)}, ${dark(at)})`;
  });
}
settingColors(report.settings.length)
    .forEach((color, i) => document.documentElement.style.setProperty(`--setting-${i}`, color));
const colorOf = index => `var(--setting-${index})`;
const labelOf = index => report.settings[index].label || 'base';
