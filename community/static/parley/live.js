// What happens under these comments while their page is open: new ones announce themselves and come
// when asked for; removed ones go. Nothing moves what one is reading, and hidden tabs rest.
//
// Attributes read at the section of comments:
//   data-live="ADDRESS"     numbers of what is new and gone, asked for every 20 seconds
//   data-events="ADDRESS"   says when to ask, where a process does that
//   data-fresh="ADDRESS"    the new comments themselves, behind a publication number
//   data-last="N"           the publication number this page knows
// and at [data-new], which says it: data-new, data-always, data-gone.

const PAUSE = 20_000;
const JITTER = 5_000;
const SPREAD = 1_000;
const find = (selector, within = document) => within.querySelector(selector);
const idOf = (comment) => Number(comment.id.slice(1));
const place = (id) => document.getElementById(`c${id}`);

export function watch(section, process) {
  const note = find("[data-new]", section);
  let last = Number(section.dataset.last);
  let told = { new: [], gone: [] };
  const taken = new Set();
  let always = false;
  let timer;
  let mark;
  let source;

  // Asking

  async function ask() {
    // Without cookies it is the same for everybody: ready bytes, or no bytes at all.
    const answer = await fetch(section.dataset.live, { credentials: "omit", cache: "no-cache" }).catch(() => null);
    if (answer?.ok) hear(await answer.json());
    if (answer?.status !== 404) later();
  }

  function later() {
    clearTimeout(timer);
    if (!document.hidden && !source) timer = setTimeout(ask, PAUSE + Math.random() * JITTER);
  }

  function listen() {
    if (!section.dataset.events) return later();
    source = new EventSource(section.dataset.events);
    // Not all pages at once.
    source.addEventListener("message", ({ data }) => {
      mark = JSON.parse(data);
      clearTimeout(timer);
      timer = setTimeout(catchUp, Math.random() * SPREAD);
    });
    // Until this tab is looked at anew, it asks.
    source.addEventListener("error", () => { rest(); later(); });
  }

  // The answer lies ready, perhaps for a second already.
  async function catchUp(tries = 4) {
    await ask();
    if (`${told.mark}` !== `${mark}` && tries && source) timer = setTimeout(catchUp, 1000, tries - 1);
  }

  function rest() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  document.addEventListener("visibilitychange", () => {
    rest();
    if (document.hidden) return;
    if (section.dataset.events) listen();
    else ask();
  });

  // Telling

  function hear(news) {
    told = news;
    news.gone.map(place).forEach(remove);
    [...taken].filter((comment) => !news.gone.includes(idOf(comment))).forEach(comeBack);
    if (always) bring(false);
    else tell();
  }

  const unseen = () => told.new.filter(([number, id]) => number > last && !place(id));

  function tell() {
    const number = unseen().length;
    if (!number) return note.replaceChildren();
    const button = find("button", note) ?? choices();
    const words = note.dataset.new.replace("#", number.toLocaleString(document.documentElement.lang));
    if (button.textContent !== words) button.textContent = words;
  }

  function choices() {
    const button = document.createElement("button");
    const [label, box] = ["label", "input"].map((name) => document.createElement(name));
    box.type = "checkbox";
    label.append(box, ` ${note.dataset.always}`);
    box.addEventListener("change", () => { always = box.checked; });
    button.type = "button";
    button.className = "primary";
    button.addEventListener("click", () => bring(true));
    note.replaceChildren(button, label);
    return button;
  }

  // Bringing in

  async function bring(wanted) {
    if (!unseen().length) return;
    const answer = await fetch(`${section.dataset.fresh}?after=${last}`).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const comments = [...page.querySelectorAll(".comment")].filter((comment) => !document.getElementById(comment.id));
    staying(() => comments.forEach(insert), !wanted);
    find("h2", section).textContent = find("h2", page).textContent;
    last = section.dataset.last = Math.max(last, ...told.new.map(([number]) => number));
    note.replaceChildren();
    comments.forEach(process);
    if (wanted) show(comments[0]);
  }

  function show(comment) {
    if (!comment) return;
    comment.focus({ preventScroll: true });
    comment.scrollIntoView({ block: "center" });
  }

  function insert(comment) {
    comment.classList.add("new");
    const [, , parent, branch] = told.new.find(([, id]) => `c${id}` === comment.id) ?? [];
    const answered = parent && place(parent);
    if (answered) return under(answered, place(branch), comment);
    const thread = find("#thread", section) ?? firstThread();
    if (section.dataset.sort === "oldest") return (find(":scope > .more", thread) ?? end(thread)).before(comment);
    thread.prepend(comment);
  }

  function firstThread() {
    const thread = document.createElement("ol");
    thread.className = "thread";
    thread.id = "thread";
    find(".empty", section)?.replaceWith(thread);
    if (!thread.isConnected) note.after(thread);
    return thread;
  }

  function end(list) {
    const mark = document.createComment("");
    list.append(mark);
    return mark;
  }

  // Replies stand flat below their branch, each with its level: a new one goes behind all
  // that belong to what it answers.
  function under(answered, branch, comment) {
    if (answered === branch || !branch) {
      const list = find(":scope > ol, :scope > details > ol", answered) ?? answered.appendChild(document.createElement("ol"));
      (find(":scope > .more", list) ?? end(list)).before(comment);
      return count(comment);
    }
    let before = answered;
    while (before.nextElementSibling?.matches(".comment") && level(before.nextElementSibling) > level(answered)) before = before.nextElementSibling;
    before.after(comment);
    count(comment);
  }

  // One more, behind the word that folds a branch.
  function count(comment) {
    const number = find(":scope > summary", comment.closest(".branch") ?? note)?.firstChild;
    if (number) number.data = number.data.replace(/\d+/, (before) => Number(before) + 1);
  }

  const level = (comment) => Number(/level-(\d+)/.exec(find(".body", comment).className)?.[1] ?? 0);

  // Removed

  function remove(comment) {
    if (!comment || comment.matches(".gone, .own, .waits")) return;
    taken.add(comment);
    const hadFocus = comment !== document.activeElement && find(":scope > .body", comment).contains(document.activeElement);
    const words = document.createElement("p");
    words.textContent = note.dataset.gone;
    staying(() => find(":scope > .body", comment).replaceChildren(words), true);
    comment.classList.add("gone");
    document.querySelectorAll(`.pinned a[href$="/comments/${comment.id.slice(1)}/"]`).forEach((link) => link.closest(".comment").remove());
    if (hadFocus) comment.focus({ preventScroll: true });
  }

  // Public again: the server says how it looks now, and whether it is.
  async function comeBack(comment) {
    taken.delete(comment);
    const answer = await fetch(`/comments/${idOf(comment)}/`).catch(() => null);
    const page = new DOMParser().parseFromString(answer?.ok ? await answer.text() : "", "text/html");
    const body = find(`#${comment.id}:not(.gone) > .body`, page);
    if (!body) return;
    staying(() => find(":scope > .body", comment).replaceWith(body), true);
    comment.classList.remove("gone");
    process(comment);
  }

  listen();
}

/** Changes the page above or below what one reads, which stays where it is. */
function staying(change, wanted) {
  const read = wanted && [...document.querySelectorAll(".comment, .comment-form")].find((one) => one.getBoundingClientRect().bottom > 0);
  const before = read && read.getBoundingClientRect().top;
  change();
  if (read?.isConnected) scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
}
