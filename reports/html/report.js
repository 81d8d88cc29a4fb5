"use strict";
// Language switch, filter and sorting. The report is complete without this script.
(() => {
  const root = document.documentElement;
  const buttons = [...document.querySelectorAll("[data-set-language]")];

  const setLanguage = (language) => {
    root.dataset.language = language;
    root.lang = language;
    document.title = document.querySelector(`[data-title-${language}]`).getAttribute(`data-title-${language}`);
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.setLanguage === language));
    }
    for (const field of document.querySelectorAll("[data-placeholder-ko]")) {
      field.placeholder = field.getAttribute(`data-placeholder-${language}`);
      field.setAttribute("aria-label", field.placeholder);
    }
  };
  const preferred = root.dataset.prefer || (navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en");
  setLanguage(preferred);
  for (const button of buttons) {
    button.addEventListener("click", () => setLanguage(button.dataset.setLanguage));
  }
  for (const tool of document.querySelectorAll("[data-needs-script]")) tool.hidden = false;

  const table = document.getElementById("verdict-table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const search = document.getElementById("search");
  const filters = [...document.querySelectorAll("[data-filter]")];
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.filter((f) => f.getAttribute("aria-pressed") === "true").map((f) => f.dataset.filter);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const kept = wanted.length === 0 || wanted.includes(row.dataset.verdict);
      row.hidden = !(kept && words.every((word) => text.includes(word)));
    }
  };
  search.addEventListener("input", apply);
  for (const filter of filters) {
    filter.addEventListener("click", () => {
      filter.setAttribute("aria-pressed", String(filter.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }

  const key = (row, column) => {
    const cell = row.cells[column];
    const shown = cell.dataset.sort ?? cell.textContent.trim();
    const number = Number(shown);
    return shown !== "" && Number.isFinite(number) ? number : shown;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b);
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const sorted = [...rows].sort((a, b) => compare(key(a, column), key(b, column)) * (descending ? -1 : 1));
      for (const cell of body.querySelectorAll("td.again")) cell.classList.remove("again");
      body.append(...sorted);
    });
  });
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  });
})();
