"use strict";

// Live pages: when the index moved, this very address is asked again and the regions marked
// data-refresh are exchanged. Without JavaScript every page works, it just does not move.
(() => {
  const main = document.querySelector("main");
  const pulse = document.getElementById("pulse");
  if (!main.dataset.position || !pulse || !window.EventSource) return;
  const PAUSE_MS = 1000; // at the most one exchange a second, however fast events come
  let wanted = false, running = false;

  const show = (state, text) => { pulse.className = `pulse ${state}`; pulse.textContent = text; };

  async function exchange() {
    if (running) { wanted = true; return; }
    running = true; wanted = false;
    show("on beat", pulse.dataset.live);
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const region of document.querySelectorAll("[data-refresh]")) {
          const next = fresh.getElementById(region.id);
          if (next && next.innerHTML !== region.innerHTML && !region.contains(document.activeElement)) {
            region.innerHTML = next.innerHTML;
          }
        }
        document.dispatchEvent(new Event("exchanged"));
      }
      show("on", pulse.dataset.live);
    } catch {
      show("off", pulse.dataset.lost);
    }
    setTimeout(() => { running = false; if (wanted) exchange(); }, PAUSE_MS);
  }

  const stream = new EventSource(`/live?position=${main.dataset.position}`);
  stream.onopen = () => show("on", pulse.dataset.live);
  stream.onerror = () => show("off", pulse.dataset.lost);
  stream.addEventListener("position", () => { if (!document.hidden) exchange(); else wanted = true; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) exchange(); });
  addEventListener("pagehide", () => stream.close());
})();

// A choice in a filter is an order to filter.
document.addEventListener("change", (event) => {
  const field = event.target;
  const isHalfTyped = field.type === "date" && field.value && field.value < "2008"; // 0002, 0020 …
  if (field.matches("[data-submit]") && !isHalfTyped) field.form.requestSubmit();
});
// Empty fields stay out of the address, so that it can be read and passed on.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "get") return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
});

// What changes something is sent once; a file that is too large is told before it is sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  const problem = form.querySelector(".problem");
  const told = problem && tooMuch(form);
  if (problem) { problem.hidden = !told; problem.textContent = told || ""; }
  if (told || form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const button = form.querySelector("button");
  setTimeout(() => { button.disabled = true; });
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once][data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("button").disabled = false;
  }
});
function tooMuch(form) {
  const zh = document.documentElement.lang.startsWith("zh");
  const files = [...form.querySelector("[type=file]").files];
  const { most, mostAll, mostFiles } = form.dataset;
  if (files.length > mostFiles) return zh ? `选了 ${files.length} 个文件，一次最多 ${mostFiles} 个。` : `${files.length} files chosen; at most ${mostFiles} at once.`;
  const large = files.find((file) => file.size > most * 2 ** 20);
  if (large) return zh ? `“${large.name}”超过 ${most} MB 的上限，没有发送。` : `"${large.name}" is larger than ${most} MB; nothing was sent.`;
  if (files.reduce((sum, file) => sum + file.size, 0) > mostAll * 2 ** 20) return zh ? `所选文件合计超过 ${mostAll} MB，请分几次上传。` : `More than ${mostAll} MB in all; upload them in turns.`;
  return "";
}

// A finding lights up its cells, in the tables read and in the source; a cell its finding.
(() => {
  if (!document.getElementById("extracted")) return;
  const cells = (path) => document.querySelectorAll(`[data-path="${CSS.escape(path)}"]`);

  function choose(finding, scroll) {
    document.querySelectorAll(".lit").forEach((cell) => cell.classList.remove("lit"));
    document.querySelectorAll(".chosen").forEach((other) => other.classList.remove("chosen"));
    finding.classList.add("chosen");
    const paths = finding.dataset.cells.split(" ").filter(Boolean);
    paths.forEach((path) => cells(path).forEach((cell) => cell.classList.add("lit")));
    const first = (finding.dataset.suspects.split(" ").filter(Boolean).concat(paths))[0];
    if (!first || !scroll) return;
    for (const cell of cells(first)) {
      const panel = cell.closest(".panel");
      if (getComputedStyle(panel).position === "sticky") {
        panel.scrollTop += cell.getBoundingClientRect().top - panel.getBoundingClientRect().top - panel.clientHeight / 2;
      } else if (panel.id === "extracted") {
        cell.scrollIntoView({ block: "center" });
      }
    }
    if (getComputedStyle(document.getElementById("extracted")).position === "sticky") {
      document.querySelector(".twin").scrollIntoView({ block: "start" });
    }
  }

  document.addEventListener("click", (event) => {
    const finding = event.target.closest(".findings.big .finding");
    if (finding && !event.target.closest("a")) choose(finding, true);
    const cell = event.target.closest("[data-path]");
    if (cell) {
      const path = cell.dataset.path;
      const owner = [...document.querySelectorAll(".findings.big .finding")]
        .find((item) => item.dataset.cells.split(" ").includes(path));
      if (owner) choose(owner, false);
    }
  });
  document.addEventListener("keydown", (event) => {
    const finding = event.target.closest(".findings.big .finding");
    if (finding && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); choose(finding, true); }
  });
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named && named.matches(".finding")) choose(named, false);
})();
