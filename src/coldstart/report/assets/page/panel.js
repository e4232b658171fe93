// One panel: pickers, title, axis switches, canvas, legend, caption.
const shown = [];
const show = element => {
  const index = Number(element.dataset.panel), panel = panels[index];
  const chosen = choices[panel.id] = choices[panel.id] || {};
  const keys = chosen.keys && panel.variants.some(v => v.keys.join('\0') === chosen.keys.join('\0'))
    ? chosen.keys : panel.variants[0].keys;
  const variant = panel.variants.find(v => v.keys.join('\0') === keys.join('\0')) || panel.variants[0];
  const figure = variant.figure;
  if (shown[index]) shown[index].destroy();
  element.replaceChildren();
  const tools = make('div', { className: 'tools' });
  element.append(make('div', { className: 'head' }, make('span', { className: 'title', textContent: figure.title }), tools));
  if (panel.pickers.length) {
    const box = make('div', { className: 'pickers' });
    panel.pickers.forEach((name, k) => {
      const select = make('select', { ariaLabel: name });
      for (const key of new Set(panel.variants.map(v => v.keys[k])))
        select.append(make('option', { value: key, textContent: key, selected: key === variant.keys[k] }));
      select.onchange = () => {
        const wanted = variant.keys.slice();
        wanted[k] = select.value;
        // Another trial may not have what was measured of this one: the nearest that it has.
        const found = panel.variants.find(v => v.keys.join('\0') === wanted.join('\0'))
          || panel.variants.find(v => v.keys[k] === select.value);
        chosen.keys = found.keys;
        keep();
        show(element);
      };
      box.append(make('label', {}, name, select));
    });
    element.append(box);
  }
  const box = make('div', { className: 'canvas' });
  element.append(box);
  if (figure.heat) {
    shown[index] = drawHeat(box, figure);
  } else {
    const logs = { x: chosen.x ?? figure.x.log, y: chosen.y ?? figure.y.log };
    if (!(lowest(figure, 'x') > 0)) logs.x = false;
    const canvas = make('canvas', { role: 'img', ariaLabel: figure.title });
    box.append(canvas);
    const chart = shown[index] = drawChart(canvas, figure, logs);
    for (const axis of ['x', 'y']) {
      if (figure[axis].names.length || (axis === 'x' && !(lowest(figure, 'x') > 0))) continue;
      const text = () => `${axis}: ${logs[axis] ? 'log' : 'linear'}`;
      const button = make('button', { type: 'button', title: `switch the ${axis} axis`, textContent: text() });
      button.onclick = () => {
        logs[axis] = chosen[axis] = !logs[axis];
        keep();
        chart.options.scales[axis] = scale(figure, axis, logs[axis]);
        chart.update();
        button.textContent = text();
      };
      tools.append(button);
    }
    element.append(legend(chart, figure));
  }
  element.append(make('figcaption', { textContent: figure.caption }));
  element.dataset.drawn = '1';
  if (shown.filter(Boolean).length === panels.length) document.body.dataset.drawn = String(panels.length);
};
