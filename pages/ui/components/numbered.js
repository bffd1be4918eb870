// Streamlit may bring a value a second time, even behind a later one: each has a number that rises.
let latest = 0;

function numbered(value) {
  latest = Math.max(Date.now(), latest + 1);
  return { value, number: latest };
}
