// What every page may use: dialogs, filters that apply themselves, copying, search suggestions, menus that close.
import { h } from "./shared/dom.ts";
import { answered, openStore } from "./shared/idb.ts";
import { SearchBox } from "./shared/search-box.ts";

/** Opens the dialog named by <c>for</c>, in browsers without button commands. */
class OpenDialog extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (!button || "commandForElement" in button) return;
      const dialog = document.getElementById(this.getAttribute("for") ?? "");
      if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    });
  }
}

/** Sends its GET form as soon as a choice changes; the button for those without script goes away. */
class AutoSubmit extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement || (event.target instanceof HTMLInputElement && ["date", "checkbox", "radio"].includes(event.target.type)))
        (this.closest("form") ?? this.querySelector("form"))?.requestSubmit();
    });
    for (const button of this.querySelectorAll<HTMLElement>("[data-without-script]")) button.hidden = true;
  }
}

/** Copies its <c>text</c> and says so on the button. */
class CopyText extends HTMLElement {
  connectedCallback(): void {
    const said = h("span", { class: "small muted", role: "status" });
    this.append(said);
    this.addEventListener("click", async (event) => {
      if (!(event.target as Element).closest("button")) return;
      await navigator.clipboard.writeText(this.getAttribute("text") ?? "").then(() => (said.textContent = ` ${this.getAttribute("copied") ?? ""}`), () => (said.textContent = ` ${this.getAttribute("failed") ?? ""}`));
      setTimeout(() => (said.textContent = ""), 2000);
    });
  }
}

// Marks that wait in this browser go with the person who leaves it: say so first.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement, warning = form.dataset.unsent;
  if (!warning || form.dataset.asked !== undefined || !("indexedDB" in window)) return;
  event.preventDefault();
  void countUnsent().then((unsent) => {
    if (unsent > 0 && !confirm(warning)) return;
    form.dataset.asked = "";
    dispatchEvent(new Event("signing-out"));
    form.requestSubmit();
  });
});

async function countUnsent(): Promise<number> {
  try {
    const queues = await openStore("my-school-journal", "queues", "id");
    const count = await answered(queues.transaction("queues").objectStore("queues").count());
    queues.close();
    return count;
  } catch {
    return 0;
  }
}

const menus = "details.menu[open], .bar details[open]";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(menus)) if (!menu.contains(event.target as Node)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(menus)) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// A button that prints is of no use without script, and hidden until then.
for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

customElements.define("open-dialog", OpenDialog);
customElements.define("auto-submit", AutoSubmit);
customElements.define("copy-text", CopyText);
customElements.define("search-box", SearchBox);
