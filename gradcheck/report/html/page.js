"use strict";
// The list of layers: choosing, filtering, sorting, keys.
(() => {
  const root = document.documentElement;
  const list = document.getElementById("list"), filter = document.getElementById("filter"), sort = document.getElementById("sort");
  const rows = [...list.children];
  const boxes = [...document.querySelectorAll('input[name="outcome"]')];
  const narrow = matchMedia("(max-width: 760px)");
  let chosen = null, drawn = null;

  // A page from a file may be refused a place to remember things in.
  const remembered = { get: (name) => { try { return localStorage.getItem(`gradcheck-${name}`); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(`gradcheck-${name}`, value); } catch { /* refused */ } } };

  const shown = () => [...list.children].filter((row) => !row.hidden);

  function choose(key, { asked = false, scroll = false } = {}) {
    const article = key && document.getElementById(key);
    if (!article || article.tagName !== "ARTICLE") return false;
    document.querySelector("article.chosen")?.classList.remove("chosen");
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    article.classList.add("chosen");
    chosen = rows.find((row) => row.dataset.key === key);
    const link = chosen.querySelector("a");
    link.setAttribute("aria-current", "true");
    drawn = gradients.show(article);
    if (!asked) return true;
    // Only what a person chose moves the page and its address.
    link.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", `#${key}`);
    article.focus({ preventScroll: true });
    if (scroll) (narrow.matches ? article : document.querySelector(".columns")).scrollIntoView();
    return true;
  }

  function step(by) {
    const visible = shown();
    const at = visible.indexOf(chosen);
    const next = visible[Math.max(0, Math.min(visible.length - 1, at < 0 ? 0 : at + by))];
    if (next) choose(next.dataset.key, { asked: true });
  }

  function narrowDown() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const allowed = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    for (const row of rows) {
      const text = `${row.dataset.name} ${row.dataset.outcome} ${row.dataset.text}`.toLowerCase();
      row.hidden = !allowed.has(row.dataset.outcome) || !words.every((word) => text.includes(word));
    }
    const visible = shown();
    document.getElementById("shown").textContent = `${visible.length} of ${rows.length} layers`;
    document.getElementById("nothing").hidden = visible.length > 0;
    if (visible.length && !visible.includes(chosen)) choose(visible[0].dataset.key);
  }

  const orders = {
    severity: (a, b) => a.dataset.rank - b.dataset.rank,
    name: (a, b) => (a.dataset.name < b.dataset.name ? -1 : 1),
    error: (a, b) => b.dataset.error - a.dataset.error || a.dataset.rank - b.dataset.rank,
    time: (a, b) => b.dataset.time - a.dataset.time,
  };

  function order() {
    list.append(...rows.sort(orders[sort.value]));
    remembered.set("sort", sort.value);
  }

  function everything() {
    filter.value = "";
    for (const box of boxes) box.checked = true;
    narrowDown();
  }

  function onlyFailed() {
    const bad = (box) => ["failed", "broken"].includes(box.value);
    const already = boxes.every((box) => box.checked === bad(box));
    for (const box of boxes) box.checked = already || bad(box);
    narrowDown();
  }

  function theme(next) {
    root.dataset.theme = next;
    remembered.set("theme", next);
    const article = document.querySelector("article.chosen");
    if (article) gradients.show(article);
  }

  const dark = () => root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const keys = {
    j: () => step(1), k: () => step(-1), f: onlyFailed, t: () => theme(dark() ? "light" : "dark"),
    s: () => { sort.selectedIndex = (sort.selectedIndex + 1) % sort.options.length; order(); },
    "/": () => { filter.focus(); filter.select(); },
  };

  document.addEventListener("keydown", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    if (pressed.target.closest("input[type=search], select")) {
      if (pressed.key === "Escape" && pressed.target === filter) { everything(); filter.blur(); }
      return;
    }
    if (keys[pressed.key]) { pressed.preventDefault(); keys[pressed.key](); }
  });
  list.addEventListener("click", (clicked) => {
    const row = clicked.target.closest("li");
    if (row && !clicked.ctrlKey && !clicked.metaKey) { clicked.preventDefault(); choose(row.dataset.key, { asked: true, scroll: true }); }
  });
  document.addEventListener("click", (clicked) => {
    const button = clicked.target.closest(".copy");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    const done = () => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); };
    const select = () => { getSelection().selectAllChildren(code); button.textContent = "selected"; };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(done, select); else select();
  });
  document.addEventListener("toggle", (toggled) => { if (toggled.target.open) gradients.show(toggled.target); }, true);
  addEventListener("hashchange", () => choose(location.hash.slice(1)));
  for (const input of [filter, ...boxes]) input.addEventListener("input", narrowDown);
  document.querySelector(".controls").addEventListener("submit", (sent) => sent.preventDefault());
  document.getElementById("clear").addEventListener("click", everything);
  document.getElementById("theme").addEventListener("click", keys.t);
  sort.addEventListener("change", order);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { const article = document.querySelector("article.chosen"); if (article) gradients.show(article); });

  for (const part of document.querySelectorAll(".controls, footer, .copy")) part.hidden = false;
  const wanted = remembered.get("theme");
  if (wanted === "dark" || wanted === "light") root.dataset.theme = wanted;
  if (orders[remembered.get("sort")]) { sort.value = remembered.get("sort"); order(); }
  narrowDown();
  if (!choose(location.hash.slice(1)) && rows.length) choose(list.children[0].dataset.key);
  Promise.resolve(drawn).then(() => { root.dataset.ready = "true"; });
})();
