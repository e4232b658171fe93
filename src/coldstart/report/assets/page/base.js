// Data and helpers that the other parts of the script use. The figures of a page stand as JSON in
// #figures; <figure data-panel="i"> shows panel i, one of its variants at a time. Every text is set as
// text, never as markup.
const panels = JSON.parse(document.getElementById('figures').textContent);
const live = document.documentElement.dataset.live === '1';
const wide = ['#3b7dd8', '#e0604c', '#2f9e5b', '#c9a227', '#8a63d2', '#1aa3b8', '#d6518f', '#7a8b2f',
  '#9c6b43', '#6f76d9', '#e58f3d', '#6d8794'];
const kRed = '#e5484d', kGrey = '#8b949e';
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const color = i => i === -1 ? kGrey : i === -2 ? kRed : wide[i % wide.length];
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) element[key] = value;
  element.append(...children);
  return element;
};
const short = value => {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e');
  return String(Number(value.toPrecision(4)));
};
