// A measure over places and steps as a map of colours.
// From dark blue over green to yellow, readable for colour-blind eyes and in grey.
const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
const shade = share => {
  const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(at), stops.length - 2);
  return `rgb(${stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * (at - i))).join(',')})`;
};
const drawHeat = (box, figure) => {
  const { rows, columns, values, log } = figure.heat;
  const canvas = make('canvas'), tip = make('div', { className: 'tip' });
  box.style.height = `${Math.max(14, Math.min(34, rows.length * 1.25 + 4))}rem`;
  box.append(canvas, tip);
  const usable = values.filter(v => v !== null && (!log || v > 0));
  const of = v => log ? Math.log(v) : v;
  const low = of(Math.min(...usable)), high = of(Math.max(...usable));
  const place = {};
  const draw = () => {
    const width = box.clientWidth, height = box.clientHeight, ratio = window.devicePixelRatio || 1;
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const ctx = canvas.getContext('2d');
    ctx.scale(ratio, ratio);
    ctx.font = '11px system-ui, sans-serif';
    const names = Math.min(Math.max(...rows.map(r => ctx.measureText(r).width)) + 8, width * .42);
    Object.assign(place, { left: names, top: 4, width: width - names - 6, height: height - 48 });
    const w = place.width / columns.length, h = place.height / rows.length;
    rows.forEach((row, r) => columns.forEach((step, c) => {
      const value = values[r * columns.length + c];
      if (value === null || (log && value <= 0)) return;
      ctx.fillStyle = shade(high > low ? (of(value) - low) / (high - low) : .5);
      ctx.fillRect(place.left + c * w, place.top + r * h, w + .5, h + .5);
    }));
    ctx.fillStyle = css('--soft');
    ctx.textBaseline = 'middle';
    rows.forEach((row, r) => {
      if (h < 9 && r % Math.ceil(9 / h)) return;
      let text = row;
      while (text.length > 4 && ctx.measureText(text).width > names - 6) text = '…' + text.slice(2);
      ctx.textAlign = 'right';
      ctx.fillText(text, names - 5, place.top + (r + .5) * h);
    });
    const ticks = Math.max(2, Math.min(6, Math.floor(place.width / 70)));
    for (let i = 0; i < ticks; ++i) {
      const c = Math.round(i * (columns.length - 1) / (ticks - 1));
      ctx.textAlign = i === 0 ? 'left' : i === ticks - 1 ? 'right' : 'center';
      ctx.fillText((i === 0 ? 'step ' : '') + short(columns[c]), place.left + (c + (i === 0 ? 0 : i === ticks - 1 ? 1 : .5)) * w, place.top + place.height + 10);
    }
    // The key: what the colours mean.
    const bar = place.width * .5, y = place.top + place.height + 24;
    for (let i = 0; i < 60; ++i) {
      ctx.fillStyle = shade(i / 59);
      ctx.fillRect(place.left + bar * .5 + bar * i / 60, y, bar / 60 + .5, 8);
    }
    ctx.fillStyle = css('--soft');
    const back = v => log ? Math.exp(v) : v;
    ctx.textAlign = 'right';
    ctx.fillText(short(back(low)), place.left + bar * .5 - 4, y + 5);
    ctx.textAlign = 'left';
    ctx.fillText(`${short(back(high))} ${width > 480 ? figure.y.label : ''}`, place.left + bar * 1.5 + 4, y + 5);
  };
  canvas.onpointermove = event => {
    const bounds = canvas.getBoundingClientRect();
    const x = event.clientX - bounds.left - place.left, y = event.clientY - bounds.top - place.top;
    const c = Math.floor(x / place.width * columns.length), r = Math.floor(y / place.height * rows.length);
    const value = values[r * columns.length + c];
    const inside = c >= 0 && r >= 0 && c < columns.length && r < rows.length && value !== null;
    tip.style.display = inside ? 'block' : 'none';
    if (!inside) return;
    tip.textContent = `${rows[r]}, step ${columns[c]}: ${value}`;
    tip.style.left = `${Math.max(0, Math.min(event.clientX - bounds.left + 10, bounds.width - tip.offsetWidth))}px`;
    tip.style.top = `${event.clientY - bounds.top + 14}px`;
  };
  canvas.onpointerleave = () => { tip.style.display = 'none'; };
  draw();
  const watcher = new ResizeObserver(draw);
  watcher.observe(box);
  return { destroy: () => watcher.disconnect(), update: draw, resize: draw };
};
