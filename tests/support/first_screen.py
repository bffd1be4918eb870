"""What is seen of the first screen, as scripts for the browser."""

# Of each figure what is really drawn: its top and bottom, once its size has settled.
DRAWN = """() => [...document.querySelectorAll('.lnl-plot')].map((plot) => {
  const box = plot.querySelector('.main-svg')?.getBoundingClientRect();
  const { top = -1, bottom = 1e6 } = box ?? {};
  const settled = Math.abs(plot._fullLayout?.width - plot.clientWidth) < 1;
  return settled ? [top, bottom] : [-1, 1e6];
})"""
# Two figures, both wholly within the window.
WHOLE = f"""() => {{
  const drawn = ({DRAWN})();
  return drawn.length === 2 && drawn.every(([top, bottom]) => 0 < top && bottom < innerHeight);
}}"""
# From now on, how much of the page moved, also after an act of the user: ``window.shifted``; what,
# from where to where, and when: ``window.shifts``.
SHIFTS = """() => {
  window.shifted = 0;
  window.shifts = [];
  const told = ({ node, previousRect: from, currentRect: to }) => {
    const element = node?.nodeType === 1 ? node : node?.parentElement;
    const place = element?.closest("[class*=st-key-]")?.className.match(/st-key-\\S+/)?.[0];
    const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join();
    const name = element?.dataset.testid ?? element?.className;
    return `${name} in ${place}: ${box(from)} to ${box(to)}`;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      window.shifted += entry.value;
      window.shifts.push([Math.round(entry.startTime), entry.value, ...entry.sources.map(told)]);
    }
  }).observe({ type: "layout-shift" });
}"""
# The width of each bar, in pixels.
BARS = """() => [...document.querySelectorAll('.lnl-plot .barlayer .point path')].map(
  (bar) => bar.getBoundingClientRect().width,
)"""
