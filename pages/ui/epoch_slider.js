// A slider whose thumb belongs to the hand that holds it: a refresh moves it only when it is let go.
const CALM = 1500; // ms after the last move in which an answer of the server may be an old one
const PACE = 150; // ms between two moves that are sent while dragging
const states = new WeakMap();

function mount(root, send) {
  const range = root.querySelector("input");
  const state = { range, number: root.querySelector("output"), moved: 0, sent: null, timer: null };
  const go = (epoch) => {
    clearTimeout(state.timer);
    state.timer = null;
    state.sent = epoch;
    state.moved = Date.now();
    state.send("moved", epoch);
  };
  // Beyond the newest epoch there is nothing to see: there, and at the newest, the view is live.
  const chosen = () => {
    const epoch = Math.min(Number(range.value), state.data.newest);
    return epoch === state.data.newest ? 0 : epoch;
  };
  range.oninput = () => {
    state.moved = Date.now();
    state.number.textContent = Math.min(Number(range.value), state.data.newest);
    state.timer ??= setTimeout(() => go(chosen()), PACE);
  };
  range.onchange = () => go(chosen());
  root.querySelector("button").onclick = () => go(0);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lnl-epoch");
  if (!states.has(parentElement)) states.set(parentElement, mount(root));
  const state = states.get(parentElement);
  Object.assign(state, { data, send: setTriggerValue });
  state.range.max = data.total;
  root.querySelector(".lnl-of").textContent = `of ${data.total}`;
  const button = root.querySelector("button");
  button.textContent = data.back;
  button.hidden = data.epoch === 0;
  root.querySelector(".lnl-live").hidden = data.epoch !== 0 || !data.alive;
  const mine = Date.now() - state.moved < CALM && state.sent !== data.epoch;
  if (!mine) {
    state.range.value = data.epoch || data.newest;
    state.number.textContent = data.epoch || data.newest;
  }
  return () => states.delete(parentElement);
}
