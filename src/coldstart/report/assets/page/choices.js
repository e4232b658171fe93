// What a reader chose, kept over a redraw of a live page.
const choices = (() => {
  if (!live) return {};
  try { return JSON.parse(sessionStorage.getItem('choices') || '{}'); } catch (error) { return {}; }
})();
const keep = () => {
  if (!live) return;
  try { sessionStorage.setItem('choices', JSON.stringify(choices)); } catch (error) { /* no storage */ }
};
