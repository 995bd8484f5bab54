// The menu on a phone, and passwords shown on demand.
document.documentElement.classList.add("has-js");
for (const button of document.querySelectorAll("[data-menu]")) {
  const menu = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(menu.classList.toggle("open")));
  });
}
for (const button of document.querySelectorAll("[data-toggle-password]")) {
  button.addEventListener("click", () => {
    const input = document.getElementById(button.dataset.togglePassword);
    input.type = input.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", String(input.type === "text"));
  });
}
document.querySelector(".problems")?.focus();
