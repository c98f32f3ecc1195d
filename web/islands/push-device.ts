// Turns messages on in this browser: its own push service gives an address and keys, and the page hands them over.
import { h } from "./shared/dom.ts";
import { csrf } from "./shared/http.ts";
import { startWorker } from "./shared/worker.ts";

class PushDevice extends HTMLElement {
  private readonly said = h("p", { class: "small", role: "status" });

  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
    button.hidden = false;
    this.append(this.said);
    button.addEventListener("click", () => void this.turnOn().then(
      (word) => (this.said.textContent = this.getAttribute(word)), () => (this.said.textContent = this.getAttribute("failed"))));
  }

  private async turnOn(): Promise<string> {
    if ((await Notification.requestPermission()) !== "granted") return "refused";
    const worker = await startWorker();
    const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.getAttribute("push-key") ?? "" });
    const answer = await fetch(this.getAttribute("url") ?? "", {
      method: "POST", body: JSON.stringify(subscription.toJSON()),
      headers: { "content-type": "application/json", accept: "application/json", RequestVerificationToken: csrf() },
    });
    return answer.ok ? "done" : "failed";
  }
}

customElements.define("push-device", PushDevice);
