/** One key combination and what it does; the table is the page's. */
export interface KeyBinding<A extends string> {
  /** `j`, `shift+g`, `g g`, `mod+enter`, `shift+arrowdown`, `escape`; `mod` is Ctrl, on a Mac Cmd. */
  readonly chord: string;
  readonly action: A;
  /** A held key does it again and again. */
  readonly repeats?: boolean;
  /** Also while a text is edited. */
  readonly inText?: boolean;
  /** Only while a text is edited. */
  readonly onlyInText?: boolean;
}

export interface KeyOptions<A extends string> {
  readonly bindings: readonly KeyBinding<A>[];
  /** False turns keys off that are one character: WCAG 2.1.4. */
  readonly singleKeys: () => boolean;
  /** Does it; false = it means nothing now, and the key goes its way. */
  readonly run: (action: A, chord: string) => boolean;
  readonly mac: boolean;
}

/** What a key press falls on, which decides whose it is. */
export type Place = 'text' | 'choice' | 'button' | 'page';

const SEQUENCE_MS = 900;
/** Keys that follow each other faster than this are typing. */
const TYPING_MS = 1000;
const CHOICE_KEYS = /^(?:arrow(?:up|down|left|right)|home|end|space|enter)$/u;

/** Tells where a key press falls; shadow roots hide it from `event.target`. */
export function placeOf(path: readonly EventTarget[]): Place {
  for (const target of path) {
    if (!(target instanceof HTMLElement)) continue;
    const tag = target.localName;
    if (tag === 'textarea' || target.isContentEditable) return 'text';
    if (tag === 'input') {
      const type = target.getAttribute('type') ?? 'text';
      return type === 'checkbox' || type === 'radio' ? 'choice' : 'text';
    }
    if (tag === 'select' || tag.endsWith('-checkbox')) return 'choice';
    if (tag === 'button' || tag === 'a' || tag === 'summary' || tag.endsWith('-button'))
      return 'button';
    if (/-text-(?:field|area)$/u.test(tag)) return 'text';
  }
  return 'page';
}

/** The combination as the table writes it. Letters go by what they print, or, in another script, by where they lie. */
export function chordOf(event: KeyboardEvent, mac: boolean): string {
  const third = event.getModifierState('AltGraph');
  const parts: string[] = [];
  if (!third && (mac ? event.metaKey : event.ctrlKey)) parts.push('mod');
  if (mac ? event.ctrlKey : event.metaKey) parts.push('other');
  if (!third && event.altKey) parts.push('alt');
  const name = nameOfKey(event);
  const shiftSays = name.length > 1 || /[a-z]/u.test(name);
  if (event.shiftKey && shiftSays) parts.push('shift');
  parts.push(name);
  return parts.join('+');
}

function nameOfKey({ key, code }: KeyboardEvent): string {
  if (key === ' ') return 'space';
  if (key.length > 1) return key.toLowerCase();
  if (/[ -~]/u.test(key)) return key.toLowerCase();
  const place = /^Key([A-Z])$/u.exec(code)?.[1];
  return (place ?? key).toLowerCase();
}

/**
 * Takes keys for a page before anybody else sees them. What it handles goes no further: the editor would run its own
 * bindings on it. In a text every plain key is the text's alone, and undo undoes the text and nothing else.
 */
export function installKeys<A extends string>(options: KeyOptions<A>): () => void {
  let prefix = '';
  let prefixAt = 0;
  /** The text that was typed into last, until the person leaves it. */
  let typing: { readonly at: number; readonly field: Node } | null = null;

  const find = (chord: string): KeyBinding<A> | undefined =>
    options.bindings.find((binding) => binding.chord === chord);

  const startsSequence = (chord: string): boolean =>
    options.bindings.some((binding) => binding.chord.startsWith(`${chord} `));

  const take = (event: KeyboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
  };

  const inText = (event: KeyboardEvent, chord: string): void => {
    const form = formToSend(event, chord);
    if (form) {
      typing = null;
      take(event);
      // As an event alone: a webview's sandbox lets no form be sent by the browser.
      if (!event.repeat)
        form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
      return;
    }
    const binding = find(chord);
    if (binding && (binding.inText === true || binding.onlyInText === true)) {
      typing = null;
      if (options.run(binding.action, chord)) take(event);
      return;
    }
    const history = textHistory(chord);
    if (history !== null) {
      event.stopPropagation();
      // There the editor's menu takes the key before the field does.
      if (options.mac) {
        event.preventDefault();
        // Nothing else undoes a field's text.
        const page: { execCommand(command: string): boolean } = document;
        page.execCommand(history);
      }
      return;
    }
    if (!/^(?:mod|alt|other)\+/u.test(chord) && !/^(?:shift\+)?f\d+$/u.test(chord))
      event.stopPropagation();
  };

  const onPage = (event: KeyboardEvent, chord: string, place: Place): void => {
    if (place === 'choice' && (CHOICE_KEYS.test(chord) || chord.length === 1)) return;
    if (place === 'button' && (chord === 'enter' || chord === 'space')) return;
    const bare = !/^(?:mod|alt|other)\+/u.test(chord);
    const character = bare && event.key.length === 1;
    if (character && chord !== 'space' && !options.singleKeys()) return;

    const sequence = prefix && event.timeStamp - prefixAt < SEQUENCE_MS ? `${prefix} ${chord}` : '';
    prefix = '';
    const binding = (sequence && find(sequence)) || find(chord);
    if (!binding) {
      if (!startsSequence(chord) || event.repeat) return;
      prefix = chord;
      prefixAt = event.timeStamp;
      take(event);
      return;
    }
    if (binding.onlyInText === true) return;
    const again = event.repeat && binding.repeats !== true;
    if (again || options.run(binding.action, chord)) take(event);
  };

  const onKey = (event: KeyboardEvent): void => {
    // 229: a key that an input method swallowed, on browsers that do not say so.
    const { keyCode }: { readonly keyCode: number } = event;
    if (event.isComposing || keyCode === 229) return;
    if (/^(?:Shift|Control|Alt|Meta|AltGraph|CapsLock|Dead)$/u.test(event.key)) return;
    const place = placeOf(event.composedPath());
    const chord = chordOf(event, options.mac);
    if (place === 'text') {
      const [field] = event.composedPath();
      typing = field instanceof Node ? { at: event.timeStamp, field } : null;
      inText(event, chord);
      return;
    }
    // The field was taken away under the hand that types: the rest of the sentence decides nothing.
    if (typing && !typing.field.isConnected && event.timeStamp - typing.at < TYPING_MS) {
      typing = { ...typing, at: event.timeStamp };
      take(event);
      return;
    }
    typing = null;
    onPage(event, chord, place);
  };
  const onPointer = (): void => {
    typing = null;
  };

  window.addEventListener('keydown', onKey, true);
  window.addEventListener('pointerdown', onPointer, true);
  return () => {
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('pointerdown', onPointer, true);
  };
}

/** The form that a key in one of its texts sends: Ctrl+Enter, and in a single line Enter, too. */
function formToSend(event: KeyboardEvent, chord: string): HTMLFormElement | null {
  const path = event.composedPath();
  const line = path[0] instanceof HTMLInputElement;
  if (chord !== 'mod+enter' && !(line && chord === 'enter')) return null;
  return path.find((target) => target instanceof HTMLFormElement) ?? null;
}

function textHistory(chord: string): 'undo' | 'redo' | null {
  if (chord === 'mod+z') return 'undo';
  if (chord === 'mod+y' || chord === 'mod+shift+z') return 'redo';
  return null;
}
