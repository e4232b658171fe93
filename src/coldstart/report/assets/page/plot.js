// A figure with axes, drawn by Chart.js.
const tooltip = {
  callbacks: {
    title: items => items.length ? items[0].dataset.label : '',
    label: item => {
      const { dataset: set, raw } = item, options = item.chart.config.options;
      const names = options.names;
      const x = names.length ? names[Math.round(raw.x)] : `${options.labels.x} ${short(raw.x)}`;
      if (set.bars) return `${set.notes[item.dataIndex]}: ${raw.y}`;
      const note = set.notes && set.notes[item.dataIndex] ? [set.notes[item.dataIndex]] : [];
      return set.edge ? [x, ...note] : [`${x}: ${raw.y}`, ...note];
    },
  },
  displayColors: false,
};

const drawChart = (canvas, figure, logs) => new Chart(canvas, {
  type: 'scatter',
  data: { datasets: figure.series.map(s => s.mark === 'bars' ? outline(s) : dataset(s)) },
  options: {
    animation: false, responsive: true, maintainAspectRatio: false, normalized: true,
    interaction: { mode: 'nearest', intersect: false },
    layout: { padding: { top: 6, right: 6 } },
    scales: { x: scale(figure, 'x', logs.x), y: scale(figure, 'y', logs.y) },
    plugins: { legend: { display: false }, tooltip },
    guides: figure.lines, names: figure.x.names, labels: { x: figure.x.label },
  },
  plugins: [intervals],
});
