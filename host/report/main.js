// Starts the page: theme, titles, then every figure.

// The system's scheme holds until the button says otherwise; colours follow by CSS alone.
function startTheme() {
  const button = byId('theme-toggle'), system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () =>
      (document.documentElement.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark';
  const name = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`);
    button.setAttribute('aria-pressed', String(isDark()));
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    name();
  });
  system.addEventListener('change', name);
  name();
}

function startTitles() {
  document.title = `${report.title || report.name || 'Report'} · mesagrid`;
  byId('run-name').textContent = report.title || report.name || '';
  byId('colophon').textContent =
      `mesagrid ${report.version || ''} · run ${report.name || 'without a name'} · ` +
      'this page is one file and loads nothing.';
}

startTheme();
startTitles();
for (const draw
         of [drawFindings, drawFilm, drawHeat, drawThinking, drawMaze, drawLearning, drawDemand, drawOffAxis,
             drawTables])
  draw();
document.documentElement.dataset.ready = 'yes';
