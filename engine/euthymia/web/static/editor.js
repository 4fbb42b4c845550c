// The editor of a rule file: line numbers, mistakes at their lines, words to complete. All of it is an addition; the form works without.
"use strict";
(() => {
  const form = document.querySelector("form.editor");
  if (!form) return;
  const area = form.querySelector("textarea"), sheet = form.querySelector(".sheet"), place = document.getElementById("problems");
  const LINE = 20, TOP = 6, WAIT = 700, LEAST = 2, MOST = 8;
  const make = (tag, made = {}, text = "") => { const node = Object.assign(document.createElement(tag), made); node.textContent = text; return node; };
  const tell = (what, detail) => form.dispatchEvent(new CustomEvent(what, { detail }));
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];

  // ---- line numbers, and mistakes beside them
  const gutter = make("pre", { className: "gutter", ariaHidden: "true" });
  const notes = make("div", { className: "notes", ariaHidden: "true" });
  sheet.prepend(gutter);
  sheet.append(notes);
  for (const help of form.querySelectorAll(".with-script")) help.hidden = false;
  let wrong = new Map(), drawn = "";

  const draw = () => {
    const number = area.value.split("\n").length, now = number + "|" + [...wrong].join();
    if (now !== drawn) {
      drawn = now;
      gutter.replaceChildren();
      let plain = "";
      for (let line = 1; line <= number; line++) {
        if (wrong.has(line)) { gutter.append(plain, make("b", {}, "! " + line), "\n"); plain = ""; } else plain += line + "\n";
      }
      gutter.append(plain, "\n\n");
      notes.replaceChildren(...[...wrong].map(([line, text]) => {
        const note = make("span", {}, text);
        note.dataset.line = line;
        return note;
      }));
    }
    follow();
  };
  const follow = () => {
    gutter.scrollTop = area.scrollTop;
    for (const note of notes.children) note.style.top = TOP + (note.dataset.line - 1) * LINE - area.scrollTop + "px";
  };
  area.addEventListener("scroll", () => { follow(); close(); });

  const goTo = (line) => {
    const lines = area.value.split("\n"), start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start);
    area.scrollTop = Math.max((line - 6) * LINE, 0);
    area.scrollLeft = 0;
  };

  // ---- checking while one types
  let timer, under = false, again = false;
  const show = (found) => {
    wrong = new Map();
    for (const item of found.problems) {
      if (item.here && item.line) wrong.set(item.line, (wrong.has(item.line) ? wrong.get(item.line) + "; " : "") + item.message);
    }
    draw();
    const all = found.problems.length + found.more;
    if (!all) { place.replaceChildren(make("p", {}, "No mistakes found in the whole rulebook with your copies laid over it (" + found.rules + " rules).")); return; }
    const list = make("ul");
    for (const item of found.problems) {
      const line = make("li");
      if (item.here && item.line) {
        const to = make("button", { type: "button" }, "Line " + item.line);
        to.addEventListener("click", () => goTo(item.line));
        line.append(to);
      } else line.append(item.file + (item.line ? ", line " + item.line : ""));
      if (item.key) line.append(" ", make("code", {}, item.key));
      line.append(": " + item.message);
      list.append(line);
    }
    place.replaceChildren(make("p", {}, all + (all === 1 ? " mistake" : " mistakes")), list);
  };
  const check = async () => {
    if (under) { again = true; return; }
    under = true;
    const text = area.value;
    try {
      const answer = await fetch("/rules/check", { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", headers: { "X-CSRF-Token": token() } });
      if (answer.ok) {
        const found = await answer.json();
        show(found);
        if (area.value === text) tell("checked", found);
      } else place.replaceChildren(make("p", {}, [401, 403].includes(answer.status) ? "You were signed out; sign in in a new window, and go on here." : "This could not be checked; try the button."));
    } catch {
      place.replaceChildren(make("p", {}, "No connection; nothing was checked. What you typed stays on this page."));
    }
    under = false;
    if (again) { again = false; check(); }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(check, WAIT); };

  // ---- words to complete
  let words = [], shown = [], active = -1;
  const list = make("ul", { className: "choices", id: "choices", role: "listbox", hidden: true, ariaLabel: "Words to complete" });
  sheet.after(list);
  form.style.position = "relative";
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", "choices");
  fetch("/rules/words").then((answer) => answer.json()).then((kinds) => {
    words = Object.entries(kinds).flatMap(([kind, some]) => some.map((word) => [word, kind]));
  }).catch(() => {});
  const width = (() => { const pen = document.createElement("canvas").getContext("2d"); pen.font = getComputedStyle(area).font; return pen.measureText("0").width; })();

  const close = () => { list.hidden = true; shown = []; active = -1; area.removeAttribute("aria-activedescendant"); };
  const before = () => area.value.slice(0, area.selectionStart);
  const begun = () => before().match(/[$\w.-]*$/)[0].replace(/^-+/, "");
  const choose = (index) => {
    active = index;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", at === index);
      if (at === index) option.scrollIntoView({ block: "nearest" });
    }
    if (index < 0) area.removeAttribute("aria-activedescendant"); else area.setAttribute("aria-activedescendant", "choice-" + index);
  };
  const offer = (wanted) => {
    const word = begun(), low = word.toLowerCase(), key = /^\s*(- )?[\w]*$/.test(before().split("\n").pop());
    if (area.selectionStart !== area.selectionEnd || (!wanted && word.length < LEAST)) { close(); return; }
    const rank = ([text, kind]) => (text.toLowerCase().startsWith(low) ? 0 : 2) + ((kind === "key") === key ? 0 : 1);
    const found = words.filter(([text, kind]) => text.toLowerCase().includes(low) && (kind !== "key" || key));
    shown = found.sort((one, other) => rank(one) - rank(other)).slice(0, MOST);
    if (!shown.length || (shown.length === 1 && shown[0][0] === word)) { close(); return; }
    list.replaceChildren(...shown.map(([text, kind], at) => {
      const option = make("li", { id: "choice-" + at, role: "option" }, text);
      option.append(make("small", {}, kind));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      return option;
    }));
    const row = before().split("\n").length, column = before().split("\n").pop().length - word.length;
    list.hidden = false;
    list.style.top = sheet.offsetTop + TOP + row * LINE - area.scrollTop + "px";
    list.style.left = Math.max(0, Math.min(sheet.offsetLeft + area.offsetLeft + 8 + column * width - area.scrollLeft, form.clientWidth - list.offsetWidth)) + "px";
    choose(wanted ? 0 : -1);
  };
  const take = (at) => {
    const word = begun(), end = area.selectionStart, tail = shown[at][1] === "key" ? ": " : "";
    const rest = area.value.slice(end, end + 1) === ":" ? "" : tail;
    area.focus();
    area.setSelectionRange(end - word.length, end);
    // the browser's own way to insert keeps its undo
    if (!document.execCommand("insertText", false, shown[at][0] + rest)) area.setRangeText(shown[at][0] + rest, end - word.length, end, "end");
    close();
    changed();
  };
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); offer(true); return; }
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose((active + step + shown.length + (active < 0 && step < 0 ? 1 : 0)) % shown.length);
    else if (event.key === "Enter" && active >= 0) take(active);
    else if (event.key === "Escape") close();
    else { if (event.key.length > 1 && event.key !== "Backspace" && event.key !== "Shift") close(); return; }
    event.preventDefault();
  });
  area.addEventListener("blur", close);

  // ---- what is not saved is not lost without a word
  let saved = area.value;
  const changed = () => { draw(); later(); tell("changed"); };
  area.addEventListener("input", (event) => { changed(); if (event.inputType !== "historyUndo") offer(false); });
  form.addEventListener("submit", () => { saved = area.value; });
  window.addEventListener("beforeunload", (event) => { if (area.value !== saved) event.preventDefault(); });
  draw();
  if (/^#L\d+$/.test(location.hash)) goTo(Number(location.hash.slice(2)));
  later();
})();
