// Small pieces of a page. All text is set as text, never as markup.

export function part(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const button = (text, onclick) => part("button", { type: "button", class: "play-button", onclick }, text);

export function table(caption, heads, rows) {
  return part("div", { class: "play-scroll", role: "group", "aria-label": caption, tabindex: "0" },
    part("table", { class: "play-table" }, part("caption", {}, caption),
      part("thead", {}, part("tr", {}, ...heads.map((head) => part("th", { scope: "col" }, head)))),
      part("tbody", {}, ...rows.map((row) => part("tr", {}, ...row.map((cell) => part("td", {}, cell)))))));
}

export function folded(summary, ...children) {
  return part("details", {}, part("summary", {}, summary), ...children);
}

export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  part("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Text as a part of a link, made short; and back. */
export async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export async function unpacked(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
