// One act, one entry: the first change of the address after an act of the user makes an entry of
// the browser's history; those that follow from it, or come by themselves, belong to that entry.
// And the server is told of Back within a page, so that its address counts, however late other
// requests come; another page begins anew anyway.
const unmoved = (part) => part.classList?.contains("lnl-hint"); // changes nothing of the address

function follow(window) {
  const { history, location } = window;
  const { pushState, replaceState } = history;
  let acted = false;
  let page = location.pathname;
  const write = (...entry) => {
    (acted ? pushState : replaceState).apply(history, entry);
    acted = false;
    page = location.pathname;
  };
  Object.assign(history, { pushState: write, replaceState: write });
  const act = (event) => (acted ||= !event.repeat && !event.composedPath().some(unmoved));
  window.addEventListener("pointerdown", act, true);
  window.addEventListener("keydown", act, true);
  window.addEventListener("popstate", () => {
    acted = false;
    if (location.pathname === page) history.lnlBack(true);
    page = location.pathname;
  }, true);
}

export default function ({ setTriggerValue }) {
  const begun = Object.hasOwn(window.history, "lnlBack"); // a later run of the page
  window.history.lnlBack = (value) => setTriggerValue("pressed", value);
  if (!begun) follow(window);
}
