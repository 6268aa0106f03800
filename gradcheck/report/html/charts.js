"use strict";
// The scatter of actual against expected, and errors against step size.
const charts = (() => {
  const SIDE = 260, EDGE = 40;
  const told = (value) => (value === 0 ? "0" : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? String(+value.toPrecision(3)) : value.toExponential(0).replace("+", ""));
  const styled = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function scatter(figure, map, colours) {
    const held = figure.querySelector(".held") || figure.appendChild(document.createElement("div"));
    held.className = "held";
    held.innerHTML = "";
    const canvas = held.appendChild(document.createElement("canvas"));
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = SIDE * ratio;
    canvas.style.width = canvas.style.height = `${SIDE}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const largest = map.largest || 1;
    const x = (value) => EDGE + (value / largest + 1) / 2 * (SIDE - EDGE - 8);
    const y = (value) => 8 + (1 - value / largest) / 2 * (SIDE - EDGE - 8);
    context.strokeStyle = styled("--line");
    for (const [from, to] of [[[0, -largest], [0, largest]], [[-largest, 0], [largest, 0]], [[-largest, -largest], [largest, largest]]]) {
      context.beginPath(); context.moveTo(x(from[0]), y(from[1])); context.lineTo(x(to[0]), y(to[1])); context.stroke();
    }
    let drawn = 0, left = 0, wrong = 0;
    const right = styled("--quiet"), off = styled("--failed");
    for (const late of [false, true]) {
      for (let i = 0; i < map.error.length; i++) {
        if (Number.isNaN(map.allowed[i])) continue;
        const bad = !(map.error[i] <= map.allowed[i]);
        if (bad !== late) continue;
        if (!Number.isFinite(map.expected[i]) || !Number.isFinite(map.actual[i])) { left++; continue; }
        drawn++; wrong += bad;
        context.fillStyle = bad ? off : right;
        context.globalAlpha = map.error.length > 2000 ? 0.5 : 0.8;
        context.beginPath(); context.arc(x(map.expected[i]), y(map.actual[i]), bad ? 2.5 : 2, 0, 7); context.fill();
      }
    }
    context.globalAlpha = 1;
    context.fillStyle = styled("--quiet");
    context.font = "11px " + styled("--mono");
    context.fillText(told(-largest), EDGE, SIDE - 24);
    context.textAlign = "right";
    context.fillText(told(largest), SIDE - 4, SIDE - 24);
    context.fillText(told(largest), EDGE - 3, 16);
    context.fillText(told(-largest), EDGE - 3, SIDE - 32);
    context.textAlign = "center";
    context.fillText("expected", EDGE + (SIDE - EDGE) / 2, SIDE - 8);
    context.save(); context.translate(10, (SIDE - EDGE) / 2); context.rotate(-Math.PI / 2); context.fillText("actual", 0, 0); context.restore();
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${drawn} entries, ${wrong} of them off the diagonal${left ? `; ${left} are not finite and not drawn` : ""}`);
    const cursor = held.appendChild(document.createElement("div"));
    cursor.className = "cursor";
    cursor.style.cssText = "width:11px;height:11px;border-radius:50%";
    return (i) => {
      const seen = Number.isFinite(map.expected[i]) && Number.isFinite(map.actual[i]);
      cursor.hidden = !seen;
      if (seen) { cursor.style.left = `${x(map.expected[i]) - 5.5}px`; cursor.style.top = `${y(map.actual[i]) - 5.5}px`; }
    };
  }

  function sweep(figure, points, chosen) {
    figure.querySelector(".uplot")?.remove();
    const number = (value) => (typeof value === "number" && value > 0 ? value : null); // a log scale has no zero
    const ordered = [...points].filter((point) => number(point.step)).sort((a, b) => a.step - b.step);
    const data = [ordered.map((point) => point.step), ordered.map((point) => number(point.from_expected)), ordered.map((point) => number(point.from_actual))];
    if (data[0].length < 2 || !data.slice(1).some((line) => line.some((value) => value !== null))) return;
    // Powers of ten alone, at most eight of them.
    const splits = (plot, at, low, high) => {
      const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
      const every = Math.ceil((last - first + 1) / 8), made = [];
      for (let power = first; power <= last; power += every) made.push(10 ** power);
      return made;
    };
    const axis = { stroke: styled("--quiet"), grid: { stroke: styled("--line"), width: 0.5 }, ticks: { stroke: styled("--line") }, font: "11px " + styled("--mono"), splits, filter: (_, found) => found, values: (_, found) => found.map((value) => value.toExponential(0).replace("+", "")) };
    const line = (label, stroke, dash) => ({ label, stroke, dash, width: 2, spanGaps: true, points: { show: true, size: 6, fill: stroke }, value: (_, value) => (value == null ? "" : value.toExponential(1)) });
    const mark = (plot) => {
      const at = plot.valToPos(chosen, "x", true);
      plot.ctx.save();
      plot.ctx.strokeStyle = plot.ctx.fillStyle = styled("--text");
      plot.ctx.setLineDash([4, 4]);
      plot.ctx.beginPath(); plot.ctx.moveTo(at, plot.bbox.top); plot.ctx.lineTo(at, plot.bbox.top + plot.bbox.height); plot.ctx.stroke();
      plot.ctx.font = `${11 * (window.devicePixelRatio || 1)}px ${styled("--mono")}`;
      plot.ctx.textAlign = "left";
      plot.ctx.fillText("chosen", at + 5, plot.bbox.top + 24 * (window.devicePixelRatio || 1));
      plot.ctx.restore();
    };
    const width = Math.max(240, Math.min(460, figure.parentElement.clientWidth - 8));
    const made = new uPlot({
      width, height: SIDE, padding: [8, 24, 0, 0],
      scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
      axes: [{ ...axis, label: "step", labelSize: 18, labelFont: "12px system-ui" }, { ...axis, size: 60 }],
      series: [{ label: "step", value: (_, value) => (value == null ? "" : value.toExponential(1)) }, line("from expected", styled("--link"), []), line("from actual", styled("--failed"), [6, 4])],
      hooks: typeof chosen === "number" && chosen > 0 ? { draw: [mark] } : {},
    }, data, null);
    made.root.setAttribute("role", "img");
    made.root.setAttribute("aria-label", "errors against step size; the numbers are in the table below");
    figure.querySelector("figcaption").after(made.root);
  }

  return { scatter, sweep, told };
})();
