// One act, one entry: the first change of the address after an act of the user makes an entry of
// the browser's history; those that follow from it, or come by themselves, belong to that entry.
export default function () {
  const { history } = window;
  if (Object.hasOwn(history, "pushState")) return; // a later run of the page
  const { pushState, replaceState } = history;
  let acted = false;
  const write = (...entry) => {
    (acted ? pushState : replaceState).apply(history, entry);
    acted = false;
  };
  Object.assign(history, { pushState: write, replaceState: write });
  const act = (event) => (acted ||= !event.repeat);
  addEventListener("pointerdown", act, true);
  addEventListener("keydown", act, true);
  addEventListener("popstate", () => (acted = false), true);
}
