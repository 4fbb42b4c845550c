// What the pages do beside htmx: keep what was typed until it is saved, keep open what was open, and answer "why".
"use strict";
(() => {
  const RETRY = 4000;
  const notices = () => document.getElementById("notices");

  const tell = (text, link) => {
    const place = notices();
    if (!place) return;
    place.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.textContent = text + " ";
    if (link) {
      const to = document.createElement("a");
      to.href = link[0]; to.textContent = link[1]; to.target = "_blank"; to.rel = "opener";
      line.append(to);
    }
    place.append(line);
  };

  // ---- answers: what is picked and what is written never contradict each other
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form.field");
    if (!form || !event.target.name.startsWith("value")) return;
    const given = form.querySelector('input[name="answer"][value="given"]');
    if (given) given.checked = true;
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.field");
    if (!form || event.target.name !== "answer" || event.target.type !== "radio" || event.target.value === "given") return;
    for (const box of form.querySelectorAll('[name^="value"], [name="unit_beside"]')) {
      if (/checkbox|radio/.test(box.type)) box.checked = false; else box.value = "";
    }
  }, true);

  const halfWritten = (form) => {
    if (!form.hasAttribute("data-pair")) return false;
    const written = ["value", "unit_beside"].map((name) => form.querySelector(`[name="${name}"]`).value.trim() !== "");
    return written[0] !== written[1];
  };

  // ---- saving: an answer that could not be sent stays on the page and is sent again
  const unsaved = () => [...document.querySelectorAll("form.field.unsaved")];

  const mark = (form, text) => {
    form.classList.add("unsaved");
    const place = form.querySelector("[data-saved]");
    if (place) place.textContent = text;
  };

  const sendAgain = async () => {
    if (!unsaved().length) return;
    let now;
    try {
      now = await fetch("/session", { headers: { Accept: "application/json" }, redirect: "manual" });
    } catch { return; }
    if (!now.ok) return;
    const session = await now.json();
    if (session.account !== document.body.dataset.account) {
      tell("Somebody else is signed in now. What is marked here was not saved.");
      return;
    }
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": session.csrf }));
    for (const hidden of document.querySelectorAll('input[name="csrf"]')) hidden.value = session.csrf;
    tell("");
    for (const form of unsaved()) { form.classList.remove("unsaved"); htmx.trigger(form, "submit"); }
  };
  setInterval(sendAgain, RETRY);
  window.addEventListener("online", sendAgain);
  window.addEventListener("focus", sendAgain);
  window.addEventListener("beforeunload", (event) => { if (unsaved().length) event.preventDefault(); });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (form.matches?.("form.field")) {
      if (halfWritten(form)) { event.preventDefault(); return; }
      const place = form.querySelector("[data-saved]");
      if (place) place.textContent = "saving …";
    }
  });
  const lost = (event) => {
    if (event.target.matches?.("form.field")) {
      mark(event.target, "not saved yet: no connection; it will be sent again");
      tell("No connection. What you answer stays on this page and is saved as soon as it can be.");
    }
  };
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  const saidIn = (event) => {
    const doc = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const said = doc.querySelector('[role="alert"]')?.textContent.replace(/\s+/g, " ").trim();
    return said || "This could not be worked out. Reload the page.";
  };
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const field = event.target.matches?.("form.field");
    if (status === 401 || (status === 403 && field)) {
      if (field) mark(event.target, "not saved yet: you were signed out");
      tell("You were signed out. What you answered stays on this page and is saved after you have signed in again.", ["/sign-in", "Sign in in a new window"]);
    } else if (field && (status === 404 || status === 410)) {
      // sent again it would be refused again: the patient was handed over or removed
      const place = event.target.querySelector("[data-saved]");
      if (place) place.textContent = "not saved";
      tell(saidIn(event));
    } else if (field) {
      mark(event.target, status === 429 ? "not saved yet: too many requests; it will be sent again" : "not saved yet; it will be sent again");
    } else {
      tell(saidIn(event));
    }
  });

  // ---- what stands on the page is marked as old from the moment a fact changes
  document.addEventListener("facts-changed", () => {
    for (const id of ["results", "differences"]) document.getElementById(id)?.classList.add("stale");
  });
  // ---- the same fact may stand in the next question and in its section: what was answered in the one is shown in the other
  document.addEventListener("facts-changed", (event) => {
    const form = event.target.closest?.("#next form.field");
    if (!form) return;
    const fact = form.querySelector('[name="fact"]').value;
    const twin = [...document.querySelectorAll("#section form.field")].some((other) => other.querySelector('[name="fact"]').value === fact);
    if (twin) htmx.ajax("GET", location.pathname + location.search, { target: "#section", select: "#section", swap: "outerHTML" });
  });

  // ---- what the advice takes for facts that nobody stated comes with the alerts, and is put to the fields that are open. Only these words
  // are put in: what is being typed, and where, stays.
  const fillIn = () => {
    const notes = new Map([...document.querySelectorAll("#filled > [data-filled]")].map((note) => [note.dataset.filled, note]));
    for (const form of document.querySelectorAll("form.field")) {
      const note = notes.get(form.querySelector('[name="fact"]').value);
      const holds = note && (!form.classList.contains("asked") || "asked" in note.dataset);
      const place = form.querySelector("[data-place-of-filled]");
      if (place.innerHTML !== (holds ? note.innerHTML : "")) place.replaceChildren(...(holds ? note.cloneNode(true).childNodes : []));
    }
  };
  const countMore = () => {
    const more = document.querySelector("#section details.more");
    if (!more) return;
    const [asked, filled] = ["asked", "filled"].map((name) => more.querySelector(`[data-count="${name}"]`));
    asked.textContent = more.querySelectorAll("form.field.asked").length;
    filled.textContent = more.querySelectorAll("[data-place-of-filled]:not(:empty)").length;
    filled.parentElement.hidden = filled.textContent === "0";
  };

  const open = new Set();
  const nameOf = (details) => {
    const summary = details.querySelector(":scope > summary");
    return (summary?.dataset.said || "") + "|" + (summary?.textContent.trim().slice(0, 60) || "");
  };
  const remember = (target) => {
    for (const details of target.querySelectorAll("details")) {
      if (details.open) open.add(nameOf(details)); else open.delete(nameOf(details));
    }
  };
  const openAgain = (target) => {
    for (const details of target.querySelectorAll("details")) if (open.has(nameOf(details))) details.open = true;
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "next" && target.contains(document.activeElement)) {
      const typing = document.activeElement;
      if (/^(INPUT|TEXTAREA)$/.test(typing.tagName) && !/radio|checkbox/.test(typing.type) && typing.value !== typing.defaultValue) {
        event.detail.shouldSwap = false;
        typing.addEventListener("blur", () => setTimeout(() => htmx.trigger(document.body, "facts-changed"), 400), { once: true });
        return;
      }
    }
    if (target.id === "results" || target.id === "standing") remember(target);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "results" || target.id === "differences") target.classList.remove("stale");
    if (target.id === "results" || target.id === "standing") openAgain(target);
    if (target.id === "standing") fillIn();
    countMore();
  });
  // ---- where the patient stands comes with a saved answer; an earlier one that comes late is not shown
  const version = (place) => Number(place.querySelector("[data-version]")?.dataset.version ?? -1);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse } = event.detail;
    const came = target.id === "standing" && serverResponse.match(/data-version="(\d+)"/);
    if (came && Number(came[1]) < version(target)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "standing") return;
    if (version(fragment) < version(target)) event.detail.shouldSwap = false; else remember(target);
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id !== "standing") return;
    openAgain(event.detail.target);
    fillIn();
    countMore();
  });

  // ---- why: asked where it stands, and closed by asking again
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.why");
    if (!button) return;
    const opened = button.getAttribute("aria-expanded") === "true";
    const place = button.dataset.why ? button.nextElementSibling : null;
    if (place && opened) { place.replaceChildren(); button.setAttribute("aria-expanded", "false"); return; }
    button.setAttribute("aria-expanded", "true");
    if (!place) return;
    const chart = location.pathname.split("/").slice(0, 3).join("/");
    htmx.ajax("POST", chart + "/why", { source: button, target: place, values: { name: button.dataset.why.replace(/@$/, "") } });
  });
})();
