// Rujukan works without this file; with it, work is quicker. No text is made into markup but answers of our own server.
const $ = (what, from = document) => from.querySelector(what);
const all = (what, from = document) => [...from.querySelectorAll(what)];
const on = (what, event, act) => document.addEventListener(event, (e) => { const found = e.target.closest?.(what); if (found) act(found, e); });

// After a refused form the summary of what is wrong is read out first.
$("[data-focus]")?.focus();

// A form is sent once, asks first where that was wished, and warns before unsaved work is left.
const ask = (text) => new Promise((answer) => {
  const box = $("#ask");
  if (!box) return answer(window.confirm(text));
  $("#ask-text").textContent = text;
  box.returnValue = "";
  const closed = () => {
    if (box.open) return; // the event of the question before, which came late
    box.removeEventListener("close", closed);
    answer(box.returnValue === "yes");
  };
  box.addEventListener("close", closed);
  box.showModal();
  $("[value='']", box).focus();
});
const changed = new Set();
let leaving = false;
document.addEventListener("submit", async (e) => {
  const form = e.target, button = e.submitter;
  if (form.method !== "post") return;
  const question = button?.dataset.confirm ?? form.dataset.confirm;
  if (question && !form.dataset.agreed) {
    e.preventDefault();
    if (await ask(question)) { form.dataset.agreed = "yes"; form.requestSubmit(button); }
    return;
  }
  if ("guard" in form.dataset) {
    if (form.dataset.sent) return e.preventDefault();
    form.dataset.sent = "yes";
    button?.setAttribute("aria-busy", "true");
  }
  leaving = true;
});
window.addEventListener("pageshow", (e) => {
  if (!e.persisted) return;
  leaving = false;
  all("form[data-sent]").forEach((form) => { delete form.dataset.sent; delete form.dataset.agreed; });
  all("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
on("form.form", "input", (form) => changed.add(form));
window.addEventListener("beforeunload", (e) => { if (changed.size && !leaving) e.preventDefault(); });

// Filters send themselves; the button for it is only there without JavaScript.
all("form[data-auto]").forEach((form) => all("button:not([name])", form).forEach((button) => { button.hidden = true; }));
on("form[data-auto]", "change", (form) => form.requestSubmit());

// Rows of a form: add one, remove one, without a way to the server and back.
let fresh = 0;
on("[name=__add__]", "click", (button, e) => {
  const rows = button.closest(".rows"), list = $(":scope > ol", rows);
  if (list.children.length >= Number(rows.dataset.most)) return;
  e.preventDefault();
  const copy = document.createRange().createContextualFragment(rows.dataset.blank), mark = `-new${++fresh}`;
  for (const attribute of ["id", "for", "list", "aria-describedby"])
    all(`[${attribute}]`, copy).forEach((el) => el.setAttribute(attribute, el.getAttribute(attribute).split(" ").map((id) => id + mark).join(" ")));
  list.append(copy);
  enrich(list.lastElementChild);
  $("input:not([type=hidden]), select, textarea", list.lastElementChild)?.focus();
  changed.add(button.form);
});
on("[name=__remove__]", "click", (button, e) => {
  e.preventDefault();
  const rows = button.closest(".rows");
  changed.add(button.form);
  button.closest("li").remove();
  all(":scope > ol > li > [name=__remove__]", rows).forEach((b, n) => { b.value = `${b.value.split(":")[0]}:${n}`; });
  $("[name=__add__]", rows).focus();
});

// Controls that get better: a counter for long texts, a calendar beside a date.
function enrich(part) {
  all("[data-count]", part).forEach((box) => {
    const line = document.createElement("p"), most = Number(box.dataset.count);
    line.className = "counter";
    const tell = () => { line.textContent = `${box.value.length} / ${most}`; line.classList.toggle("over", box.value.length > most); };
    box.after(line);
    box.addEventListener("input", tell);
    tell();
  });
  all("[data-day]", part).forEach((box) => {
    const picker = document.createElement("input");
    if (!picker.showPicker) return;
    Object.assign(picker, { type: "date", className: "calendar", tabIndex: -1 });
    picker.setAttribute("aria-hidden", "true");
    picker.addEventListener("change", () => {
      box.value = picker.value.split("-").reverse().join("-");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    box.after(picker);
  });
}
enrich(document);

// Parts fetched while one types: `data-live` (possible doubles) and `data-preview` name the address, `data-target` the place.
const waiting = new WeakMap();
on("[data-live], [data-preview]", "input", (box) => {
  clearTimeout(waiting.get(box)?.timer);
  const timer = setTimeout(() => refresh(box), "preview" in box.dataset ? 600 : 300);
  waiting.set(box, { ...waiting.get(box), timer });
});
async function refresh(box) {
  const target = $(box.dataset.target), preview = "preview" in box.dataset, form = box.form ?? box.closest("form");
  const at = new URL(box.dataset.live ?? box.dataset.preview, location.href);
  if (!target || at.origin !== location.origin) return;
  waiting.get(box)?.stop?.abort();
  const stop = new AbortController();
  waiting.set(box, { ...waiting.get(box), stop });
  target.setAttribute("aria-busy", "true");
  try {
    if (!preview) all("[data-live]", form ?? document).filter((b) => b.dataset.live === box.dataset.live).forEach((b) => at.searchParams.set(b.name, b.value));
    const answer = await fetch(at, { signal: stop.signal, headers: { "X-Requested-With": "fetch" }, ...(preview ? { method: "POST", body: new FormData(form) } : {}) });
    if (!answer.ok) return;
    if (target.tagName === "IFRAME" || target.tagName === "IMG") {
      URL.revokeObjectURL(target.src);
      target.src = URL.createObjectURL(await answer.blob());
    } else target.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  } finally {
    if (!stop.signal.aborted) target.removeAttribute("aria-busy");
  }
}

// On a phone the right column and its parts are folded; the next steps stay open.
if (matchMedia("(max-width: 44rem)").matches) all(".fold").forEach((part) => part.removeAttribute("open"));
document.addEventListener("click", (e) => all("details.me[open]").forEach((menu) => { if (!menu.contains(e.target)) menu.open = false; }));

// The keyboard.
let rowAt = -1, before = "";
const rows = () => all("[data-row]");
function move(by) {
  const list = rows();
  if (!list.length) return;
  list[rowAt]?.classList.remove("at");
  rowAt = Math.max(0, Math.min(list.length - 1, rowAt + by));
  list[rowAt].classList.add("at");
  ($("a", list[rowAt]) ?? list[rowAt]).focus();
  list[rowAt].scrollIntoView({ block: "nearest" });
}
const go = (what) => { const found = $(what); if (found) found.click(); return Boolean(found); };
function focusOn(what) {
  const place = $(what), box = place?.matches("input, textarea") ? place : place && $("textarea, input:not([type=hidden])", place);
  box?.focus();
  return Boolean(box);
}
const keys = {
  "/": () => focusOn("[data-key='/']"),
  n: () => go("[data-key=n]"),
  j: () => (move(1), true),
  k: () => (move(-1), true),
  x: () => { const box = rows()[rowAt] && $("input[type=checkbox]", rows()[rowAt]); box?.click(); return Boolean(box); },
  e: () => go("[data-key=e]"),
  c: () => focusOn("[data-key=c]"),
  a: () => go("[data-step=approve]"),
  "g w": () => go("[data-key='g w']"),
  "?": () => { $("#keys")?.showModal(); return Boolean($("#keys")); },
};
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") all("details.me[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
  const key = before === "g" ? `g ${e.key}` : e.key;
  before = e.key;
  if (keys[key]?.()) e.preventDefault();
});
document.addEventListener("focusin", (e) => {
  const row = e.target.closest("[data-row]");
  if (row) rowAt = rows().indexOf(row);
});
