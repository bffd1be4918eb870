// A slider whose thumb belongs to the hand that holds it: a refresh moves it only when it is let go.
// The server's answer names the last move that it has heard; one that no answer names is sent again.
const AGAIN = 3000; // ms until then
const TRIES = 5;
const HOLD = 15000; // ms after Back in which the answer to an earlier move may still come
const GONE = 2000; // ms off the page after which a slider is not put back any more
const PACE = 150; // ms between two moves that are sent while dragging
const states = new WeakMap();
let hand = null; // a page has one slider
const still = matchMedia("(prefers-reduced-motion: reduce)");

function go(state, epoch) {
  clearTimeout(state.timer);
  const move = numbered({ epoch, runs: state.data.runs });
  Object.assign(state, { awaited: move.number, move, sent: epoch, moved: true, timer: null, wanted: null });
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
  const epoch = Math.min(Math.max(state.shown + epochs, 1), newest);
  show(state, epoch);
  go(state, epoch === newest ? 0 : epoch);
}

function show(state, epoch) {
  state.shown = epoch;
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

// The elements of a part of the page; their handlers act on the one state.
function attach(state, root) {
  const part = (name) => root.querySelector(name);
  const range = part("input");
  clearTimeout(state.leaving);
  if (state.speed) part("select").value = state.speed.value;
  Object.assign(state, { range, told: part("output"), button: part(".lnl-play") });
  Object.assign(state, { speed: part("select"), gone: false });
  // Beyond the newest epoch there is nothing to see: there, and at the newest, the view is live.
  const chosen = () => {
    const epoch = Math.min(Number(range.value), state.data.newest);
    return epoch === state.data.newest ? 0 : epoch;
  };
  range.oninput = () => {
    pause(state);
    state.moved = true;
    state.shown = Math.min(Number(range.value), state.data.newest);
    state.told.textContent = state.shown;
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
  label(state);
}

function made() {
  const state = { moved: false, awaited: null, sent: null, timer: null, next: null, wanted: null };
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
  return state;
}

function end(state) {
  pause(state);
  clearTimeout(state.timer);
  clearTimeout(state.again);
  clearTimeout(state.hold);
  removeEventListener("popstate", state.back);
  removeEventListener("pointerdown", state.rest, { capture: true });
  document.removeEventListener("lnl-epoch", state.key);
  if (hand === state) hand = null;
}

// While requests come faster than answers, Streamlit takes parts off the page and puts them back: the
// hand's state stays, a move under way and keys pressed meanwhile too.
function mount(root, data) {
  if (hand && hand.data.runs !== data.runs) end(hand);
  hand ??= made();
  attach(hand, root);
  return hand;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lnl-epoch");
  const known = states.get(parentElement);
  const state = known ?? mount(root, data);
  states.set(parentElement, state);
  if (state.playing && data.runs !== state.data.runs) pause(state);
  Object.assign(state, { data, send: setTriggerValue });
  if (data.byItself && !state.offered) begin(state);
  state.range.max = data.total;
  root.querySelector(".lnl-of").textContent = `of ${data.total}`;
  const back = root.querySelector(".lnl-back");
  back.querySelector("span").textContent = back.title = data.back;
  back.hidden = data.epoch === 0;
  root.querySelector(".lnl-live").hidden = data.epoch !== 0 || !data.alive;
  answered(state);
  if (state.wanted !== null) held(state);
  const mine = state.timer !== null || state.awaited !== null;
  if (!mine) show(state, data.epoch || data.newest);
  else if (!known) show(state, state.shown);
  if (!known && state.awaited !== null) ask(state, state.move, TRIES);
  if (state.playing && state.awaited === null) {
    state.next ??= setTimeout(() => step(state), Math.max(0, state.due - Date.now()));
  }
  return () => {
    states.delete(parentElement);
    if (!root.contains(state.range)) return; // it is on the page again already
    state.gone = true;
    state.leaving = setTimeout(() => end(state), GONE);
  };
}
