import { signInHref } from "../shared/http.ts";
import { h } from "../shared/dom.ts";
import { count, text } from "../shared/texts.ts";
import type { Trouble } from "./sender.ts";

const keptMs = 5000;

/** What the grid says: a quiet line beneath, read aloud, and a banner above while something is wrong. */
export class StatusLine {
  private readonly banner = h("div", { class: "journal-banner notice notice-warning", role: "status", hidden: true });
  private readonly line = h("p", { class: "journal-status", role: "status", "aria-live": "polite" });
  private notes = new Map<string, string>();
  private trouble: Trouble = null;
  private waiting = 0;
  private keptUntil = 0;

  constructor(grid: HTMLElement, hint: string) {
    grid.prepend(this.banner);
    grid.append(h("div", { class: "journal-foot" }, this.line, h("p", { class: "legend" }, hint)));
  }

  /** Says a line; one that matters is not covered by the next small one. */
  say(words: string, matters = false): void {
    if (!matters && performance.now() < this.keptUntil) return;
    this.keptUntil = matters ? performance.now() + keptMs : 0;
    this.line.textContent = words;
  }

  show(trouble: Trouble, waiting: number): void {
    if (this.trouble === trouble && this.waiting === waiting) return;
    this.trouble = trouble;
    this.waiting = waiting;
    this.draw();
  }

  /** A thing to look at that does not pass by itself; null takes it away. */
  note(about: string, words: string | null): void {
    if (words === null ? !this.notes.delete(about) : this.notes.get(about) === words) return;
    if (words !== null) this.notes.set(about, words);
    this.draw();
  }

  private draw(): void {
    const parts: (Node | string)[] = [];
    const wait = this.waiting > 0 ? `: ${count("Waiting", this.waiting)}` : "";
    if (this.trouble === "offline") parts.push(h("p", {}, h("b", {}, text("Offline")), `${wait}. ${text("OfflineNext")}`));
    if (this.trouble === "signed-out") parts.push(h("p", {}, h("b", {}, text("SignedOut")), `${wait}. `, h("a", { href: signInHref() }, text("SignInAgain")), `: ${text("SignInKeeps")}`));
    for (const words of this.notes.values()) parts.push(h("p", {}, words));
    this.banner.hidden = parts.length === 0;
    this.banner.replaceChildren(h("div", { class: "notice-body" }, ...parts));
  }
}
