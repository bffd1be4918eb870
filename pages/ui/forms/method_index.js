// Families of methods as cards, links or boxes to be ticked; typing leaves those in which each typed
// word begins a word.
const states = new WeakMap();

function element(tag, name, text) {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}

function card(method, family, click) {
  const link = Object.assign(element("a", "", ""), { href: method.link });
  const title = element("div", "lnl-title", "");
  title.append(element("strong", "", method.title), element("span", "", method.cost));
  const facts = element("div", "lnl-facts", "");
  facts.append(element("span", "", method.source));
  if (method.networks) facts.append(element("span", "", method.networks));
  if (method.uses) {
    const uses = element("span", "lnl-uses", method.uses);
    uses.title = method.instead;
    facts.append(uses);
  }
  link.append(title, element("div", "", method.summary), facts);
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    click(method.name);
  };
  link.onkeydown = (event) => {
    if (event.key !== " " || link.role !== "checkbox") return;
    event.preventDefault();
    click(method.name);
  };
  const { name, title: called, summary, source, parts, uses } = method;
  const words = [family.name, name, called, summary, source, parts, uses].join(" ").toLowerCase();
  return { link, words, name };
}

function drawn(state, families) {
  const content = JSON.stringify(families);
  if (state.content === content) return;
  state.content = content;
  state.families = families.map((family) => {
    const section = document.createElement("section");
    const cards = element("div", "lnl-cards", "");
    const made = family.methods.map((method) => card(method, family, (name) => state.click(name)));
    cards.append(...made.map(({ link }) => link));
    section.append(element("h2", "", family.name), element("p", "", family.words), cards);
    return { section, made };
  });
  state.root.querySelector(".lnl-families").replaceChildren(...state.families.map(({ section }) => section));
  filter(state);
}

// The links stay, and with them the focus.
function ticked(state, chosen) {
  for (const { link, name } of state.families.flatMap(({ made }) => made)) {
    link.role = chosen ? "checkbox" : null;
    link.ariaChecked = chosen ? String(chosen.includes(name)) : null;
  }
}

function filter(state) {
  const typed = state.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const plain = (word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const asked = typed.map((word) => new RegExp(`(^|[^\\p{L}\\p{N}])${plain(word)}`, "u"));
  let [found, all] = [0, 0];
  for (const { section, made } of state.families) {
    let here = 0;
    for (const { link, words } of made) {
      link.hidden = !asked.every((begins) => begins.test(words));
      here += !link.hidden;
    }
    section.hidden = !here;
    found += here;
    all += made.length;
  }
  state.root.querySelector("output").textContent = asked.length ? `${found} of ${all}` : `${all} methods`;
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!states.has(parentElement)) {
    const root = parentElement.querySelector(".lnl-index");
    const state = { root, search: root.querySelector("input") };
    state.search.oninput = () => filter(state);
    states.set(parentElement, state);
  }
  const state = states.get(parentElement);
  state.click = (name) => setTriggerValue("clicked", numbered(name));
  drawn(state, data.families);
  ticked(state, data.chosen);
}
