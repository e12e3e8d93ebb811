// What scripts add to acting on comments: votes that show at once, keys, quoting, links to share.
// Loaded with the first sign of a reader. Every act stays a plain form or link.

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector) => [...document.querySelectorAll(selector)];
const say = (sentence) => { find("#announce").textContent = sentence; };

// Votes: shown at once, then replaced by what the server counted, or taken back

function expectVote({ target: form, submitter }) {
  if (!form.matches(".vote[hx-post]") || !submitter) return;
  const buttons = [...form.querySelectorAll("button")];
  const score = [...form.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const before = buttons.map((button) => button.getAttribute("aria-pressed"));
  const shown = score.textContent;
  const mine = (pressed) => Number(buttons.find((_, at) => pressed[at] === "true")?.value ?? 0);
  const after = buttons.map((button, at) => String(button === submitter && before[at] !== "true"));
  const draw = (pressed, number) => {
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", pressed[at]));
    score.textContent = number;
  };
  draw(after, Number(shown) + mine(after) - mine(before));
  form.takeBack = () => draw(before, shown);
}

function correctVote({ detail: { ctx } }) {
  const form = ctx.sourceElement;
  if (!form?.takeBack || ctx.response?.raw?.ok) return;
  form.takeBack();
  const told = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  const sentence = (find(".error-page p", told) ?? told.body).textContent.trim();
  say(sentence && ctx.response?.status < 500 ? sentence : find("#announce").dataset.failed);
}

// A stranger's first vote: from then on somebody is known, whose forms need the token that comes back

async function voteFirst(event) {
  const { target: form, submitter } = event;
  if (!form.matches(".vote:not([hx-post])") || !submitter) return;
  event.preventDefault();
  const body = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer) return say(find("#announce").dataset.offline);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = answer.ok && find(".vote", page);
  if (!fresh) return say((find(".error-page p", page) ?? page.body).textContent.trim() || find("#announce").dataset.failed);
  form.replaceWith(fresh);
  window.htmx?.process(fresh);
  const token = find("[name=csrfmiddlewaretoken]", fresh);
  findAll("form[method=post]").filter((other) => !find("[name=csrfmiddlewaretoken]", other)).forEach((other) => other.prepend(token.cloneNode()));
  find(`#${submitter.id}`)?.focus();
}

// Keys: j and k go from comment to comment, r answers. They can be switched off, and rest while one writes.

const OFF = "keys-off";

function move(step) {
  // What is folded is passed over.
  const comments = findAll("#thread .comment, #branch .comment").filter((comment) => comment.checkVisibility());
  const here = comments.indexOf(document.activeElement.closest(".comment"));
  const next = comments[here < 0 ? 0 : Math.min(Math.max(here + step, 0), comments.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  const busy = event.target.closest("textarea, select, input, [contenteditable], dialog");
  if (busy || event.ctrlKey || event.metaKey || event.altKey || find("[data-queue]") || sessionStorage.getItem(OFF)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r") find('.tools a[hx-get*="/reply/"]', document.activeElement.closest(".comment") ?? document)?.click();
}

function showKeys(fold) {
  const box = find("input", fold);
  fold.hidden = false;
  box.checked = !sessionStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? sessionStorage.removeItem(OFF) : sessionStorage.setItem(OFF, "yes")));
}

// Quoting: what was marked in a comment stands in the answer to it

let marked;

function remember() {
  const selection = getSelection();
  const words = selection.anchorNode?.parentElement?.closest(".comment .words");
  const text = selection.toString().trim();
  if (words && text) marked = { text, comment: words.closest(".comment"), at: Date.now() };
}

function quote() {
  const area = document.activeElement;
  if (!marked || !area.matches(".slot textarea") || area.value || area.closest(".comment") !== marked.comment) return;
  area.value = `${marked.text.split("\n").map((line) => `> ${line}`).join("\n")}\n\n`;
  marked = undefined;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// Sharing: the time of a comment is its link; a press also copies it, or opens what the device shares with

async function share(event) {
  const link = event.target.closest(".comment .by a:has(time)");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const comment = link.closest(".comment[id]");
  if (!comment) return;
  event.preventDefault();
  location.hash = comment.id;
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ url: link.href });
    await navigator.clipboard.writeText(link.href);
    say(find("#announce").dataset.copied);
  } catch {
    // Not allowed, or no longer wanted: the address bar has it.
  }
}

document.addEventListener("submit", expectVote, true);
document.addEventListener("submit", voteFirst);
document.addEventListener("htmx:after:request", correctVote);
document.addEventListener("htmx:after:swap", () => setTimeout(quote));
document.addEventListener("keydown", onKey);
document.addEventListener("selectionchange", remember);
document.addEventListener("click", share);
document.addEventListener("htmx:error", ({ detail: { ctx } }) => ctx?.sourceElement?.takeBack?.());
findAll("[data-reading-keys]").forEach(showKeys);

// What asks one thing about a comment opens below it

async function openSheet(event) {
  const link = event.target.closest("a[data-sheet]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { open } = await import(find("#parley").dataset.sheets);
  open(link);
}

document.addEventListener("click", openSheet);

// Another order: the comments change below what one writes, and nothing above them moves

let order = location.pathname + location.search;

async function reorder(address) {
  const answer = await fetch(address).catch(() => null);
  const fresh = answer?.ok && find("#comments", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh) return false;
  const section = find("#comments");
  const top = () => find(".sort", section).getBoundingClientRect().top;
  const before = top();
  section.dataset.sort = fresh.dataset.sort;
  // All else stays, what is being written above all.
  [".sort", ".pinned", ":scope > .more", "#thread"].forEach((part) => {
    const [mine, theirs] = [find(part, section), find(part, fresh)];
    if (theirs) mine?.replaceWith(theirs);
    else mine?.remove();
  });
  window.htmx?.process(section);
  find(".sort [aria-current]", section)?.focus({ preventScroll: true });
  scrollBy({ top: top() - before, behavior: "instant" });
  order = location.pathname + location.search;
  return true;
}

async function onOrder(event) {
  const link = event.target.closest(".sort a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href.replace(/#.*/, ""));
  if (!(await reorder(link.href))) location.reload();
}

async function onBack() {
  if (order !== location.pathname + location.search && !(await reorder(location.href))) location.reload();
}

document.addEventListener("click", onOrder);
addEventListener("popstate", onBack);

// More comments: the focus goes to the first of them. The link that asked for them is gone after the
// swap, where no event of it is heard any more; so its list is watched.

function expectMore({ detail: { ctx } }) {
  const more = ctx.sourceElement?.closest?.(".more");
  const list = more?.parentElement;
  if (!list) return;
  const before = more.previousElementSibling;
  const isFree = [document.body, ...more.children].includes(document.activeElement);
  new MutationObserver((changes, observer) => {
    if (more.isConnected) return;
    observer.disconnect();
    const first = before ? before.nextElementSibling : list.firstElementChild;
    if (isFree) (first?.matches(".more") ? find("a", first) : first)?.focus({ preventScroll: true });
  }).observe(list, { childList: true });
}

document.addEventListener("htmx:before:swap", expectMore);
