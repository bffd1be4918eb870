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
    const part = typeof change === "object" && !Array.isArray(change);
    layout[name] = part ? { ...layout[name], ...change } : change;
  }
  return { ...layout, autosize: true };
}

// The arrangement for a height: as it would be, closer where that is too high, or, where neither can
// be read, as it would be in the height ``otherwise``.
const [LEAST, CLOSEST] = [100, 50]; // pixels of a plot: as it would be, closer
const ROOMY = 210; // below it a line of text above curves needs more of the axis
function fitted(figure, width, height, otherwise) {
  const plain = chosen(figure.layout, width);
  if (!height || !plain?.rows) return plain;
  const { low } = figure.layout.meta;
  if (needed(plain, LEAST) <= height) return tall(plain, height, low);
  const tight = closer(figure, width);
  if (tight && needed(tight, CLOSEST) <= height) return tall(tight, height, low);
  return tall(plain, Math.max(otherwise, needed(plain, LEAST)), low);
}

function needed({ rows, layout }, least) {
  return Math.ceil(layout.margin.b + rows.count * (rows.above + rows.below + Math.max(least, rows.least ?? 0)));
}

// The least height in which a figure of this width can be read.
function lowest(figure, width) {
  const plain = chosen(figure.layout, width);
  const tight = plain?.rows && closer(figure, width);
  return tight ? needed(tight, CLOSEST) : 0;
}

// Plots take what titles, axes and legend leave of the height; ``low``: their axis where it is little.
function tall({ rows, layout, ...rest }, height, low) {
  const under = layout.margin.b;
  const row = (height - under) / rows.count;
  const total = height - under;
  const changed = { ...layout, height, legend: { ...layout.legend, y: under / height } };
  for (const [name, axis] of Object.entries(layout)) {
    const [, number] = /^yaxis(\d*)$/.exec(name) ?? [];
    if (number === undefined) continue;
    const top = 1 - (Math.floor(((number || 1) - 1) / rows.columns) * row + rows.above) / total;
    const domain = [Math.max(0, top - (row - rows.above - rows.below) / total), top];
    changed[name] = { ...axis, ...(row - rows.above - rows.below < ROOMY && low), domain };
  }
  return { ...rest, rows, layout: changed };
}

// More plots in a row than there would be: smaller letters, no titles of axes, fewer bars where they
// could hardly be seen.
const SEEN = 14; // pixels of a bar
const CLOSER = 0.62; // share of a plot's width
const SMALL = 0.75; // of a letter
const LEFT = 36; // pixels that plots leave at least, where their axes have no titles
const SIDES = 72; // pixels of a figure left and right of its plots, with the numbers there
function closer({ data, layout: whole }, width) {
  const found = whole.meta.arrange.find((choice) => width >= CLOSER * choice.width);
  if (!found) return undefined;
  const plain = whole.font.size;
  const size = SMALL * plain;
  const small = (font) => ({ ...font, size: font?.size > plain ? plain : size });
  const named = [...data, ...(whole.shapes ?? [])].filter(({ showlegend }) => showlegend);
  const longest = Math.max(...named.map(({ name }) => name.length));
  const across = width - SIDES;
  const beside = 0.46 * across > 30 + 0.42 * (size - 1) * longest ? 2 : 1; // in a line
  const layout = { ...found.layout, margin: { ...found.layout.margin, l: LEFT } };
  layout.margin.b = 10 + 1.75 * size * Math.ceil(named.length / beside);
  layout.legend = { ...layout.legend, font: { ...whole.legend?.font, size: size - 1 }, itemwidth: 30 };
  Object.assign(layout.legend, { entrywidth: 0.92 / beside, entrywidthmode: "fraction" });
  layout.annotations = whole.annotations?.map((note) => ({ ...note, font: small(note.font) }));
  const { rows } = found;
  const bar = data.find(({ type }) => type === "bar")?.width * (0.95 * across) / rows.columns;
  const wide = bar < SEEN ? whole.meta.wide : undefined;
  for (const [name, axis] of Object.entries(layout)) {
    if (!/^[xy]axis/.test(name)) continue;
    const few = { nticks: 4, tickfont: { size }, title: { text: "" } };
    layout[name] = { ...axis, ...(name[0] === "y" && wide?.yaxis), ...few };
  }
  const closer = { ...rows, above: 0.9 * rows.above, below: rows.below / 2 };
  return { ...found, layout, rows: closer, data: wide?.data };
}

function plotted(Plotly, plot, figure, dark, arrangement) {
  const { data, layout, changed } = themed({ ...figure, changed: arrangement }, dark);
  const config = { displaylogo: false, modeBarButtons: BUTTONS };
  return Plotly.react(plot, changed?.data ?? data, arranged(layout, changed), config);
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
