// A diary that refreshes itself: the server says «changed», the page is asked for again and this part of it is put in place.
import { h } from "./shared/dom.ts";

const gatherMs = 200, shownMs = 6000;

class DiaryLive extends HTMLElement {
  private readonly toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hides: ReturnType<typeof setTimeout> | undefined;
  private isStale = false;
  private readonly onShow = () => { if (this.isStale && !document.hidden) void this.refresh(); };

  connectedCallback(): void {
    const url = this.getAttribute("live-url");
    if (!url) return;
    this.after(this.toast);
    this.source = new EventSource(url);
    this.source.addEventListener("changed", (event: MessageEvent<string>) => this.changed(event.data));
    document.addEventListener("visibilitychange", this.onShow);
  }

  disconnectedCallback(): void {
    this.source?.close();
    this.toast.remove();
    document.removeEventListener("visibilitychange", this.onShow);
  }

  private changed(data: string): void {
    const { text } = (data ? JSON.parse(data) : {}) as { text?: string };
    if (text) this.say(text);
    this.isStale = true;
    clearTimeout(this.timer);
    if (!document.hidden) this.timer = setTimeout(() => void this.refresh(), gatherMs);
  }

  private say(text: string): void {
    this.toast.textContent = text;
    clearTimeout(this.hides);
    this.hides = setTimeout(() => (this.toast.textContent = ""), shownMs);
  }

  private async refresh(): Promise<void> {
    this.isStale = false;
    try {
      const page = await askAgain();
      if (!page) return;
      const fresh = page.querySelector(`diary-live[live-url="${CSS.escape(this.getAttribute("live-url") ?? "")}"]`);
      if (!fresh) return location.reload();
      const focused = this.focusedPlace(), { scrollX, scrollY } = window;
      this.replaceChildren(...fresh.childNodes);
      this.restoreFocus(focused);
      scrollTo(scrollX, scrollY);
    }
    catch {
      this.isStale = true;
    }
  }

  private focusables(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [tabindex]")];
  }

  private focusedPlace(): { id: string; index: number } | null {
    const focused = document.activeElement;
    return focused instanceof HTMLElement && this.contains(focused) ? { id: focused.id, index: this.focusables().indexOf(focused) } : null;
  }

  private restoreFocus(place: { id: string; index: number } | null): void {
    if (!place) return;
    const same = place.id ? document.getElementById(place.id) : null;
    (same ?? this.focusables()[place.index])?.focus({ preventScroll: true });
  }
}

/** This page anew, or null when the server answers with another one. The browser parses it: trusted types forbid parsing a text. */
function askAgain(): Promise<Document | null> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 && request.responseURL === location.href.split("#")[0] ? request.responseXML : null);
    request.onerror = () => reject(new Error("offline"));
    request.send();
  });
}

customElements.define("diary-live", DiaryLive);
