// What stands for a series in the legend.
const swatchOf = series => {
  const draw = (tag, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const box = draw('svg', { width: 16, height: 14 }), own = color(series.color);
  if (series.mark === 'crosses')
    box.append(draw('path', { d: 'M4 3l8 8m0-8l-8 8', stroke: own, 'stroke-width': 2.2 }));
  else if (series.mark === 'stars')
    box.append(draw('path', { d: 'M8 .5l1.9 4.3 4.7.5-3.5 3.1 1 4.6L8 10.6 3.9 13l1-4.6L1.4 5.3l4.7-.5z', fill: own }));
  else if (series.mark === 'points')
    box.append(draw('circle', { cx: 8, cy: 7, r: 4, fill: own }));
  else
    box.append(draw('line', { x1: 0, y1: 7, x2: 16, y2: 7, stroke: own, 'stroke-width': 3, 'stroke-dasharray': series.dashed ? '4 3' : 'none' }));
  return box;
};

const legend = (chart, figure) => {
  const box = make('div', { className: 'legend' });
  if (figure.series.length < 2) return box;
  figure.series.forEach((series, index) => {
    const own = color(series.color);
    const swatch = swatchOf(series);
    const button = make('button', { type: 'button', title: 'show or hide; double click: only this' }, swatch, make('span', { textContent: series.label }));
    const mark = () => [...box.children].forEach((child, i) => child.classList.toggle('off', !chart.isDatasetVisible(i)));
    button.onclick = () => {
      chart.setDatasetVisibility(index, !chart.isDatasetVisible(index));
      mark();
      chart.update();
    };
    button.ondblclick = () => {
      const alone = figure.series.every((s, i) => i === index || !chart.isDatasetVisible(i));
      figure.series.forEach((s, i) => chart.setDatasetVisibility(i, alone || i === index));
      mark();
      chart.update();
    };
    box.append(button);
  });
  return box;
};
