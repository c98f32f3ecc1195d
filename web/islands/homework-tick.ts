// A form with one button, pressed or not, that posts in the background. Its value is what a press would post.
import { csrf } from "./shared/http.ts";
import { h } from "./shared/dom.ts";

class HomeworkTick extends HTMLElement {
  private readonly said = h("span", { class: "tick-state", role: "status" });

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form || this.said.isConnected) return;
    form.append(this.said);
    form.addEventListener("submit", (event) => {
      const button = form.querySelector<HTMLButtonElement>("button[aria-pressed]");
      if (!button) return;
      event.preventDefault();
      void this.send(form, button);
    });
  }

  private async send(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
    if (button.getAttribute("aria-busy") === "true") return;
    const body = new FormData(form);
    body.set(button.name, button.value);
    const isDone = button.value === "true";
    this.show(button, isDone);
    button.setAttribute("aria-busy", "true");
    const isSaved = await fetch(form.action, {
      method: "POST", body, credentials: "same-origin", keepalive: true, redirect: "manual",
      headers: { RequestVerificationToken: csrf(), Accept: "application/json" },
    }).then((response) => response.ok || response.type === "opaqueredirect", () => false);
    button.removeAttribute("aria-busy");
    if (!isSaved) this.show(button, !isDone);
    this.said.textContent = isSaved ? "" : this.getAttribute("failed");
  }

  private show(button: HTMLButtonElement, isDone: boolean): void {
    button.setAttribute("aria-pressed", String(isDone));
    button.value = String(!isDone);
    button.closest(".homework")?.classList.toggle("is-done", isDone);
  }
}

customElements.define("homework-tick", HomeworkTick);
