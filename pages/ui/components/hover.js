// Shows the sample under the pointer: figures tell which point it is, this part knows the rest.
const states = new WeakMap();
const HEAD = 13; // bytes of the revision and the line's end before the JSON

// The rows of what is told; the first is printed bold.
function words(known, [place, prediction, percent]) {
  const name = (label) => known.classes[label] ?? "no class";
  const of = (what) => (percent < 0 ? "" : `confidence${what}: ${percent} %`);
  const predicted = prediction < 0 ? "" : `predicted: ${name(prediction)}`;
  const unseen = place - known.ids.length;
  if (unseen >= 0) {
    const { ids, true: classes } = known.test;
    const wrong = prediction === classes[unseen] ? "" : "\u2715 ";
    const belief = [wrong + predicted, of(" in its class")];
    return [`test image ${ids[unseen]}`, `class: ${name(classes[unseen])}`, ...belief];
  }
  const given = known.given[place];
  const truth = known.true?.[place];
  const wrong = truth !== undefined && truth !== given;
  return [
    `sample ${known.ids[place]}`,
    `given label: ${name(given)}`,
    wrong ? `\u2715 true label: ${name(truth)}` : "",
    predicted,
    of(""),
  ].filter(Boolean);
}

function picture(sheet, place) {
  const node = document.createElement("div");
  node.className = `lnl-tip-picture${sheet.sharp ? " lnl-sharp" : ""}`;
  const scale = sheet.side / Math.max(sheet.width, sheet.height);
  const [width, height] = [sheet.width * scale, sheet.height * scale];
  Object.assign(node.style, {
    width: `${width}px`,
    height: `${height}px`,
    backgroundImage: `url(${sheet.uri})`,
    backgroundSize: `${width * sheet.columns}px auto`,
    backgroundPosition:
      `${-width * (place % sheet.columns)}px ${-height * Math.floor(place / sheet.columns)}px`,
  });
  return node;
}

// Beside the pointer, on the side where there is room.
function placed(tip, x, y) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = x + 20 + width > window.innerWidth ? x - 20 - width : x + 20;
  const top = Math.min(Math.max(8, y - height / 2), window.innerHeight - height - 8);
  Object.assign(tip.style, { left: `${Math.max(8, left)}px`, top: `${top}px` });
}

function show(state, { data, point, x, y }) {
  const known = state.known[data];
  const unseen = point[0] - known?.ids.length; // places of test images follow those of samples
  if (!known || (unseen >= 0 && !known.test)) return;
  const line = (text) => Object.assign(document.createElement("span"), { textContent: text });
  const nodes = words(known, point).map(line);
  const [sheet, place] = unseen >= 0 ? [known.test.sheet, unseen] : [known.sheet, point[0]];
  if (sheet) nodes.unshift(picture(sheet, place));
  state.tip.replaceChildren(...nodes);
  state.tip.style.display = "block";
  placed(state.tip, x, y);
}

function mount(tip) {
  const state = { tip, rev: "" };
  const hide = () => (tip.style.display = "none");
  const heard = {
    "lnl-hover": (event) => show(state, event.detail),
    "lnl-unhover": hide,
    "lnl-click": ({ detail: { data, run, point } }) => {
      const sample = state.known[data]?.ids[point[0]];
      if (sample === undefined) return;
      hide();
      state.send("clicked", { run, sample });
    },
  };
  for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear);
  window.addEventListener("scroll", hide, true);
  state.end = () => {
    for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear);
    window.removeEventListener("scroll", hide, true);
  };
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!states.has(parentElement)) {
    states.set(parentElement, mount(parentElement.querySelector(".lnl-tip")));
  }
  const state = states.get(parentElement);
  state.send = setTriggerValue;
  const rev = new TextDecoder().decode(data.subarray(0, HEAD));
  if (rev !== state.rev) {
    state.known = JSON.parse(new TextDecoder().decode(data.subarray(HEAD)));
    state.rev = rev;
  }
  return () => {
    state.end();
    states.delete(parentElement);
  };
}
