// Typing sheets by keyboard alone: Enter goes on to the next input, and what was typed is told in words at once.
// The server says what a typed number means and what is wrong, with the same reading as when the sheet is saved.
const form = document.getElementById("typing");
const inputs = [...form.querySelectorAll(".lines input, .lines textarea")];
const save = document.getElementById("save");
const visited = new Set(inputs.filter((input) => input.hasAttribute("aria-invalid")));
let asked = 0;

function goOn(from, step) {
  const next = inputs[inputs.indexOf(from) + step];
  if (next) {
    next.focus();
    if (next.select) next.select();
  } else if (step > 0) save.focus();
}

function tell(input, problem, said) {
  const place = document.getElementById("p" + input.id.slice(1));
  const words = document.createElement("span");
  words.className = problem ? "error" : "";
  words.textContent = problem || said || "";
  place.replaceChildren(...(words.textContent ? [words] : []));
  if (problem) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

async function check() {
  const mine = ++asked, sent = new FormData(form);
  sent.set("~do", "check");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    if (mine === asked) for (const input of visited) tell(input, found.problems[input.name], found.said[input.name]);
  } catch {
    if (mine === asked) for (const input of visited) tell(input, "", form.dataset.waiting);
  }
}

form.addEventListener("keydown", (event) => {
  const at = event.target;
  if (!inputs.includes(at) || event.isComposing) return;
  const isLong = at.tagName === "TEXTAREA";
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    visited.add(at);
    goOn(at, 1);
  } else if (!isLong && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    goOn(at, event.key === "ArrowUp" ? -1 : 1);
  }
});
form.addEventListener("focusout", (event) => {
  if (!inputs.includes(event.target)) return;
  visited.add(event.target);
  check();
});

const wrong = inputs.find((input) => input.hasAttribute("aria-invalid"));
(wrong || inputs[0]).focus();
if (wrong && wrong.select) wrong.select();
