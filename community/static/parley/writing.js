// What scripts add where one writes: buttons, keys, a preview, a count, and a draft that stays.
// Loaded when somebody begins to write. The box stays a plain textarea, the form a plain form.
//
// Attributes read here:
//   data-tools="/writing/"             on #parley: where the buttons are, in the reader's language
//   data-preview="/writing/preview/"   on #parley: who shows words as they will look
//   data-keeps                         on #parley: drafts may stay in this browser, else in this tab
//   data-mark, data-code, data-blank   what a button does, its key, and what stands for no selection

const { dataset: site } = document.getElementById("parley");
const find = (selector, within = document) => within.querySelector(selector);
const kept = () => ("keeps" in site ? localStorage : sessionStorage);
const LINK = /:\/\/|www\.|\]\(|@|[^\s.]\.[a-z]{2}/i;
const FEW_LEFT = 500;

let tools;

/** The markup of the buttons, asked for once. */
const toolsOf = () => (tools ??= fetch(site.tools).then((answer) => (answer.ok ? answer.text() : "")).catch(() => ""));

export const parsed = (markup) => [...new DOMParser().parseFromString(markup, "text/html").body.childNodes];

// Marks

/** Puts text in place of the selection, so that the browser can undo it. */
function put(area, text, from, to) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Sets signs around the selection, or takes them away if they are there. */
function surround(area, before, after, blank = "") {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to) || blank;
  const inside = value.slice(from - before.length, from) === before && value.slice(to, to + after.length) === after;
  const [start, end] = inside ? [from - before.length, to + after.length] : [from, to];
  put(area, inside ? chosen : before + chosen + after, start, end);
  const begin = inside ? start : start + before.length;
  area.setSelectionRange(begin, begin + chosen.length);
}

/** Sets a sign before each line of the selection. */
function prefix(area, sign) {
  const { selectionStart, selectionEnd: to, value } = area;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const lines = value.slice(from, to).split("\n");
  const marked = lines.every((line) => line.startsWith(sign));
  put(area, lines.map((line) => (marked ? line.slice(sign.length) : sign + line)).join("\n"), from, to);
}

function link(area, blank) {
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  const from = area.selectionStart;
  put(area, `[${chosen}](${blank})`, from, area.selectionEnd);
  const at = chosen ? from + chosen.length + 3 : from + 1;
  area.setSelectionRange(at, chosen ? at + blank.length : at);
}

const MARKS = {
  bold: (area) => surround(area, "**", "**"),
  italic: (area) => surround(area, "*", "*"),
  code: (area) => (area.value.slice(area.selectionStart, area.selectionEnd).includes("\n") ? surround(area, "```\n", "\n```") : surround(area, "`", "`")),
  quote: (area) => prefix(area, "> "),
  list: (area) => prefix(area, "- "),
  link: (area, button) => link(area, button.dataset.blank),
};

// Keys

const codeOf = (event) => (event.shiftKey ? `Shift+${event.code}` : event.code);

function onKey(event, area, bar) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  if (event.key === "Enter") { event.preventDefault(); area.form.requestSubmit(); return; }
  const button = find(`[data-code="${codeOf(event)}"]`, bar);
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** Arrows go from button to button, so that the bar is one stop for Tab. */
function walk(event, bar) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...bar.querySelectorAll("button")];
  const forward = getComputedStyle(bar).direction === "rtl" ? -step : step;
  const here = buttons.indexOf(document.activeElement);
  const next = buttons[(here + forward + buttons.length) % buttons.length];
  buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
  event.preventDefault();
  next.focus();
}

// Preview

function answerTo(form) {
  const asked = new FormData();
  const thread = /\/threads\/(\d+)\//.exec(form.getAttribute("action"));
  for (const name of ["body", "website", "title", "csrfmiddlewaretoken"]) {
    const field = form.elements[name];
    if (field) asked.set(name, field.value);
  }
  if (thread) asked.set("thread", thread[1]);
  return fetch(site.preview, { method: "POST", body: asked }).catch(() => null);
}

function setUpPreview(area, bar, pane, foreseen) {
  const button = find("[data-preview]", bar);
  let timer;
  let latest = 0;
  async function show() {
    const mine = (latest += 1);
    const open = !pane.hidden;
    if (!area.value.trim()) { foreseen.replaceChildren(); pane.textContent = pane.dataset.empty; return; }
    if (!open && !LINK.test(area.value)) { foreseen.replaceChildren(); return; }
    const answer = await answerTo(area.form);
    if (mine !== latest) return;
    if (answer?.status === 429) pane.textContent = pane.dataset.busy;
    if (!answer?.ok) return;
    const nodes = parsed(await answer.text()).filter((node) => node.nodeType === Node.ELEMENT_NODE);
    const notice = nodes.find((node) => node.matches(".waits-for-link"));
    if (notice?.textContent !== foreseen.firstChild?.textContent) foreseen.replaceChildren(...(notice ? [notice] : []));
    pane.replaceChildren(...nodes.filter((node) => node !== notice && node.matches(".words")));
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(show, 700);
  }
  button.addEventListener("click", () => {
    pane.hidden = !pane.hidden;
    button.setAttribute("aria-pressed", String(!pane.hidden));
    if (!pane.hidden) show();
  });
  area.addEventListener("input", later);
  if (area.value) later();
}

// Count

function count(area, left) {
  const number = area.maxLength - area.value.length;
  left.textContent = left.dataset.words.replace("#", number.toLocaleString(document.documentElement.lang));
  // Told to screen readers only when it begins to matter.
  left.setAttribute("aria-live", number < FEW_LEFT ? "polite" : "off");
}

// Drafts

export const keyOf = (form) => `draft:${form.getAttribute("action")}:${form.elements.parent?.value ?? ""}`;

function keep(area) {
  const key = keyOf(area.form);
  if (area.value && area.value !== area.defaultValue) kept().setItem(key, JSON.stringify([Date.now(), area.value]));
  else kept().removeItem(key);
}

export function forget(form) {
  for (const store of [localStorage, sessionStorage]) store.removeItem(keyOf(form));
}

/** Words begun earlier come back into an empty box. */
export function restore(area) {
  const draft = kept().getItem(keyOf(area.form));
  if (draft && !area.value) [, area.value] = JSON.parse(draft);
}

// Start

export async function serve(area) {
  if (area.dataset.served) return;
  area.dataset.served = "yes";
  restore(area);
  area.addEventListener("input", () => keep(area));
  area.form.addEventListener("submit", () => sessionStorage.setItem("sent", keyOf(area.form)));
  const parts = parsed(await toolsOf()).filter((node) => node.nodeType === Node.ELEMENT_NODE);
  const [bar, pane, foreseen] = parts;
  if (!foreseen || !area.isConnected) return;
  area.after(bar, pane, foreseen);
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-mark]");
    if (button) MARKS[button.dataset.mark](area, button);
  });
  bar.addEventListener("keydown", (event) => walk(event, bar));
  area.addEventListener("keydown", (event) => onKey(event, area, bar));
  const left = find(".left", bar);
  area.addEventListener("input", () => count(area, left));
  count(area, left);
  setUpPreview(area, bar, pane, foreseen);
}
