// What scripts add for moderators; readers do not load it. Everything works without this file.
//
// Attributes read here:
//   data-undo="10"            seconds until the undo notice goes; [data-seconds] shows them
//   data-queue                a page with keys: j and k move between [data-card], other letters
//                             press [data-key="LETTER"] in the card, then on the page
//   data-keys                 the list of keys, opened by ?
//   data-search               the box that / leads to
//   data-pick, data-pick-all  boxes of the cards, and the box that ticks them all
//   data-live="ADDRESS"       where to ask what others do with the cards; [data-said] shows it

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];
const PAUSE = 8000;

function countDown(notice) {
  let left = Number(notice.dataset.undo);
  const shown = find("[data-seconds]", notice);
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) shown.textContent = `(${left})`;
    else { clearInterval(timer); notice.remove(); }
  }, 1000);
}

const currentCard = () => document.activeElement?.closest("[data-card]");

function moveTo(step) {
  const cards = findAll("[data-card]");
  const here = cards.indexOf(currentCard());
  const next = cards[here < 0 ? 0 : Math.min(Math.max(here + step, 0), cards.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

function press(key) {
  const inCard = currentCard() && find(`[data-key="${key}"]`, currentCard());
  const onPage = findAll(`[data-key="${key}"]`).find((button) => !button.closest("[data-card]"));
  (inCard ?? onPage)?.click();
}

// A digit chooses a reason for refusing; Return then presses the button that uses it.
function chooseReason(digit) {
  const option = currentCard() && find(`[data-digit="${digit}"]`, currentCard());
  if (!option) return;
  option.selected = true;
  option.closest("details").open = true;
  find('[value="reject"], [value="remove"]', option.closest("form"))?.focus();
}

function onKey(event) {
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "j") moveTo(1);
  else if (event.key === "k") moveTo(-1);
  else if (event.key === "x") (currentCard() && find("[data-pick]", currentCard()))?.click();
  else if (event.key === "?") find("[data-keys]")?.toggleAttribute("open");
  else if (event.key === "/") { event.preventDefault(); search(); }
  else if (/^[a-z]$/.test(event.key)) press(event.key);
  else if (/^[0-9]$/.test(event.key)) chooseReason(event.key);
}

function setUpPicking(all) {
  const box = find("input", all);
  all.hidden = false;
  box.addEventListener("change", () => findAll("[data-pick]").forEach((pick) => { pick.checked = box.checked; }));
}

function search() {
  const box = find("[data-search]");
  const fold = box?.closest("details");
  if (fold) fold.open = true;
  box?.focus();
}

// What others do meanwhile

async function listen(address) {
  const cards = findAll("[data-card]:not(.settled)");
  if (!document.hidden && cards.length) {
    const ids = cards.map((card) => `id=${card.dataset.card}`).join("&");
    const answer = await fetch(`${address}?${ids}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) say(cards, await answer.json());
  }
  setTimeout(() => listen(address), PAUSE);
}

function say(cards, told) {
  for (const card of cards) {
    const { said = "", settled = false } = told[card.dataset.card] ?? {};
    const line = find("[data-said]", card);
    if (line && line.textContent !== said) line.textContent = said;
    card.classList.toggle("settled", settled);
  }
}

// Start

findAll("[data-undo]").forEach(countDown);
findAll("[data-pick-all]").forEach(setUpPicking);
findAll("[data-live]").forEach((page) => setTimeout(() => listen(page.dataset.live), PAUSE));
if (find("[data-queue]")) document.addEventListener("keydown", onKey);
