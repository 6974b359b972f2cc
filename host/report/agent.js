// Starts the page of an agent: titles, then every figure that its data allow.

// The plan settling, with the one agent of this page.
function drawSettling() {
  const maze = probe.settling;
  if (!maze || !(maze.plans || []).length) return;
  const color = labelColor(labelText);
  startMaze(
      [maze], maze, [maze.plans[0].trial], () => ({name: probe.name || 'the agent', title: '', color}),
      (probe.best_ticks || 2) / 2);  // half way, where a plan that grows can be seen to
  byId('maze-place').textContent = `one held-out ${maze.size}×${maze.size} level`;
}

startPage(probe.name || 'probed agent');
byId('colophon').textContent = `mesagrid ${probe.version || ''} · probe of ${probe.name || 'an agent'} · ` +
    'this page is one file and loads nothing.';
for (const draw
         of [drawVerdict, drawProfile, drawWave, drawSettling, drawEdits, drawGates, drawStudents, drawExtras,
             drawMissing])
  draw();
document.documentElement.dataset.ready = 'yes';
