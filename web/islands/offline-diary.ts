// Lets the diary be read without a network: the worker is told whose page this is and what to read ahead. The words for that hour
// stand hidden in the page; the worker opens them.
interface ScriptPolicy { createScriptURL(url: string): string }
type Policies = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy };

const script = "/sw.js";

class OfflineDiary extends HTMLElement {
  connectedCallback(): void {
    const owner = this.getAttribute("owner"), pages = (this.getAttribute("pages") ?? "").split(" ").filter((page) => page.startsWith("/diary?"));
    if (!("serviceWorker" in navigator) || !owner || !navigator.onLine) return;
    // The one script that the page's policy lets through.
    const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
    const url = policies?.createPolicy("offline", { createScriptURL: () => script }).createScriptURL(script) ?? script;
    void navigator.serviceWorker.register(url).then(() => navigator.serviceWorker.ready).then((worker) => worker.active?.postMessage({ owner, pages }), () => undefined);
  }
}

customElements.define("offline-diary", OfflineDiary);
