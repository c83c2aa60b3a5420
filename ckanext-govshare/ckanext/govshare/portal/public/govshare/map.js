/* Places on a plain net of degrees: no tiles, nothing from outside. */
(function () {
  var place = document.querySelector('[data-gs-map]');
  if (!place || !window.L) { return; }
  var L = window.L;
  var style = getComputedStyle(document.documentElement);
  function token(name) { return style.getPropertyValue(name).trim(); }
  var map = L.map(place, { attributionControl: false, preferCanvas: true, zoomControl: false, maxZoom: 19, worldCopyJump: false });
  L.control.zoom({ zoomInTitle: place.dataset.near, zoomOutTitle: place.dataset.far }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);

  function told(feature) {
    var list = document.createElement('dl');
    feature.properties.told.forEach(function (pair) {
      var name = document.createElement('dt'), value = document.createElement('dd');
      name.textContent = pair[0]; value.textContent = pair[1];
      list.append(name, value);
    });
    return list;
  }
  var look = { color: token('--gs-link'), weight: 2, fillOpacity: .5, radius: 6 };
  var layer = L.geoJSON(JSON.parse(document.getElementById('gs-map-places').textContent), {
    style: look,
    pointToLayer: function (feature, at) { return L.circleMarker(at, look); },
    onEachFeature: function (feature, one) { one.bindPopup(function () { return told(feature); }); }
  }).addTo(map);
  map.fitBounds(layer.getBounds().pad(.1), { maxZoom: 15 });

  var net = L.layerGroup().addTo(map);
  function step(span) {
    return [30, 10, 5, 2, 1, .5, .2, .1, .05, .02, .01, .005, .002, .001].find(function (s) { return span / s >= 4; }) || .001;
  }
  function draw() {
    net.clearLayers();
    var seen = map.getBounds(), every = step(Math.min(seen.getEast() - seen.getWest(), seen.getNorth() - seen.getSouth()));
    var thin = { color: token('--gs-line'), weight: 1, interactive: false };
    var digits = Math.max(0, Math.ceil(-Math.log10(every)));
    function name(at, words) {
      L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: 'gs-degree', html: words, iconSize: [70, 14], iconAnchor: [-3, 14] }) }).addTo(net);
    }
    for (var x = Math.ceil(seen.getWest() / every) * every; x <= seen.getEast(); x += every) {
      L.polyline([[-85, x], [85, x]], thin).addTo(net); name([seen.getSouth(), x], x.toFixed(digits) + '°');
    }
    for (var y = Math.ceil(seen.getSouth() / every) * every; y <= seen.getNorth(); y += every) {
      L.polyline([[y, -180], [y, 180]], thin).addTo(net); name([y, seen.getWest()], y.toFixed(digits) + '°');
    }
    layer.bringToFront();
  }
  map.on('moveend', draw);
  draw();
})();
