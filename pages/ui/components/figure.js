// Draws figures by Plotly.react into nodes that stay: zoom and hidden entries survive an update.
// Stands behind drawing.js and dark.js in one module: see figure.py.
// WHOLE and SMALLER are chart libraries: the one that draws here, and one for pages that are saved.
const states = new WeakMap();

function library(source) {
  window.lnlPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.lnlPlotly = undefined;
      reject(new Error("The chart library did not load. Is the server running? Reload the page."));
    };
    document.head.append(script);
  });
  return window.lnlPlotly;
}

// What is drawn, as rows; text that a spreadsheet would run as a formula is quoted.
function table(plot) {
  const cell = (value) => {
    if (typeof value === "number") return String(Number(value.toPrecision(7)));
    const text = String(value ?? "").replaceAll('"', '""');
    return `"${/^[=+\-@\t]/.test(text) ? "'" : ""}${text}"`;
  };
  const { columns, names, mirrored } = plot.layout.meta; // mirrored: below stands what is counted too
  const named = (value) => names?.[value] ?? value;
  const runs = plot._fullData.some((trace) => trace.meta);
  const rows = [[...(runs ? ["run"] : []), "series", ...columns]];
  for (const trace of plot._fullData) {
    const series = trace.meta?.series ?? trace.name;
    const owner = runs ? [trace.meta?.run ?? trace.meta, series] : [series];
    if (trace.z) {
      trace.z.forEach((row, j) =>
        row.forEach((value, i) => {
          // what a colour stands for, where the colour is not the number itself
          const told = trace.customdata?.[j]?.[i];
          const number = typeof told === "number" ? told : value;
          if (number !== null && !Number.isNaN(number))
            rows.push([...owner, named(trace.x[i]), named(trace.y[j]), number]);
        }),
      );
      continue;
    }
    for (let i = 0; i < trace.x.length; i++) {
      if (trace.y[i] === null || trace.mode === "none") continue;
      const y = mirrored ? Math.abs(trace.y[i]) : trace.y[i];
      rows.push([...owner, ...[named(trace.x[i]), y].slice(0, columns.length)]);
    }
  }
  return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

// What a page without a server needs of drawing.js, as this module has it.
const DRAWING = [
  `const BUTTONS = ${JSON.stringify(BUTTONS)};`,
  ...[replaced, themed, chosen, arranged, plotted, showOffline],
].join("\n");

// The figure on a page of its own, with a chart library that can draw it: opens without a server.
async function page({ file, label, source, figure, dark }) {
  const enough = figure.data.every(({ type }) => SMALLER.draws.includes(type));
  const answer = await fetch(enough ? source.replace(WHOLE, SMALLER.file) : source);
  if (!answer.ok) throw new Error("The chart library could not be read, so nothing was saved.");
  const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const content = JSON.stringify({ figure, dark }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${plain(file)}</title>
<meta name="viewport" content="width=device-width">
<style>:root { color-scheme: light dark; } body { margin: 1rem; }</style></head><body>
<div class="lnl-offline"><script type="application/json">${content}</script>
<div class="lnl-plot" role="img" aria-label="${plain(label).replaceAll('"', "&quot;")}"></div></div>
<script>${await answer.text()}</script>
<script>${DRAWING}; showOffline(Plotly);</script>
</body></html>`;
}

function save(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// On the first screen of a board figures are as high as the window has room for, all of them whole:
// those that stand one under another share what is left of it once each can be read.
const UNDER = 12; // pixels
const TALL = 560;
function room({ root, plot, payload }) {
  const screen = root.closest("[class*='st-key-first_screen']");
  if (!screen) return 0;
  const box = (element) => element.getBoundingClientRect();
  const { left } = box(plot);
  const column = [...screen.querySelectorAll(".lnl-plot")].filter((other) => Math.abs(box(other).left - left) < 2);
  const own = column.reduce((sum, other) => sum + other.offsetHeight, 0);
  const between = box(column.at(-1)).bottom - box(column[0]).top - own;
  const scrolled = plot.closest("[data-testid=stMain]")?.scrollTop ?? 0;
  const bar = document.querySelector(".st-key-run_bar, .st-key-start_bar")?.offsetHeight ?? 0; // at the window's foot
  const under = UNDER + root.querySelector(".lnl-save").offsetHeight;
  const free = innerHeight - box(column[0]).top - scrolled - between - under - bar;
  plot.lowest = lowest(payload.figure, plot.clientWidth);
  const shared = free - column.reduce((sum, other) => sum + (other.lowest ?? 0), 0);
  return Math.max(1, Math.floor(Math.min(TALL, plot.lowest + shared / column.length)));
}

// Its height in this width, which it takes at once: what comes after it keeps its place.
function placed(state) {
  const { plot, payload: { figure } } = state;
  const width = plot.clientWidth;
  const arrangement = fitted(figure, width, room(state), 0.55 * innerHeight);
  plot.style.minHeight = `${arrangement?.layout?.height ?? figure.layout.height}px`;
  return { width, arrangement };
}

async function paint(state) {
  const { root, plot, payload } = state;
  placed(state);
  const Plotly = await library(payload.source);
  if (state.gone) return;
  const dark = isDark(root) ? payload.dark : null;
  const { width, arrangement } = placed(state);
  const { width: least, layout: { height: tall, margin } = {} } = arrangement ?? {};
  const drawn = [payload.rev, Boolean(dark), least, tall, margin?.b, Boolean(arrangement?.data)].join();
  if (drawn === state.drawn) {
    if (width !== state.width) await Plotly.Plots.resize(plot);
  } else {
    await plotted(Plotly, plot, hinted(payload.figure), dark, arrangement);
  }
  if (!state.drawn) {
    pointed(state);
    clickable(state);
  }
  Object.assign(state, { drawn, width });
  root.dataset.rev = payload.rev;
  root.querySelector(".lnl-message").textContent = "";
}

// Points that stand for samples are told to whoever listens: see hover.js.
function pointed(state) {
  const tell = (name) => (event) => {
    const [point] = event.points;
    const probe = state.payload.figure.layout.meta?.probe?.[point.xaxis._id];
    if (!probe || !point.customdata) return;
    const { clientX: x = 0, clientY: y = 0 } = event.event ?? {};
    const detail = { ...probe, point: [...point.customdata], x, y };
    state.root.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  };
  for (const name of ["hover", "unhover", "click"]) {
    state.plot.on(`plotly_${name}`, tell(`lnl-${name}`));
  }
}

// Cells that stand for samples can be clicked here, but not in a page that is saved.
function hinted(figure) {
  if (!figure.layout.meta?.cells) return figure;
  const hint = (text) => text.replace("<extra>", "<br><i>click a cell to see its samples</i><extra>");
  const data = figure.data.map((trace) => ({ ...trace, hovertemplate: hint(trace.hovertemplate) }));
  return { ...figure, data };
}

function clickable(state) {
  const cell = ([point]) => {
    const known = state.payload.figure.layout.meta?.cells?.[point.xaxis._id];
    if (!known || !point.customdata) return undefined; // no samples, nothing to see
    const [row, column] = point.pointIndex;
    return { ...known, row, column };
  };
  const mark = (points) => state.plot.classList.toggle("lnl-clickable", Boolean(cell(points)));
  state.plot.on("plotly_hover", ({ points }) => mark(points));
  state.plot.on("plotly_unhover", () => state.plot.classList.remove("lnl-clickable"));
  state.plot.on("plotly_click", ({ points }) => {
    const clicked = cell(points);
    if (clicked) state.send("clicked", clicked);
  });
}

// One at a time: plotly does not survive a second call while the first is still drawing.
function draw(state) {
  state.queue = state.queue
    .then(() => paint(state))
    .catch((error) => told(state, error));
}

function told(state, error) {
  state.root.querySelector(".lnl-message").textContent = error.message;
}

function image(state, format) {
  const { clientWidth: width, clientHeight: height } = state.plot;
  const filename = state.payload.file;
  window.Plotly.downloadImage(state.plot, { format, filename, width, height, scale: 2 });
}

function mount(root) {
  const plot = root.querySelector(".lnl-plot");
  const state = { root, plot, queue: Promise.resolve(), width: 0, drawn: "" };
  const button = (name) => root.querySelector(`[data-save=${name}]`);
  button("png").onclick = () => image(state, "png");
  button("svg").onclick = () => image(state, "svg");
  button("csv").onclick = () => save(`${state.payload.file}.csv`, `\ufeff${table(plot)}`, "text/csv");
  button("html").onclick = () =>
    page(state.payload)
      .then((text) => save(`${state.payload.file}.html`, text, "text/html"))
      .catch((error) => told(state, error));
  state.again = () => state.drawn && draw(state);
  state.observer = new ResizeObserver(state.again);
  state.observer.observe(plot);
  // what comes above it moves it, which is no change of its own size
  const around = root.closest("[data-testid=stMainBlockContainer]");
  if (around) state.observer.observe(around);
  addEventListener("resize", state.again);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!states.has(parentElement)) {
    states.set(parentElement, mount(parentElement.querySelector(".lnl-figure")));
  }
  const state = states.get(parentElement);
  state.send = setTriggerValue;
  state.payload = JSON.parse(new TextDecoder().decode(data));
  state.plot.setAttribute("role", "img");
  state.plot.setAttribute("aria-label", state.payload.label);
  draw(state);
  return () => {
    state.gone = true;
    state.observer.disconnect();
    removeEventListener("resize", state.again);
    window.Plotly?.purge(state.plot);
    states.delete(parentElement);
  };
}
