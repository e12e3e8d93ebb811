// What scripts add to Parley. Every page and every act works without this file.
//
// Attributes read here:
//   data-legacy-base="/articles/SLUG/"  where #comment-N of an imported comment is looked up
//   data-checking="/comments/ID/"       own comment that is being checked: asked for again, twice
//   data-close="ID"                     empties that slot and gives the focus back

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

function focusOn(element) {
  if (!element) return;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

function announce(sentence) {
  find("#announce").textContent = sentence;
}

// Addresses inside the page

function followHash() {
  const id = decodeURIComponent(location.hash.slice(1));
  const place = document.getElementById(id);
  const imported = /^comment-(\d+)$/.exec(id);
  const base = find("[data-legacy-base]")?.dataset.legacyBase;
  if (imported && !place && base) location.replace(`${base}${id}/`);
  if (!place?.matches(".comment, .card")) return;
  unfold(place);
  place.focus({ preventScroll: true });
}

// What one is led to stands open, and so does all it stands in.
function unfold(comment) {
  for (let fold = find(":scope > .body > details.words", comment) ?? comment.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

// Comments posted in place

function afterSwap({ detail: { ctx } }) {
  const form = ctx.sourceElement;
  const posted = ctx.select === ".posted" && find(".posted .comment", slotOf(ctx));
  if (posted) {
    forgetDraft(form);
    find("textarea", form)?.form.reset();
    announce("");
    focusOn(posted);
    watchChecking(posted);
    return;
  }
  focusOn(find(".slot .comment-form textarea, .slot [aria-invalid=true], .slot [data-focus], .comment-form [aria-invalid=true]", swappedPart(ctx)));
}

const slotOf = (ctx) => (ctx.target instanceof Element ? ctx.target : find(ctx.target));

function swappedPart(ctx) {
  const target = slotOf(ctx);
  return target?.parentElement ?? document;
}

// A view that answers with a redirect wants a whole page; show it instead of a part of it.
function onAnswer(event) {
  const { ctx } = event.detail;
  const { raw } = ctx.response;
  if (!raw.redirected || ctx.select !== ".posted") return;
  event.preventDefault();
  location.assign(raw.url);
}

function onFailure({ detail: { ctx } }) {
  if (ctx.swap === "none" || ctx.response.status >= 500) announce(find("#announce").dataset.failed);
}

// The place of what opens in place is made when it is asked for: comments are light without.
function makeSlot({ target }) {
  const link = target.closest?.('.tools > [hx-target^="#slot-"]');
  const id = link?.getAttribute("hx-target").slice(1);
  if (!id) return;
  const there = document.getElementById(id);
  const slot = there ?? document.createElement("div");
  slot.opener = link;
  if (there) return;
  slot.className = "slot";
  slot.id = id;
  link.parentElement.after(slot);
}

function closeSlot(event) {
  const link = event.target.closest("[data-close]");
  const slot = link && document.getElementById(link.dataset.close);
  if (!slot) return;
  event.preventDefault();
  slot.replaceChildren();
  slot.opener?.focus();
}

// How long somebody has been writing: what takes no time was not written by a person

function startCounting({ target }) {
  const form = target.closest?.(".comment-form");
  if (form) form.dataset.since ??= Date.now();
}

function stopCounting({ target: form }) {
  const field = form.dataset.since && find("[name=seconds]", form);
  if (!field) return;
  const before = Number(field.defaultValue);
  field.value = before + Math.round((Date.now() - form.dataset.since) / 1000);
}

// Writing: its script is loaded when somebody begins, or had begun

const { dataset: site } = document.getElementById("parley");
const writing = () => import(site.writing);
const DRAFTS_LAST = 180 * 24 * 3600 * 1000;
const AREA = ".comment-form textarea";

async function beginWriting({ target }) {
  if (!target.matches?.(AREA)) return;
  const { serve } = await writing();
  serve(target);
}

const draftsIn = (store) => Object.keys(store).filter((key) => key.startsWith("draft:"));

// Whoever takes their consent back has all of this deleted; a comment that was posted is no draft.
function tidyDrafts() {
  const isOurs = (key) => /^(draft|seen):/.test(key);
  const isOver = (key) => !("keeps" in site) || Date.now() - JSON.parse(localStorage[key])[0] > DRAFTS_LAST;
  Object.keys(localStorage).filter((key) => isOurs(key) && isOver(key)).forEach((key) => localStorage.removeItem(key));
  const sent = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  if (!sent || !/^#c\d+$/.test(location.hash)) return;
  [localStorage, sessionStorage].forEach((store) => store.removeItem(sent));
}

async function restoreDrafts() {
  tidyDrafts();
  if (!draftsIn("keeps" in site ? localStorage : sessionStorage).length) return;
  const { restore } = await writing();
  findAll(AREA).forEach(restore);
}

async function forgetDraft(form) {
  const { forget } = await writing();
  forget(form);
}

function watchChecking(comment, waits = [3000, 8000]) {
  if (!comment.dataset.checking || !waits.length) return;
  setTimeout(async () => {
    const fresh = await freshComment(comment);
    if (fresh && comment.isConnected) replaceQuietly(comment, fresh);
    watchChecking(fresh ?? comment, waits.slice(1));
  }, waits[0]);
}

async function freshComment(comment) {
  const answer = await fetch(comment.dataset.checking).catch(() => null);
  if (!answer?.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById(comment.id);
}

function replaceQuietly(comment, fresh) {
  const hadFocus = comment.contains(document.activeElement);
  comment.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (hadFocus) fresh.focus({ preventScroll: true });
}

// What happened meanwhile, and what happens

async function tellNew() {
  const { visit } = await import(site.since);
  visit(watched);
}

async function watchThread(section) {
  const { watch } = await import(site.watching);
  watch(section, (comment) => window.htmx?.process(comment));
}

// Start

addEventListener("hashchange", followHash);
document.addEventListener("click", makeSlot, true);
document.addEventListener("click", closeSlot);
document.addEventListener("focusin", startCounting);
document.addEventListener("focusin", beginWriting);
document.addEventListener("submit", stopCounting, true);
document.addEventListener("htmx:after:request", onAnswer);
document.addEventListener("htmx:after:swap", afterSwap);
document.addEventListener("htmx:response:error", onFailure);
document.addEventListener("htmx:error", () => announce(find("#announce").dataset.offline));

followHash();
restoreDrafts();
const watched = find("section[data-live]");
const wasHere = watched && `seen:${watched.dataset.live}` in localStorage;
if (wasHere) tellNew();
const SIGNS = ["scroll", "pointermove", "pointerdown", "keydown"];
// Nothing is loaded for a page at which nobody sits.
function onFirstSign() {
  SIGNS.forEach((sign) => removeEventListener(sign, onFirstSign));
  import(site.acting);
  if (!watched) return;
  watchThread(watched);
  if ("keeps" in site && !wasHere) tellNew();
}
if (find(".comment") || watched) SIGNS.forEach((sign) => addEventListener(sign, onFirstSign, { passive: true }));
if (document.activeElement) beginWriting({ target: document.activeElement });
if (!location.hash) find("[aria-invalid=true]")?.focus();
findAll("[data-checking]").forEach((comment) => watchChecking(comment));
