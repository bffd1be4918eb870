// Headings stay while their columns do, so that a click or a refresh takes no focus away.
function heading(row, place, send) {
  if (!row.cells[place]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.append(document.createElement("button"));
    row.append(cell);
  }
  const cell = row.cells[place];
  const [button] = cell.children;
  button.type = "button";
  return ({ name, title, help, sorted }) => {
    button.textContent = title;
    if (help) button.title = help;
    else button.removeAttribute("title");
    button.onclick = () => send(name);
    cell.setAttribute("aria-sort", sorted);
  };
}

function line(texts, columns) {
  const row = document.createElement("tr");
  if (typeof texts === "string") {
    row.className = "lnl-part";
    row.append(Object.assign(document.createElement("th"), { scope: "rowgroup", colSpan: columns, textContent: texts }));
    return row;
  }
  for (const text of texts) {
    row.append(Object.assign(document.createElement("td"), { textContent: text }));
  }
  return row;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const [row] = table.tHead.rows;
  const send = (name) => setTriggerValue("sorted", numbered(name));
  data.head.forEach((each, place) => heading(row, place, send)(each));
  while (row.cells.length > data.head.length) row.lastElementChild.remove();
  const drawn = JSON.stringify(data.lines);
  if (table.dataset.drawn === drawn) return;
  table.dataset.drawn = drawn;
  table.tBodies[0].replaceChildren(...data.lines.map((texts) => line(texts, data.head.length)));
}
