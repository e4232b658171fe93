// A recorded series as a dataset of Chart.js.
const dataset = series => {
  const own = color(series.color);
  const isLine = series.mark === 'line' || series.mark === 'line_points';
  const hasPoints = series.mark !== 'line' && series.mark !== 'bars';
  const cross = series.mark === 'crosses', star = series.mark === 'stars';
  const set = {
    label: series.label,
    data: series.x.map((x, i) => ({ x, y: series.y[i] })),
    notes: series.notes, edge: series.edge, lo: series.lo, hi: series.hi,
    band: isLine && series.lo && series.x.length > 1 && series.lo.some((l, i) => l !== series.hi[i]) && series.mark === 'line',
    bars: series.mark === 'bars',
    borderColor: own, backgroundColor: own,
    borderWidth: isLine ? (series.color === -1 ? 1 : 1.8) : cross ? 2.2 : 1,
    borderDash: series.dashed ? [5, 4] : [],
    showLine: isLine, spanGaps: false, tension: 0,
    pointRadius: hasPoints ? (star ? 7 : cross ? 5.5 : isLine ? 3 : 4) : 0,
    pointHoverRadius: hasPoints ? 7 : 4, pointHitRadius: 8,
    pointStyle: cross ? 'crossRot' : star ? 'star' : 'circle',
    order: cross ? 0 : star ? 1 : 2,
    clip: hasPoints ? false : undefined,
  };
  if (star) { set.pointStyle = starImage(own); set.pointBorderWidth = 0; }
  return set;
};

// A filled five-pointed star; Chart.js's own is three thin lines.
const starImage = fill => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 18;
  const ctx = canvas.getContext('2d');
  ctx.translate(9, 9);
  ctx.beginPath();
  for (let i = 0; i < 10; ++i) {
    const r = i % 2 ? 3.4 : 8.5, a = Math.PI * (i / 5 - .5);
    ctx.lineTo(r * Math.cos(a), r * Math.sin(a));
  }
  ctx.closePath();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = 'rgba(0,0,0,.55)';
  ctx.stroke();
  return canvas;
};

// A histogram is a filled outline: bars have their own widths on a logarithmic axis.
const outline = series => {
  const data = [];
  series.y.forEach((y, i) => {
    const note = series.notes && series.notes[i];
    data.push({ x: series.lo[i], y: 0 }, { x: series.lo[i], y, note }, { x: series.hi[i], y, note }, { x: series.hi[i], y: 0 });
  });
  const own = color(series.color);
  return {
    label: series.label, data, bars: true, borderColor: own, backgroundColor: own + '99', borderWidth: 1,
    fill: 'origin', showLine: true, pointRadius: 0, pointHitRadius: 6, tension: 0,
    notes: data.map(p => p.note || ''),
  };
};
