// One switch for all chapters: show the rules with their examples, or the rules alone.
// The choice is kept in this browser; without a script every example is shown.
(() => {
  const KEY = "ibperp-examples";
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const keep = (value) => {
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // A browser that keeps nothing starts with the examples shown.
    }
  };
  const apply = (hidden) => document.documentElement.classList.toggle("no-examples", hidden);
  apply(stored() === "hidden");

  document.addEventListener("DOMContentLoaded", () => {
    const heading = document.querySelector(".md-content h1");
    if (!heading || !document.querySelector(".example")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "examples-switch md-button";
    const show = (hidden) => {
      apply(hidden);
      button.textContent = hidden ? "Show the examples" : "Hide the examples";
    };
    button.addEventListener("click", () => {
      const hidden = !document.documentElement.classList.contains("no-examples");
      keep(hidden ? "hidden" : "shown");
      show(hidden);
    });
    show(stored() === "hidden");
    heading.after(button);
  });
})();
