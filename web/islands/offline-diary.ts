// Lets a person's own pages be read without a network: the worker is told whose page this is and what to read ahead. The words for that hour
// stand hidden in the page; the worker opens them.
import { startWorker } from "./shared/worker.ts";

class OfflineDiary extends HTMLElement {
  connectedCallback(): void {
    const owner = this.getAttribute("owner"), pages = (this.getAttribute("pages") ?? "").split(" ").filter((page) => page.startsWith("/"));
    if (!("serviceWorker" in navigator) || !owner || !navigator.onLine) return;
    void startWorker().then((worker) => worker.active?.postMessage({ owner, pages, adds: this.hasAttribute("adds") }), () => undefined);
  }
}

customElements.define("offline-diary", OfflineDiary);
