// Circles on district centres; without a tile server they stand on a plain ground. The list beside it says the same.
function draw(element) {
  const points = JSON.parse(element.dataset.map);
  if (!points.length || !window.L) { element.hidden = true; return; }
  const map = L.map(element, { preferCanvas: true, attributionControl: false, scrollWheelZoom: false });
  L.control.scale({ imperial: false }).addTo(map);
  const wide = element.clientWidth > 500; // on a phone the numbers alone have room
  if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 17 }).addTo(map);
  for (const point of points) {
    const home = point.kind === "home";
    const label = point.rank ? (wide ? `${point.rank}. ${point.label} · ${point.far}` : `${point.rank}`) : point.label;
    if (point.reach_km) {
      L.circle(point.at, { radius: point.reach_km * 1000, color: "#7a4a00", weight: 1, dashArray: "4 5", fill: false })
        .bindTooltip(point.reach).addTo(map);
    }
    L.circleMarker(point.at, { radius: home ? 11 : 9, color: home ? "#7a4a00" : "#14532d", fillOpacity: 0.55, weight: 2 })
      .bindTooltip(label, { permanent: points.length < 9 }).addTo(map);
  }
  map.fitBounds(points.map((point) => point.at), { padding: [wide ? 90 : 40, 50], maxZoom: 15 });
}
for (const element of document.querySelectorAll("[data-map]")) draw(element);
document.addEventListener("ayni:refreshed", (event) => event.detail.querySelectorAll("[data-map]").forEach(draw));
