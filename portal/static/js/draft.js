// Keeps what is typed into a form on this device until it is saved: a lost connection loses nothing.
// A form with data-draft="key" is kept; passwords, files and hidden fields are not, save a district's code.
// It is kept for the person at work and their NGO, and offered to nobody else. A day later it is forgotten.
const DAY = 24 * 3600 * 1000;
const words = document.documentElement.lang.startsWith("en")
  ? { offline: "There is no connection: nothing was sent. Do not close this page, and press again once it is back.",
      found: "There is unsaved text from before on this device.", restore: "Put it back", drop: "Discard it" }
  : { offline: "No hay conexión: no se envió nada. No cierre esta página y pulse otra vez cuando vuelva.",
      found: "Hay texto sin guardar de antes en este dispositivo.", restore: "Recuperarlo", drop: "Descartarlo" };
const mine = `draft:${document.body.dataset.owner ?? ""}:`;
const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
const fieldsOf = (form) => [...form.elements].filter((field) =>
  field.name && (!["hidden", "password", "file", "submit", "button"].includes(field.type) || field.closest("[data-district]")));
const isTicked = (field) => ["checkbox", "radio"].includes(field.type);
const read = (form) => fieldsOf(form).map((field) =>
  [field.name, field.value, isTicked(field) ? field.checked : null]);
const served = (field) => field.options
  ? ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value
  : field.defaultValue;
const isTouched = (field) => isTicked(field) ? field.checked !== field.defaultChecked : field.value !== served(field);

function restore(form, kept) {
  for (const [name, value, checked] of kept) {
    for (const field of fieldsOf(form).filter((one) => one.name === name)) {
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); // the week draws it
    }
  }
}

function unfold(form) {
  for (const one of [form.closest("details"), ...form.querySelectorAll("details")]) if (one) one.open = true;
}

function offer(form, key, kept) {
  const box = document.createElement("div");
  box.className = "draft-offer";
  box.setAttribute("role", "status");
  box.append(words.found + " ");
  for (const [label, act] of [[words.restore, () => restore(form, kept)], [words.drop, () => localStorage.removeItem(key)]]) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "btn btn-secondary"; button.textContent = label;
    button.addEventListener("click", () => { act(); box.remove(); });
    box.append(button, " ");
  }
  form.prepend(box);
  unfold(form);
}

// Without a connection nothing is sent: the browser would put its own page in the place of what was typed.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.querySelector(".offline")) return;
  const box = document.createElement("p");
  box.className = "draft-offer offline";
  box.setAttribute("role", "alert");
  box.textContent = words.offline;
  event.target.append(box);
  box.scrollIntoView({ block: "nearest" });
  window.addEventListener("online", () => box.remove(), { once: true });
}, true);

function keepText(form) {
  const key = mine + form.dataset.draft;
  const first = JSON.stringify(read(form));
  const failed = document.querySelector(".problems");
  const kept = JSON.parse(localStorage.getItem(key) || "null");
  if (kept && JSON.stringify(kept.values) !== first && !failed) offer(form, key, kept.values);
  const keep = () => localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) }));
  form.addEventListener("input", keep);
  if (!kept && fieldsOf(form).some(isTouched)) keep(); // on a slow line people type before this script has come
  form.addEventListener("submit", () => sessionStorage.setItem("saving", key));
}
const keepAll = (part) => part.querySelectorAll("form[data-draft]").forEach(keepText);

// The page that follows a save that worked has no problems to show: the draft is no longer needed. No later page tells that.
const saving = sessionStorage.getItem("saving");
sessionStorage.removeItem("saving");
if (saving && document.querySelector(".flash-success")) localStorage.removeItem(saving);
for (const key of drafts()) {
  if (Date.now() - JSON.parse(localStorage.getItem(key)).at >= DAY) localStorage.removeItem(key);
}
keepAll(document);
document.addEventListener("ayni:refreshed", (event) => keepAll(event.detail)); // its forms are new ones
for (const form of document.querySelectorAll('form[action$="/logout"]')) {
  form.addEventListener("submit", () => drafts().forEach((key) => localStorage.removeItem(key)));
}
