// Figures in sight are drawn at once, the others one by one when there is time; all before printing.
const waiting = new Set(document.querySelectorAll('figure[data-panel]'));
const draw = element => {
  if (!waiting.delete(element)) return;
  show(element);
};
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
}, { rootMargin: '200px' });
waiting.forEach(element => seen.observe(element));
const rest = () => {
  const next = waiting.values().next().value;
  if (!next) return;
  draw(next);
  setTimeout(rest, 0);
};
setTimeout(rest, 30);

const redraw = () => document.querySelectorAll('figure[data-drawn]').forEach(show);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
addEventListener('beforeprint', () => { [...waiting].forEach(draw); redraw(); shown.forEach(chart => chart && chart.resize()); });
addEventListener('afterprint', () => { redraw(); });
