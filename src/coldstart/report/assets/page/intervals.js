// Intervals around values, and lines across.
const intervals = {
  id: 'intervals',
  beforeDatasetsDraw(chart) {
    const { ctx, scales: { x, y } } = chart;
    chart.data.datasets.forEach((set, index) => {
      if (!set.lo || set.bars || !chart.isDatasetVisible(index)) return;
      ctx.save();
      ctx.beginPath();
      ctx.rect(chart.chartArea.left, chart.chartArea.top, chart.chartArea.width, chart.chartArea.height);
      ctx.clip();
      ctx.strokeStyle = ctx.fillStyle = set.borderColor;
      if (set.band) {
        ctx.globalAlpha = .18;
        ctx.beginPath();
        set.data.forEach((p, i) => ctx.lineTo(x.getPixelForValue(p.x), y.getPixelForValue(set.hi[i])));
        for (let i = set.data.length - 1; i >= 0; --i)
          ctx.lineTo(x.getPixelForValue(set.data[i].x), y.getPixelForValue(set.lo[i]));
        ctx.fill();
      } else {
        ctx.lineWidth = 1.5;
        ctx.globalAlpha = .7;
        set.data.forEach((p, i) => {
          const at = x.getPixelForValue(p.x);
          ctx.beginPath();
          ctx.moveTo(at, y.getPixelForValue(set.lo[i]));
          ctx.lineTo(at, y.getPixelForValue(set.hi[i]));
          ctx.stroke();
        });
      }
      ctx.restore();
    });
  },
  afterDatasetsDraw(chart) {
    const { ctx, chartArea: area, scales } = chart;
    for (const line of chart.config.options.guides || []) {
      const at = (line.vertical ? scales.x : scales.y).getPixelForValue(line.value);
      const inside = line.vertical ? at >= area.left && at <= area.right : at >= area.top && at <= area.bottom;
      if (!Number.isFinite(at) || !inside) continue;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = css('--soft');
      ctx.setLineDash([3, 3]);
      ctx.beginPath();
      ctx.moveTo(line.vertical ? at : area.left, line.vertical ? area.top : at);
      ctx.lineTo(line.vertical ? at : area.right, line.vertical ? area.bottom : at);
      ctx.stroke();
      ctx.font = '11px system-ui, sans-serif';
      const text = ctx.measureText(line.label).width;
      if (line.vertical) ctx.fillText(line.label, at + 4 + text > area.right ? at - 4 - text : at + 4, area.top + 10);
      else ctx.fillText(line.label, area.right - text - 4, at - 4);
      ctx.restore();
    }
  },
};
