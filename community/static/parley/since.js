// What is new since one was here last: marked, counted, and a link that leads from one to the next.
// Kept in this browser with consent to "Remember my details", else not at all. Nothing of it is sent.
//
// Attributes read at the section of comments:
//   data-live="ADDRESS"   numbers of what is new, the same for everybody; also the name of the note kept
//   data-last="N"         the publication number this page knows
//   data-since="… #"      the sentence, data-new-word the word at a comment

// Whoever comes back within half an hour goes on with the same visit.
const VISIT = 30 * 60 * 1000;
// So many publications are told of: community/pages/live.py.
const TOLD = 50;

export function visit(section) {
  const key = `seen:${section.dataset.live}`;
  const known = Number(section.dataset.last);
  const [when, before, last] = JSON.parse(localStorage.getItem(key) ?? "[0]");
  const since = (Date.now() - when > VISIT ? last : before) ?? known;
  const keep = () => localStorage.setItem(key, JSON.stringify([Date.now(), since, Number(section.dataset.last)]));
  keep();
  // Meanwhile more may have come in.
  addEventListener("pagehide", keep);
  if (since < known) tell(section, since, known);
}

async function tell(section, since, known) {
  const answer = await fetch(section.dataset.live, { credentials: "omit", cache: "no-cache" }).catch(() => null);
  if (!answer?.ok) return;
  const { new: all } = await answer.json();
  const fresh = all.filter(([number, id]) => number > since && number <= known && !document.getElementById(`c${id}`)?.matches(".own"));
  if (!fresh.length) return;
  const comments = [...section.querySelectorAll(".comment[id]")].filter(({ id }) => fresh.some((one) => `c${one[1]}` === id));
  comments.forEach((comment) => comment.querySelector(".by")?.append(badge(section.dataset.newWord)));
  const addresses = comments.length ? comments.map(({ id }) => `#${id}`) : [`/comments/${fresh[0][1]}/`];
  const number = fresh.length.toLocaleString(document.documentElement.lang);
  section.querySelector("h2").after(line(section, since < known - TOLD ? `${number}+` : number, addresses));
}

function badge(word) {
  const mark = document.createElement("span");
  mark.className = "badge";
  mark.textContent = word;
  return mark;
}

function line(section, number, addresses) {
  const link = document.createElement("a");
  let at = 0;
  link.className = "since";
  link.textContent = section.dataset.since.replace("#", number);
  link.href = addresses[0];
  // After each step it leads to the next one.
  link.addEventListener("click", () => setTimeout(() => { link.href = addresses[at = (at + 1) % addresses.length]; }));
  return link;
}
