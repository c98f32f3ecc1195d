// Sends a form with photographs: large ones are made smaller first, where the browser can, so that a slow line and a cheap phone
// manage; the form itself is posted whole, and stays as it was when it could not be sent.
import { csrf } from "./shared/http.ts";
import { h } from "./shared/dom.ts";

const longestSide = 2000, smallEnough = 1_500_000, quality = 0.85;

class WorkUpload extends HTMLElement {
  private readonly said = h("p", { class: "small", role: "status" });
  private small = new Map<File, File>();

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form || this.said.isConnected) return;
    form.append(this.said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(form, event.submitter instanceof HTMLButtonElement ? event.submitter : null);
    });
  }

  private async send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    this.said.textContent = this.getAttribute("sending");
    try {
      const body = new FormData();
      for (const [name, value] of new FormData(form)) body.append(name, value instanceof File ? await this.reduce(value) : value);
      if (button?.name) body.append(button.name, button.value);
      const answer = await post(form.action, body, (share) => (this.said.textContent = `${this.getAttribute("sending") ?? ""} ${Math.round(share * 100)} %`));
      if (answer.url !== form.action) return location.assign(answer.url);
      // A refusal is a page of its own with what was typed: it takes the place of this one's content.
      this.show(answer.page);
    }
    catch {
      this.said.textContent = this.getAttribute("failed");
    }
    finally {
      form.removeAttribute("aria-busy");
    }
  }

  private show(page: Document | null): void {
    const main = page?.querySelector("main"), here = document.querySelector("main");
    if (!main || !here) throw new Error("not a page");
    here.replaceWith(document.adoptNode(main));
    document.querySelector<HTMLElement>("main [role=alert]")?.scrollIntoView({ block: "center" });
  }

  private async reduce(file: File): Promise<File> {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || (file.size < smallEnough && !/hei[cf]$/.test(file.type))) return file;
    const known = this.small.get(file);
    if (known) return known;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
      const canvas = h("canvas", { width: String(Math.round(picture.width * scale)), height: String(Math.round(picture.height * scale)) });
      canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (!blob) return file;
      const made = new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
      this.small.set(file, made);
      return made;
    }
    catch {
      return file;
    }
  }
}

// Trusted types let no text become a page, but the browser's own reading of an answer may; and it tells how much has gone.
function post(url: string, body: FormData, told: (share: number) => void): Promise<{ url: string; page: Document | null }> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "document";
    request.setRequestHeader("RequestVerificationToken", csrf());
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) told(event.loaded / event.total); });
    request.addEventListener("load", () => done({ url: request.responseURL, page: request.responseXML }));
    for (const lost of ["error", "abort", "timeout"]) request.addEventListener(lost, () => fail(new Error(lost)));
    request.send(body);
  });
}

customElements.define("work-upload", WorkUpload);
