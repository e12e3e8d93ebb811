// Following, editing and deleting without leaving the page: the one thing that a page of its own asks
// opens below the comment, and what came of it is shown where one is.
//
// Attributes read: data-sheet at the link, data-in-place at what is taken of the other page.

const find = (selector, within = document) => within.querySelector(selector);
const say = (sentence) => { find("#announce").textContent = sentence; };
const read = (text) => new DOMParser().parseFromString(text, "text/html");

/** Opens below its comment what a link leads to; leads there where that cannot be shown here. */
export async function open(link) {
  const answer = await fetch(link.href).catch(() => null);
  const sheet = answer?.ok && find("[data-in-place]", read(await answer.text()));
  if (!sheet) return location.assign(link.href);
  const slot = slotBelow(link);
  slot.replaceChildren(sheet);
  serve(sheet, link);
}

function slotBelow(link) {
  const id = `slot-${link.closest(".comment").id.slice(1)}`;
  const slot = document.getElementById(id) ?? document.createElement("div");
  slot.opener = link;
  if (slot.id) return slot;
  slot.className = "slot";
  slot.id = id;
  link.parentElement.after(slot);
  return slot;
}

function serve(sheet, link) {
  sheet.querySelectorAll("form").forEach((form) => {
    if (!form.hasAttribute("action")) form.action = link.href;
    form.addEventListener("submit", (event) => send(event, sheet, link));
  });
  const first = find("[aria-invalid=true], [role=alert]", sheet) ? "[aria-invalid=true], .primary, button" : "textarea, input:not([type=hidden]), .acts button";
  find(first, sheet)?.focus();
}

async function send(event, sheet, link) {
  event.preventDefault();
  const { target: form, submitter } = event;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter) }).catch(() => null);
  if (!answer) return say(find("#announce").dataset.offline);
  const page = read(await answer.text());
  const again = find("[data-in-place]", page);
  if (again && !answer.redirected) {
    sheet.replaceWith(again);
    return serve(again, link);
  }
  if (!answer.ok) return say(find(".error-page p, main p", page)?.textContent.trim() || find("#announce").dataset.failed);
  await show(link.closest(".comment"), page);
}

async function show(comment, page) {
  say(find(".notices", page)?.textContent.trim() || find("main h1 + p", page)?.textContent.trim() || "");
  const fresh = page.getElementById(comment.id) ?? await whereItStands(comment);
  if (!fresh) return leave(comment);
  comment.className = fresh.className;
  find(":scope > .body", comment).replaceWith(find(":scope > .body", fresh));
  window.htmx?.process(comment);
  comment.focus({ preventScroll: true });
}

async function whereItStands(comment) {
  const answer = await fetch(`/comments/${comment.id.slice(1)}/`).catch(() => null);
  return answer?.ok ? read(await answer.text()).getElementById(comment.id) : null;
}

function leave(comment) {
  const next = comment.nextElementSibling ?? comment.previousElementSibling ?? find("#comments-title");
  comment.remove();
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
}
