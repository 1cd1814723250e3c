/**
 * What the page does by itself: sorts the table by the column whose head is pressed, and shows what the filter names. The
 * page is complete without it. Its digest stands in the page's policy, so that no other script runs.
 */
export const script = `
(() => {
  const table = document.querySelector("table");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en", { numeric: true });
  const keyOf = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const column = head.cellIndex;
      const rows = [...body.rows].sort((one, other) => {
        const a = keyOf(one, column), b = keyOf(other, column);
        if (a === "" || b === "") return (a === "") - (b === "");
        const isNumber = head.classList.contains("number");
        return (isNumber ? a - b : order.compare(a, b)) * (down ? -1 : 1);
      });
      body.append(...rows);
    });
  }
  const filter = document.querySelector("#filter");
  const count = document.querySelector("#count");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const rows = [...body.rows];
    const apps = new Set();
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) apps.add(row.dataset.application);
    }
    for (const part of document.querySelectorAll("figure[data-application], g[data-application]")) {
      part.toggleAttribute("hidden", !apps.has(part.dataset.application));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = words.length === 0 ? "" : shown + " of " + rows.length + " secrets";
  };
  filter.addEventListener("input", apply);
  apply();
})();
`;
