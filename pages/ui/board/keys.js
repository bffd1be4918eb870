// A presentation's keys. They are heard before anything else, and left to what has the focus where
// they belong to it: a field has all of them; a button or a slider those that move it, if the focus
// came by the Tab key. A click on a button leaves the keys with the presentation.
const SHOWN = 6000; // ms that the keys are told
const FIELD = "textarea, select, [contenteditable=true], [role=combobox], " +
  "input:not([type=range], [type=checkbox], [type=radio], [type=button])";
const MOVED = "input, button, a, summary, [role=slider], [role=tab], [role=radio], [tabindex='0']";
const OPEN = "[role=dialog], [data-testid=stPopoverBody]";
const EPOCHS = { " ": "play", ArrowLeft: "previous", ArrowRight: "next" };
const states = new WeakMap();

function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

function pressed(state, event) {
  const { key } = event;
  if (key === "Tab") state.clicked = false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const holder = focused();
  if (holder?.matches(FIELD) || document.querySelector(OPEN)) return;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (key in EPOCHS) {
    if (holder?.matches(MOVED) && (holder.type === "range" || !state.clicked)) return;
    document.dispatchEvent(new CustomEvent("lnl-epoch", { detail: EPOCHS[key] }));
  } else if (letter === "f") {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  } else if (letter === "?") {
    tell(state);
  } else if (state.known.includes(letter)) {
    if (!event.repeat) state.send("pressed", numbered(letter));
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function tell(state) {
  state.root.textContent = state.told;
  state.root.classList.add("lnl-shown");
  clearTimeout(state.timer);
  state.timer = setTimeout(() => state.root.classList.remove("lnl-shown"), SHOWN);
}

function mount(root) {
  const state = { root, clicked: true }; // a click on the switch has brought it
  state.listen = (event) => pressed(state, event);
  state.click = () => (state.clicked = true);
  addEventListener("keydown", state.listen, true);
  addEventListener("pointerdown", state.click, true);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const begun = states.get(parentElement);
  const state = begun ?? mount(parentElement.querySelector(".lnl-keys"));
  states.set(parentElement, state);
  Object.assign(state, data, { send: setTriggerValue });
  if (!begun) tell(state);
  return () => {
    clearTimeout(state.timer);
    removeEventListener("keydown", state.listen, true);
    removeEventListener("pointerdown", state.click, true);
    states.delete(parentElement);
  };
}
