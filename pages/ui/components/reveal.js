// Scrolls to a new part once it is there, unless it can be seen already; a page that is drawn again
// brings the same act once more.
const PATIENCE = 5000; // ms
const still = matchMedia("(prefers-reduced-motion: reduce)");
let done = 0;

function scroll(selector, until) {
  const part = document.querySelector(selector);
  if (!part) {
    if (Date.now() < until) requestAnimationFrame(() => scroll(selector, until));
    return;
  }
  const { top, bottom } = part.getBoundingClientRect();
  if (0 <= top && bottom <= innerHeight) return;
  part.style.scrollMarginTop = "4.5rem";
  part.scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block: "start" });
}

export default function ({ data }) {
  if (data.act <= done) return;
  done = data.act;
  scroll(data.selector, Date.now() + PATIENCE);
}
