"use strict";
// Arrays out of base64, colours out of numbers.
const maps = (() => {
  const parse = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  async function inflated(text) {
    const binary = atob(text);
    const packed = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) packed[i] = binary.charCodeAt(i);
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  }

  async function decode(cells) {
    const Kind = cells.dtype === "float32" ? Float32Array : Float64Array;
    const made = { rows: cells.rows, columns: cells.columns, size: cells.rows * cells.columns };
    const data = await inflated(cells.arrays), count = cells.slices.length * made.size;
    let at = 0;
    const next = (Kind, count) => { const part = new Kind(data, at, count); at += part.byteLength; return part; };
    for (const name of ["expected", "actual", "error"]) made[name] = next(Kind, count);
    made.allowed = cells.uniform ? new Kind(count).fill(next(Kind, 1)[0]) : next(Kind, count);
    made.entries = cells.pooled ? next(Uint32Array, count) : null;
    made.largest = 0;
    made.highest = 0;
    made.lowest = Infinity;
    made.worst = 0;
    let badness = -Infinity;
    for (let i = 0; i < made.error.length; i++) {
      for (const value of [Math.abs(made.expected[i]), Math.abs(made.actual[i])]) {
        if (value > made.largest && value < Infinity) made.largest = value;
      }
      if (Number.isNaN(made.allowed[i])) continue;
      const level = levelOf(made.error[i], made.allowed[i]);
      // As in the table: of what is wrong the largest error, what is not a number first.
      const score = Number.isNaN(made.error[i]) ? Infinity : level > 0 ? made.error[i] : level - 1000;
      if (score > badness) { badness = score; made.worst = i; }
      if (level > 0 && Number.isFinite(made.error[i])) {
        made.highest = Math.max(made.highest, level);
        made.lowest = Math.min(made.lowest, level);
      }
    }
    // The colours of what is not allowed are spent on the errors that there are, a decade of them at least.
    made.highest = Math.max(made.highest, 1);
    made.lowest = Math.max(0, Math.min(made.lowest, made.highest - 1));
    return made;
  }

  // Powers of ten between an error and what is allowed; what is not a number is the worst there is.
  function levelOf(error, allowed) {
    if (error === 0) return -300;
    const level = Math.log10(error) - Math.log10(allowed);
    return Number.isNaN(level) ? 301 : Math.max(-300, Math.min(300, level));
  }

  // Along the stops, 0 to 1.
  function along(stops, at) {
    const place = Math.max(0, Math.min(1, at)) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return stops[low].map((channel, i) => Math.round(channel + (stops[low + 1][i] - channel) * (place - low)));
  }

  function palette(theme) {
    const made = {};
    for (const [name, stops] of Object.entries(theme)) made[name] = Array.isArray(stops) ? stops.map(parse) : parse(stops);
    return made;
  }

  // value -> -1 to 1, on the scale that was asked for.
  function scaling(map, kind) {
    if (kind === "rank") {
      const sizes = [...map.expected, ...map.actual].map(Math.abs).filter(Number.isFinite).sort((a, b) => a - b);
      const rank = (size) => {
        let low = 0, high = sizes.length;
        while (low < high) { const middle = (low + high) >> 1; if (sizes[middle] < size) low = middle + 1; else high = middle; }
        return sizes.length > 1 ? low / (sizes.length - 1) : 1;
      };
      return (value) => Math.sign(value) * rank(Math.abs(value));
    }
    if (kind === "log") {
      const unit = map.largest / 1e4; // four decades on either side of zero
      return (value) => Math.sign(value) * Math.log1p(Math.abs(value) / unit) / Math.log1p(1e4);
    }
    return (value) => value / map.largest;
  }

  function valueColour(colours, scale, value) {
    if (Number.isNaN(value)) return colours.nan;
    if (!Number.isFinite(value)) return colours.infinite;
    return along(colours.value, value === 0 ? 0.5 : (scale(value) + 1) / 2);
  }

  function errorColour(colours, map, error, allowed, decadesBelow) {
    if (Number.isNaN(allowed)) return colours.unknown;
    if (Number.isNaN(error)) return colours.nan;
    if (!Number.isFinite(error)) return colours.infinite;
    const level = levelOf(error, allowed);
    return level > 0 ? along(colours.above, (level - map.lowest) / (map.highest - map.lowest)) : along(colours.below, 1 + level / decadesBelow);
  }

  function paint(canvas, map, slice, colourOf) {
    canvas.width = map.columns;
    canvas.height = map.rows;
    const context = canvas.getContext("2d");
    const image = context.createImageData(map.columns, map.rows);
    for (let i = 0; i < map.size; i++) {
      const [red, green, blue] = colourOf(slice * map.size + i);
      image.data.set([red, green, blue, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }

  return { decode, levelOf, palette, scaling, valueColour, errorColour, paint };
})();
