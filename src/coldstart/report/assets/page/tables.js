// Tables are sorted by a click on a column.
document.querySelectorAll('table.sortable').forEach(table => {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, column) => {
    head.onclick = () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const value = row => row.cells[column].textContent, number = text => text === '' ? NaN : Number(text);
      const rows = [...body.rows].sort((a, b) => {
        const x = number(value(a)), y = number(value(b));
        if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
        const order = Number.isNaN(x) ? value(a).localeCompare(value(b)) : x - y;
        return down ? -order : order;
      });
      body.append(...rows);
    };
  });
});
