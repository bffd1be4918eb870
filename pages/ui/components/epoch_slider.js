// A slider whose thumb belongs to the hand that holds it: a refresh moves it only when it is let go.
const CALM = 1500; // ms after the last move in which an answer of the server may be an old one
const HOLD = 15000; // ms after Back in which the answer to an earlier move may still come
const PACE = 150; // ms between two moves that are sent while dragging
const states = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

function go(state, epoch) {
  clearTimeout(state.timer);
  state.timer = null;
  state.wanted = null;
  state.sent = epoch;
  state.underWay = true;
  state.moved = Date.now();
  state.send("moved", { epoch, runs: state.data.runs });
}

function pause(state) {
  state.playing = false;
  clearTimeout(state.next);
  state.next = null;
  label(state);
}

// At the newest epoch there is nothing more to play: there the view is live again.
function step(state) {
  const { epoch, newest } = state.data;
  const next = epoch === 0 && !state.begun ? 1 : (epoch || newest) + 1;
  Object.assign(state, { begun: true, next: null, due: Date.now() + 1000 / state.speed.value });
  if (next >= newest) pause(state);
  show(state, Math.min(next, newest));
  go(state, next >= newest ? 0 : next);
}

function play(state) {
  state.begun = false;
  if (state.playing) return pause(state);
  if (state.data.newest < 2) return;
  state.playing = !still.matches; // who wants no motion steps by hand
  step(state);
  label(state);
}

// Once a browser: the replay that shows what this is about begins when there is something to see.
function begin(state) {
  state.offered = true;
  if (still.matches || remembered("played")) return;
  const drawn = () => {
    if (state.gone || state.moved) return;
    if (!document.querySelector(".lnl-plot .main-svg")) return setTimeout(drawn, PACE);
    remember("played");
    play(state);
    addEventListener("pointerdown", state.rest, { capture: true, once: true });
  };
  drawn();
}

function by(state, epochs) {
  pause(state);
  const { newest } = state.data;
  const epoch = Math.min(Math.max(Number(state.range.value) + epochs, 1), newest);
  show(state, epoch);
  go(state, epoch === newest ? 0 : epoch);
}

function show(state, epoch) {
  state.range.value = epoch;
  state.number.textContent = epoch;
}

function label(state) {
  const word = state.playing ? "Pause" : still.matches ? "Next" : "Play";
  const sign = state.playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M3 1.5v13L14 8z";
  state.button.querySelector("path").setAttribute("d", sign);
  state.button.querySelector("span").textContent = word;
  state.button.title = still.matches ? "The next epoch" : `${word} the epochs (space bar)`;
}

// After Back, the answer to a move that was under way: before Back's own, behind it, or as one with
// it. Where it has changed the address or the epoch, Back is done again.
function held(state) {
  const { wanted, sent, data } = state;
  if (data.epoch !== sent && data.epoch !== wanted) return;
  const here = new URL(location.href);
  if (Number(here.searchParams.get("epoch")) !== wanted) {
    if (wanted) here.searchParams.set("epoch", wanted);
    else here.searchParams.delete("epoch");
    history.replaceState(history.state, "", here);
  }
  if (data.epoch === wanted) return;
  show(state, wanted || data.newest);
  go(state, wanted);
}

function mount(root) {
  const part = (name) => root.querySelector(name);
  const state = { range: part("input"), number: part("output"), button: part(".lnl-play") };
  Object.assign(state, { speed: part("select"), moved: 0, sent: null, underWay: false, wanted: null });
  Object.assign(state, { timer: null, next: null });
  const { range } = state;
  // Beyond the newest epoch there is nothing to see: there, and at the newest, the view is live.
  const chosen = () => {
    const epoch = Math.min(Number(range.value), state.data.newest);
    return epoch === state.data.newest ? 0 : epoch;
  };
  range.oninput = () => {
    pause(state);
    state.moved = Date.now();
    state.number.textContent = Math.min(Number(range.value), state.data.newest);
    state.timer ??= setTimeout(() => go(state, chosen()), PACE);
  };
  range.onchange = () => go(state, chosen());
  range.onkeydown = (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    play(state);
  };
  state.button.onclick = () => play(state);
  part(".lnl-back").onclick = () => {
    pause(state);
    go(state, 0);
  };
  // The browser's Back ends what the hand was doing: the next answer of the server counts. Unless
  // that is the answer to a move still under way, which would undo Back.
  state.back = () => {
    pause(state);
    clearTimeout(state.timer);
    const asked = Number(new URLSearchParams(location.search).get("epoch"));
    const wanted = state.underWay ? asked : null;
    Object.assign(state, { timer: null, moved: 0, wanted });
    clearTimeout(state.hold);
    state.hold = setTimeout(() => Object.assign(state, { wanted: null, underWay: false }), HOLD);
  };
  addEventListener("popstate", state.back);
  // what plays by itself ends with the first act of the user, unless that puts a hint away
  state.rest = (event) =>
    event.composedPath().some((part) => part.classList?.contains("lnl-hint"))
      ? addEventListener("pointerdown", state.rest, { capture: true, once: true })
      : pause(state);
  // a presentation's keys
  state.key = ({ detail }) => (detail === "play" ? play(state) : by(state, detail === "next" ? 1 : -1));
  document.addEventListener("lnl-epoch", state.key);
  label(state);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lnl-epoch");
  if (!states.has(parentElement)) states.set(parentElement, mount(root));
  const state = states.get(parentElement);
  if (state.playing && data.runs !== state.data.runs) pause(state);
  Object.assign(state, { data, send: setTriggerValue });
  if (data.byItself && !state.offered) begin(state);
  state.range.max = data.total;
  root.querySelector(".lnl-of").textContent = `of ${data.total}`;
  const back = root.querySelector(".lnl-back");
  back.textContent = data.back;
  back.hidden = data.epoch === 0;
  root.querySelector(".lnl-live").hidden = data.epoch !== 0 || !data.alive;
  if (data.epoch === state.sent) state.underWay = false;
  if (state.wanted !== null) held(state);
  const mine = Date.now() - state.moved < CALM && state.sent !== data.epoch;
  if (!mine) show(state, data.epoch || data.newest);
  if (state.playing && state.sent === data.epoch) {
    state.next ??= setTimeout(() => step(state), Math.max(0, state.due - Date.now()));
  }
  return () => {
    pause(state);
    state.gone = true;
    clearTimeout(state.hold);
    removeEventListener("popstate", state.back);
    removeEventListener("pointerdown", state.rest, { capture: true });
    document.removeEventListener("lnl-epoch", state.key);
    states.delete(parentElement);
  };
}
