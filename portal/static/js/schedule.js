// The week as a grid of hours over the schedule's text field: by mouse, touch or keyboard. The text stays what is sent.
const CODES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SPANISH = { lun: "mon", mar: "tue", "mié": "wed", mie: "wed", jue: "thu", vie: "fri", "sáb": "sat", sab: "sat", dom: "sun" };
const pad = (number) => String(number).padStart(2, "0");

function parse(text) { // → minutes covered, per day and hour
  const grid = CODES.map(() => Array(24).fill(0));
  for (const part of text.toLowerCase().split(/[;\n]/)) {
    const found = part.trim().match(/^([a-zé,á\- ]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/);
    if (!found) continue;
    const code = (name) => CODES.indexOf(SPANISH[name] || name);
    const start = +found[2] * 60 + +found[3];
    let end = +found[4] * 60 + +found[5];
    if (end <= start) end += 1440;
    for (const piece of found[1].split(/[,\s]+/)) {
      const [first, last] = piece.split("-");
      const from = code(first), length = last ? (code(last) - from + 7) % 7 : 0;
      if (from < 0) continue;
      for (let step = 0; step <= length; step++)
        for (let minute = start; minute < end; minute += 5) {
          const day = (from + step + (minute >= 1440 ? 1 : 0)) % 7;
          grid[day][Math.floor((minute % 1440) / 60)] += 5;
        }
    }
  }
  return grid;
}

function write(on) { // whole hours → text, equal days together
  const hours = on.map((day) => {
    const parts = [];
    for (let hour = 0; hour < 24; hour++)
      if (day[hour] && !day[hour - 1]) {
        let end = hour;
        while (day[end]) end++;
        parts.push(`${pad(hour)}:00-${pad(end)}:00`);
      }
    return parts;
  });
  const texts = [];
  for (let day = 0; day < 7; ) {
    let last = day;
    while (last < 6 && String(hours[last + 1]) === String(hours[day])) last++;
    const name = last === day ? CODES[day] : `${CODES[day]}-${CODES[last]}`;
    for (const part of hours[day]) texts.push(`${name} ${part}`);
    day = last + 1;
  }
  return texts.join("; ");
}

for (const box of document.querySelectorAll("[data-schedule]")) {
  const input = box.querySelector("input"), week = box.querySelector("[data-week]");
  const names = week.dataset.days.split(",");
  const table = document.createElement("table");
  table.setAttribute("aria-label", week.dataset.label);
  table.innerHTML = "<thead><tr><th></th></tr></thead><tbody></tbody>";
  const cells = CODES.map(() => []);
  for (const name of names) {
    const head = document.createElement("th");
    head.scope = "col"; head.textContent = name;
    table.tHead.rows[0].append(head);
  }
  for (let hour = 0; hour < 24; hour++) {
    const row = table.tBodies[0].insertRow();
    const head = document.createElement("th");
    head.scope = "row"; head.textContent = `${pad(hour)}:00`;
    row.append(head);
    CODES.forEach((_, day) => {
      const button = document.createElement("button");
      button.type = "button"; button.tabIndex = day || hour - 7 ? -1 : 0;
      button.dataset.day = day; button.dataset.hour = hour;
      button.setAttribute("aria-label", `${names[day]} ${pad(hour)}:00`);
      cells[day][hour] = button;
      row.insertCell().append(button);
    });
  }
  const show = () => parse(input.value).forEach((day, d) => day.forEach((minutes, h) =>
    cells[d][h].setAttribute("aria-pressed", minutes >= 60 ? "true" : minutes ? "mixed" : "false")));
  const save = () => {
    input.value = write(cells.map((day) => day.map((cell) => cell.getAttribute("aria-pressed") === "true")));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let painting = null;
  const paint = (cell) => { cell.setAttribute("aria-pressed", String(painting)); };
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("button");
    if (!cell) return;
    painting = cell.getAttribute("aria-pressed") !== "true";
    paint(cell);
    cell.releasePointerCapture?.(event.pointerId);
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("button");
    if (painting !== null && cell && event.buttons) paint(cell);
  });
  addEventListener("pointerup", () => { if (painting !== null) { painting = null; save(); } });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("button");
    const move = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (cell && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      cell.setAttribute("aria-pressed", String(cell.getAttribute("aria-pressed") !== "true"));
      save();
    } else if (cell && move) {
      event.preventDefault();
      const next = cells[(+cell.dataset.day + move[0] + 7) % 7][(+cell.dataset.hour + move[1] + 24) % 24];
      cell.tabIndex = -1; next.tabIndex = 0;
      if (event.shiftKey) { next.setAttribute("aria-pressed", cell.getAttribute("aria-pressed")); save(); }
      next.focus();
    }
  });
  const tools = document.createElement("div");
  tools.className = "actions";
  for (const [label, act] of [
    [week.dataset.copy, () => { for (let day = 1; day < 5; day++) cells[day].forEach((cell, hour) => cell.setAttribute("aria-pressed", cells[0][hour].getAttribute("aria-pressed"))); save(); }],
    [week.dataset.clear, () => { input.value = ""; show(); save(); }],
  ]) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "btn btn-secondary"; button.textContent = label;
    button.addEventListener("click", act);
    tools.append(button);
  }
  week.append(tools, table);
  week.hidden = false;
  input.addEventListener("change", show);
  input.addEventListener("input", (event) => { if (event.isTrusted) show(); });
  show();
}
