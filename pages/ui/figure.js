// Draws figures by Plotly.react into nodes that stay: zoom and hidden entries survive an update.
const BUTTONS = ["toImage", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d"];
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

function isDark(element) {
  const probe = document.createElement("span");
  probe.style.color = "var(--st-background-color)";
  element.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.3 * r + 0.6 * g + 0.1 * b < 128;
}

// Colours are exact strings, so the dark theme is the same figure with each of them replaced.
// Always a copy: plotly writes into what it is given.
function themed(figure, dark) {
  const other = (key, value) => (typeof value === "string" && dark?.[value]) || value;
  return JSON.parse(JSON.stringify(figure), other);
}

function chosen(layout, width) {
  return layout.meta?.arrange?.find((choice) => width >= choice.width);
}

function arranged(layout, arrangement) {
  for (const [name, change] of Object.entries(arrangement?.layout ?? {})) {
    layout[name] = typeof change === "object" ? { ...layout[name], ...change } : change;
  }
  return { ...layout, autosize: true };
}

// What is drawn, as rows; text that a spreadsheet would run as a formula is quoted.
function table(plot) {
  const cell = (value) => {
    if (typeof value === "number") return String(Number(value.toPrecision(7)));
    const text = String(value ?? "").replaceAll('"', '""');
    return `"${/^[=+\-@\t]/.test(text) ? "'" : ""}${text}"`;
  };
  const title = (axis, letter) => {
    const first = plot.layout[`${letter}axis`]?.title?.text;
    return plot.layout[axis]?.title?.text || first || letter;
  };
  const rows = [["run", "series", title("xaxis", "x"), title("yaxis", "y")]];
  for (const trace of plot._fullData) {
    for (let i = 0; i < trace.x.length; i++) {
      if (trace.y[i] === null) continue;
      rows.push([trace.meta, trace.name, trace.x[i], trace.y[i]]);
    }
  }
  return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function paint(state) {
  const { root, plot, payload } = state;
  const Plotly = await library(payload.source);
  if (state.gone) return;
  const dark = isDark(root) ? payload.dark : null;
  const width = plot.clientWidth;
  const arrangement = chosen(payload.figure.layout, width);
  const drawn = [payload.rev, Boolean(dark), arrangement?.width].join();
  if (drawn === state.drawn) {
    if (width !== state.width) await Plotly.Plots.resize(plot);
  } else {
    const { data, layout } = themed(payload.figure, dark);
    const config = { displaylogo: false, modeBarButtonsToRemove: BUTTONS };
    await Plotly.react(plot, data, arranged(layout, arrangement), config);
  }
  Object.assign(state, { drawn, width });
  root.dataset.rev = payload.rev;
  root.querySelector(".lnl-message").textContent = "";
}

// One at a time: plotly does not survive a second call while the first is still drawing.
function draw(state) {
  state.queue = state.queue
    .then(() => paint(state))
    .catch((error) => {
      state.root.querySelector(".lnl-message").textContent = error.message;
    });
}

function image(state, format) {
  const { clientWidth: width, clientHeight: height } = state.plot;
  const filename = state.payload.name;
  window.Plotly.downloadImage(state.plot, { format, filename, width, height, scale: 2 });
}

function mount(root) {
  const plot = root.querySelector(".lnl-plot");
  const state = { root, plot, queue: Promise.resolve(), width: 0, drawn: "" };
  const button = (name) => root.querySelector(`[data-save=${name}]`);
  button("png").onclick = () => image(state, "png");
  button("svg").onclick = () => image(state, "svg");
  button("csv").onclick = () => save(`${state.payload.name}.csv`, table(plot));
  state.observer = new ResizeObserver(() => state.drawn && draw(state));
  state.observer.observe(plot);
  return state;
}

export default function ({ data, parentElement }) {
  if (!states.has(parentElement)) {
    states.set(parentElement, mount(parentElement.querySelector(".lnl-figure")));
  }
  const state = states.get(parentElement);
  state.payload = JSON.parse(new TextDecoder().decode(data));
  state.plot.style.minHeight = `${state.payload.figure.layout.height}px`;
  state.plot.setAttribute("role", "img");
  state.plot.setAttribute("aria-label", state.payload.label);
  draw(state);
  return () => {
    state.gone = true;
    state.observer.disconnect();
    window.Plotly?.purge(state.plot);
    states.delete(parentElement);
  };
}
