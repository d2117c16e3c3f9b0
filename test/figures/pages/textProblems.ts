/**
 * Plain JavaScript that defines `textProblems(svgs, width, height)`: what is wrong with the texts of a
 * drawn figure, a line each. Texts are compared with each other and with sliders and buttons by their
 * boxes, which may be turned; a box is a little smaller than its line of text, since letters are.
 */
export const TEXT_PROBLEMS = `
function textProblems(place, width, height) {
  var problems = [];
  var frame = place.getBoundingClientRect();
  function box(node, inset) {
    var b = node.getBBox(), m = node.getScreenCTM();
    var top = b.y + inset[0], bottom = b.y + b.height - inset[1];
    return [[b.x, top], [b.x + b.width, top], [b.x + b.width, bottom], [b.x, bottom]]
      .map(function (p) {
        return [m.a * p[0] + m.c * p[1] + m.e - frame.left, m.b * p[0] + m.d * p[1] + m.f - frame.top];
      });
  }
  function seen(node) {
    for (var at = node; at && at !== place; at = at.parentNode) {
      var style = getComputedStyle(at);
      if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return false;
    }
    return node.textContent.trim() !== "";
  }
  var items = [];
  place.querySelectorAll(".main-svg text").forEach(function (node) {
    if (!seen(node) || node.closest(".hoverlayer")) return;
    var size = parseFloat(getComputedStyle(node).fontSize);
    items.push({
      name: '"' + node.textContent + '"',
      part: node.closest(".updatemenu-button"),
      box: box(node, [0.2 * size, 0.12 * size]),
    });
  });
  place.querySelectorAll(".slider-rail-rect, .slider-grip-rect, .updatemenu-item-rect").forEach(function (node) {
    items.push({ name: node.getAttribute("class"), control: node.closest(".slider-group") || node,
      part: node.closest(".updatemenu-button"), box: box(node, [0, 0]) });
  });
  items.forEach(function (item, i) {
    var xs = item.box.map(function (p) { return p[0]; }), ys = item.box.map(function (p) { return p[1]; });
    if (Math.min.apply(null, xs) < -1 || Math.max.apply(null, xs) > width + 1 ||
        Math.min.apply(null, ys) < -1 || Math.max.apply(null, ys) > height + 1)
      problems.push(item.name + " is cut at the edge");
    items.slice(i + 1).forEach(function (other) {
      if (item.part && item.part === other.part) return;
      if (item.control && item.control === other.control) return;
      if (meet(item.box, other.box)) problems.push(item.name + " touches " + other.name);
    });
  });
  place.querySelectorAll(".legend .scrollbar").forEach(function (bar) {
    if (bar.getBBox().height > 0) problems.push("the legend scrolls");
  });
  return problems;
  function meet(a, b) {
    return !axes(a).concat(axes(b)).some(function (axis) {
      var left = span(a, axis), right = span(b, axis);
      return left[1] <= right[0] || right[1] <= left[0];
    });
  }
  function axes(q) {
    return [0, 1].map(function (i) { return [q[i + 1][0] - q[i][0], q[i + 1][1] - q[i][1]]; });
  }
  function span(q, axis) {
    var along = q.map(function (p) { return p[0] * axis[0] + p[1] * axis[1]; });
    return [Math.min.apply(null, along), Math.max.apply(null, along)];
  }
}`;
