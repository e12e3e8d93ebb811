// The demo's footer: what this browser has measured, not what the server knew.

const language = document.documentElement.lang;

function tell(name, number) {
  const place = document.querySelector(`[data-measured="${name}"]`);
  if (!place || !Number.isFinite(number)) return;
  const digits = name === "kilobytes" && number < 10 ? 1 : 0;
  place.textContent = place.dataset.words.replace("#", number.toLocaleString(language, { maximumFractionDigits: digits }));
}

function thirdParties() {
  const origins = performance.getEntriesByType("resource").map((entry) => new URL(entry.name).origin);
  return new Set(origins.filter((origin) => origin !== location.origin && origin !== "null")).size;
}

function measure() {
  const [page] = performance.getEntriesByType("navigation");
  if (page?.encodedBodySize) tell("kilobytes", page.encodedBodySize / 1000);
  if (page?.responseStart) tell("milliseconds", Math.max(1, Math.round(page.responseStart - page.requestStart)));
  tell("strangers", thirdParties());
  const seen = document.cookie ? document.cookie.split(";").length : 0;
  const known = Number(document.querySelector('[data-measured="cookies"]')?.dataset.number ?? 0);
  tell("cookies", Math.max(seen, known));
}

if (document.readyState === "complete") measure();
else addEventListener("load", measure);
