function cell(each, send) {
  const box = document.createElement("td");
  if (!each) return box;
  const { id, text, under, help } = each;
  const words = document.createElement(id ? "button" : "span");
  words.textContent = text;
  if (help) words.title = help;
  if (id) {
    words.type = "button";
    words.onclick = () => send(id);
  }
  box.append(words);
  if (under) box.append(Object.assign(document.createElement("small"), { textContent: under }));
  return box;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const drawn = JSON.stringify(data);
  if (table.dataset.drawn === drawn) return;
  table.dataset.drawn = drawn;
  const send = (id) => setTriggerValue("chosen", numbered(id));
  const heading = (scope) => (text) =>
    Object.assign(document.createElement("th"), { scope, textContent: text });
  table.tHead.rows[0].replaceChildren(...data.head.map(heading("col")));
  table.tBodies[0].replaceChildren(
    ...data.lines.map(({ name, cells }) => {
      const row = document.createElement("tr");
      row.append(heading("row")(name), ...cells.map((each) => cell(each, send)));
      return row;
    }),
  );
}
