// Circles on district centres; without a tile server they stand on a plain ground. The list beside it says the same.
function draw(element) {
  const points = JSON.parse(element.dataset.map);
  if (!points.length || !window.L) { element.hidden = true; return; }
  const map = L.map(element, { preferCanvas: true, attributionControl: false, scrollWheelZoom: false });
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 17 }).addTo(map);
  for (const point of points) {
    const home = point.kind === "home";
    if (point.reach_km) {
      L.circle(point.at, { radius: point.reach_km * 1000, color: "#7a4a00", weight: 1, dashArray: "4 5", fill: false })
        .bindTooltip(point.reach).addTo(map);
    }
    L.circleMarker(point.at, { radius: home ? 11 : 9, color: home ? "#7a4a00" : "#14532d", fillOpacity: 0.55, weight: 2 })
      .bindTooltip(point.rank ? `${point.rank}. ${point.label}` : point.label, { permanent: points.length < 9 }).addTo(map);
  }
  map.fitBounds(points.map((point) => point.at), { padding: [40, 40], maxZoom: 15 });
}
for (const element of document.querySelectorAll("[data-map]")) draw(element);
document.addEventListener("ayni:refreshed", (event) => event.detail.querySelectorAll("[data-map]").forEach(draw));
