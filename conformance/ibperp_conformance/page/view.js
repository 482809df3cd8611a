// The slider of a run: it shows the tables, the values and the place in the charts of one moment.
window.showRuns = (root) => root.querySelectorAll(".run-view").forEach((view) => {
  const data = JSON.parse(view.querySelector(".run-data").textContent);
  const slider = view.querySelector(".run-slider");
  if (!slider) return;
  const range = slider.querySelector("input");
  const moment = view.querySelector(".run-moment");
  const line = (text) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    return paragraph;
  };
  const fill = (place, rows) => {
    const part = view.querySelector(`[data-rows="${place}"]`);
    const heads = [...part.querySelectorAll("thead th")];
    part.hidden = rows.length === 0;
    part.querySelector("tbody").replaceChildren(...rows.map((row) => {
      const line = document.createElement("tr");
      data.rows[row].forEach((text, column) => {
        const cell = line.insertCell();
        cell.textContent = text;
        cell.className = heads[column].className;
      });
      return line;
    }));
  };
  const show = (place) => {
    const now = data.moments[place];
    moment.replaceChildren(
      line(`Step ${now.number}, time ${now.time}: ${now.label}`), line(now.came.join("; ")),
      line(`Clauses: ${now.clauses.join(", ")}`));
    now.tables.forEach((rows, table) => fill(table, rows));
    view.querySelectorAll(".run-chart").forEach((chart, index) => {
      const { across, series } = data.charts[index];
      const cursor = chart.querySelector(".chart-cursor");
      cursor.setAttribute("x1", across[place]);
      cursor.setAttribute("x2", across[place]);
      chart.querySelectorAll("tbody tr").forEach((row, curve) => {
        row.cells[1].textContent = series[curve][place] ?? "";
      });
    });
  };
  range.addEventListener("input", () => show(Number(range.value)));
  slider.addEventListener("click", (event) => {
    const move = Number(event.target.dataset.move);
    if (!move) return;
    range.value = Number(range.value) + move;
    show(Number(range.value));
  });
  slider.hidden = false;
  show(Number(range.value));
});
window.showRuns(document);
