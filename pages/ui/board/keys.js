// A presentation's keys. Where something has the focus that the key belongs to, it gets it: a field
// all of them, a button or a slider those that move it. A click leaves no focus behind.
const SHOWN = 6000; // ms that the keys are told
const FIELD = "textarea, select, [contenteditable=true], [role=combobox], [role=dialog] *, " +
  "input:not([type=range], [type=checkbox], [type=radio], [type=button])";
const MOVED = "input, button, a, summary, [role=slider], [role=tab], [role=radio], [tabindex='0']";
const states = new WeakMap();

function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element && element !== document.body ? element : null;
}

function pressed(state, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const holder = focused();
  if (holder?.matches(FIELD) || document.querySelector("[role=dialog]")) return;
  const epochs = { " ": "play", ArrowLeft: "previous", ArrowRight: "next" };
  const { key } = event;
  if (key in epochs) {
    if (holder?.matches(MOVED)) return;
    document.dispatchEvent(new CustomEvent("lnl-epoch", { detail: epochs[key] }));
  } else if (key.toLowerCase() === "f") {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  } else if (key === "?") {
    tell(state);
  } else if (state.known.includes(key) || state.known.includes(key.toLowerCase())) {
    if (event.repeat || event.defaultPrevented) return; // Esc that closes a popover
    state.send("pressed", key.length === 1 ? key.toLowerCase() : key);
  } else {
    return;
  }
  event.preventDefault();
}

function tell(state) {
  state.root.textContent = state.told;
  state.root.classList.add("lnl-shown");
  clearTimeout(state.timer);
  state.timer = setTimeout(() => state.root.classList.remove("lnl-shown"), SHOWN);
}

function released() {
  const holder = focused();
  if (holder && !holder.matches(FIELD)) holder.blur();
}

export default function ({ data, parentElement, setTriggerValue }) {
  let state = states.get(parentElement);
  if (!state) {
    state = { root: parentElement.querySelector(".lnl-keys") };
    states.set(parentElement, state);
    state.listen = (event) => pressed(state, event);
    document.addEventListener("keydown", state.listen);
    document.addEventListener("click", released);
    released();
    state.told = data.told;
    tell(state);
  }
  Object.assign(state, data, { send: setTriggerValue });
  return () => {
    clearTimeout(state.timer);
    document.removeEventListener("keydown", state.listen);
    document.removeEventListener("click", released);
    states.delete(parentElement);
  };
}
