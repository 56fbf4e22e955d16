// The form works without this: it only keeps it from being sent twice, and leads to what is wrong.
"use strict";
const form = document.querySelector("form");
const button = document.getElementById("send");
const words = button.textContent;

const rest = () => {
  button.disabled = false;
  button.textContent = words;
};

form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = button.dataset.busy;
});
window.addEventListener("pageshow", rest); // also when the page comes back from the browser's memory
document.getElementById("errors")?.focus();
