// The phone: shows a conversation, sends texts, moves the program's clock.
// No state of its own but which phones are open; everything else is asked for again and again.

const POLL_MS = 1200;
const FIRST = { number: "+12165550123", city: "Cleveland" };

const at = (id) => document.getElementById(id);
const phones = JSON.parse(sessionStorage.getItem("phones") ?? "null") ?? [FIRST];
let current = Math.min(Number(sessionStorage.getItem("current") ?? 0), phones.length - 1);
let asked = 0;
let shown = new Set();

async function post(path, extra = {}) {
  const answer = await fetch(`phone/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ number: phones[current].number, ...extra }),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// ---- conversation -------------------------------------------------------------------------

function bubble(message) {
  const item = make("div", message.mine ? "bubble mine" : "bubble");
  item.dataset.sid = message.sid;
  item.append(make("span", "unseen", message.mine ? "You:" : "Text support:"));
  item.append(make("p", "", message.body));
  const about = make("p", "about-text");
  const time = make("time", "", message.time);
  time.dateTime = message.instant;
  const count = message.segments === 1 ? "1 segment" : `${message.segments} segments`;
  about.append(time, ` · ${count}`);
  item.append(about);
  return item;
}

function showBubbles(messages) {
  const talk = at("talk");
  const known = messages.filter((message) => shown.has(message.sid)).length;
  const inOrder = known === shown.size && messages.slice(0, known).every((m) => shown.has(m.sid));
  if (!inOrder) clearBubbles();
  const fresh = messages.filter((message) => !shown.has(message.sid));
  if (!fresh.length) return;
  at("empty").hidden = true;
  let day = [...talk.querySelectorAll(".day")].at(-1)?.textContent;
  for (const message of fresh) {
    if (message.day !== day) talk.append(make("p", "day", (day = message.day)));
    talk.append(bubble(message));
    shown.add(message.sid);
  }
  talk.scrollTop = talk.scrollHeight;
}

function clearBubbles() {
  at("talk").querySelectorAll(".bubble, .day").forEach((element) => element.remove());
  at("empty").hidden = false;
  shown = new Set();
}

// ---- what happened behind -----------------------------------------------------------------

function showRows(lines) {
  const rows = at("rows");
  const mark = JSON.stringify(lines.at(-1) ?? "") + lines.length;
  if (rows.dataset.mark === mark) return;
  rows.dataset.mark = mark;
  let day = "";
  rows.replaceChildren();
  for (const line of lines) {
    if (line.day !== day) rows.append(make("li", "day", (day = line.day)));
    const row = make("li", "row");
    row.dataset.where = line.where;
    row.append(make("time", "", line.time), make("b", "", line.where), make("span", "", line.what));
    rows.append(row);
  }
  rows.scrollTop = rows.scrollHeight;
}

// ---- phones -------------------------------------------------------------------------------

function showPhones() {
  const tabs = phones.map((phone, index) => {
    const tab = make("button", "", phone.city);
    tab.type = "button";
    tab.setAttribute("aria-pressed", String(index === current));
    tab.append(make("small", "", phone.number.replace(/^\+1(...)(...)(....)$/, "($1) $2-$3")));
    tab.addEventListener("click", () => choose(index));
    return tab;
  });
  const add = make("button", "add", "Add a phone");
  add.type = "button";
  add.id = "add";
  add.addEventListener("click", () => at("another").showModal());
  at("phones").replaceChildren(...tabs, add);
  sessionStorage.setItem("phones", JSON.stringify(phones));
  sessionStorage.setItem("current", String(current));
}

function choose(index) {
  current = index;
  clearBubbles();
  say("");
  showPhones();
  at("phones").children[index].focus();
  refresh();
}

function addPhone() {
  const option = at("town").selectedOptions[0];
  const last = String(23 + phones.length).padStart(2, "0");
  phones.push({ number: `+1${option.value}55501${last}`, city: option.dataset.city });
  choose(phones.length - 1);
}

// ---- doing --------------------------------------------------------------------------------

function say(words) {
  at("notice").textContent = words;
}

async function refresh() {
  const turn = ++asked;
  try {
    const state = await post("state");
    if (turn !== asked) return;
    at("clock").textContent = state.clock;
    at("day").textContent = state.day;
    at("short-day").textContent = state.short_day;
    showBubbles(state.bubbles);
    showRows(state.behind);
    document.body.classList.remove("away");
  } catch {
    if (turn === asked) document.body.classList.add("away");
  }
}

async function send(body) {
  if (!body.trim()) return;
  at("typing").hidden = false;
  try {
    const result = await post("text", { body });
    say(result.answered ? "" : "The program did not answer. It may be stopped; see what is behind.");
  } catch {
    say("The text could not be handed over. Is the program still running?");
  }
  at("typing").hidden = true;
  await refresh();
}

async function skip() {
  const button = at("skip");
  button.setAttribute("aria-disabled", "true");
  say("Moving the clock …");
  try {
    const result = await post("skip");
    await refresh();
    say(result.moved ? `It is now ${result.words}.` : "Nothing is planned yet. Text RECOVERY to begin.");
  } catch {
    say("The clock could not be moved. Is the program still running?");
  }
  button.removeAttribute("aria-disabled");
}

function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === view));
  }
  for (const list of [at("talk"), at("rows")]) list.scrollTop = list.scrollHeight;
}

function compose(event) {
  event.preventDefault();
  const words = at("words");
  send(words.value);
  words.value = "";
  words.focus();
}

at("compose").addEventListener("submit", compose);
at("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) compose(event);
});
at("skip").addEventListener("click", () => {
  if (at("skip").getAttribute("aria-disabled") !== "true") skip();
});
at("never-mind").addEventListener("click", () => at("another").close("cancel"));
at("another").addEventListener("close", () => {
  if (at("another").returnValue === "open") addPhone();
  at("another").returnValue = "";
});
for (const button of document.querySelectorAll("[data-word]")) {
  button.addEventListener("click", () => send(button.dataset.word));
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => show(button.dataset.show));
}

showPhones();
refresh();
setInterval(() => document.hidden || refresh(), POLL_MS);
