// On a page with something to run, or with vectors, the rest is loaded; other pages stay light.
(() => {
  const here = document.currentScript.src;
  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector(".play, .vector, .playground")) import(new URL("play.mjs", here));
  });
})();
