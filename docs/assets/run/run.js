// On every page: what a screen reader and a keyboard need beyond the theme. On a page with something to
// run, or with vectors, the rest is loaded; other pages stay light.
(() => {
  const here = document.currentScript.src;
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-md-component=search]")?.setAttribute("aria-label", "Search");
    document.querySelectorAll(".highlight code").forEach((code) => code.setAttribute("tabindex", "0"));
    if (document.querySelector(".play, .vector, .playground")) import(new URL("play.mjs", here));
  });
})();
