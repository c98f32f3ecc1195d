// The sheet of term marks by keyboard: Enter and arrows move down and up a column, a figure typed goes on to the next learner.
class TermMarks extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", (event) => {
      const input = this.inputOf(event.target);
      if (!input || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const step = event.key === "ArrowDown" || event.key === "Enter" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      this.go(input, step);
    });
    this.addEventListener("focusin", (event) => this.inputOf(event.target)?.select());
    this.addEventListener("input", (event) => {
      const input = this.inputOf(event.target);
      if (input && event instanceof InputEvent && event.inputType === "insertText" && /^[2-5]$/.test(input.value)) this.go(input, 1);
    });
  }

  private inputOf(target: EventTarget | null): HTMLInputElement | null {
    return target instanceof HTMLInputElement && target.classList.contains("cell-input") ? target : null;
  }

  private go(input: HTMLInputElement, step: number): void {
    const cell = input.closest("td");
    const rows = [...this.querySelectorAll("tbody tr")];
    const next = rows[rows.indexOf(input.closest("tr")!) + step]?.children[cell?.cellIndex ?? -1];
    next?.querySelector<HTMLInputElement>(".cell-input")?.focus();
  }
}

customElements.define("term-marks", TermMarks);
