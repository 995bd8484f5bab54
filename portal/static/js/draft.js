// Keeps what is typed into a form on this device until it is saved: a lost connection loses nothing.
// A form with data-draft="key" is kept; passwords, files and hidden fields are not, save a district's code.
// It is kept for the person at work and their NGO, sealed by a key that only their own pages have (data-seal), and
// offered to nobody else. A day later it is forgotten. Where the browser cannot seal (plain http), nothing is kept.
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

const bytesOf = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const textOf = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
const keyOf = (form) =>
  crypto.subtle.importKey("raw", bytesOf(form.dataset.seal), "AES-GCM", false, ["encrypt", "decrypt"]);
const how = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });

async function seal(key, name, values) {
  const iv = crypto.getRandomValues(new Uint8Array(12)), clear = new TextEncoder().encode(JSON.stringify(values));
  const sealed = await crypto.subtle.encrypt(how(name, iv), await key, clear);
  return JSON.stringify({ at: Date.now(), iv: textOf(iv), sealed: textOf(new Uint8Array(sealed)) });
}

async function unseal(key, name, { iv, sealed }) {
  try {
    const clear = await crypto.subtle.decrypt(how(name, bytesOf(iv)), await key, bytesOf(sealed));
    return JSON.parse(new TextDecoder().decode(clear));
  } catch { return null; } // the key is another since: the next text takes its place
}

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

async function keepText(form) {
  if (!crypto.subtle || !form.dataset.seal) return;
  const key = mine + form.dataset.draft, sealing = keyOf(form);
  const first = JSON.stringify(read(form));
  const failed = document.querySelector(".problems");
  const stored = localStorage.getItem(key);
  let turn = 0;
  const keep = async () => {
    const now = ++turn, sealed = await seal(sealing, key, read(form));
    if (now === turn) localStorage.setItem(key, sealed); // else more was typed meanwhile, and is kept in its turn
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.setItem("saving", key));
  const kept = stored && await unseal(sealing, key, JSON.parse(stored));
  if (kept && JSON.stringify(kept) !== first && !failed) offer(form, key, kept);
  if (!kept && fieldsOf(form).some(isTouched)) keep(); // on a slow line people type before this script has come
}
const keepAll = (part) => part.querySelectorAll("form[data-draft]").forEach(keepText);

// The page that follows a save that worked has no problems to show: the draft is no longer needed. No later page tells that.
const saving = sessionStorage.getItem("saving");
sessionStorage.removeItem("saving");
if (saving && document.querySelector(".flash-success")) localStorage.removeItem(saving);
for (const key of drafts()) {
  const { at, sealed } = JSON.parse(localStorage.getItem(key));
  if (!sealed || Date.now() - at >= DAY) localStorage.removeItem(key); // not sealed: from before drafts were
}
keepAll(document);
document.addEventListener("ayni:refreshed", (event) => keepAll(event.detail)); // its forms are new ones
