// A grid of pictures cut from one sheet: nodes stay, and only a picture that changed is painted.
// Stands behind dark.js in one module: see pictures.py.
const states = new WeakMap();

function made(selectable) {
  const node = document.createElement(selectable ? "button" : "div");
  if (selectable) node.type = "button";
  node.className = "lnl-picture";
  node.innerHTML =
    '<span class="lnl-frame"><canvas role="img"></canvas></span><span class="lnl-lines"></span>';
  return node;
}

// As many nodes as pictures, of the right kind.
function fitted(root, { pictures, selectable }) {
  const tag = selectable ? "BUTTON" : "DIV";
  if (root.firstChild && root.firstChild.tagName !== tag) root.replaceChildren();
  while (root.children.length > pictures.length) root.lastChild.remove();
  while (root.children.length < pictures.length) root.append(made(selectable));
}

function told({ id, lines, tone }) {
  const words = lines.length ? lines : [`sample ${id}`];
  return [...words, tone === "mislabelled" ? "mislabelled" : ""].filter(Boolean).join(", ");
}

function described(node, picture, state) {
  const { data, dark } = state;
  const colour = data.frames[picture.tone];
  node.style.setProperty("--frame", dark ? data.dark[colour] : colour);
  node.dataset.tone = picture.tone;
  node.dataset.id = picture.id;
  node.title = picture.lines.join("\n");
  node.querySelector("canvas").setAttribute("aria-label", told(picture));
  if (picture.id === data.selected) node.setAttribute("aria-current", "true");
  else node.removeAttribute("aria-current");
  const text = node.querySelector(".lnl-lines");
  if (text.dataset.lines === JSON.stringify(picture.lines)) return;
  text.dataset.lines = JSON.stringify(picture.lines);
  const line = (words) => Object.assign(document.createElement("span"), { textContent: words });
  text.replaceChildren(...picture.lines.map(line));
}

function painted(node, place, sheet, data) {
  const canvas = node.querySelector("canvas");
  const { width, height, columns, pictures } = data;
  Object.assign(canvas, { width, height });
  const x = (place % columns) * width;
  const y = Math.floor(place / columns) * height;
  canvas.getContext("2d").drawImage(sheet, x, y, width, height, 0, 0, width, height);
  node.dataset.rev = pictures[place].rev;
}

// The former pictures stay until the new sheet is decoded: no blank moment between the two.
async function paint(state) {
  const { root, data } = state;
  const stale = (node, place) => node.dataset.rev !== String(data.pictures[place].rev);
  if (![...root.children].some(stale)) return;
  const sheet = new Image();
  sheet.src = data.sheet;
  await sheet.decode();
  if (state.data !== data) return;
  [...root.children].forEach((node, place) => {
    if (stale(node, place)) painted(node, place, sheet, data);
  });
}

// Arrow keys go from picture to picture; Enter and the space bar choose, as on any button.
function walked(event) {
  const node = event.target.closest("button.lnl-picture");
  const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
  const next = node && step && node[step];
  if (!next) return;
  next.focus();
  event.preventDefault();
}

function mount(root) {
  const state = { root };
  root.onclick = (event) => {
    const node = event.target.closest("button.lnl-picture");
    if (node) state.send("clicked", Number(node.dataset.id));
  };
  root.onkeydown = walked;
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lnl-pictures");
  if (!states.has(parentElement)) states.set(parentElement, mount(root));
  const state = states.get(parentElement);
  Object.assign(state, { data, dark: isDark(root), send: setTriggerValue });
  const written = data.pictures.some((picture) => picture.lines.length);
  root.classList.toggle("lnl-sharp", data.sharp);
  root.style.setProperty("--size", `${data.size}px`);
  root.style.setProperty("--aspect", `${data.width} / ${data.height}`);
  root.style.setProperty("--cell", `${written ? Math.max(data.size, 96) : data.size}px`);
  root.style.setProperty("--letters", `${Math.min(18, Math.max(14, Math.round(data.size / 9)))}px`);
  fitted(root, data);
  [...root.children].forEach((node, place) => described(node, data.pictures[place], state));
  paint(state).catch(() => {
    root.title = "The pictures could not be read. Reload the page.";
  });
  return () => states.delete(parentElement);
}
