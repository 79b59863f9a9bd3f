"use strict";
// Everything works without this file; with it, lists narrow as one types, the count is told, and the board stays fresh.
(() => {
  const summary = document.querySelector(".summary");
  if (summary) summary.focus();

  const picks = document.querySelector("#picks[data-quota]");
  if (picks) {
    const quota = Number(picks.dataset.quota);
    const told = document.querySelector("[data-count]");
    const hidden = document.querySelectorAll('input[type="hidden"][name="pick"]').length;
    const count = () => {
      const chosen = hidden + picks.querySelectorAll("input:checked").length;
      told.hidden = false;
      told.textContent = `เลือกแล้ว ${chosen} จาก ${quota} กลุ่ม` + (chosen > quota ? " เกินจำนวนจัดสรร" : "");
    };
    picks.addEventListener("change", count);
    count();
    const words = document.querySelector("#words");
    words.addEventListener("input", () => {
      const wanted = words.value.trim().toLowerCase();
      for (const line of picks.querySelectorAll(".check")) {
        line.hidden = wanted !== "" && !line.textContent.toLowerCase().includes(wanted) && !line.querySelector("input").checked;
      }
    });
  }

  const live = document.querySelector("[data-live]");
  if (live) {
    const seconds = Number(live.dataset.live);
    setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const part = fresh.querySelector("[data-live]");
        if (!part) return location.reload();
        if (!live.contains(document.activeElement)) live.replaceChildren(...part.childNodes);
        const footer = fresh.querySelector("footer");
        if (footer) document.querySelector("footer").replaceWith(footer);
      } catch {
        // out of reach for a moment; the next try may do
      }
    }, seconds * 1000);
  }

  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "1";
      setTimeout(() => delete form.dataset.sent, 5000);
    });
  }
})();
