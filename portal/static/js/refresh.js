// Replaces an element by what data-refresh-url answers, until the answer no longer asks for it.
function watch(element) {
  const seconds = Number(element.dataset.refreshSeconds || 1);
  setTimeout(async () => {
    try {
      const answer = await fetch(element.dataset.refreshUrl, { headers: { "X-Requested-With": "refresh" } });
      if (!answer.ok || answer.redirected) return watch(element);
      if (document.querySelector("dialog[open]")) return watch(element); // somebody is asked about what it shows
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      const held = element.contains(document.activeElement) ? document.activeElement.id : "";
      element.replaceWith(made);
      if (held) document.getElementById(held)?.focus({ preventScroll: true });
      if (made.dataset.refreshUrl) return watch(made);
      document.getElementById("announce").textContent = made.dataset.announce || "";
      document.dispatchEvent(new CustomEvent("ayni:refreshed", { detail: made }));
    } catch { watch(element); } // no connection: try again
  }, seconds * 1000);
}
for (const element of document.querySelectorAll("[data-refresh-url]")) watch(element);
