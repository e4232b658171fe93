// The scales of a figure.
const lowest = (figure, axis) => {
  let low = Infinity;
  for (const series of figure.series)
    for (const v of series[axis]) if (v !== null && v < low) low = v;
  return low;
};
// What an axis has to hold: values, intervals, which Chart.js knows nothing of, and lines across
// that are not far away. A logarithmic axis ends there, not at powers of ten.
const hold = (figure, axis, options, log) => {
  let low = Infinity, high = -Infinity;
  const add = v => {
    if (v === null || (log && v <= 0)) return;
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  for (const series of figure.series) {
    const isBars = series.mark === 'bars';
    if (!isBars || axis === 'y') series[axis].forEach(add);
    if (series.lo && isBars === (axis === 'x')) series.lo.concat(series.hi).forEach(add);
    if (isBars && axis === 'y') add(0);
  }
  if (low > high) return;
  for (const line of figure.lines) {
    if (line.vertical === (axis === 'y')) continue;
    const near = log ? line.value > low / 10 && line.value < high * 10
      : line.value > low - (high - low) && line.value < high + (high - low);
    if (near) add(line.value);
  }
  if (log) {
    const by = low < high ? Math.pow(high / low, .03) : 2;
    options.min = low / by;
    options.max = high * by;
  } else {
    options.suggestedMin = low;
    options.suggestedMax = high;
  }
};
const scale = (figure, axis, log) => {
  const about = figure[axis];
  const options = {
    type: log ? 'logarithmic' : 'linear',
    title: { display: true, text: about.label, color: css('--soft') },
    grid: { color: css('--line') },
    ticks: { color: css('--soft'), maxRotation: 40, autoSkip: true, maxTicksLimit: 9, callback: short },
  };
  if (axis === 'y' || log) hold(figure, axis, options, log);
  if (about.names.length) {
    options.min = -.5;
    options.max = about.names.length - .5;
    options.afterBuildTicks = axis => { axis.ticks = about.names.map((name, value) => ({ value })); };
    options.ticks.callback = value => about.names[value] || '';
  } else if (log) {
    // Powers of ten, with 2 and 5 between them where the range is short: as many lines as numbers.
    options.afterBuildTicks = axis => {
      const few = axis.max < 1000 * axis.min;
      const kept = axis.ticks.filter(({ value }) => {
        const lead = value / Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
        return (few ? [1, 2, 5] : [1]).some(digit => Math.abs(lead - digit) < 1e-6);
      });
      if (kept.length > 1) axis.ticks = kept;
    };
  }
  return options;
};
