import { StatusLine } from "./journal/line.ts";
import { PostOffice } from "./journal/post-office.ts";
import type { CellAnswer, Named, SaveAnswer } from "./journal/types.ts";
import { h } from "./shared/dom.ts";
import { takeTexts, text } from "./shared/texts.ts";

interface Row {
  learner: string;
  name: string;
  item: HTMLElement;
  button: HTMLButtonElement;
  more: HTMLButtonElement;
  code: string | null;
  version: number;
}

/**
 * A lesson's roll under one thumb: a tap turns «здесь» into the usual code and back, a second button goes through the other codes.
 * Saves by the queue of the journal, with or without a network.
 */
class RollCall extends HTMLElement {
  private rows = new Map<string, Row>();
  private codes: Named[] = [];
  private post!: PostOffice;
  private status!: StatusLine;
  private readonly total = h("p", { class: "roll-total", role: "status" });

  connectedCallback(): void {
    if (this.rows.size > 0) return;
    takeTexts(this);
    this.codes = JSON.parse(this.getAttribute("absence-codes") || "[]") as Named[];
    for (const item of this.querySelectorAll<HTMLElement>("li[data-learner]")) this.take(item);
    this.status = new StatusLine(this, "");
    this.append(this.total);
    this.post = new PostOffice(this.getAttribute("person") ?? "", this.getAttribute("group") ?? "", this.getAttribute("save-url") ?? "", {
      sending: () => undefined,
      answered: (_, answer) => this.answered(answer),
      refused: (batch, message) => { for (const change of batch.changes) this.fail(change.learner, message); },
      restored: () => this.restore(),
      elsewhere: (message) => this.status.note("elsewhere", text("Elsewhere", message)),
      trouble: (trouble, waiting) => this.status.show(trouble, waiting),
    });
    addEventListener("online", () => this.post.now());
    addEventListener("pagehide", () => this.post.now());
    this.count();
    void this.post.open();
  }

  private take(item: HTMLElement): void {
    const button = item.querySelector<HTMLButtonElement>("button")!, form = item.querySelector("form")!;
    const more = h("button", { type: "button", class: "button roll-more" }, "⋯");
    const row: Row = {
      learner: item.dataset.learner!, name: item.querySelector(".roll-name")!.firstChild!.textContent!.trim(), item, button, more,
      code: item.dataset.code || null, version: Number(item.dataset.version) || 0,
    };
    more.disabled = button.disabled;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.put(row, row.code === null ? (this.codes[0]?.code ?? null) : null);
    });
    more.addEventListener("click", () => this.put(row, this.codes[(this.codes.findIndex(({ code }) => code === row.code) + 1) % this.codes.length]?.code ?? null));
    form.prepend(more);
    this.rows.set(row.learner, row);
    this.draw(row);
  }

  private put(row: Row, code: string | null): void {
    row.code = code;
    this.post.outbox.put({ lesson: this.lesson, learner: row.learner, kind: "absence", value: code, work: null, base: row.version });
    row.item.classList.remove("is-bad");
    this.draw(row);
    this.count();
    this.post.changed();
  }

  private get lesson(): string {
    return this.getAttribute("lesson") ?? "";
  }

  private restore(): void {
    for (const change of this.post.outbox.changes()) {
      const row = this.rows.get(change.learner);
      if (!row || change.kind !== "absence" || change.lesson !== this.lesson) continue;
      row.code = change.value;
      this.draw(row);
    }
    this.count();
  }

  private answered(answer: SaveAnswer): void {
    for (const cell of answer.cells) this.told(cell);
    this.count();
  }

  // A colleague who was there meanwhile is not overruled: what stands is shown with why, and the next tap starts from it.
  private told(cell: CellAnswer): void {
    const row = this.rows.get(cell.learner);
    if (!row || cell.lesson !== this.lesson) return;
    row.version = cell.absence?.version ?? 0;
    if (cell.state === "saved" && this.post.outbox.holds({ lesson: this.lesson, learner: row.learner, kind: "absence" })) return;
    row.code = cell.absence?.code ?? null;
    this.draw(row);
    if (cell.state !== "saved") this.fail(cell.learner, `${cell.message ?? text("OtherTeacherDiffers")} ${cell.absence?.by ?? ""}`);
  }

  private fail(learner: string, message: string): void {
    const row = this.rows.get(learner);
    if (!row) return;
    row.item.classList.add("is-bad");
    this.status.note("troubled", `${row.name}: ${message}`);
  }

  private draw(row: Row): void {
    const name = row.code === null ? text("Present") : (this.codes.find(({ code }) => code === row.code)?.name ?? row.code);
    row.button.replaceChildren(row.code ?? text("Present"));
    row.button.setAttribute("aria-label", text("RollLabel", row.name, name));
    row.button.setAttribute("aria-pressed", String(row.code !== null));
    row.more.setAttribute("aria-label", text("MoreCodes", row.name));
    row.item.dataset.code = row.code ?? "";
    row.item.querySelector(".roll-code")?.remove();
    if (row.code !== null) row.item.querySelector(".roll-name")!.append(h("small", { class: "roll-code" }, name));
  }

  private count(): void {
    const away = [...this.rows.values()].filter(({ code }) => code !== null).length;
    this.total.textContent = away === 0 ? text("AllPresent", this.rows.size) : text("Absent", away, this.rows.size);
  }
}

customElements.define("roll-call", RollCall);
