import type { TeacherReply } from '../../core/teaching/records.ts';

/** Notices when a server begins to answer with another model, or another build of it, within one round. */
export class Voice {
  #first: string | null = null;
  readonly #heard = new Set<string>();

  /** Takes note of a reply; true when it is the first of a voice other than the round's. */
  hear(reply: TeacherReply): boolean {
    const name = nameOf(reply);
    this.#first ??= name;
    const isNew = !this.#heard.has(name);
    this.#heard.add(name);
    return isNew && name !== this.#first;
  }

  differs(reply: TeacherReply): boolean {
    return this.#first !== null && nameOf(reply) !== this.#first;
  }
}

function nameOf({ responseModel, fingerprint }: TeacherReply): string {
  return `${responseModel ?? 'unnamed'} (${fingerprint ?? 'no fingerprint'})`;
}
