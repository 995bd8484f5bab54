// Asks before a submit button marked with data-confirm does its work.
const dialog = document.getElementById("confirm");
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (!button || button.dataset.confirmed || !dialog?.showModal) return;
  event.preventDefault();
  dialog.querySelector("p").textContent = button.dataset.confirm;
  dialog.showModal();
  dialog.onclick = (answer) => {
    const choice = answer.target.closest("button");
    if (!choice) return;
    dialog.close();
    if (choice.value !== "yes") return button.focus();
    button.dataset.confirmed = "1";
    button.click();
    delete button.dataset.confirmed;
  };
});
