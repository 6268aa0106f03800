"use strict";
// The three linked maps of a gradient: one cursor, moved by pointer and keys.
const gradients = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Each gradient's own data stands beside it and is read when it is drawn.
  const read = (key) => JSON.parse(document.getElementById(`${key}-data`).textContent);
  const made = new Map();
  const WIDEST = 300, TALLEST = 300, NARROWEST = 150, LARGEST = 26, SMALLEST_STRIP = 12;
  const words = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
  const plain = (value) => (typeof value === "string" ? words[value] : value);
  const element = (name, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };

  const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const colours = () => maps.palette(data.colours[dark() ? "dark" : "light"]);
  const css = (colour) => `rgb(${colour.join(",")})`;
  const digits = (value) => (Number.isFinite(value) ? (value > 0 ? "+" : "") + String(+value.toPrecision(7)) : String(value));
  const short = (value) => (Number.isFinite(value) ? value.toExponential(1) : String(value));

  class Trio {
    constructor(holder, gradient, map) {
      this.holder = holder;
      this.gradient = gradient;
      this.cells = gradient.cells;
      this.map = map;
      this.scale = "linear";
      this.slice = Math.floor(this.map.worst / this.map.size);
      this.at = this.map.worst % this.map.size;
      this.trio = holder.querySelector(".trio");
      this.readout = holder.querySelector(".readout");
      this.figures = [...holder.querySelectorAll(".map")];
      for (const figure of this.figures) {
        figure.canvas = element("canvas");
        figure.cursor = element("div", { className: "cursor" });
        figure.bar = element("div", { className: "bar" });
        figure.ticks = element("div", { className: "ticks" });
        figure.append(element("div", { className: "held" }, figure.canvas, figure.cursor), figure.bar, figure.ticks);
        for (const event of ["pointermove", "pointerdown"]) figure.canvas.addEventListener(event, (moved) => this.point(figure.canvas, moved));
      }
      this.trio.tabIndex = 0;
      this.trio.addEventListener("keydown", (pressed) => this.press(pressed));
      this.readout.hidden = false;
      this.tools();
      this.size();
      this.draw();
    }

    tools() {
      const tools = this.holder.querySelector(".tools");
      tools.hidden = false;
      const scale = element("select");
      for (const kind of ["linear", "log", "rank"]) scale.append(new Option(kind, kind));
      scale.addEventListener("change", () => { this.scale = scale.value; this.draw(); });
      tools.append(element("label", {}, "values ", scale));
      if (this.cells.slices.length > 1) {
        this.chooser = element("select");
        this.cells.slices.forEach((index, i) => this.chooser.append(new Option(`[${index.join(", ")}, :, :]`, i)));
        this.chooser.addEventListener("change", () => { this.slice = +this.chooser.value; this.draw(); });
        tools.append(element("label", {}, "slice ", this.chooser));
      }
      const { height, width, slices, total, rows, columns } = this.cells;
      const said = [];
      if (slices.length < total) said.push(`the ${slices.length} worst of ${total} slices`);
      if (this.map.entries) said.push(`a cell is the worst of ${Math.ceil(height / rows)} × ${Math.ceil(width / columns)} entries`);
      tools.append(element("span", { className: "quiet", textContent: said.join(" · ") }));
      const compared = (_, i) => !Number.isNaN(this.map.allowed[i]);
      const values = [...this.map.expected.filter(compared), ...this.map.actual.filter(compared)];
      this.swatches = Object.entries({
        nan: values.some(Number.isNaN) && "not a number",
        infinite: values.some((value) => Math.abs(value) === Infinity) && "infinite",
        unknown: this.map.allowed.some(Number.isNaN) && "not compared",
      }).filter(([, words]) => words).map(([name, words]) => {
        const swatch = element("i", { className: "swatch" });
        tools.append(element("span", {}, swatch, words));
        return [name, swatch];
      });
    }

    size() {
      // Side by side where there is room for three, else one above the other.
      const whole = this.holder.clientWidth - 12, third = Math.floor((whole - 44) / 3);
      const room = Math.min(WIDEST, third >= Math.max(this.map.columns, NARROWEST) ? third : whole);
      let wide = Math.max(1, Math.min(LARGEST, Math.floor(room / this.map.columns)));
      let tall = Math.max(1, Math.min(LARGEST, Math.floor(TALLEST / this.map.rows)));
      wide = Math.min(wide, Math.max(2 * tall, SMALLEST_STRIP));
      tall = Math.min(tall, Math.max(2 * wide, SMALLEST_STRIP));
      this.cell = [wide, tall];
      for (const figure of this.figures) {
        figure.canvas.style.width = `${wide * this.map.columns + 2}px`;
        figure.canvas.style.height = `${tall * this.map.rows + 2}px`;
        figure.bar.style.width = figure.ticks.style.width = `${Math.max(wide * this.map.columns, Math.min(room, 180)) + 2}px`;
      }
    }

    draw() {
      const shades = colours();
      const map = this.map;
      const scale = maps.scaling(map, this.scale);
      for (const [name, swatch] of this.swatches) swatch.style.background = css(shades[name]);
      if (this.chooser) this.chooser.value = this.slice;
      for (const figure of this.figures) {
        const kind = figure.dataset.kind;
        maps.paint(figure.canvas, map, this.slice, kind === "error"
          ? (i) => maps.errorColour(shades, map, map.error[i], map.allowed[i], data.scale.decadesBelow)
          : (i) => (Number.isNaN(map.allowed[i]) && Number.isNaN(map[kind][i]) ? shades.unknown : maps.valueColour(shades, scale, map[kind][i])));
        figure.canvas.setAttribute("role", "img");
        figure.canvas.setAttribute("aria-label", `${kind} gradient of ${this.gradient.name}, ${map.rows} rows, ${map.columns} columns`);
        this.legend(figure, shades);
      }
      this.move(this.at);
    }

    legend(figure, shades) {
      const tick = (at, text, edge = "") => { const span = element("span", { textContent: text, className: edge }); span.style.left = `${at}%`; figure.ticks.append(span); };
      figure.ticks.textContent = "";
      if (figure.dataset.kind !== "error") {
        figure.bar.style.background = `linear-gradient(90deg, ${shades.value.map(css).join(", ")})`;
        tick(0, charts.told(-this.map.largest), "first"); tick(50, "0"); tick(100, charts.told(this.map.largest), "last");
        return;
      }
      const middle = 30;
      const stops = [...shades.below.map((colour, i) => `${css(colour)} ${middle * i / (shades.below.length - 1)}%`),
        ...shades.above.map((colour, i) => `${css(colour)} ${middle + (100 - middle) * i / (shades.above.length - 1)}%`)];
      figure.bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      const times = (level) => `× ${charts.told(10 ** level)}`;
      tick(middle, "allowed", "last"); tick(100, times(this.map.highest), "last");
      if (this.map.lowest > 0.05) tick(middle + 1, times(this.map.lowest), "first");
    }

    point(canvas, moved) {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor((moved.clientX - box.left - 1) / this.cell[0]);
      const row = Math.floor((moved.clientY - box.top - 1) / this.cell[1]);
      const inside = (value, count) => Math.max(0, Math.min(count - 1, value));
      this.move(inside(row, this.map.rows) * this.map.columns + inside(column, this.map.columns));
    }

    press(pressed) {
      if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.target !== this.trio) return;
      const { rows, columns } = this.map;
      const row = Math.floor(this.at / columns), column = this.at % columns;
      const to = {
        ArrowLeft: () => column > 0 && this.move(this.at - 1), ArrowRight: () => column < columns - 1 && this.move(this.at + 1),
        ArrowUp: () => row > 0 && this.move(this.at - columns), ArrowDown: () => row < rows - 1 && this.move(this.at + columns),
        Home: () => this.move(row * columns), End: () => this.move(row * columns + columns - 1),
        PageUp: () => this.turn(-1), PageDown: () => this.turn(1),
        w: () => { this.slice = Math.floor(this.map.worst / this.map.size); this.at = this.map.worst % this.map.size; this.draw(); },
      }[pressed.key];
      if (!to) return;
      pressed.preventDefault();
      pressed.stopPropagation();
      to();
    }

    turn(by) {
      this.slice = Math.max(0, Math.min(this.cells.slices.length - 1, this.slice + by));
      this.draw();
    }

    // The entry that a cell shows, as a person writes it.
    name(i) {
      const { shape, name } = this.gradient;
      if (!shape.length) return name;
      const within = this.map.entries ? this.map.entries[i] : i % this.map.size;
      const index = [...this.cells.slices[this.slice], Math.floor(within / this.cells.width), within % this.cells.width];
      return `${name}[${(shape.length === 1 ? index.slice(1) : index).join(", ")}]`;
    }

    move(at) {
      this.at = at;
      const map = this.map, i = this.slice * map.size + at;
      const row = Math.floor(at / map.columns), column = at % map.columns;
      for (const figure of this.figures) {
        const [wide, tall] = this.cell;
        const edge = Math.min(wide, tall) < 8 ? 2 : 0; // around a small cell, within a large one
        Object.assign(figure.cursor.style, { left: `${column * wide + 1 - edge}px`, top: `${row * tall + 1 - edge}px`, width: `${wide + 2 * edge}px`, height: `${tall + 2 * edge}px` });
      }
      const name = this.name(i);
      this.readout.textContent = "";
      this.readout.append(element("b", { textContent: name }));
      const unknown = Number.isNaN(map.allowed[i]);
      const exact = this.gradient.worst[name];
      const [expected, actual, error, allowed] = exact
        ? [exact.expected, exact.actual, exact.error, exact.allowed].map(plain)
        : [map.expected[i], map.actual[i], map.error[i], map.allowed[i]];
      if (unknown) {
        this.say("not compared");
        this.say("actual", digits(actual));
      } else {
        const times = error / allowed;
        this.say("expected", digits(expected)); this.say("actual", digits(actual));
        this.say("error", short(error)); this.say("allowed", short(allowed));
        this.say(error <= allowed ? "right" : Number.isFinite(times) ? `wrong, ${times < 1000 ? times.toPrecision(2) : short(times)} × allowed` : "wrong");
      }
      this.mark?.(i);
    }

    say(word, value) {
      this.readout.append(" ", element("span", { textContent: value === undefined ? word : `${word} ${value}` }));
    }
  }

  async function trioOf(holder) {
    const gradient = read(holder.dataset.gradient);
    return new Trio(holder, gradient, await maps.decode(gradient.cells));
  }

  // Draws what stands in an open part of an article, once; again where the theme has changed.
  async function show(part) {
    for (const holder of part.querySelectorAll(".maps")) {
      if (!holder.clientWidth) continue;
      const key = holder.dataset.gradient;
      if (!made.has(key)) made.set(key, trioOf(holder));
      const trio = await made.get(key), theme = dark();
      if (trio.theme !== undefined && trio.theme !== theme) trio.draw();
      if (trio.theme === theme) continue;
      trio.theme = theme;
      const figure = part.querySelector(`.scatter[data-gradient="${key}"]`);
      if (figure) { figure.hidden = false; trio.mark = charts.scatter(figure, trio.map, colours()); trio.move(trio.at); }
    }
    for (const figure of part.querySelectorAll(".sweep")) {
      if (!figure.clientWidth || figure.theme === dark()) continue;
      figure.theme = dark();
      const { sweep } = read(figure.dataset.gradient);
      charts.sweep(figure, sweep.points, sweep.chosen);
    }
  }

  return { show, made };
})();
