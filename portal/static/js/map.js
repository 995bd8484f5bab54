// Circles on district centres; without a tile server they stand on a plain ground. The list beside it says the same.
function draw(element) {
  const points = JSON.parse(element.dataset.map);
  if (!points.length || !window.L) { element.hidden = true; return; }
  const map = L.map(element, { preferCanvas: true, attributionControl: false, scrollWheelZoom: false });
  L.control.scale({ imperial: false }).addTo(map);
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 17 }).addTo(map);
  const places = new Map(); // by hand: phones are older than Map.groupBy
  for (const point of points) places.set(String(point.at), [...(places.get(String(point.at)) ?? []), point]);
  for (const place of places.values()) mark(map, place);
  map.fitBounds(points.map((point) => point.at), { padding: [40, 50], maxZoom: 15 });
}

// One circle a place: who is at the same centre shares it, by rank; pressed, it says their names.
function mark(map, place) {
  const home = place.find((point) => point.kind === "home");
  const [at, color] = [place[0].at, home ? "#7a4a00" : "#14532d"];
  if (home?.reach_km) {
    L.circle(at, { radius: home.reach_km * 1000, color, weight: 1, dashArray: "4 5", fill: false })
      .bindTooltip(home.reach).addTo(map);
  }
  const names = document.createElement("div");
  for (const point of place) {
    const line = document.createElement("div");
    line.textContent = point.rank ? `${point.rank}. ${point.label} · ${point.far}` : point.label;
    names.append(line);
  }
  const label = place.map((point) => point.rank ?? point.label).join(", ");
  L.circleMarker(at, { radius: home ? 11 : 9, color, fillOpacity: 0.55, weight: 2 })
    .bindTooltip(label, { permanent: true }).bindPopup(names).addTo(map);
}
for (const element of document.querySelectorAll("[data-map]")) draw(element);
document.addEventListener("ayni:refreshed", (event) => event.detail.querySelectorAll("[data-map]").forEach(draw));
