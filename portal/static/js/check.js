// A box in the head of a table that ticks or clears those of its rows.
for (const head of document.querySelectorAll("[data-check-all]")) {
  const boxes = [...head.closest("table").querySelectorAll("tbody input[type=checkbox]")];
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", head.dataset.checkAll);
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", () => { all.checked = boxes.every((one) => one.checked); }));
  all.checked = boxes.length > 0 && boxes.every((one) => one.checked);
  head.before(all, " ");
}
