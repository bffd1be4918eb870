// How a figure is drawn: in the app, on a page saved from it, in a report.
// Named one by one: a button that plotly adds, such as that which uploads the figure, is not there.
const BUTTONS = [["zoom2d", "pan2d", "resetScale2d"]];

// Colours are exact strings, so the dark theme is the same figure with each of them replaced; a
// translucent one, "rgba(...)", follows its solid one.
function replaced(value, dark) {
  if (dark[value]) return dark[value];
  const [, red, green, blue, share] = /^rgba\((\d+), (\d+), (\d+), ([\d.]+)\)$/.exec(value) ?? [];
  const hex = (number) => Number(number).toString(16).padStart(2, "0");
  const solid = dark[`#${hex(red)}${hex(green)}${hex(blue)}`];
  if (!solid) return value;
  const [r, g, b] = [1, 3, 5].map((place) => parseInt(solid.slice(place, place + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${share})`;
}

// Always a copy: plotly writes into what it is given.
function themed(figure, dark) {
  const other = (key, value) => (dark && typeof value === "string" ? replaced(value, dark) : value);
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

// The arrangement in another height: plots take what titles, axes and legend leave; never too little.
const LEAST = 100; // pixels of a plot
function fitted(arrangement, height) {
  const { rows, layout } = arrangement ?? {};
  if (!height || !rows) return arrangement;
  const under = layout.margin.b;
  const row = Math.max((height - under) / rows.count, rows.above + rows.below + LEAST);
  const total = row * rows.count;
  const changed = { ...layout, height: total + under };
  changed.legend = { ...layout.legend, y: under / changed.height };
  for (const [name, axis] of Object.entries(layout)) {
    const [, number] = /^yaxis(\d*)$/.exec(name) ?? [];
    if (number === undefined) continue;
    const top = 1 - (Math.floor(((number || 1) - 1) / rows.columns) * row + rows.above) / total;
    const domain = [Math.max(0, top - (row - rows.above - rows.below) / total), top];
    changed[name] = { ...axis, domain };
  }
  return { ...arrangement, layout: changed };
}

function plotted(Plotly, plot, figure, dark, arrangement) {
  const { data, layout } = themed(figure, dark);
  const config = { displaylogo: false, modeBarButtons: BUTTONS };
  return Plotly.react(plot, data, arranged(layout, arrangement), config);
}

// A page without a server: each .lnl-offline holds its figure as JSON and the colours of the dark
// theme; it follows the reader's theme and the width of the window.
function showOffline(Plotly) {
  const night = matchMedia("(prefers-color-scheme: dark)");
  for (const root of document.querySelectorAll(".lnl-offline")) {
    const { figure, dark } = JSON.parse(root.querySelector("script").textContent);
    const plot = root.querySelector(".lnl-plot");
    let drawn = "";
    const draw = () => {
      if (!plot.clientWidth) return undefined; // hidden, and drawn once it is seen
      const arrangement = chosen(figure.layout, plot.clientWidth);
      const wanted = [night.matches, arrangement?.width].join();
      if (wanted === drawn) return Plotly.Plots.resize(plot);
      drawn = wanted;
      return plotted(Plotly, plot, figure, night.matches ? dark : null, arrangement);
    };
    night.addEventListener("change", draw);
    new ResizeObserver(draw).observe(plot);
  }
}
