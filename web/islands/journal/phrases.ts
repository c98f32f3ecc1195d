import { csrf } from "../shared/http.ts";

export interface Phrase {
  id: string;
  text: string;
}

const url = "/journal/phrases";

/** The teacher's bank of comments: read once a page, kept by the server. Without a network it is what was read. */
export class PhraseBank {
  private kept: Phrase[] | null = null;

  async all(): Promise<readonly Phrase[]> {
    return (this.kept ??= await this.ask("GET", url));
  }

  async keep(text: string): Promise<readonly Phrase[]> {
    return (this.kept = await this.ask("POST", url, JSON.stringify({ text })));
  }

  async drop(id: string): Promise<readonly Phrase[]> {
    return (this.kept = await this.ask("DELETE", `${url}/${id}`));
  }

  private async ask(method: string, address: string, body?: string): Promise<Phrase[]> {
    try {
      const response = await fetch(address, {
        method, credentials: "same-origin", headers: { Accept: "application/json", "Content-Type": "application/json", RequestVerificationToken: csrf() }, ...(body === undefined ? {} : { body }),
      });
      return response.ok ? ((await response.json()) as Phrase[]) : (this.kept ?? []);
    } catch {
      return this.kept ?? [];
    }
  }
}
