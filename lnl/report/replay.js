// The replay of a report. Stands behind drawing.js, which draws; see replay.py for what it reads.
// A film is a figure, and the values that change in it: see lnl/charts/film.py.
const numbers = (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, place) => view.getInt16(2 * place, true));
};

function framed(film, places, frame) {
  const whole = { figure: structuredClone(film.figure) };
  for (const { path, values, at } of film.tracks) {
    const names = ["figure", ...path];
    const last = names.pop();
    const within = names.reduce((part, name) => part[name], whole);
    within[last] = structuredClone(values[at[frame]]);
  }
  const maps = {};
  for (const trace of whole.figure.data) {
    if (!trace.rows) continue;
    const { values, at } = places[trace.xaxis];
    const map = (maps[trace.xaxis] ??= numbers(values[at[frame]]));
    const rows = numbers(trace.rows);
    trace.x = rows.map((row) => map[2 * row]);
    trace.y = rows.map((row) => map[2 * row + 1]);
    delete trace.rows;
  }
  return whole.figure;
}

// Where the first two stand side by side, they are as high as the window has room for.
const [SHORT, TALL] = [340, 560]; // pixels
function room(plots) {
  if (plots[0].offsetTop !== plots[1].offsetTop) return 0;
  const top = plots[0].getBoundingClientRect().top + scrollY;
  return Math.round(Math.min(TALL, Math.max(SHORT, innerHeight - top - 8)));
}

function showReplay(Plotly) {
  const root = document.querySelector(".lnl-replay");
  if (!root) return;
  const part = (name) => root.querySelector(name);
  const { epochs, dark, sides, places } = JSON.parse(part("script").textContent);
  const [range, play, output] = ["input", ".lnl-play", "output"].map(part);
  const films = [...root.querySelectorAll(".lnl-film")].map((node) => ({
    title: node.dataset.film,
    plot: node.querySelector(".lnl-plot"),
  }));
  const night = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const last = epochs.length - 1;
  const state = { side: 0, playing: false, timer: null, busy: false, again: false };

  async function drawn({ title, plot }, height) {
    const frame = Number(range.value);
    const figure = framed(sides[state.side].films[title], places, frame);
    const arrangement = fitted(chosen(figure.layout, plot.clientWidth), height);
    await plotted(Plotly, plot, figure, night.matches ? dark : null, arrangement);
    plot.dataset.drawn = `${state.side} ${epochs[frame]}`;
  }

  // One at a time: plotly does not survive a second call while the first is still drawing.
  async function draw() {
    state.again = true;
    if (state.busy) return;
    state.busy = true;
    try {
      while (state.again) {
        state.again = false;
        const height = room(films.map(({ plot }) => plot));
        for (const [place, film] of films.entries()) await drawn(film, place < 2 ? height : 0);
      }
    } finally {
      state.busy = false;
    }
  }

  function told() {
    const frame = Number(range.value);
    const words = sides[state.side].words[frame];
    output.textContent = `${epochs[frame]} of ${epochs[last]}`;
    range.setAttribute("aria-valuetext", `epoch ${output.textContent}`);
    const lines = words.map(([name, headline, numbers]) => {
      const line = document.createElement("p");
      line.append(Object.assign(document.createElement("b"), { textContent: name }), `: ${headline}`);
      line.title = numbers;
      return line;
    });
    part(".lnl-words").replaceChildren(...lines);
    const verdicts = words.map(([name, ...more]) => `${name}: ${more.join(" ")}`).join(" ");
    for (const { title, plot } of films) {
      plot.setAttribute("aria-label", `${title}, epoch ${epochs[frame]}. ${verdicts}`);
    }
  }

  function show(frame) {
    range.value = frame;
    told();
    return draw();
  }

  function label() {
    const word = state.playing ? "Pause" : still.matches ? "Next" : "Play";
    play.textContent = word;
    play.title = still.matches ? "The next epoch" : `${word} the epochs (space bar)`;
  }

  function pause() {
    state.playing = false;
    clearTimeout(state.timer);
    label();
  }

  // From the last epoch on to the first; playing ends at the last.
  async function step() {
    const due = Date.now() + 1000 / part(".lnl-speed").value;
    const frame = Number(range.value);
    await show(frame === last ? 0 : frame + 1);
    if (Number(range.value) === last) pause();
    if (state.playing) state.timer = setTimeout(step, Math.max(0, due - Date.now()));
  }

  function toggle() {
    if (state.playing) return pause();
    state.playing = !still.matches; // who wants no motion steps by hand
    label();
    return step();
  }

  function reveal(shown) {
    state.side = shown ? 0 : 1;
    part(".lnl-truth").textContent = shown ? "Hide the truth" : "Reveal the truth";
    document.querySelector(".lnl-answers").hidden = !shown;
    document.querySelector(".lnl-veil").hidden = shown;
    told();
    draw();
  }

  play.onclick = toggle;
  range.oninput = () => {
    pause();
    show(range.value);
  };
  range.onkeydown = (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  };
  if (sides.length === 2) part(".lnl-truth").onclick = () => reveal(state.side === 1);
  still.addEventListener("change", pause);
  night.addEventListener("change", draw);
  const resized = () => {
    const size = [innerHeight, ...films.map(({ plot }) => plot.clientWidth)].join();
    if (size === state.size) return;
    state.size = size;
    draw();
  };
  const observer = new ResizeObserver(resized);
  for (const { plot } of films) observer.observe(plot);
  addEventListener("resize", resized);
  label();
  told();
}

showReplay(Plotly);
