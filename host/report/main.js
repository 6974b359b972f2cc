// Starts the report: titles, then every figure.

startPage(report.title || report.name);
byId('colophon').textContent =
    `mesagrid ${report.version || ''} · run ${report.name || 'without a name'} · ` +
    'this page is one file and loads nothing.';
for (const draw
         of [drawFindings, drawFilm, drawHeat, drawThinking, drawPhases, drawMazes, drawLearning, drawDemand,
             drawOffAxis, drawTables])
  draw();
document.documentElement.dataset.ready = 'yes';
