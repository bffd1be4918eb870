// A key that no part of the page has the focus for belongs to the dialog that is open.
function follow(window) {
  const { document, KeyboardEvent } = window;
  window.lnlDialogFocus = true;
  const lead = (event) => {
    const dialog = document.querySelector("[data-testid=stDialog] [role=dialog]");
    if (!dialog || document.activeElement !== document.body || !event.isTrusted) return;
    dialog.focus();
    if (event.key !== "Escape") return; // what Tab does starts from where the focus is now
    event.stopPropagation();
    dialog.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  };
  window.addEventListener("keydown", lead, true);
}

export default function () {
  if (!window.lnlDialogFocus) follow(window);
}
