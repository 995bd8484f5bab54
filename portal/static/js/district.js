// Finds a district by name; the field sends its code (UBIGEO). Without this file the code is typed.
const several = document.documentElement.lang.startsWith("en")
  ? "There are several: choose one from the list." : "Hay varios: elija uno de la lista.";
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
for (const box of document.querySelectorAll("[data-district]")) {
  const code = box.querySelector("input"), chosen = box.querySelector("[data-chosen]");
  const input = code.cloneNode();
  input.removeAttribute("name");
  input.value = code.dataset.text || code.value;
  const list = document.createElement("ul");
  list.className = "listbox"; list.id = `${code.id}-list`; list.hidden = true; list.setAttribute("role", "listbox");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    input.setAttribute(name, value);
  code.type = "hidden"; code.removeAttribute("id");
  if (!/^\d{6}$/.test(code.value)) code.value = ""; // a name that came back unchosen is no code
  code.after(input, list);
  let timer, at = -1, answered = ""; // the text that the options answer
  const options = () => [...list.children];
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
  const mark = (place) => {
    at = (place + options().length) % options().length;
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", options()[at].id);
    options()[at].scrollIntoView({ block: "nearest" });
  };
  const take = (option) => {
    clearTimeout(timer);
    code.value = option.dataset.code; input.value = option.textContent; chosen.textContent = option.dataset.code;
    close();
    code.form?.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const isAnswered = () => !code.value && input.value && answered === input.value && options().length;
  const leave = () => { // the one option is taken, or the one of that very name, once they answer what was typed
    if (isAnswered()) {
      const named = options().filter((option) => fold(option.textContent.split(",")[0]) === fold(input.value));
      const found = named.length ? named : options();
      if (found.length === 1) take(found[0]);
      else chosen.textContent = several; // names repeat: nobody's home is guessed
    }
    close();
  };
  const ask = async () => {
    const asked = input.value;
    const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(asked)}`).catch(() => null);
    const all = answer?.ok ? await answer.json() : null;
    if (!all || asked !== input.value) return; // overtaken: something else was typed or taken meanwhile
    answered = asked;
    list.replaceChildren(...all.map((found, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`; option.dataset.code = found.code; option.textContent = found.label;
      option.setAttribute("role", "option"); option.setAttribute("aria-selected", "false");
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
      return option;
    }));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (document.activeElement !== input) leave();
  };
  code.addEventListener("change", async () => { // a code put back by the draft: its name is looked up
    input.value = code.value;
    if (code.value) await ask();
    if (code.value && options().length === 1) take(options()[0]);
    close();
  });
  input.addEventListener("input", () => {
    code.value = /^\d{6}$/.test(input.value) ? input.value : "";
    chosen.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); take(options()[at]); }
    else if (event.key === "Escape") close();
  });
  input.addEventListener("focus", () => {
    if (!isAnswered()) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  });
  input.addEventListener("blur", leave);
  code.form?.addEventListener("submit", () => { code.value ||= input.value.trim(); }); // the answer names what was typed
}
