// What the text in the editor would change: worked out by itself once the check found no mistake. The form's button does the same without.
"use strict";
(() => {
  const form = document.querySelector("form.editor"), part = (name, page = document) => page.getElementById("effects-" + name);
  if (!form || !part("found")) return;
  let run = 0, asking = null;

  const say = (text) => { if (part("said").textContent !== text) part("said").textContent = text; };
  const mark = (old) => part("found").classList.toggle("old", old && part("found").children.length > 0);
  const stop = () => { run++; asking?.abort(); part("far").replaceChildren(); };
  const put = (found, name) => part(name).replaceChildren(...part(name, found).childNodes);

  // whoever reads on in what is replaced finds open what was open, and the keyboard where it was
  const place = (node) => node && [node.tagName, (node.getAttribute("aria-label") || node.textContent).trim().replace(/\d+ changes?$/, "")].join();
  const replace = (found) => {
    const here = part("found"), held = here.contains(document.activeElement) ? place(document.activeElement) : null;
    const open = new Set([...here.querySelectorAll("details[open] > summary")].map(place));
    put(found, "found");
    for (const summary of here.querySelectorAll("summary")) if (open.has(place(summary))) summary.parentNode.open = true;
    if (held) ([...here.querySelectorAll("a, summary, [tabindex]")].find((node) => place(node) === held) || form.querySelector("textarea")).focus({ preventScroll: true });
  };

  const show = (page) => {
    const found = new DOMParser().parseFromString(page, "text/html"), said = part("said", found);
    if (!said) { say(found.querySelector('[role="alert"]')?.textContent.trim() || "This could not be worked out; try the button."); part("far").replaceChildren(); return false; }
    const state = said.dataset.state;
    say(said.textContent);
    put(found, "far");
    if (state === "done" || state === "same") { replace(found); mark(false); }
    return state === "running";
  };

  const work = async () => {
    const mine = run, sent = new URLSearchParams(new FormData(form));
    sent.set("begin", "yes");
    for (let more = true; more;) {
      asking = new AbortController();
      try {
        const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
        const answer = await fetch("/rules/edit/effects", { method: "POST", body: sent, redirect: "manual", signal: asking.signal, headers: { "X-CSRF-Token": token, "HX-Request": "true" } });
        const page = await answer.text();
        if (mine !== run || answer.status === 204) return;
        more = show(page);
      } catch {
        if (mine === run) { say("No connection; what it changes was not worked out."); part("far").replaceChildren(); }
        return;
      }
      sent.delete("begin");
    }
  };

  form.addEventListener("changed", () => {
    stop();
    mark(true);
    say(part("found").classList.contains("old") ? "The text has changed since what stands here was worked out." : "Worked out once you pause.");
  });
  form.addEventListener("checked", (event) => {
    stop();
    if (event.detail.problems.length) { mark(true); say("Worked out as soon as the check finds no mistake."); return; }
    say("Working out what it changes …");
    part("far").replaceChildren(document.createElement("progress"));
    part("far").firstChild.ariaLabel = "Working out what it changes";
    work();
  });
})();
