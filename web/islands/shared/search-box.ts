import { h } from "./dom.ts";

interface Suggestion {
  text: string;
  href: string;
  note?: string;
}

const pauseMs = 180, least = 2;
let count = 0;

/** Suggests while one types, when <c>suggest</c> names an address; the form works without it. */
export class SearchBox extends HTMLElement {
  private input: HTMLInputElement | null = null;
  private readonly list = h("div", { class: "search-list", role: "listbox", hidden: true });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | null = null;
  private chosen = -1;

  connectedCallback(): void {
    this.input = this.querySelector("input[type=search]");
    if (!this.getAttribute("suggest") || !this.input || this.list.isConnected) return;
    this.list.id = `suggestions-${++count}`;
    this.list.setAttribute("aria-label", this.getAttribute("list-label") ?? "");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.form?.append(this.list);
    this.show([]);
    this.input.addEventListener("input", () => this.soon());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("focusout", (event) => { if (!this.contains(event.relatedTarget as Node | null)) this.show([]); });
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), pauseMs);
  }

  private async ask(): Promise<void> {
    const words = this.input!.value.trim();
    this.asked?.abort();
    if (words.length < least) return this.show([]);
    this.asked = new AbortController();
    try {
      const response = await fetch(`${this.getAttribute("suggest")}?${new URLSearchParams({ q: words })}`, { headers: { Accept: "application/json" }, signal: this.asked.signal });
      this.show(response.ok ? ((await response.json()) as Suggestion[]).slice(0, 8) : []);
    }
    catch {
      // A newer question was asked, or the connection is lost: the form still searches.
    }
  }

  private show(found: Suggestion[]): void {
    this.chosen = -1;
    this.list.replaceChildren(...found.map((one, i) => h("a", { class: "menu-item", role: "option", id: `${this.list.id}-${i}`, href: one.href, tabindex: "-1", "aria-selected": "false" },
      h("span", { class: "two-lines" }, one.text, one.note ? h("small", {}, one.note) : null))));
    this.list.hidden = found.length === 0;
    this.input!.setAttribute("aria-expanded", String(found.length > 0));
    this.input!.removeAttribute("aria-activedescendant");
  }

  private onKey(event: KeyboardEvent): void {
    const options = [...this.list.children] as HTMLAnchorElement[];
    if (event.key === "Escape" && options.length > 0) this.show([]);
    else if (event.key === "Enter" && this.chosen >= 0) options[this.chosen]!.click();
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length > 0) this.choose(options, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  private choose(options: HTMLAnchorElement[], step: number): void {
    options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = (this.chosen + step + options.length) % options.length;
    options[this.chosen]!.setAttribute("aria-selected", "true");
    this.input!.setAttribute("aria-activedescendant", options[this.chosen]!.id);
  }
}
