// On every page: what a screen reader, a keyboard and a phone need beyond the theme. On a page with
// something to run, or with vectors, the rest is loaded; other pages stay light.
(() => {
  const here = document.currentScript.src;
  const NARROW = matchMedia("(max-width: 44.9em)");
  const ROW_MAX = 200;
  const SHORT_MAX = 32;

  /** On a narrow screen a table that is too wide, or has rows too high, shows cell below cell,
   * or where all cells are short, one after the other. */
  const stack = (table) => {
    delete table.dataset.stacked;
    const room = table.closest("article").clientWidth;
    const high = () => [...table.rows].some((row) => row.offsetHeight > ROW_MAX);
    if (!NARROW.matches || (table.scrollWidth <= room && !high())) return;
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    const rows = [...(table.tBodies[0]?.rows ?? [])].map((row) => [...row.cells]);
    const short = rows.flat().every((cell) => cell.textContent.length <= SHORT_MAX);
    for (const [column, cell] of rows.flatMap((cells) => [...cells.entries()])) {
      if ((short || column) && heads[column]) cell.dataset.head = heads[column];
    }
    table.dataset.stacked = short ? "short" : "";
  };
  const stackIn = (place) => place.querySelectorAll("article table:not([class])").forEach(stack);

  // The theme adds the buttons of each code as a landmark that has no name.
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node.className === "md-code__nav") node.setAttribute("aria-label", node.parentElement.id.replace("__code_", "Code "));
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-md-component=search]")?.setAttribute("aria-label", "Search");
    document.querySelectorAll(".highlight code").forEach((code) => code.setAttribute("tabindex", "0"));
    stackIn(document);
    NARROW.addEventListener("change", () => stackIn(document));
    document.addEventListener("toggle", ({ target }) => {
      if (target.open) target.querySelectorAll("table:not([class])").forEach(stack);
    }, true);
    if (document.querySelector(".play, .vector, .playground")) import(new URL("play.mjs", here));
  });
})();
