// Whether an element stands on a dark page: the theme's background as the browser resolves it.
function isDark(element) {
  const probe = document.createElement("span");
  probe.style.color = "var(--st-background-color)";
  element.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.3 * r + 0.6 * g + 0.1 * b < 128;
}
