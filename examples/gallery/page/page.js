"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const say = text => { $("#message").textContent = text; };
const urlOf = name => "/files/" + encodeURIComponent(name);

// Uploads, one after the other. XMLHttpRequest reports the progress of a request's body, which
// fetch does not.

function put(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", urlOf(file.name));
    request.upload.onprogress = e => progress(e.loaded / Math.max(e.total, 1));
    request.onload = () => request.status < 300 ? resolve() : reject(new Error(request.responseText));
    request.onerror = () => reject(new Error("the server can't be reached"));
    request.send(file);
  });
}

async function upload(files) {
  const waiting = [...files].map(file => {
    const item = document.createElement("li");
    const label = document.createElement("label");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    label.textContent = file.name;
    label.append(" ", bar);
    item.append(label);
    $("#uploads").append(item);
    return { file, item, bar };
  });
  for (const { file, item, bar } of waiting) {
    try {
      await put(file, done => { bar.value = done; });
      item.remove();
    } catch (error) {
      const text = document.createElement("p");
      text.className = "failed";
      text.textContent = error.message;
      item.append(text);
    }
  }
}

$("#files").addEventListener("change", e => {
  upload(e.target.files);
  e.target.form.reset();
});

// A drop anywhere on the page is an upload.
for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, e => {
    e.preventDefault();
    $("#upload").classList.toggle("over", type === "dragover");
    if (type === "drop") upload(e.dataTransfer.files);
  });
}

// The list, which the server renders.

async function load(parameters) {
  const response = await fetch("/list?" + new URLSearchParams(parameters));
  if (!response.ok) throw new Error(await response.text());
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content;
}

// refresh loads what the page shows again. Calls during a call are one more call after it.
let refreshing = false, again = false;
async function refresh() {
  again = refreshing;
  if (refreshing) return;
  refreshing = true;
  try {
    const list = $("#list");
    // A page with all files remains one with all files.
    const parameters = { limit: list.querySelectorAll("li").length + ($("#next") ? 0 : 24) };
    const after = new URLSearchParams(location.search).get("after");
    if (after) parameters.after = after;
    const content = await load(parameters);
    const focus = focused();
    for (const details of list.querySelectorAll("details[open]")) {
      const same = item(content, details.closest("li").dataset.name);
      if (same) $("details", same).open = true;
    }
    list.replaceChildren(content);
    restore(focus);
  } catch (error) {
    say(error.message);
  }
  refreshing = false;
  if (again) refresh();
}

function item(within, name) {
  return [...within.querySelectorAll("li[data-name]")].find(li => li.dataset.name === name);
}

// focused remembers which control of which file has the focus, and restore gives it back.
function focused() {
  const control = document.activeElement, li = control.closest("#list li");
  return li && { name: li.dataset.name, selector: ["a", "summary", "button"].find(s => control.matches(s)) };
}

function restore(focus) {
  if (!focus) return;
  const li = item(document, focus.name);
  (li ? $(focus.selector, li) : $("#files")).focus();
}

$("#list").addEventListener("click", async e => {
  try {
    if (e.target.closest(".delete")) {
      const name = e.target.closest("li").dataset.name;
      if (!confirm(`Delete ${name}?`)) return;
      const response = await fetch(urlOf(name), { method: "DELETE" });
      if (!response.ok) throw new Error(await response.text());
    } else if (e.target.id === "next") {
      e.preventDefault();
      const content = await load({ after: e.target.dataset.after });
      const first = $("li a", content);
      $("#list .files").append(...content.querySelectorAll("li"));
      e.target.replaceWith($("#next", content) ?? "");
      first?.focus();
    }
  } catch (error) {
    say(error.message);
  }
});

// Changes, also those that other pages and other servers make.

function live(yes) {
  $("#live").dataset.live = yes ? "yes" : "no";
  $("#live").textContent = yes ? "Live" : "Not connected";
}

const events = new EventSource("/events");
events.onopen = () => { live(true); refresh(); };
events.onerror = () => live(false);
events.onmessage = e => {
  const change = JSON.parse(e.data);
  if (change.name) say(`${change.name} was ${change.op}.`);
  refresh();
};
