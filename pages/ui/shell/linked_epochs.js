// The epoch under the pointer is marked on all curves over epochs of the page, in the browser alone.

// The plots of a figure whose horizontal axis counts epochs.
function plots(figure) {
  const layout = figure._fullLayout;
  if (figure.layout?.meta?.columns?.[0] !== "epoch" || !layout?._plots) return [];
  return Object.values(layout._plots);
}

// Of the plot that is under the pointer; null beside it.
function epochAt(figure, event) {
  const box = figure.getBoundingClientRect();
  const inside = (axis, at) => at >= axis._offset && at <= axis._offset + axis._length;
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const under = plots(figure).find((plot) => inside(plot.xaxis, x) && inside(plot.yaxis, y));
  return under ? Math.round(under.xaxis.p2d(x - under.xaxis._offset)) : null;
}

function lines(figure, epoch) {
  const found = [];
  for (const { xaxis, yaxis } of epoch === null ? [] : plots(figure)) {
    const x = xaxis.d2p(epoch);
    if (!(x >= 0 && x <= xaxis._length)) continue; // zoomed away
    const line = document.createElement("i");
    Object.assign(line.style, {
      left: `${figure.offsetLeft + xaxis._offset + x}px`,
      top: `${figure.offsetTop + yaxis._offset}px`,
      height: `${yaxis._length}px`,
    });
    found.push(line);
  }
  return found;
}

function mark(figure, epoch) {
  let marks = figure.parentElement.querySelector(":scope > .lnl-marks");
  if (!marks && epoch === null) return;
  if (!marks) {
    marks = Object.assign(document.createElement("div"), { className: "lnl-marks" });
    figure.parentElement.append(marks);
  }
  marks.replaceChildren(...lines(figure, epoch));
}

function follow() {
  let shown = null;
  const show = (epoch) => {
    if (epoch === shown) return;
    shown = epoch;
    for (const figure of document.querySelectorAll(".lnl-figure > .lnl-plot")) mark(figure, epoch);
  };
  const lead = (event) => {
    const figure = event.target.closest?.(".lnl-plot");
    show(figure && !event.buttons ? epochAt(figure, event) : null); // not while one drags
  };
  document.addEventListener("pointermove", lead);
  document.documentElement.addEventListener("pointerleave", () => show(null));
}

export default function () {
  if (window.lnlLinkedEpochs) return;
  window.lnlLinkedEpochs = true;
  follow();
}
