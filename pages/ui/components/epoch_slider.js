// A slider whose thumb belongs to the hand that holds it: a refresh moves it only when it is let go.
// The server's answer names the last move that it has heard; one that no answer names is sent again.
const AGAIN = 3000; // ms until then
const TRIES = 5;
const HOLD = 15000; // ms after Back in which the answer to an earlier move may still come
const PACE = 150; // ms between two moves that are sent while dragging
const states = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

function go(state, epoch) {
  clearTimeout(state.timer);
  const move = numbered({ epoch, runs: state.data.runs });
  Object.assign(state, { awaited: move.number, sent: epoch, moved: true, timer: null, wanted: null });
  ask(state, move, TRIES);
}

function ask(state, move, tries) {
  clearTimeout(state.again);
  if (!tries) return (state.awaited = null);
  state.send("moved", move);
  state.again = setTimeout(() => ask(state, move, tries - 1), AGAIN);
}

function answered(state) {
  if (state.awaited === null || state.awaited > state.data.heard) return;
  state.awaited = null;
  clearTimeout(state.again);
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
  state.told.textContent = epoch;
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
  const state = { range: part("input"), told: part("output"), button: part(".lnl-play") };
  Object.assign(state, { speed: part("select"), moved: false, awaited: null, sent: null });
  Object.assign(state, { timer: null, next: null, wanted: null });
  const { range } = state;
  // Beyond the newest epoch there is nothing to see: there, and at the newest, the view is live.
  const chosen = () => {
    const epoch = Math.min(Number(range.value), state.data.newest);
    return epoch === state.data.newest ? 0 : epoch;
  };
  range.oninput = () => {
    pause(state);
    state.moved = true;
    state.told.textContent = Math.min(Number(range.value), state.data.newest);
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
    const wanted = state.awaited !== null || state.wanted !== null ? asked : null;
    Object.assign(state, { timer: null, awaited: null, wanted });
    clearTimeout(state.again);
    clearTimeout(state.hold);
    state.hold = setTimeout(() => (state.wanted = null), HOLD);
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
  answered(state);
  if (state.wanted !== null) held(state);
  const mine = state.timer !== null || state.awaited !== null;
  if (!mine) show(state, data.epoch || data.newest);
  if (state.playing && state.awaited === null) {
    state.next ??= setTimeout(() => step(state), Math.max(0, state.due - Date.now()));
  }
  return () => {
    pause(state);
    state.gone = true;
    clearTimeout(state.again);
    clearTimeout(state.hold);
    removeEventListener("popstate", state.back);
    removeEventListener("pointerdown", state.rest, { capture: true });
    document.removeEventListener("lnl-epoch", state.key);
    states.delete(parentElement);
  };
}
