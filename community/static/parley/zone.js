// Offers the browser's time zone to whoever has chosen none; it is kept only if they save it.
//
// Attributes read here:
//   data-guess   the list of zones, while nobody has chosen from it

const list = document.querySelector("[data-guess]");
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
if ([...list.options].some((option) => option.value === timeZone)) list.value = timeZone;
