// A hint stands at the lower edge of what it is about, where axis titles are, and moves with it.
const states = new WeakMap();

function place(state) {
  const { root, hints, step } = state;
  const anchor = document.querySelector(hints[step].at);
  root.hidden = !anchor;
  if (!anchor) return;
  const { left, right, bottom, height } = anchor.getBoundingClientRect();
  const middle = (left + right) / 2 - root.offsetWidth / 2;
  const over = height > 100 ? 0.22 * height : -10;
  const edge = document.querySelector("[data-testid=stMain]").getBoundingClientRect().left;
  root.style.left = `${Math.max(edge + 8, Math.min(middle, innerWidth - root.offsetWidth - 8))}px`;
  root.style.top = `${bottom - over}px`;
}

function show(state) {
  const { root, hints, step } = state;
  root.querySelector("p").textContent = hints[step].words;
  root.querySelector("span").textContent = `${step + 1} of ${hints.length}`;
  root.querySelector(".lnl-next").textContent = step + 1 < hints.length ? "Next" : "Done";
  place(state);
}

function away(state) {
  remember("hints");
  state.root.hidden = true;
  state.end();
}

function mount(root, hints) {
  const state = { root, hints, step: 0 };
  const follow = () => {
    place(state);
    state.frame = requestAnimationFrame(follow);
  };
  state.end = () => cancelAnimationFrame(state.frame);
  root.querySelector(".lnl-away").onclick = () => away(state);
  root.querySelector(".lnl-next").onclick = () => {
    if (state.step + 1 === hints.length) return away(state);
    state.step += 1;
    show(state);
  };
  show(state);
  follow();
  return state;
}

export default function ({ data, parentElement }) {
  if (remembered("hints")) return undefined;
  if (!states.has(parentElement)) {
    states.set(parentElement, mount(parentElement.querySelector(".lnl-hint"), data));
  }
  return () => {
    states.get(parentElement)?.end();
    states.delete(parentElement);
  };
}
