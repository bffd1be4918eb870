// Streamlit may bring a value a second time, even behind a later one: each has a number that rises.
let last = 0;

function numbered(value) {
  last = Math.max(Date.now(), last + 1);
  return { value, number: last };
}
