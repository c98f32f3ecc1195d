// A page of a pupil's work that a teacher draws over: pen, words, pins, eraser; by finger, pen, mouse or keyboard. The layer is saved
// a moment after each change, over the version it was drawn on.
import { h } from "./shared/dom.ts";
import { csrf } from "./shared/http.ts";
import { takeTexts, text } from "./shared/texts.ts";
import { draw, s } from "./works/ink.ts";
import { hit, mostItems, mostPinText, mostWords, place, side, thin, type Item, type LayerData } from "./works/layer.ts";

type Tool = "look" | "pen" | "text" | "pin" | "eraser";

const tools: readonly Tool[] = ["look", "pen", "text", "pin", "eraser"];
const icons: Record<Tool, string> = { look: "eye", pen: "pencil", text: "type", pin: "map-pin", eraser: "eraser" };
const pauseMs = 800, reach = 120, step = 150, mostUndo = 100;

class WorkMarker extends HTMLElement {
  private items: Item[] = [];
  private past: Item[][] = [];
  private tool: Tool = "look";
  private colour = 0;
  private version = 0;
  private stroke: number[] | null = null;
  private cross: { x: number; y: number } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isSaving = false;
  private isDirty = false;
  private isLost = false;
  private paper!: HTMLElement;
  private ink!: SVGElement;
  private readonly said = h("span", { class: "small muted", role: "status" });
  private readonly ask = h("form", { class: "marker-ask row", hidden: true });
  private readonly onLeave = () => { if (this.isDirty) void this.save(true); };

  connectedCallback(): void {
    const paper = this.querySelector<HTMLElement>(".sheet-paper"), ink = this.querySelector<SVGElement>("svg.ink");
    if (!paper || !ink || this.said.isConnected) return;
    takeTexts(this);
    this.paper = paper;
    this.ink = ink;
    this.items = (JSON.parse(this.getAttribute("layer") || '{"items":[]}') as LayerData).items;
    this.version = Number(this.getAttribute("version"));
    this.prepend(h("div", { class: "marker-top" }, this.bar(), this.ask));
    this.paper.addEventListener("pointerdown", (event) => this.down(event));
    this.paper.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"] as const) this.paper.addEventListener(end, () => this.up());
    this.paper.addEventListener("keydown", (event) => this.key(event));
    addEventListener("pagehide", this.onLeave);
    this.use("look");
    this.show();
  }

  disconnectedCallback(): void {
    removeEventListener("pagehide", this.onLeave);
  }

  private bar(): HTMLElement {
    const sprite = this.closest("body")?.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "/ui/icons.svg";
    const icon = (name: string) => {
      const svg = s("svg", { class: "icon", "aria-hidden": "true" });
      svg.append(s("use", { href: `${sprite}#${name}` }));
      return svg;
    };
    return h("div", { class: "marker-bar row", role: "toolbar", "aria-label": text("tools") },
      ...tools.map((tool) => h("button", { type: "button", class: "button button-small", "data-tool": tool, "aria-pressed": "false", click: () => this.use(tool) }, icon(icons[tool]), text(tool))),
      h("span", { class: "marker-colours row", role: "group", "aria-label": text("colours") },
        ...[0, 1, 2, 3].map((colour) => h("button", { type: "button", class: `marker-colour ink-${colour}`, "data-colour": String(colour), "aria-pressed": String(colour === 0), "aria-label": text(`colour${colour}`), title: text(`colour${colour}`), click: () => this.paint(colour) }))),
      h("button", { type: "button", class: "button button-small", "data-undo": true, click: () => this.undo() }, icon("undo-2"), text("undo")), this.said);
  }

  private use(tool: Tool): void {
    this.tool = tool;
    this.cross = null;
    this.ask.hidden = true;
    for (const button of this.querySelectorAll<HTMLElement>("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.paper.classList.toggle("is-drawn", tool !== "look");
    if (tool === "look") this.paper.removeAttribute("tabindex");
    else {
      this.paper.setAttribute("tabindex", "0");
      this.paper.setAttribute("aria-label", text("keys"));
      this.paper.setAttribute("role", "application");
    }
    this.show();
  }

  private paint(colour: number): void {
    this.colour = colour;
    for (const button of this.querySelectorAll<HTMLElement>("[data-colour]")) button.setAttribute("aria-pressed", String(button.dataset.colour === String(colour)));
  }

  private at(event: PointerEvent): { x: number; y: number } {
    const box = this.paper.getBoundingClientRect();
    return { x: place((event.clientX - box.left) / box.width), y: place((event.clientY - box.top) / box.height) };
  }

  private down(event: PointerEvent): void {
    if (this.tool === "look" || event.button !== 0) return;
    event.preventDefault();
    this.paper.focus({ preventScroll: true });
    const { x, y } = this.at(event);
    if (this.tool === "pen") {
      this.paper.setPointerCapture(event.pointerId);
      this.stroke = [x, y];
    }
    else this.act(x, y);
  }

  private move(event: PointerEvent): void {
    if (!this.stroke) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const { x, y } = this.at(one);
      this.stroke.push(x, y);
    }
    this.show();
  }

  private up(): void {
    if (!this.stroke) return;
    const points = thin(this.stroke);
    this.stroke = null;
    this.change([...this.items, { kind: "pen", colour: this.colour, points: points.length > 2 ? points : [...points, ...points] }]);
  }

  private act(x: number, y: number): void {
    if (this.tool === "eraser") {
      const found = hit(this.items, x, y, reach, this.paper.clientHeight / this.paper.clientWidth);
      if (found >= 0) this.change(this.items.filter((_, i) => i !== found));
    }
    else if (this.tool === "text" || this.tool === "pin") this.askText(this.tool, x, y);
  }

  private askText(kind: "text" | "pin", x: number, y: number): void {
    const input = h("input", { class: "input", name: "said", maxlength: String(kind === "pin" ? mostPinText : mostWords), autocomplete: "off", "aria-label": text(kind === "pin" ? "askPin" : "askText") });
    const close = () => {
      this.ask.hidden = true;
      this.cross = null;
      this.show();
      this.paper.focus({ preventScroll: true });
    };
    this.cross = { x, y };
    this.ask.hidden = false;
    this.ask.replaceChildren(h("label", { class: "marker-label" }, text(kind === "pin" ? "askPin" : "askText"), input), h("button", { class: "button button-primary button-small" }, text("put")), h("button", { type: "button", class: "button button-small", click: close }, text("cancel")));
    this.ask.onsubmit = (event) => {
      event.preventDefault();
      const said = input.value.trim();
      if (said) this.change([...this.items, { kind, colour: this.colour, x, y, text: said }]);
      close();
    };
    this.ask.onkeydown = (event) => { if (event.key === "Escape") close(); };
    this.show();
    input.focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyZ") {
      event.preventDefault();
      return this.undo();
    }
    if (this.tool === "look" || this.tool === "pen") return;
    const moves: Record<string, [number, number]> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const move = moves[event.key];
    const from = this.cross ?? { x: side / 2, y: side / 2 };
    if (move) this.cross = { x: place((from.x + move[0]) / side), y: place((from.y + move[1]) / side) };
    else if (event.key === "Enter" || event.key === " ") this.act(from.x, from.y);
    else return;
    event.preventDefault();
    this.show();
  }

  private change(items: Item[]): void {
    if (items.length > mostItems) return;
    this.past.push(this.items);
    if (this.past.length > mostUndo) this.past.shift();
    this.items = items;
    this.changed();
  }

  private undo(): void {
    const before = this.past.pop();
    if (!before) return;
    this.items = before;
    this.changed();
  }

  private changed(): void {
    this.isDirty = true;
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(false), pauseMs);
  }

  private show(): void {
    draw(this.ink, this.stroke ? [...this.items, { kind: "pen", colour: this.colour, points: this.stroke }] : this.items);
    if (this.cross) this.ink.append(s("circle", { class: "ink-cross", cx: `${this.cross.x / 100}%`, cy: `${this.cross.y / 100}%`, r: "16" }));
    const pins = this.items.filter((item) => item.kind === "pin");
    const notes = h("ol", { class: "ink-notes" }, ...pins.map((pin) => h("li", {}, pin.kind === "pin" ? pin.text : "", " ",
      h("button", { type: "button", class: "button button-plain button-small", click: () => this.change(this.items.filter((item) => item !== pin)) }, text("remove")))));
    this.querySelector("figcaption")?.replaceChildren(...(pins.length > 0 ? [notes] : []));
    const undo = this.querySelector<HTMLButtonElement>("[data-undo]");
    if (undo) undo.disabled = this.past.length === 0;
  }

  private async save(isLeaving: boolean): Promise<void> {
    clearTimeout(this.timer);
    if (this.isLost || (this.isSaving && !isLeaving)) return;
    this.isSaving = true;
    this.isDirty = false;
    this.said.textContent = text("saving");
    try {
      const response = await fetch(this.getAttribute("save-url") ?? "", {
        method: "POST", credentials: "same-origin", keepalive: isLeaving,
        headers: { "Content-Type": "application/json", RequestVerificationToken: csrf() },
        body: JSON.stringify({ version: this.version, layer: JSON.stringify({ items: this.items }) }),
      });
      if (!response.ok) {
        const problem = (await response.json().catch(() => ({}))) as { title?: string };
        this.isLost = response.status === 409;
        throw new Error(problem.title ?? "");
      }
      this.version = ((await response.json()) as { version: number }).version;
      this.said.textContent = text("saved");
    }
    catch (failure) {
      this.isDirty = true;
      this.said.textContent = this.isLost ? text("changed") : (failure instanceof Error && failure.message && !(failure instanceof TypeError) ? failure.message : text("failed"));
    }
    finally {
      this.isSaving = false;
      if (this.isDirty && !this.isLost) this.timer = setTimeout(() => void this.save(false), pauseMs * 5);
    }
  }
}

customElements.define("work-marker", WorkMarker);
