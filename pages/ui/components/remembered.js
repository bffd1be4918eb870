// What this browser has seen; one that keeps nothing counts as having seen all, or would see it for ever.
function remembered(what) {
  try {
    return localStorage.getItem(`lnl.${what}`);
  } catch {
    return "perhaps";
  }
}

function remember(what) {
  localStorage.setItem(`lnl.${what}`, "yes");
}
