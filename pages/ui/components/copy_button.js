// Without HTTPS, and not on this machine, a page has no navigator.clipboard.
async function copied(text, beside) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  beside.after(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("refused");
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector(".lnl-copy");
  const told = parentElement.querySelector(".lnl-copied");
  button.textContent = data.label;
  button.onclick = () =>
    copied(data.text, button)
      .then(() => (told.textContent = "Copied"))
      .catch(() => (told.textContent = "The browser refused. Select the text and copy it."))
      .finally(() => button.focus());
}
