// Lines of a plan by keyboard: arrows choose a line, with Alt they move it; letters by their place, whatever the layout. After a deed
// the address names its line, and the browser itself puts the focus there.
const deeds: Record<string, string> = { ArrowUp: "up", ArrowDown: "down", KeyM: "merge", KeyR: "split" };

class PlanRows extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", (event) => {
      const link = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-row]") : null;
      const row = link?.dataset.row;
      if (!link || !row || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const deed = event.altKey ? deeds[event.code] : event.code === "Delete" ? "remove" : undefined;
      if (deed) this.run(row, deed);
      else if (!event.altKey && (event.code === "ArrowUp" || event.code === "ArrowDown")) this.step(link, event.code === "ArrowUp" ? -1 : 1);
      else if (event.code === "Insert") this.add(row);
      else return;
      event.preventDefault();
    });
  }

  private step(link: HTMLElement, by: number): void {
    const links = [...this.querySelectorAll<HTMLElement>("[data-row]")];
    links[links.indexOf(link) + by]?.focus();
  }

  private run(row: string, deed: string): void {
    const form = this.querySelector<HTMLFormElement>(`#${this.getAttribute("deeds")}`);
    const line = form?.elements.namedItem("line");
    if (!form || !(line instanceof HTMLInputElement)) return;
    line.value = row;
    form.requestSubmit(form.querySelector<HTMLButtonElement>(`button[value="${deed}"]`));
  }

  private add(row: string): void {
    const title = document.querySelector<HTMLInputElement>("#add-title");
    const line = title?.form?.elements.namedItem("line");
    if (line instanceof HTMLInputElement) line.value = row;
    title?.focus();
  }
}

customElements.define("plan-rows", PlanRows);
