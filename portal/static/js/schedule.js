// The week as a grid of hours over the schedule's text field: by mouse, touch or keyboard. The text stays what is sent,
// and what is written to the minute (07:30) stays so where the grid is not touched.
const CODES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SPANISH = { lun: 0, mar: 1, "mié": 2, mie: 2, jue: 3, vie: 4, "sáb": 5, sab: 5, dom: 6 };
const HOUR = 60, DAY = 24 * HOUR; // minutes
const pad = (number) => String(number).padStart(2, "0");
const dayOf = (name) => SPANISH[name] ?? CODES.indexOf(name);
const minuteAt = (hours, minutes) => +hours * HOUR + +minutes;

function parse(text) { // → covered[day][minute]
  const covered = CODES.map(() => Array(DAY).fill(false));
  for (const part of text.toLowerCase().split(/[;\n]/)) {
    const found = part.trim().match(/^([a-zé,á\- ]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/);
    if (!found) continue;
    const start = minuteAt(found[2], found[3]);
    let end = minuteAt(found[4], found[5]);
    if (Math.max(start, end) > DAY || Math.max(found[3], found[5]) >= HOUR) continue; // no such time of day
    if (end <= start) end += DAY; // past midnight
    for (const piece of found[1].split(/[,\s]+/)) {
      const [first, last] = piece.split("-");
      const from = dayOf(first), length = last ? (dayOf(last) - from + 7) % 7 : 0;
      for (let step = 0; from >= 0 && step <= length; step++)
        for (let minute = start; minute < end; minute++)
          covered[(from + step + Math.floor(minute / DAY)) % 7][minute % DAY] = true;
    }
  }
  return covered;
}

const time = (minute) => `${pad(Math.floor(minute / HOUR))}:${pad(minute % HOUR)}`;
function intervals(day) { // covered minutes → ["07:30-13:00", …]
  const found = [];
  for (let minute = 0; minute < DAY; minute++) {
    if (!day[minute] || day[minute - 1]) continue;
    let end = minute;
    while (day[end]) end++;
    found.push(`${time(minute)}-${time(end)}`);
  }
  return found;
}

function write(covered, names) { // → text, equal days together
  const hours = covered.map(intervals), texts = [];
  for (let day = 0; day < 7; ) {
    let last = day;
    while (last < 6 && String(hours[last + 1]) === String(hours[day])) last++;
    const name = last === day ? names[day] : `${names[day]}-${names[last]}`;
    for (const part of hours[day]) texts.push(`${name} ${part}`);
    day = last + 1;
  }
  return texts.join("; ");
}

function build(week, names) { // → [table, cells[day][hour]]
  const table = document.createElement("table"), cells = CODES.map(() => []);
  table.setAttribute("aria-label", week.dataset.label);
  table.innerHTML = "<thead><tr><td></td></tr></thead><tbody></tbody>";
  for (const name of names) {
    const head = document.createElement("th");
    head.scope = "col"; head.textContent = name;
    table.tHead.rows[0].append(head);
  }
  for (let hour = 0; hour < 24; hour++) {
    const row = table.tBodies[0].insertRow(), head = document.createElement("th");
    head.scope = "row"; head.textContent = `${pad(hour)}:00`;
    row.append(head);
    CODES.forEach((_, day) => {
      const button = document.createElement("button");
      button.type = "button"; button.tabIndex = day || hour - 7 ? -1 : 0;
      Object.assign(button.dataset, { day, hour });
      button.setAttribute("aria-label", `${names[day]} ${pad(hour)}:00`);
      cells[day][hour] = button;
      row.insertCell().append(button);
    });
  }
  return [table, cells];
}

function attach(box) {
  const input = box.querySelector("input"), week = box.querySelector("[data-week]");
  const names = week.dataset.days.split(",");
  const [table, cells] = build(week, names);
  let covered, painting = null; // while the pointer is down: the first cell, how it paints, the week before
  const pressed = (cell) => cell.getAttribute("aria-pressed") === "true";
  const draw = () => {
    cells.forEach((day, d) => day.forEach((cell, h) => {
      const full = covered[d].slice(h * HOUR, (h + 1) * HOUR).filter(Boolean).length;
      cell.setAttribute("aria-pressed", full === HOUR ? "true" : full ? "mixed" : "false");
    }));
  };
  const show = () => { covered = parse(input.value); draw(); };
  const set = (cell, on) => {
    covered[cell.dataset.day].fill(on, cell.dataset.hour * HOUR, (+cell.dataset.hour + 1) * HOUR);
    cell.setAttribute("aria-pressed", String(on));
  };
  const paint = (last) => { // all between the first cell and this one, however fast the pointer went
    covered = painting.before.map((day) => [...day]);
    draw();
    const between = (side) => [+painting.cell.dataset[side], +last.dataset[side]].sort((one, other) => one - other);
    const [firstDay, lastDay] = between("day"), [firstHour, lastHour] = between("hour");
    for (let day = firstDay; day <= lastDay; day++)
      for (let hour = firstHour; hour <= lastHour; hour++) set(cells[day][hour], painting.on);
  };
  const save = () => {
    input.value = write(covered, names);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("button");
    if (!cell) return;
    painting = { cell, on: !pressed(cell), before: covered.map((day) => [...day]) };
    set(cell, painting.on);
    if (cell.hasPointerCapture(event.pointerId)) cell.releasePointerCapture(event.pointerId);
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("button");
    if (painting && cell && event.buttons) paint(cell);
  });
  addEventListener("pointerup", () => { if (painting) { painting = null; save(); } });
  addEventListener("pointercancel", () => { // the finger scrolls the page
    if (!painting) return;
    covered = painting.before;
    painting = null;
    draw();
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("button");
    const move = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!cell || !(move || event.key === " " || event.key === "Enter")) return;
    event.preventDefault();
    if (!move) { set(cell, !pressed(cell)); return save(); }
    const next = cells[(+cell.dataset.day + move[0] + 7) % 7][(+cell.dataset.hour + move[1] + 24) % 24];
    cell.tabIndex = -1; next.tabIndex = 0;
    if (event.shiftKey) { set(next, pressed(cell)); save(); } // Shift and an arrow paint
    next.focus();
  });
  const tools = document.createElement("div");
  tools.className = "actions";
  for (const [label, act] of [
    [week.dataset.copy, () => { for (let day = 1; day < 5; day++) covered[day] = [...covered[0]]; save(); show(); }],
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
document.querySelectorAll("[data-schedule]").forEach(attach);
