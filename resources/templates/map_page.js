// What the page adds to Leaflet: marks of four shapes on the canvas, pop-ups made of text (never of markup), and the order of the layers.
var grid = (function () {
  var SVG = "http://www.w3.org/2000/svg";
  var PATHS = ["M8 2 L14.5 13.5 L1.5 13.5 Z", "M8 1.5 L14.5 8 L8 14.5 L1.5 8 Z", "M8 2 A6 6 0 1 0 8 14 A6 6 0 1 0 8 2 Z",
    "M8 4.5 A3.5 3.5 0 1 0 8 11.5 A3.5 3.5 0 1 0 8 4.5 Z"];

  // marks grow with the zoom: smaller where the whole county is seen
  var Mark = L.CircleMarker.extend({
    _project: function () {
      this._radius = this.options.radius * Math.min(1, Math.max(0.6, 0.6 + (this._map.getZoom() - 9.5) * 0.14));
      L.CircleMarker.prototype._project.call(this);
    },
    _updatePath: function () { this._renderer._updateGridMark(this); }
  });

  L.Canvas.include({
    _updateGridMark: function (layer) {
      if (!this._drawing || layer._empty()) { return; }
      var p = layer._point, r = layer._radius, c = this._ctx;
      c.beginPath();
      if (layer.options.shape === 0) {
        c.moveTo(p.x, p.y - r * 1.1); c.lineTo(p.x + r, p.y + r * 0.8); c.lineTo(p.x - r, p.y + r * 0.8); c.closePath();
      } else if (layer.options.shape === 1) {
        c.moveTo(p.x, p.y - r * 1.1); c.lineTo(p.x + r * 1.1, p.y); c.lineTo(p.x, p.y + r * 1.1); c.lineTo(p.x - r * 1.1, p.y); c.closePath();
      } else {
        c.arc(p.x, p.y, r, 0, Math.PI * 2, false);
      }
      this._fillStroke(c, layer);
    }
  });

  function element(tag, text, parent, className) {
    var made = document.createElement(tag);
    if (text !== undefined && text !== null) { made.textContent = text; }
    if (className) { made.className = className; }
    if (parent) { parent.appendChild(made); }
    return made;
  }

  function symbol(shape, colour, parent) {
    var svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
    svg.setAttribute("width", 14); svg.setAttribute("height", 14); svg.setAttribute("viewBox", "0 0 16 16");
    path.setAttribute("d", PATHS[shape]); path.setAttribute("fill", colour);
    svg.appendChild(path); parent.appendChild(svg);
  }

  // properties: n name, p path, c code, r rows of [label, value]; a cell without rows belongs to a neighbour
  function cell(feature, layer) {
    var of = feature.properties;
    layer.bindTooltip(element("span", of.n), { sticky: true, direction: "top", offset: [0, -6] });
    if (!of.r) { return; }
    layer.bindPopup(function () {
      var box = element("div"), list;
      element("h3", of.n, box);
      element("div", of.p, box, "path");
      list = element("dl", null, box);
      of.r.forEach(function (row) { element("dt", row[0], list); element("dd", row[1], list); });
      return box;
    });
  }

  // spots: [latitude, longitude, state, count, [[state, category, month, cell, words], ...]]
  function whistles(data) {
    var group = L.featureGroup();
    data.spots.forEach(function (spot) {
      var state = spot[2], closed = state === 3;
      var mark = new Mark([spot[0], spot[1]], {
        shape: state, radius: (closed ? 2.5 : 5) + Math.min(4, Math.log(spot[3])), weight: closed ? 0 : 1.2, color: "#FFFFFF",
        fillColor: data.colours[state], fillOpacity: closed ? 0.7 : 1, bubblingMouseEvents: false
      });
      mark.bindPopup(function () {
        var box = element("div"), list;
        element("h3", data.heading.replace("{count}", spot[3]), box);
        list = element("ul", null, box);
        spot[4].forEach(function (one) {
          var row = element("li", null, list), text;
          symbol(one[0], data.colours[one[0]], row);
          text = element("span", data.categories[one[1]] + " · " + data.states[one[0]], row);
          element("span", data.cells[one[3]], text, "words");
          if (one[4]) { element("span", one[4], text, "words"); }
          element("span", data.months[one[2]], row, "when");
        });
        if (spot[3] > spot[4].length) { element("div", data.more.replace("{count}", spot[3] - spot[4].length), box, "path"); }
        return box;
      });
      group.addLayer(mark);
    });
    return group;
  }

  // places: [latitude, longitude, name, level]; villages are named from a zoom on at which they find room
  function names(places, villagesFrom) {
    var group = L.layerGroup();
    places.forEach(function (place) {
      var text = element("span", place[2]), icon = L.divIcon({ html: text, className: "place level-" + place[3], iconSize: null });
      group.addLayer(L.marker([place[0], place[1]], { icon: icon, interactive: false, keyboard: false }));
    });
    group.on("add", function (event) {
      var map = event.target._map;
      function room() { map.getContainer().classList.toggle("show-villages", map.getZoom() >= villagesFrom); }
      map.on("zoomend", room);
      room();
    });
    return group;
  }

  // Show the whole place, beside the legend. A layer that is switched on again would cover the others: bring them back into their order.
  function open(map, bounds, layers) {
    map.fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [window.innerWidth > 900 ? 264 : 12, 12], animate: false });
    function order() { layers.forEach(function (layer) { if (map.hasLayer(layer) && layer.bringToFront) { layer.bringToFront(); } }); }
    map.on("overlayadd", order);
    order();
  }

  if (window.innerWidth < 700) { document.querySelector(".page-legend").open = false; }  // a narrow screen shows the map first

  return { cell: cell, whistles: whistles, names: names, open: open };
})();
