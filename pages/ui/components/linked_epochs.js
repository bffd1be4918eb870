// The epoch under the pointer is marked on all curves over epochs of the page, in the browser alone:
// figures tell one another by an event on the document. Stands before figure.js in one module.
const EPOCH = "lnl-epoch";

// The plots of a figure whose horizontal axis counts epochs.
function plots({ plot, payload }) {
  const layout = plot._fullLayout;
  if (payload?.figure.layout.meta?.columns?.[0] !== "epoch" || !layout?._plots) return [];
  return Object.values(layout._plots).map(({ xaxis, yaxis }) => ({ xaxis, yaxis }));
}

// Whole numbers within the axis; none beside a plot.
function epochAt(state, event) {
  const box = state.plot.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const under = plots(state).find(
    ({ xaxis, yaxis }) =>
      x >= xaxis._offset &&
      x <= xaxis._offset + xaxis._length &&
      y >= yaxis._offset &&
      y <= yaxis._offset + yaxis._length,
  );
  return under ? Math.round(under.xaxis.p2d(x - under.xaxis._offset)) : null;
}

function mark(state, epoch) {
  const { plot, marks } = state;
  marks.replaceChildren();
  if (epoch === null) return;
  for (const { xaxis, yaxis } of plots(state)) {
    const x = xaxis.d2p(epoch);
    if (!(x >= 0 && x <= xaxis._length)) continue; // zoomed away
    const line = document.createElement("i");
    Object.assign(line.style, {
      left: `${plot.offsetLeft + xaxis._offset + x}px`,
      top: `${plot.offsetTop + yaxis._offset}px`,
      height: `${yaxis._length}px`,
    });
    marks.append(line);
  }
}

// Begins it for a figure; ends it again.
function linked(state) {
  state.marks = document.createElement("div");
  state.marks.className = "lnl-marks";
  state.root.append(state.marks);
  let told = null;
  const tell = (epoch) => {
    if (epoch === told) return;
    told = epoch;
    document.dispatchEvent(new CustomEvent(EPOCH, { detail: epoch }));
  };
  const hear = ({ detail }) => mark(state, detail);
  state.plot.addEventListener("pointermove", (event) => {
    if (!event.buttons) tell(epochAt(state, event)); // not while one drags
  });
  state.plot.addEventListener("pointerleave", () => tell(null));
  document.addEventListener(EPOCH, hear);
  return () => {
    tell(null);
    document.removeEventListener(EPOCH, hear);
  };
}
