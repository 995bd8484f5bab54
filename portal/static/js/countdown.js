// Turns the moment a hold ends into the time that is left.
const english = document.documentElement.lang.startsWith("en");
function left(milliseconds) {
  if (milliseconds <= 0) return english ? "time is over" : "se acabó el plazo";
  const minutes = Math.floor(milliseconds / 60000), hours = Math.floor(minutes / 60);
  const text = hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  return english ? `${text} left` : `quedan ${text}`;
}
function tick() {
  for (const time of document.querySelectorAll("time[data-countdown]")) {
    time.title = time.title || time.textContent;
    time.textContent = left(new Date(time.dataset.countdown) - Date.now());
  }
}
tick();
setInterval(tick, 30000);
document.addEventListener("ayni:refreshed", tick);
